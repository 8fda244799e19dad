from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from threading import BoundedSemaphore
from time import sleep

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageStat

from ocr_worker.preparation import reading_copy
from tests.rendering import pages
from webapp.domain.errors import Invalid
from webapp.domain.geometry import Box, rescale
from webapp.domain.page_width import READING_PX, THUMBNAIL_PX, ZOOMED_PX
from webapp.rendering import images
from webapp.rendering.images import negotiate, render
from webapp.rendering.mask import Cover
from webapp.rendering.watermark import Mark

MARK = Mark("张伟", "市财政局", datetime(2026, 11, 22, 8, 40, tzinfo=UTC), "V7K3M9Q2")
TYPES = ("image/avif", "image/webp", "image/jpeg")


def shown(jpeg: bytes, size: tuple[int, int], *, width_px=240, media_type="image/webp", boxes=(), mark=MARK):
    return render(jpeg, boxes=boxes, page_size=size, mark=mark, width_px=width_px, media_type=media_type)


@st.composite
def twins(draw):
    """Two pages alike but for what stands in boxes, as JPEGs with every kind of block, and those boxes."""
    size = draw(st.tuples(st.integers(301, 700), st.integers(301, 700)))
    factor = draw(st.sampled_from([1, 2]))  # boxes may be in pixels of a larger page than is kept
    page = (size[0] * factor, size[1] * factor)
    boxes = []
    for _ in range(draw(st.integers(1, 3))):
        left, top = draw(st.integers(0, page[0] - 40)), draw(st.integers(0, page[1] - 40))
        boxes.append(Box(left, top, left + draw(st.integers(3, 40)), top + draw(st.integers(3, 40))))
    mode, options = draw(
        st.sampled_from([("L", {}), *(("RGB", {"subsampling": kind}) for kind in (0, 1, 2))])
    )
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    first = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
    second = first.copy()
    for box in boxes:
        part = rescale(box, old=page, new=size)
        second[part.top : part.bottom, part.left : part.right] = draw(st.sampled_from([0, 255]))
    jpegs = [pages.jpeg(Image.fromarray(pixels).convert(mode), **options) for pixels in (first, second)]
    return jpegs, page, [Cover(box) for box in boxes]


@settings(deadline=None, max_examples=40)
@given(twins(), st.sampled_from([12, 20, 40, 97, 240, 290, 1080]), st.sampled_from(TYPES))
def test_nothing_of_a_masked_value_survives_at_any_size_in_any_format(pair, width_px, media_type):
    (first, second), page, boxes = pair
    one, other = (
        shown(jpeg, page, width_px=width_px, media_type=media_type, boxes=boxes) for jpeg in (first, second)
    )
    assert first != second
    assert one.content == other.content


@pytest.mark.parametrize("offset", [18, 21, 27])
def test_no_filter_that_scales_a_page_smears_what_is_masked(offset, monkeypatch):
    monkeypatch.setattr(images, "SCALING", Image.Resampling.LANCZOS)
    box, copies = Box(300 + offset, 200 + offset, 500 + offset, 240 + offset), []
    for level in (0, 255):
        page = Image.new("L", (2480, 600), 200)
        page.paste(level, (box.left, box.top, box.right, box.bottom))
        copies.append(shown(pages.jpeg(page), page.size, boxes=[Cover(box)]))
    assert copies[0] == copies[1]


@pytest.mark.parametrize("offset", [0, 1, 2, 3, 5, 7, 11, 18])
@pytest.mark.parametrize("width_px", [THUMBNAIL_PX, READING_PX])
def test_nothing_of_what_is_masked_is_left_in_what_is_shown_of_a_smaller_copy(offset, width_px):
    box, seen = Box(300 + offset, 200 + offset, 500 + offset, 240 + offset), []
    for ink in ((255, 0, 0), (0, 0, 255)):
        page = Image.new("RGB", (2480, 600), (200, 200, 200))
        page.paste(ink, (box.left, box.top, box.right, box.bottom))
        copy = reading_copy(np.asarray(page))
        seen.append(shown(copy, page.size, width_px=width_px, boxes=[Cover(box)]))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("width_px", [THUMBNAIL_PX, READING_PX])
def test_a_masked_value_is_shown_as_covered_on_purpose(width_px):
    jpeg = pages.jpeg(Image.new("RGB", (2480, 3508), "white"))
    copy = shown(jpeg, (2480, 3508), width_px=width_px, boxes=[Cover(Box(800, 1200, 1240, 1260), "证件号")])
    seen, scale = Image.open(BytesIO(copy.content)).convert("L"), width_px / 2480
    covered = seen.crop([round(edge * scale) for edge in (810, 1205, 1230, 1255)])
    above = seen.crop([round(edge * scale) for edge in (810, 1100, 1230, 1150)])
    assert ImageStat.Stat(covered).median[0] < 0xE0 < 0xF8 < ImageStat.Stat(above).median[0]
    # the kind, where there is room for it
    assert (covered.getextrema()[0] < 120) == (width_px == READING_PX)


