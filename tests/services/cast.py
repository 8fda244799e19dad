"""People for tests of services: units, subjects with dossiers, and officers in a role."""

from typing import Any

from tests.moment import NOW
from webapp.domain.category import Category, sensitivity_of
from webapp.domain.role import Role
from webapp.services import pieces, units
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer, Recusal, Scope
from webapp.storage.archive import Dossier, Material, Subject
from webapp.storage.database import new_public_id, transaction
from webapp.storage.pages import Page, Upload
from webapp.vault.vault import vault


def dossier_of(name: str, unit: str = "市财政局/预算科", number: str = "") -> Dossier:
    """A dossier with a real data key."""
    with transaction():
        public_id = new_public_id()
        key = vault.new_data_key(public_id)
        subject = Subject.create(name=name, unit=units.find_or_create(unit), post="科员")
        return Dossier.create(
            public_id=public_id,
            number=number or f"D-{subject.id:04d}",
            subject=subject,
            data_key=key.sealed,
            root_id=key.root_id,
            created_at=NOW,
        )


def actor_in(
    role: Role,
    *,
    lookup: str = "",
    custody: str = "",
    approval: str = "",
    subject: Subject | None = None,
    recused_from: Subject | None = None,
) -> Actor:
    """An officer acting in `role`, with a scope or two."""
    with transaction():
        officer = Officer.create(
            login=new_public_id().casefold(), name="某某", role_names=role, subject=subject, created_at=NOW
        )
        for kind, path in (("lookup", lookup), ("custody", custody), ("approval", approval)):
            if path:
                Scope.create(officer=officer, unit=units.find_or_create(path), kind=kind)
        if recused_from:
            Recusal.create(officer=officer, subject=recused_from, relation="配偶")
    return Actor(officer, role)


def material_in(dossier: Dossier, category: str, title: str, **columns: Any) -> Material:
    """A material, guarded as its title and category ask."""
    return Material.create(
        dossier=dossier,
        category=category,
        scheme="2018",
        title=title,
        sensitivity=sensitivity_of(Category(category), title),
        created_at=NOW,
        **columns,
    )


def pages_in(material: Material, count: int) -> list[Page]:
    """Pages of one upload, as the scanner would have sent them, without images."""
    uploader = Officer.create(login=new_public_id(), name="扫描", role_names="archivist", created_at=NOW)
    original = pieces.store(material.dossier, "original", b"scan", now=NOW)
    upload = Upload.create(
        material=material,
        officer=uploader,
        file_name="scan.jpg",
        media_type="image/jpeg",
        sha256=new_public_id(),
        original=original,
        state="decoded",
        received_at=NOW,
    )
    return [
        Page.create(material=material, upload=upload, frame=n, number=n, state="read", mask_state="verified")
        for n in range(1, count + 1)
    ]
