"""The sealed form of an index file: frames of AES-256-GCM, bound to the file's name and order.

    magic "LTIX" | form 1 byte | key number 8 | salt 16 | frame | frame | …      frame = 1 MiB sealed + tag 16

Each file has its own key, HKDF-SHA256(key, salt, name), so a frame's number can be its nonce; the nonce also
says which frame is the last. A file that was altered, renamed, cut, joined or reordered does not open.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.search.errors import IndexDamaged

FORM = 1  # raise when the schema, the analysis or this layout changes: an older index then asks to be rebuilt

_MAGIC = b"LTIX"
_HEADER = struct.Struct(">4sB8s16s")
_FRAME = 1 << 20  # bytes
_TAG = 16


def seal(key: bytes, name: str, content: bytes) -> Iterator[bytes]:
    """The bytes to write under `name`, piece by piece. key -- 32 bytes."""
    header = _HEADER.pack(_MAGIC, FORM, _key_number(key), os.urandom(16))
    cipher, bound = _cipher(key, header, name)
    frames = max(1, -(-len(content) // _FRAME))
    view = memoryview(content)
    yield header
    for number in range(frames):
        frame = view[number * _FRAME : (number + 1) * _FRAME]
        yield cipher.encrypt(_nonce(number, is_last=number == frames - 1), frame, bound)


def unseal(key: bytes, name: str, stream: BinaryIO) -> bytes:
    """The content of a sealed file, every byte of it verified. Raises IndexDamaged."""
    header = stream.read(_HEADER.size)
    size = os.fstat(stream.fileno()).st_size - _HEADER.size
    frames = -(-size // (_FRAME + _TAG))
    if len(header) < _HEADER.size or frames < 1:
        raise IndexDamaged("索引文件不完整，需要重建")
    magic, form, number_of_key, _ = _HEADER.unpack(header)
    if (magic, form) != (_MAGIC, FORM):
        raise IndexDamaged("索引文件的格式不符，需要重建")
    if number_of_key != _key_number(key):
        raise IndexDamaged("索引不是用当前密钥加密的，需要重建")
    cipher, bound = _cipher(key, header, name)
    opened = []
    try:
        for number in range(frames):
            frame = stream.read(_FRAME + _TAG)
            opened.append(cipher.decrypt(_nonce(number, is_last=number == frames - 1), frame, bound))
    except InvalidTag:
        raise IndexDamaged("索引文件已损坏或被改动，需要重建") from None
    return b"".join(opened)


def _cipher(key: bytes, header: bytes, name: str) -> tuple[AESGCM, bytes]:
    salt = header[-16:]
    own = HKDF(SHA256(), 32, salt, b"lantai index file:" + name.encode()).derive(key)
    return AESGCM(own), header + name.encode()


def _key_number(key: bytes) -> bytes:
    """Tells a wrong key from a damaged file; says nothing about the key itself."""
    return HKDF(SHA256(), 8, None, b"lantai index key number").derive(key)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">Q3xB", number, is_last)
