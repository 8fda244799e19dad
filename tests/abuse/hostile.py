"""Files as somebody hostile, or a broken scanner, would send them. All made here, none from outside."""

import hashlib
import io
import struct
import zlib

from PIL import Image


def huge_png(side: int = 20_000) -> bytes:
    """One bit a pixel, all white: 400 million pixels in some 75 kB."""
    row = b"\0" + b"\xff" * (side // 8)
    squeezed = zlib.compress(row * side, 9)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", squeezed) + chunk(b"IEND", b"")


def tiff_of_one_strip(
    frames: int, width: int = 2480, height: int = 3508, *, last: tuple[int, int] | None = None
) -> bytes:
    """Any number of frames, each an entry of some 130 bytes that points at the same G4 strip.

    last -- the width and height that the last frame claims
    """
    one = io.BytesIO()
    Image.new("1", (width, height), 1).save(one, "TIFF", compression="group4")
    with Image.open(one) as read:
        start, length = read.tag_v2[273][0], read.tag_v2[279][0]
    strip = one.getvalue()[start : start + length]
    directories, at = b"", 8 + len(strip)
    for number in range(frames):
        is_last = number == frames - 1
        across, down = last if last and is_last else (width, height)
        entries = [(256, across), (257, down), (258, 1), (259, 4), (262, read.tag_v2[262]), (273, 8)]
        entries += [(277, 1), (278, down), (279, length)]
        size = 2 + 12 * len(entries) + 4
        rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
        following = 0 if is_last else at + size * (number + 1)
        directories += struct.pack("<H", len(entries)) + rows + struct.pack("<I", following)
    return b"II*\0" + struct.pack("<I", at) + strip + directories


def pdf(*, pages: int = 1, box: str = "0 0 200 100", catalogue: str = "", trailer: str = "") -> bytes:
    """A document of white pages with a black bar, and whatever else is wanted in its catalogue and trailer."""
    kids = " ".join(f"{4 + number} 0 R" for number in range(pages))
    drawing = "0 0 100 100 re f"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
        *[f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 3 0 R >>"] * pages,
    ]
    body, offsets = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    ending = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    ending += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return body + ending.encode()


def locked_pdf(*, opens_without_password: bool) -> bytes:
    """Encrypted with 40 bits (PDF 1.7, 7.6.3), with an empty password for readers or one nobody knows."""
    owner, permissions, name = b"o" * 32, -4, b"n" * 16
    key = hashlib.md5(_PADDING + owner + struct.pack("<i", permissions) + name).digest()[:5]  # noqa: S324
    user = _rc4(key, _PADDING) if opens_without_password else b"u" * 32
    handler = f"/Filter /Standard /V 1 /R 2 /P {permissions} /O <{owner.hex()}> /U <{user.hex()}>"
    return pdf(trailer=f"/Encrypt << {handler} >> /ID [<{name.hex()}> <{name.hex()}>]")


_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def _rc4(key: bytes, text: bytes) -> bytes:
    box, j, i, out = list(range(256)), 0, 0, bytearray()
    for at in range(256):
        j = (j + box[at] + key[at % len(key)]) % 256
        box[at], box[j] = box[j], box[at]
    j = 0
    for byte in text:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
