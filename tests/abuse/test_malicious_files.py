import io
import zipfile

import pytest
from PIL import Image

from ocr_worker.decoding import Decoder, Frame
from ocr_worker.preparation import optimised
from tests.abuse import hostile
from tests.ocr_worker.drawn import pixels
from webapp.domain.errors import Invalid


def opened(content: bytes, claimed: str | None = None) -> list[Frame]:
    return list(Decoder().frames(content, claimed=claimed))


def page(kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((220, 160), 60).convert("RGB").save(target, kind, **options)
    return target.getvalue()


def test_four_hundred_million_pixels_in_a_small_file_are_refused() -> None:
    content = hostile.huge_png()
    assert len(content) < 80_000
    with pytest.raises(Invalid, match="页面过大"):
        opened(content, "扫描.png")


def test_a_page_just_over_the_limit_is_refused_too() -> None:
    """Pillow itself only warns up to twice its limit."""
    with pytest.raises(Invalid, match="页面过大"):
        opened(hostile.huge_png(side=6_400))


def test_five_hundred_frames_are_refused_before_any_is_decoded() -> None:
    content = hostile.tiff_of_one_strip(500)
    assert len(content) < 100_000
    with pytest.raises(Invalid, match="超过 200 页"):
        next(Decoder().frames(content, claimed="扫描.tif"))


def test_a_bomb_behind_an_honest_frame_is_refused() -> None:
    with pytest.raises(Invalid, match="页面过大"):
        opened(hostile.tiff_of_one_strip(2, 64, 64, last=(10_000, 5_000)))


def test_frames_stop_at_the_budget_of_pixels() -> None:
    frames = Decoder(pixels_per_file=20_000_000).frames(hostile.tiff_of_one_strip(9), claimed=None)
    assert [next(frames).number, next(frames).number] == [1, 2]
    with pytest.raises(Invalid, match="总像素"):
        next(frames)


def test_a_directory_that_points_at_itself_ends() -> None:
    content = bytearray(hostile.tiff_of_one_strip(1, 64, 64))
    content[-4:] = content[4:8]
    assert len(opened(bytes(content))) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"PK\x03\x04" + b"\0" * 40,
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\x01\0\x01\0\x10\x10" + b"\0" * 40,
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b" %PDF-1.7",
    ],
    ids=["EPS", "SVG", "HTML", "ZIP", "HEIC", "ICO", "GIF", "PDF not at the start"],
)
def test_other_kinds_are_refused_without_a_decoder(content: bytes) -> None:
    decoder = Decoder()
    with pytest.raises(Invalid, match="PDF"):
        list(decoder.frames(content, claimed=None))
    assert decoder.confinement == ()


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid, match="空"):
        opened(b"", "扫描.pdf")


def test_html_that_begins_like_a_jpeg_is_refused() -> None:
    with pytest.raises(Invalid):
        opened(b"\xff\xd8\xff\xe0<!doctype html><script>alert(1)</script>\xff\xd9", "照片.jpg")


def test_a_png_called_jpg_is_refused() -> None:
    with pytest.raises(Invalid, match="内容"):
        opened(page("PNG"), "照片.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "PDF"])
@pytest.mark.parametrize("tenths", [1, 4, 9, 9.9])
def test_a_cut_file_is_refused_whatever_is_missing(kind: str, tenths: float) -> None:
    content = page(kind)
    with pytest.raises(Invalid):
        opened(content[: int(len(content) * tenths / 10)])


def test_a_cut_jpeg_with_a_forged_end_is_never_half_visible() -> None:
    content = page("JPEG", progressive=True)
    with pytest.raises(Invalid, match="不完整"):
        opened(content[: len(content) // 2])


@pytest.mark.parametrize("tenths", [2, 3, 5, 6, 7, 8])
def test_a_cut_jpeg_says_that_it_is_incomplete(tenths: int) -> None:
    content = page("JPEG")
    with pytest.raises(Invalid, match="不完整"):
        opened(content[: len(content) * tenths // 10])


@pytest.mark.parametrize(
    "content",
    [page("JPEG")[:-2], page("PNG")[:-12], hostile.pdf(pages=3).partition(b"6 0 obj")[0]],
    ids=["JPEG", "PNG", "PDF"],
)
def test_a_file_whose_last_words_are_missing_is_not_mended(content: bytes) -> None:
    with pytest.raises(Invalid, match="不完整"):
        opened(content)


def test_a_tiff_cut_after_its_first_frame_is_refused_as_a_whole() -> None:
    target = io.BytesIO()
    frame = Image.effect_noise((300, 300), 60)
    frame.save(target, "TIFF", save_all=True, append_images=[frame, frame])
    with pytest.raises(Invalid):
        opened(target.getvalue()[: len(target.getvalue()) // 2])


@pytest.mark.parametrize("opens_without_password", [True, False])
def test_an_encrypted_pdf_is_refused(opens_without_password: bool) -> None:
    content = hostile.locked_pdf(opens_without_password=opens_without_password)
    with pytest.raises(Invalid, match="加密"):
        opened(content, "材料.pdf")


def test_a_page_of_seventy_metres_is_refused_before_it_is_drawn() -> None:
    with pytest.raises(Invalid, match="页面过大"):
        opened(hostile.pdf(box="0 0 200000 200000"))


def test_ten_thousand_pages_are_refused() -> None:
    with pytest.raises(Invalid, match="超过 200 页"):
        opened(hostile.pdf(pages=10_000))


def test_of_a_pdf_with_scripts_and_attachments_only_ink_arrives() -> None:
    catalogue = "/OpenAction << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9/canary'\\)) >>"
    catalogue += " /Names << /EmbeddedFiles << /Names [(a) << /F (canary.exe) >>] >> >>"
    (frame,) = opened(hostile.pdf(catalogue=catalogue))
    assert (frame.width_px, frame.height_px) == (834, 417)
    assert b"canary" not in frame.pixels
    assert frame.pixels[:3] == b"\0\0\0"
    assert frame.pixels[-3:] == b"\xff\xff\xff"


def test_of_a_jpeg_with_a_zip_behind_only_the_picture_arrives() -> None:
    trailer = io.BytesIO()
    with zipfile.ZipFile(trailer, "w") as archive:
        archive.writestr("canary.html", "<script>canary</script>")
    (frame,) = opened(page("JPEG") + trailer.getvalue(), "照片.jpg")
    assert len(frame.pixels) == frame.width_px * frame.height_px * 3
    assert b"canary" not in frame.pixels


def test_neither_place_nor_comment_survive() -> None:
    exif = Image.Exif()
    exif[0x010E] = "canary-description"
    exif.get_ifd(0x8825)[29] = "canary-gps-date"
    content = page("JPEG", exif=exif.tobytes(), comment=b"canary-comment")
    assert content.count(b"canary") == 3
    (frame,) = opened(content, "照片.jpg")
    kept = optimised(pixels(Image.frombytes("RGB", (frame.width_px, frame.height_px), frame.pixels)))
    assert b"canary" not in frame.pixels + kept
    assert b"Exif" not in kept


@pytest.mark.parametrize("position", [3, 20, 60, 200])
def test_noise_inside_a_file_ends_in_words(position: int) -> None:
    content = bytearray(page("TIFF", compression="tiff_lzw"))
    content[position : position + 40] = b"\xff" * 40
    assert isinstance(answer := outcome(bytes(content)), list) or "。" in answer


def outcome(content: bytes) -> list[Frame] | str:
    try:
        return opened(content)
    except Invalid as refusal:
        return str(refusal)
