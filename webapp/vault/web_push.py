"""What a push hub and a browser ask of who pushes: content only the browser opens (RFC 8291, RFC 8188), and a
signature by which the hub knows that it is the one the browser subscribed to (VAPID, RFC 8292).
"""

import base64
import json
import os
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUTH_BYTES, SALT_BYTES, POINT_BYTES = 16, 16, 65
RECORD_BYTES = 4096  # the one record of a push
VALID = timedelta(hours=12)  # of a signature; RFC 8292 allows a day
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the group of P-256


def key_of(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The signing key that belongs to 32 secret bytes: 64 surplus bits make every key as likely (FIPS 186-5 A.2.1)."""
    wide = int.from_bytes(_derived(secret, b"", b"lantai vapid v1", 40))
    return ec.derive_private_key(wide % (_ORDER - 1) + 1, _CURVE)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Its public half, uncompressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_public_key(point: bytes) -> bool:
    """True for an uncompressed point on the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError:
        return False
    return len(point) == POINT_BYTES


def encrypted(
    content: bytes,
    *,
    receiver: bytes,
    auth: bytes,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Content as one aes128gcm record that only the receiver opens.

    sender, salt -- fresh for every push; given in tests alone
    """
    sender, salt = sender or ec.generate_private_key(_CURVE), salt or os.urandom(SALT_BYTES)
    own = public_bytes(sender)
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, receiver))
    material = _derived(shared, auth, b"WebPush: info\0" + receiver + own, 32)
    key = _derived(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD_BYTES.to_bytes(4) + bytes([len(own)]) + own
    return head + AESGCM(key).encrypt(nonce, content + b"\x02", None)  # 2: the last record


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, *, contact: str, now: datetime) -> str:
    """The header that signs a push to an endpoint. contact -- whom its hub may turn to, an https address."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + VALID).timestamp()),
        "sub": contact,
    }
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={encoded(public_bytes(key))}"


def encoded(content: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _json(content: dict[str, object]) -> str:
    return encoded(json.dumps(content, separators=(",", ":")).encode())


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
