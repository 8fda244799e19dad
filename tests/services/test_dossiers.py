"""What officers are to dossiers, one by one and all at once."""

import pytest

from tests.moment import NOW
from tests.services.cast import actor_in, dossier_of, material_in, pages_in
from webapp.domain.disclosure import Level, Standing
from webapp.domain.errors import NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, dossiers
from webapp.services.actor import SYSTEM
from webapp.storage.archive import Dossier

pytestmark = pytest.mark.usefixtures("archive")


def test_an_official_stands_in_scope_below_their_unit_and_nowhere_else() -> None:
    inside, outside = dossier_of("甲", "市财政局/预算科"), dossier_of("乙", "市教育局")
    official = actor_in(Role.OFFICIAL, lookup="市财政局")
    assert dossiers.standing_of(official, inside) is Standing.SCOPE
    assert dossiers.standing_of(official, outside) is Standing.ORGANISATION


def test_a_unit_whose_path_begins_alike_is_not_below() -> None:
    for n in range(11):
        dossier_of(f"人{n}", f"单位{n}")
    official = actor_in(Role.OFFICIAL, lookup="单位0")
    assert list(dossiers.standings(official).by_dossier.values()) == [Standing.SCOPE]


def test_scopes_hold_in_their_role_only() -> None:
    dossier = dossier_of("甲")
    assert dossiers.standing_of(actor_in(Role.OFFICIAL, custody="市财政局"), dossier) is Standing.ORGANISATION
    assert dossiers.standing_of(actor_in(Role.ARCHIVIST, lookup="市财政局"), dossier) is Standing.ORGANISATION
    assert dossiers.standing_of(actor_in(Role.APPROVER, lookup="市财政局"), dossier) is Standing.ORGANISATION
    assert dossiers.standing_of(actor_in(Role.ARCHIVIST, custody="市财政局"), dossier) is Standing.CUSTODY


def test_own_comes_before_recusal_and_recusal_before_custody() -> None:
    dossier = dossier_of("甲")
    relative = actor_in(Role.ARCHIVIST, custody="市财政局", recused_from=dossier.subject)
    both = actor_in(Role.ARCHIVIST, custody="市财政局", subject=dossier.subject, recused_from=dossier.subject)
    assert dossiers.standing_of(relative, dossier) is Standing.RECUSED
    assert dossiers.standing_of(both, dossier) is Standing.OWN


@pytest.mark.parametrize("role", list(Role))
def test_all_at_once_says_what_one_by_one_says(role: Role) -> None:
    held = [dossier_of(str(n), unit) for n, unit in enumerate(("甲局", "甲局/一科", "乙局", "甲局/二科"))]
    actor = actor_in(
        role, lookup="甲局", custody="甲局/二科", subject=held[1].subject, recused_from=held[3].subject
    )
    at_once = dossiers.standings(actor)
    assert [at_once.of(d.id) for d in held] == [dossiers.standing_of(actor, d) for d in held]


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR])
def test_the_three_administrators_see_nothing(role: Role) -> None:
    actor = actor_in(role, lookup="市财政局", custody="市财政局")
    assert dossiers.decide_for(actor, dossier_of("甲")).level is Level.NOTHING


def test_only_the_keeper_and_the_system_have_custody() -> None:
    dossier = dossier_of("甲")
    dossiers.require_custody(actor_in(Role.ARCHIVIST, custody="市财政局/预算科"), dossier)
    dossiers.require_custody(SYSTEM, dossier)
    for other in (
        actor_in(Role.ARCHIVIST, custody="市教育局"),
        actor_in(Role.OFFICIAL, lookup="市财政局", custody="市财政局"),
        actor_in(Role.ARCHIVIST, custody="市财政局", subject=dossier.subject),
    ):
        with pytest.raises(Refused):
            dossiers.require_custody(other, dossier)


def test_the_system_reads_nothing() -> None:
    with pytest.raises(RuntimeError):
        dossiers.decide_for(SYSTEM, dossier_of("甲"))


def test_an_unknown_dossier_is_not_found() -> None:
    with pytest.raises(NotFound):
        dossiers.find("nowhere")