@pytest.mark.parametrize("media_type", TYPES)
@pytest.mark.parametrize("width_px", [THUMBNAIL_PX, READING_PX])
def test_a_copy_is_what_it_says_and_carries_no_notes(media_type, width_px):
    canary = b"CANARY-39.9042N-116.4074E"
    page = Image.effect_noise((620, 877), 20).resize((1240, 1754)).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = canary.decode()
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 15.1)
    jpeg = (
        pages.jpeg(page, exif=exif, comment=canary, icc_profile=canary * 9, xmp=canary)
        + b"PK\x03\x04"
        + canary
    )
    assert jpeg.count(canary) >= 12
    copy = shown(jpeg, page.size, width_px=width_px, media_type=media_type)
    assert b"CANARY" not in copy.content
    seen = Image.open(BytesIO(copy.content))
    assert seen.get_format_mimetype() == copy.media_type == media_type
    assert seen.size == (copy.width_px, copy.height_px) == (width_px, round(1754 * width_px / 1240))
    assert not {"exif", "icc_profile", "comment", "xmp"} & seen.info.keys()
    assert not seen.getexif()


@pytest.mark.parametrize("width_px", [THUMBNAIL_PX, READING_PX])
def test_two_viewings_of_one_page_never_get_the_same_bytes(width_px):
    jpeg = pages.jpeg(Image.new("L", (1240, 1754), 240))
    other = Mark(MARK.name, MARK.unit, MARK.at, "V7K3M9Q3")
    assert shown(jpeg, (1240, 1754), width_px=width_px) != shown(
        jpeg, (1240, 1754), width_px=width_px, mark=other
    )


def test_a_page_is_never_enlarged():
    jpeg = pages.jpeg(Image.new("L", (500, 700), 240))
    copy = shown(jpeg, (500, 700), width_px=ZOOMED_PX)
    assert (copy.width_px, copy.height_px) == (500, 700)


def test_a_long_strip_stays_within_what_a_phone_can_show():
    copy = shown(pages.jpeg(Image.new("L", (600, 12000), 240)), (600, 12000), width_px=READING_PX)
    assert copy.height_px == images.LONGEST_SIDE_PX
    assert copy.width_px == 410


@pytest.mark.parametrize("tenths", range(10))
def test_a_page_that_is_cut_off_is_refused_and_not_half_shown(tenths):
    jpeg = pages.jpeg(Image.effect_noise((300, 400), 60))
    with pytest.raises(Invalid):
        shown(jpeg[: len(jpeg) * tenths // 10], (300, 400))


def test_what_is_not_a_jpeg_is_refused():
    buffer = BytesIO()
    Image.new("L", (300, 400)).save(buffer, "PNG")
    with pytest.raises(Invalid):
        shown(buffer.getvalue(), (300, 400))


@pytest.mark.parametrize("side", [9300, 60000])
def test_a_page_that_claims_to_be_enormous_is_refused_before_it_is_decoded(side):
    jpeg = pages.jpeg(Image.new("L", (300, 300)))
    at = jpeg.index(b"\xff\xc0") + 5
    with pytest.raises(Invalid):
        shown(jpeg[:at] + side.to_bytes(2, "big") * 2 + jpeg[at + 4 :], (side, side))


def test_masks_drawn_for_a_page_of_another_shape_are_refused():
    jpeg = pages.jpeg(Image.new("L", (300, 400), 240))
    with pytest.raises(Invalid):
        shown(jpeg, (400, 300), boxes=[Cover(Box(10, 10, 60, 30))])


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "image/avif"),
        ("image/webp,image/png,image/*;q=0.8", "image/webp"),
        ("image/avif;q=0, image/webp ; q=0.5", "image/webp"),
        ("IMAGE/AVIF;q=1.0", "image/avif"),
        ("image/avif; q=0.000", "image/jpeg"),
        ("image/*,*/*;q=0.8", "image/jpeg"),
        ("*/*", "image/jpeg"),
        ("", "image/jpeg"),
        (";;,q=,", "image/jpeg"),
    ],
)
def test_the_smallest_named_encoding_is_chosen(accept, expected):
    assert negotiate(accept) == expected


def test_a_zoomed_page_is_sent_in_the_encoding_that_takes_less_time_and_memory():
    accept = "image/avif,image/webp,image/*"
    assert negotiate(accept, ZOOMED_PX) == "image/webp"
    assert negotiate("image/avif,image/*", ZOOMED_PX) == "image/avif"
    assert {negotiate(accept, width_px) for width_px in (THUMBNAIL_PX, READING_PX)} == {"image/avif"}


def test_no_more_pages_are_drawn_at_once_than_there_are_cores(monkeypatch):
    jpeg, drawn, most = pages.jpeg(Image.new("L", (300, 400), 240)), [], []

    def burn(image, mark):
        drawn.append(image)
        most.append(len(drawn))
        sleep(0.01)  # long enough for another thread to come in, if one may
        drawn.remove(image)

    monkeypatch.setattr(images, "_ONE_A_CORE", BoundedSemaphore(2))
    monkeypatch.setattr(images.watermark, "burn", burn)
    with ThreadPoolExecutor(8) as readers:
        list(readers.map(lambda _: shown(jpeg, (300, 400)), range(16)))
    assert max(most) <= 2


@pytest.mark.parametrize(
    ("media_type", "budget_kb"), [("image/avif", 130), ("image/webp", 190), ("image/jpeg", 270)]
)
def test_the_densest_page_stays_within_its_bytes(media_type, budget_kb):
    copy = shown(*pages.dense(), width_px=READING_PX, media_type=media_type)
    assert len(copy.content) <= budget_kb * 1024
