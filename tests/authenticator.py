"""A phone's passkeys in software, for tests: real keys, real signatures, every field open to be wrong."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, HAS_KEY = 1, 4, 8, 16, 64
SITE = "http://localhost:8000"


@dataclass
class Credential:
    """One passkey on it."""

    key: ec.EllipticCurvePrivateKey
    id: bytes
    relying_party: str
    owner: bytes


@dataclass
class Authenticator:
    """counts -- false for those that always say 0, as phones whose passkeys go through a cloud do."""

    site: str = SITE
    counts: bool = True
    count: int = 0
    is_verified: bool = True
    is_synced: bool = False
    credentials: list[Credential] = field(default_factory=list)

    def create(self, asked: dict[str, Any], **wrong: Any) -> str:
        """What a browser answers to a request for a new passkey, JSON. wrong -- site, relying_party, attestation."""
        party = wrong.get("relying_party", asked["rp"]["id"])
        owner = base64url_to_bytes(asked["user"]["id"])
        made = Credential(ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32), party, owner)
        self.credentials.append(made)
        signed = (
            self._state(party, HAS_KEY) + bytes(16) + len(made.id).to_bytes(2, "big") + made.id + cose(made)
        )
        stated = wrong.get("attestation", {"fmt": "none", "attStmt": {}})
        response = {
            "clientDataJSON": self._client("webauthn.create", asked["challenge"], **wrong),
            "attestationObject": bytes_to_base64url(cbor2.dumps({**stated, "authData": signed})),
            "transports": ["internal", "hybrid", "telepathy"],
        }
        return answer(made, response)

    def sign(self, asked: dict[str, Any], **wrong: Any) -> str:
        """What a browser answers when a passkey is asked, JSON.

        wrong -- site, relying_party, owner, credential, kind
        """
        used = wrong.get("credential", self.credentials[-1])
        state = self._state(wrong.get("relying_party", asked["rpId"]))
        client = self._client(wrong.pop("kind", "webauthn.get"), asked["challenge"], **wrong)
        digest = hashlib.sha256(base64url_to_bytes(client)).digest()
        response = {
            "clientDataJSON": client,
            "authenticatorData": bytes_to_base64url(state),
            "signature": bytes_to_base64url(used.key.sign(state + digest, ec.ECDSA(hashes.SHA256()))),
            "userHandle": bytes_to_base64url(wrong.get("owner", used.owner)),
        }
        return answer(used, response)

    def _state(self, relying_party: str, more: int = 0) -> bytes:
        """The authenticator's data: for whom, who was there, how often."""
        self.count += self.counts
        flags = PRESENT | more | (VERIFIED if self.is_verified else 0)
        flags |= (BACKUP_ELIGIBLE | BACKED_UP) if self.is_synced else 0
        return (
            hashlib.sha256(relying_party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        )

    def _client(self, kind: str, challenge: str, **wrong: Any) -> str:
        said = {
            "type": kind,
            "challenge": challenge,
            "origin": wrong.get("site", self.site),
            "crossOrigin": False,
        }
        return bytes_to_base64url(json.dumps(said).encode())


def cose(made: Credential) -> bytes:
    """The public half as COSE has it: ES256 on P-256."""
    point = made.key.public_key().public_numbers()
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})


def answer(used: Credential, response: dict[str, Any]) -> str:
    named = bytes_to_base64url(used.id)
    return json.dumps(
        {
            "id": named,
            "rawId": named,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
    )