def _filed() -> Dossier:
    dossier = dossier_of("甲")
    material_in(dossier, "1", "干部履历表", year=1999)
    material_in(dossier, "8", "关于给予警告处分的决定")
    material_in(dossier, "9-2", "考察材料", year=2001)
    material_in(dossier, "9-2", "干部任免审批表", year=2002)
    material_in(dossier, "10", "体格检查表")
    return dossier


def _listed(opened: dossiers.Catalogue) -> list[tuple[str, int, str]]:
    return [(part.mark, line.serial, line.material.title) for part in opened.parts for line in part.lines]


def test_the_keeper_reads_the_whole_catalogue() -> None:
    keeper = actor_in(Role.ARCHIVIST, custody="市财政局")
    opened = dossiers.catalogue(keeper, _filed().public_id, at=NOW)
    assert _listed(opened) == [
        ("一", 1, "干部履历表"),
        ("八", 1, "关于给予警告处分的决定"),
        ("九-2", 1, "考察材料"),
        ("九-2", 2, "干部任免审批表"),
        ("十", 1, "体格检查表"),
    ]
    assert not opened.is_partial
    assert not any(part.closed for part in opened.parts)
    assert opened.unit_name == "市财政局/预算科"


def test_an_official_cannot_tell_whether_there_is_anything_restricted() -> None:
    official = actor_in(Role.OFFICIAL, lookup="市财政局")
    full, bare = _filed(), dossier_of("乙")
    material_in(bare, "1", "干部履历表", year=1999)
    material_in(bare, "9-2", "干部任免审批表", year=2002)
    one = dossiers.catalogue(official, full.public_id, at=NOW)
    other = dossiers.catalogue(official, bare.public_id, at=NOW)
    assert _listed(one) == _listed(other) == [("一", 1, "干部履历表"), ("九-2", 1, "干部任免审批表")]
    assert [(p.mark, p.closed) for p in one.parts] == [(p.mark, p.closed) for p in other.parts]
    assert [p.mark for p in one.parts if p.closed] == ["五", "八"]
    assert one.is_partial
    assert other.is_partial


def test_individuals_see_their_own_catalogue_and_no_other() -> None:
    dossier = _filed()
    opened = dossiers.catalogue(actor_in(Role.INDIVIDUAL, subject=dossier.subject), dossier.public_id, at=NOW)
    assert [title for _, _, title in _listed(opened)] == [
        "干部履历表",
        "关于给予警告处分的决定",
        "干部任免审批表",
    ]
    assert [part.mark for part in opened.parts if part.closed] == ["五"]
    sanction = opened.lines[1]
    assert not sanction.decision.shows_pages
    stranger = actor_in(Role.INDIVIDUAL, subject=dossier_of("乙").subject)
    with pytest.raises(NotFound):
        dossiers.summary(stranger, dossier.public_id, at=NOW)


def test_who_keeps_another_unit_sees_the_name_only() -> None:
    dossier, outsider = _filed(), actor_in(Role.ARCHIVIST, custody="市教育局")
    assert dossiers.summary(outsider, dossier.public_id, at=NOW).parts == ()
    with pytest.raises(Refused):
        dossiers.catalogue(outsider, dossier.public_id, at=NOW)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR])
def test_the_three_administrators_open_nothing(role: Role) -> None:
    with pytest.raises(Refused):
        dossiers.summary(actor_in(role), _filed().public_id, at=NOW)


def test_the_recused_open_nothing() -> None:
    dossier = _filed()
    with pytest.raises(Refused, match="回避"):
        dossiers.summary(
            actor_in(Role.OFFICIAL, lookup="市财政局", recused_from=dossier.subject),
            dossier.public_id,
            at=NOW,
        )


def test_a_look_at_the_catalogue_is_logged() -> None:
    dossier = _filed()
    dossiers.catalogue(actor_in(Role.OFFICIAL, lookup="市财政局"), dossier.public_id, at=NOW)
    entry = next(audit.entries())
    assert (entry["action"], entry["record"], entry["reason"]) == (
        "catalogue:read",
        dossier.public_id,
        "scope",
    )


def test_scanned_pages_are_counted_by_material() -> None:
    dossier = _filed()
    pages_in(dossier.materials.get(), 3)
    opened = dossiers.catalogue(actor_in(Role.ARCHIVIST, custody="市财政局"), dossier.public_id, at=NOW)
    assert opened.parts[0].pages == 3
    assert sum(part.pages for part in opened.parts) == 3
