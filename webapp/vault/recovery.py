"""Sealing to a recovery key (恢复密钥): anybody may seal, only the holder of the private half opens.

X25519 with an ephemeral key, HKDF-SHA256, AES-256-GCM. The private half is text on paper or a stick, kept by
people, never on the machine that makes the backups.
"""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.vault.cipher import Tampered, seal, unseal

_INFO = b"lantai recovery v1"
_PUBLIC_BYTES = 32


class BadRecoveryKey(Exception):
    """The text is not a recovery key."""


def new_pair() -> tuple[str, str]:
    """(private, public) as text. The private half is shown once."""
    private = X25519PrivateKey.generate()
    return _text(private.private_bytes_raw()), _text(private.public_key().public_bytes_raw())


def seal_to(public: str, content: bytes) -> bytes:
    """Seal content to a public half. Raises BadRecoveryKey."""
    ephemeral = X25519PrivateKey.generate()
    receiver = X25519PublicKey.from_public_bytes(_bytes(public))
    sender = ephemeral.public_key().public_bytes_raw()
    key = _derived(ephemeral.exchange(receiver), sender, _bytes(public))
    return sender + seal(key, content, context=_INFO)


def unseal_with(private: str, sealed: bytes) -> bytes:
    """Inverse of seal_to. Raises BadRecoveryKey, cipher.Tampered."""
    key = X25519PrivateKey.from_private_bytes(_bytes(private))
    if len(sealed) <= _PUBLIC_BYTES:
        raise Tampered("too short to be sealed keys")
    sender, body = sealed[:_PUBLIC_BYTES], sealed[_PUBLIC_BYTES:]
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(sender))
    except ValueError as error:  # a point that any private half would agree with
        raise Tampered("the sender's half is not one") from error
    return unseal(_derived(shared, sender, key.public_key().public_bytes_raw()), body, context=_INFO)


def _derived(shared: bytes, sender: bytes, receiver: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=sender + receiver, info=_INFO).derive(shared)


def _text(raw: bytes) -> str:
    """Groups of four letters and digits: can be copied by hand from paper."""
    letters = base64.b32encode(raw).decode().rstrip("=")
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def _bytes(text: str) -> bytes:
    letters = "".join(text.split()).replace("-", "").upper()
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError as error:
        raise BadRecoveryKey("not a recovery key: letters or digits are wrong") from error
    if len(raw) != _PUBLIC_BYTES:
        raise BadRecoveryKey("not a recovery key: some of it is missing")
    return raw
