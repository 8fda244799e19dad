from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from webapp.rendering import typeface, watermark
from webapp.rendering.watermark import Mark

OPENED = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
MARK = Mark("张伟", "市财政局", OPENED, "V7K3M9Q2")
LONG = Mark(
    "阿卜杜热合曼·阿卜力克木", "云梧市人力资源和社会保障局机关事业单位养老保险中心", OPENED, "V7K3M9Q2"
)

TWO = replace(LONG, name=LONG.name * 2, second=LONG.name * 2, copy="F7K3M9Q2")


def marked(mark: Mark, size=(1080, 1527), ground=255, mode="L") -> Image.Image:
    page = Image.new(mode, size, ground if mode == "L" else (ground,) * 3)
    watermark.burn(page, mark)
    return page


def copies(mark: Mark, size: tuple[int, int]) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    scale = watermark.scale_of(size[0])
    stamp = watermark.stamp(mark.words, round(watermark.SIZE_PX * scale)).size
    return list(watermark.lattice(size, stamp, scale=scale, page=mark.page)), stamp


def test_the_mark_says_who_reads_when_in_china_and_under_which_number():
    assert MARK.text == "张伟 市财政局 2026-11-22 16:40 查阅号 V7K3M9Q2 仅限查阅"


def test_the_mark_names_both_who_read_together_and_the_copy_a_page_goes_into():
    joint = replace(MARK, second="李娜", copy="F7K3M9Q2")
    assert joint.text == "张伟 同阅 李娜 市财政局 2026-11-22 16:40 查阅号 V7K3M9Q2 复制件 F7K3M9Q2"
    assert marked(joint).tobytes() != marked(replace(joint, second="李想")).tobytes()


@settings(deadline=None)
@given(
    st.sampled_from([MARK, LONG, TWO]),
    st.integers(1, 500),
    st.sampled_from([(1080, 1527), (2160, 3055), (1080, 760)]),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_every_crop_of_520_by_260_at_reading_width_holds_a_whole_copy(mark, page, size, across, down):
    mark = replace(mark, page=page)
    corners, stamp = copies(mark, size)
    scale = size[0] / 1080
    crop = (int(520 * scale), int(260 * scale))
    left, top = round(across * (size[0] - crop[0])), round(down * (size[1] - crop[1]))
    assert any(
        left <= x and x + stamp[0] <= left + crop[0] and top <= y and y + stamp[1] <= top + crop[1]
        for x, y in corners
    )


@settings(deadline=None)
@given(st.integers(1, 500))
def test_a_thumbnail_holds_a_whole_copy(page):
    corners, stamp = copies(Mark(MARK.name, MARK.unit, OPENED, MARK.viewing, page), (240, 339))
    assert any(0 <= x <= 240 - stamp[0] and 0 <= y <= 339 - stamp[1] for x, y in corners)


def test_copies_are_whole_where_they_stand_and_do_not_run_into_one_another():
    page, (corners, size) = marked(MARK), copies(MARK, (1080, 1527))
    stamp = watermark.stamp(MARK.words, watermark.SIZE_PX)
    alone = Image.new("L", size, 255)
    alone.paste(watermark.INK, (0, 0, *size), stamp.ink)
    inked = [0] * 9 + [255] * 247  # fainter pixels are shared with the copy's own halo
    whole = [(x, y) for x, y in corners if 0 <= x <= 1080 - size[0] and 0 <= y <= 1527 - size[1]]
    assert len(whole) > 20
    for x, y in whole:
        found = page.crop((x, y, x + size[0], y + size[1]))
        difference = ImageChops.difference(found, alone)
        assert ImageChops.darker(difference, stamp.ink.point(inked)).getbbox() is None


def test_two_viewings_are_marked_differently():
    assert marked(MARK).tobytes() != marked(Mark("张伟", "市财政局", OPENED, "V7K3M9Q3")).tobytes()


def test_pages_of_one_viewing_never_lay_their_marks_on_the_same_place():
    starts = {
        copies(Mark("张伟", "市财政局", OPENED, "V7K3M9Q2", page), (1080, 1527))[0][0]
        for page in range(1, 60)
    }
    assert len(starts) == 59


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_the_mark_shows_on_paper_and_in_the_dark(mode):
    darkest = marked(MARK, ground=255, mode=mode).convert("L").getextrema()[0]
    brightest = marked(MARK, ground=0, mode=mode).convert("L").getextrema()[1]
    assert 215 < darkest < 235, "light enough to read through"
    assert 20 < brightest < 60


def test_a_machine_without_the_typeface_is_told_what_to_install():
    with pytest.raises(typeface.TypefaceMissing, match="fonts-noto-cjk"):
        typeface.locate(("/nowhere/NotoSansCJK-Bold.ttc",))


def test_glyphs_are_those_of_mainland_china():
    assert typeface.face(16).getname()[0] == "Noto Sans CJK SC"
