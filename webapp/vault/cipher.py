"""Authenticated encryption of one piece: AES-256-GCM under a random nonce, bound to its context.

Layout of a sealed piece: magic "LT1" | algorithm (1 byte) | nonce (12 bytes) | ciphertext | tag (16 bytes).
Random nonces are safe here: no key seals anywhere near 2**32 pieces (NIST SP 800-38D, 8.3).
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"LT1"
AES_256_GCM = b"\x01"
_NONCE_BYTES = 12
_HEADER = MAGIC + AES_256_GCM
KEY_BYTES = 32


class Tampered(Exception):
    """The piece was changed, cut, moved to another place, or is read with the wrong key."""


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, content: bytes, *, context: bytes) -> bytes:
    """Encrypt `content` so that it opens only with the same key and the same context."""
    nonce = os.urandom(_NONCE_BYTES)
    return _HEADER + nonce + AESGCM(key).encrypt(nonce, content, _HEADER + context)


def unseal(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Inverse of seal. Raises Tampered; never gives back part of a damaged piece."""
    start = len(_HEADER)
    if sealed[:start] != _HEADER:
        raise Tampered("not a sealed piece, or of an unknown algorithm")
    nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, _HEADER + context)
    except (InvalidTag, ValueError) as error:
        raise Tampered("the piece does not open with this key in this place") from error
