"""One planted form from the drawing to the picture a masked reader gets (漏遮检验), and what of its values is in it."""

import io
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_worker.photograph import sheet_corners
from ocr_worker.preparation import optimised, reading_copy
from ocr_worker.reading import ReaderProcess, ReadPage
from tests.benchmarks import planted_forms, planted_hard_forms, strangers
from tests.benchmarks.hardships import HARDSHIPS, Worn, worn
from tests.benchmarks.planted import Planted, PlantedSheet, Values
from webapp.demonstration.wear import Matrix, quarter_turned
from webapp.domain.disclosure import Rendition
from webapp.domain.findings import Finding, masked_text, survey
from webapp.domain.geometry import Box
from webapp.domain.page_width import READING_PX, ZOOMED_PX
from webapp.domain.transcription import Transcription
from webapp.rendering import images, mask
from webapp.rendering.mask import Cover
from webapp.rendering.watermark import Mark
from webapp.services.masks import BURNED, LABELS

SEED = "planted"
LAYOUTS = planted_forms.LAYOUTS | planted_hard_forms.LAYOUTS  # 19, and 12 hardships: all pairs in 228 forms
BURNED_KINDS = BURNED[Rendition.MASKED]
MARK = Mark("纪长风", "云梧市档案馆", datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "VKXZ7QWP", 1)
_ENCODINGS: tuple[images.MediaType, ...] = ("image/avif", "image/webp", "image/jpeg")
SECOND_LOOK_EVERY = 5  # forms: our reader takes longer over the marks of a zoomed page than over all the rest
_BLOCK = (16, 16)  # of the optimised JPEG
_DIFFERS = 12  # grey levels: less between two pictures is the encoder's rounding
_COMES_THROUGH = (
    0.04  # share of a character's box that may differ: a margin of one pixel around a covered value
)

Pixels = NDArray[np.uint8]
_reader: ReaderProcess | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of one form. `rival` is (values leaked, values) where the rival looked at it too."""

    number: int
    name: str
    withheld: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    values: int = 0
    is_touched: bool = False
    harmless: int = 0
    overmasked: int = 0
    seconds: float = 0
    rival: tuple[int, int] | None = None


def warm() -> None:
    """Start this process's reader, once."""
    global _reader
    cv2.setNumThreads(1)
    _reader = ReaderProcess(page_seconds=300)
    _reader.start()


