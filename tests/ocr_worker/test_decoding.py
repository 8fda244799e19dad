import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from ocr_worker.decoding import Decoder, Frame, sniff
from tests.ocr_worker.drawn import saved
from webapp.domain.errors import Invalid


@pytest.fixture
def decoder() -> Decoder:
    return Decoder()


def only(frames: Iterator[Frame]) -> tuple[Frame, Image.Image]:
    (frame,) = frames
    return frame, Image.frombytes("RGB", (frame.width_px, frame.height_px), frame.pixels)


def sheet(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """White, its left half black."""
    page = Image.new("RGB", size, "white")
    ImageDraw.Draw(page).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="black")
    return page.convert(mode)


def halves(picture: Image.Image) -> tuple[object, object]:
    return picture.getpixel((10, 20)), picture.getpixel((50, 20))


BLACK_AND_WHITE = ((0, 0, 0), (255, 255, 255))


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("TIFF", "image/tiff"), ("PDF", "application/pdf")],
)
def test_the_first_bytes_tell_the_kind(kind: str, media_type: str) -> None:
    assert sniff(saved(sheet(), kind)[:16]) == media_type


def test_a_frame_keeps_size_and_resolution(decoder: Decoder) -> None:
    frame, picture = only(decoder.frames(saved(sheet(), "PNG", dpi=(200, 200)), claimed="扫描 1.PNG"))
    assert (frame.number, frame.width_px, frame.height_px, frame.dpi) == (1, 60, 40, 200)
    assert halves(picture) == BLACK_AND_WHITE


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK"])
def test_every_way_of_storing_ink_gives_the_same_page(decoder: Decoder, mode: str) -> None:
    options = {"compression": "group4"} if mode == "1" else {}
    _, picture = only(decoder.frames(saved(sheet(mode), "TIFF", **options), claimed="image/tiff"))
    assert halves(picture) == BLACK_AND_WHITE


@pytest.mark.parametrize("white_is_zero", [False, True])
def test_sixteen_bits_are_brought_to_eight(decoder: Decoder, white_is_zero: bool) -> None:
    levels = np.full((40, 60), 65535, np.uint16)
    levels[:, :30] = 0
    picture = Image.fromarray(65535 - levels if white_is_zero else levels)
    content = saved(picture, "TIFF", tiffinfo={262: 0 if white_is_zero else 1})
    assert halves(only(decoder.frames(content, claimed=None))[1]) == BLACK_AND_WHITE


def test_what_is_see_through_lies_on_white(decoder: Decoder) -> None:
    page = Image.new("RGBA", (60, 40), (200, 0, 0, 0))
    ImageDraw.Draw(page).rectangle((0, 0, 29, 40), fill=(0, 0, 0, 255))
    assert halves(only(decoder.frames(saved(page, "PNG"), claimed="a.png"))[1]) == BLACK_AND_WHITE


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_a_tagged_picture_is_set_upright(decoder: Decoder, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    frame, picture = only(decoder.frames(saved(sheet(), kind, exif=exif.tobytes()), claimed=None))
    assert (frame.width_px, frame.height_px) == (40, 60)
    assert sum(picture.getpixel((20, 5))) < 30  # the left half is on top now
    assert sum(picture.getpixel((20, 55))) > 735


def test_colours_are_brought_to_srgb(decoder: Decoder) -> None:
    profile = ImageCms.ImageCmsProfile(
        ImageCms.createProfile("LAB")
    ).tobytes()  # useless for RGB: passed over
    _, picture = only(decoder.frames(saved(sheet(), "PNG", icc_profile=profile), claimed=None))
    assert halves(picture) == BLACK_AND_WHITE
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _, picture = only(decoder.frames(saved(sheet(), "JPEG", icc_profile=srgb, quality=100), claimed=None))
    assert sum(picture.getpixel((10, 20))) < 12


def test_the_frames_of_a_tiff_come_one_by_one_without_its_thumbnails(decoder: Decoder) -> None:
    content = io.BytesIO()
    with_thumbnail = [sheet(size=(60, 40)), sheet(size=(62, 40)), sheet(size=(6, 4))]
    with_thumbnail[2].encoderinfo = {"tiffinfo": {254: 1}}
    with_thumbnail[0].save(content, "TIFF", save_all=True, append_images=with_thumbnail[1:])
    frames = list(decoder.frames(content.getvalue(), claimed="a.tif"))
    assert [(frame.number, frame.width_px) for frame in frames] == [(1, 60), (2, 62)]


def test_one_frame_can_be_had_alone(decoder: Decoder) -> None:
    content = io.BytesIO()
    pages = [sheet(size=(60 + number, 40)) for number in range(4)]
    pages[0].save(content, "TIFF", save_all=True, append_images=pages[1:])
    frame, _ = only(decoder.frames(content.getvalue(), claimed=None, only=3))
    assert (frame.number, frame.width_px) == (3, 62)


def test_a_pdf_page_is_drawn_at_300_dpi(decoder: Decoder) -> None:
    content = saved(sheet(size=(600, 400)), "PDF", resolution=150)
    frame, picture = only(decoder.frames(content, claimed="application/pdf"))
    assert (frame.width_px, frame.height_px, frame.dpi) == (1200, 800, 300)
    assert picture.getpixel((1000, 400)) == (255, 255, 255)


@pytest.mark.parametrize("claimed", ["照片.jpg", "image/jpeg", "表.docx", "image/svg+xml"])
def test_a_file_must_be_what_it_is_called(decoder: Decoder, claimed: str) -> None:
    with pytest.raises(Invalid):
        next(decoder.frames(saved(sheet(), "PNG"), claimed=claimed))


@pytest.mark.parametrize("claimed", [None, "", "application/octet-stream", "扫描件"])
def test_a_file_need_not_be_called_anything(decoder: Decoder, claimed: str | None) -> None:
    assert only(decoder.frames(saved(sheet(), "PNG"), claimed=claimed))[0].number == 1


def test_the_child_holds_nothing(decoder: Decoder) -> None:
    only(decoder.frames(saved(sheet(), "PNG"), claimed=None))
    assert {"limits", "no-network", "no-files"} <= set(decoder.confinement)


def test_a_slow_child_is_killed_and_leaves_nothing_behind() -> None:
    with pytest.raises(Invalid, match="无法安全打开"):
        next(Decoder(frame_seconds=0.001).frames(saved(sheet(), "PNG"), claimed=None))
    assert not children()


def test_a_killed_child_is_noticed(decoder: Decoder) -> None:
    content = io.BytesIO()
    pages = [sheet(size=(2000, 2000))] * 4
    pages[0].save(content, "TIFF", save_all=True, append_images=pages[1:])
    frames = decoder.frames(content.getvalue(), claimed=None)
    next(frames)
    (child,) = children()
    os.kill(child, signal.SIGKILL)
    with pytest.raises(Invalid, match="无法安全打开"):
        list(frames)


def test_frames_not_taken_end_the_child(decoder: Decoder) -> None:
    content = io.BytesIO()
    sheet().save(content, "TIFF", save_all=True, append_images=[sheet()] * 3)
    frames = decoder.frames(content.getvalue(), claimed=None)
    next(frames)
    frames.close()
    assert not children()


def children() -> list[int]:
    """Processes of ours that still run."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [child for child in map(int, listed.split()) if _is_a_decoder(child)]


def _is_a_decoder(pid: int) -> bool:
    return b"ocr_worker.decoder" in Path(f"/proc/{pid}/cmdline").read_bytes()
