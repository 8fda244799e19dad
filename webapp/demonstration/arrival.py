"""How a material reaches the archive (来件形式): worn as its years tell, as JPEG files, one TIFF or one PDF."""

import io
import random
from collections.abc import Iterator
from datetime import datetime, time
from typing import Literal

from webapp.demonstration.dossiers import DrawnMaterial
from webapp.demonstration.people import AS_OF
from webapp.demonstration.wear import WearKind, WornPage, worn

Container = Literal["jpeg", "tiff", "pdf"]

OLD: tuple[WearKind, ...] = ("yellowed", "folded", "bleed", "faint", "yellowed", "folded")
RECENT: tuple[WearKind, ...] = ("clean", "clean", "skewed", "clean", "bleed", "folded")
OLD_AFTER_YEARS = 18
SCANNED = datetime.combine(AS_OF, time(9)).timetuple()


def container_of(material: DrawnMaterial) -> Container:
    """What kind of file the material comes as: most as loose JPEGs, some as one TIFF or PDF."""
    return random.Random(f"{material.key}/container").choices(("jpeg", "tiff", "pdf"), (6, 2, 2))[0]


def scans(material: DrawnMaterial) -> Iterator[WornPage]:
    """The material's pages as they were scanned or photographed, in order, with their truth."""
    rng = random.Random(f"{material.key}/scan")
    usual = rng.choice(OLD if AS_OF.year - material.formed.year >= OLD_AFTER_YEARS else RECENT)
    if usual == "bleed" and material.page_count == 1:
        usual = "yellowed"  # nothing is written on the other side
    photographed = material.page_count == 1 and container_of(material) == "jpeg" and rng.random() < 0.12
    drawn = [material.page(number) for number in range(1, material.page_count + 1)]
    for i, page in enumerate(drawn):
        kind: WearKind = "photo" if photographed else "turned" if rng.random() < 0.06 else usual
        yield worn(page, rng, kind, reverse=drawn[i ^ 1] if i ^ 1 < len(drawn) else None)


def files(material: DrawnMaterial) -> list[tuple[str, bytes]]:
    """(file name, bytes) of the material as it arrives: one file a page, or one for all of them."""
    pages = list(scans(material))
    stem = f"{material.category}-{material.serial:02}"
    container = container_of(material)
    if container == "jpeg":
        return [(f"{stem}-{number:03}.jpg", page.jpeg()) for number, page in enumerate(pages, start=1)]
    if container == "tiff":
        return [(f"{stem}.tif", _tiff(pages))]
    return [(f"{stem}.pdf", _pdf(pages))]


def _tiff(pages: list[WornPage]) -> bytes:
    """One multi-page TIFF, its pages compressed as JPEG."""
    held = io.BytesIO()
    first, *others = (page.image for page in pages)
    first.save(
        held,
        "TIFF",
        save_all=True,
        append_images=others,
        compression="jpeg",
        quality=pages[0].quality,
        dpi=(300, 300),
    )
    return held.getvalue()


def _pdf(pages: list[WornPage]) -> bytes:
    """One PDF that holds nothing but the page images. Its dates are fixed: the same pages give the same bytes."""
    held = io.BytesIO()
    first, *others = (page.image for page in pages)
    first.save(
        held, "PDF", save_all=True, append_images=others, resolution=300, quality=pages[0].quality,
        title="扫描件", creationDate=SCANNED, modDate=SCANNED,
    )  # fmt: skip
    return held.getvalue()