def drawn(number: int) -> tuple[str, PlantedSheet, Worn]:
    """Form `number`, the same every time: its layout and hardship, as drawn, and as it arrives."""
    layout = list(LAYOUTS)[number % len(LAYOUTS)]
    hardship = list(HARDSHIPS)[(number + number // len(LAYOUTS)) % len(HARDSHIPS)]
    rng = random.Random(f"{SEED}/{number}")
    sheet = _sheet(layout, rng)
    reverse = _sheet(rng.choice(list(LAYOUTS)), rng).image if HARDSHIPS[hardship].ghost[1] else None
    return f"{layout}, {hardship}", sheet, worn(sheet.image, reverse, rng, HARDSHIPS[hardship])


def _sheet(layout: str, rng: random.Random) -> PlantedSheet:
    sheet = PlantedSheet(rng, hand=rng.choice(("song", "song", "hei", "pen")))
    LAYOUTS[layout](sheet, Values(rng))
    return sheet


def examine(number: int) -> Examined:
    """Read and mask form `number`; unless it is withheld, send it and look for what was planted."""
    began = time.monotonic()
    name, sheet, paper = drawn(number)
    pixels = np.asarray(Image.open(io.BytesIO(paper.file)).convert("RGB"))
    page = _reader.read(pixels.tobytes(), pixels.shape[1], pixels.shape[0], dpi=paper.dpi)
    read = page.transcription
    found = survey(read)
    planted = [one for one in sheet.planted if one.kind in BURNED_KINDS]
    rival = strangers.regex_leaks(paper, planted) if number % strangers.RIVAL_EVERY == 0 else None
    if found.unsure:
        return Examined(number, name, withheld=found.unsure, seconds=time.monotonic() - began, rival=rival)
    matrix = _as_prepared(pixels, read) @ paper.matrix
    covers = [Cover(one.box, LABELS[one.kind]) for one in found.findings if one.kind in BURNED_KINDS]
    sent = Sent(page, covers, (read.width_px, read.height_px), number)
    leaks = [*sent.come_through(planted, matrix), *_read_off(sent, sheet, planted, read, found.findings)]
    extents = [mask.extent(cover.box, page=sent.size, block=_BLOCK) for cover in covers]
    return Examined(
        number, name, leaks=tuple(leaks), values=len(planted), is_touched=sent.is_touched,
        harmless=len(sheet.harmless), overmasked=_covered(sheet.harmless, matrix, extents),
        seconds=time.monotonic() - began, rival=rival,
    )  # fmt: skip


def _as_prepared(pixels: Pixels, read: Transcription) -> Matrix:
    """From pixels of the file to pixels of the page: laid flat, turned upright, made level, as the reader did."""
    height, width = pixels.shape[:2]
    matrix: Matrix = np.eye(3)
    if read.notes["dewarped"]:
        upright = read.turned_degrees % 180 == 0
        width, height = (read.width_px, read.height_px) if upright else (read.height_px, read.width_px)
        flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(sheet_corners(pixels), flat)
    _, matrix = quarter_turned(np.zeros((height, width, 1), np.uint8), matrix, read.turned_degrees)
    centre = (read.width_px / 2, read.height_px / 2)
    level = np.vstack([cv2.getRotationMatrix2D(centre, read.notes["skew_degrees"], 1), [0, 0, 1]])
    return level @ matrix


@dataclass
class Sent:
    """The pictures of one form that a masked reader gets, at both widths."""

    page: ReadPage
    covers: Sequence[Cover]
    size: tuple[int, int]
    number: int
    is_touched: bool = False

    def pictures(self, jpeg: bytes, copy: bytes) -> Iterator[tuple[int, bytes]]:
        """(width asked for, bytes), of a page and its small copy; the encodings come round from form to form."""
        for turn, (width, kept) in enumerate(((READING_PX, copy), (ZOOMED_PX, jpeg))):
            wanted = _ENCODINGS[(self.number + turn) % len(_ENCODINGS)]
            media_type = images.negotiate(wanted, width)
            made = images.render(kept, boxes=self.covers, page_size=self.size, mark=MARK, width_px=width,
                                 media_type=media_type)  # fmt: skip
            yield width, made.content

    def come_through(self, planted: Sequence[Planted], matrix: Matrix) -> Iterator[str]:
        """Values that make a difference to what is sent: every planted character's pixels altered by half the scale."""
        page = np.asarray(Image.open(io.BytesIO(self.page.optimised_jpeg)).convert("RGB"))
        inside = np.zeros(page.shape[:2], np.uint8)
        for value in planted:
            for place in value.places:
                cv2.fillConvexPoly(inside, np.round(_moved(place, matrix)).astype(np.int32), 255)
        altered = np.where(inside[..., None] > 0, page ^ 0x80, page)
        kept = ((optimised(pixels), reading_copy(pixels)) for pixels in (page, altered))
        pairs = zip(*(self.pictures(*both) for both in kept), strict=True)
        for (width, plain), (_, other) in pairs:
            if plain != other:
                self.is_touched = True
                yield from self._shown(_difference(plain, other), planted, matrix, width)

    def _shown(
        self, differs: Pixels, planted: Sequence[Planted], matrix: Matrix, width: int
    ) -> Iterator[str]:
        shrink = np.diag([differs.shape[1] / self.size[0], differs.shape[0] / self.size[1], 1.0])
        for value in planted:
            shares = [_share_inside(differs, _moved(place, shrink @ matrix)) for place in value.places]
            if (worst := max(shares, default=0.0)) > _COMES_THROUGH:
                count = sum(share > _COMES_THROUGH for share in shares)
                yield f"{value.kind} “{value.text}”: {count} signs come through at {width} px, {worst:.0%} of one"


def _moved(place: Box, matrix: Matrix) -> NDArray[np.float64]:
    """The four corners of a box after a matrix, (4, 2)."""
    corners = [(place.left, place.top, 1), (place.right, place.top, 1), (place.right, place.bottom, 1),
               (place.left, place.bottom, 1)]  # fmt: skip
    points = np.array(corners, np.float64) @ matrix.T
    return points[:, :2] / points[:, 2:]


def _difference(one: bytes, other: bytes) -> Pixels:
    first, second = (
        np.asarray(Image.open(io.BytesIO(raw)).convert("RGB")).astype(np.int16) for raw in (one, other)
    )
    return (np.abs(first - second).max(axis=2) > _DIFFERS).astype(np.uint8)


def _share_inside(differs: Pixels, corners: NDArray[np.float64]) -> float:
    (left, top), (right, bottom) = (
        np.floor(corners.min(axis=0)).astype(int).clip(0),
        np.ceil(corners.max(axis=0)).astype(int),
    )
    area = differs[top:bottom, left:right]
    return float(area.mean()) if area.size else 0.0


def _covered(places: Sequence[Box], matrix: Matrix, extents: Sequence[Box]) -> int:
    """How many of these characters have their middle under a box."""
    middles = [_moved(place, matrix).mean(axis=0) for place in places]
    return sum(any(e.left <= x < e.right and e.top <= y < e.bottom for e in extents) for x, y in middles)


def _read_off(
    sent: Sent,
    sheet: PlantedSheet,
    planted: Sequence[Planted],
    read: Transcription,
    findings: Sequence[Finding],
) -> Iterator[str]:
    """Values, or six signs of one, that engines find on what was sent, or that stand in the masked text."""
    (_, small), (_, large) = sent.pictures(sent.page.optimised_jpeg, sent.page.copy_jpeg)
    texts = {
        f"read at {READING_PX} px": strangers.read(small, _reader),
        f"digits at {ZOOMED_PX} px": strangers.digits(large),
    }
    if sent.number % SECOND_LOOK_EVERY == 0:
        texts[f"read at {ZOOMED_PX} px"] = strangers.read(large, _reader)
    texts["in the masked text"] = strangers.bare(masked_text(read, findings, BURNED_KINDS))
    public = strangers.bare(sheet.harmless_text + MARK.text)
    for value in planted:
        for where, text in texts.items():
            if found := [piece for piece in strangers.pieces(value) if piece in text and piece not in public]:
                yield f"{value.kind} “{value.text}”: “{found[0]}” {where}"
