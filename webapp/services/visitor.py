"""Where a try to sign in comes from (来访者), and how a device proves that its officer has signed in on it before.

The device cookie is an id and one proof for each officer who completed a sign-in there: an HMAC over both and over
the officer's present second factor, so that new enrolment ends it. It opens nothing: it only keeps those who guess
at an account from elsewhere from locking its owner out.
"""

import hashlib
import hmac
import ipaddress
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from webapp.storage.accounts import Officer
from webapp.vault.keyring import Purpose
from webapp.vault.vault import vault

KEPT_PROOFS = 6  # officers who share one device; the one who signed in longest ago is forgotten first


@dataclass(frozen=True, slots=True)
class Visitor:
    """address -- the peer's, after trusted proxies; browser -- what it calls itself, in short; device -- its cookie.

    site -- the origin our pages are reached at (LANTAI_PUBLIC_ORIGIN): what a passkey asked by this browser signs
    """

    address: str
    browser: str = ""
    device: str = ""
    site: str = ""

    @property
    def network(self) -> str:
        """What is counted as one place: the address, of IPv6 the /64 that one household or office holds."""
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return "unknown"
        if address.version == 6 and address.ipv4_mapped:  # a socket for both kinds: all IPv4 would be one /64
            address = address.ipv4_mapped
        if address.version == 4:
            return str(address)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)

    @property
    def relying_party(self) -> str:
        """The name passkeys are bound to: the host of our pages. A passkey of another host is none here."""
        return urlsplit(self.site).hostname or "localhost"

    @property
    def device_id(self) -> str:
        """The random id of the device; empty before its first full sign-in."""
        return self.device.split(".")[0][:32]

    def is_known_to(self, officer: Officer | None) -> bool:
        """True when this officer has completed a sign-in on this device with the factor they have now."""
        if officer is None or not self.device_id:
            return False
        proof = _proof(self.device_id, officer)
        return any(hmac.compare_digest(proof.encode(), held.encode()) for held in self._proofs())

    def device_known_to(self, officer: Officer) -> str:
        """The device cookie to set once this officer has completed a sign-in."""
        device_id = self.device_id or secrets.token_urlsafe(16)
        proof = _proof(device_id, officer)
        others = [held for held in self._proofs() if held != proof]
        return ".".join([device_id, proof, *others[: KEPT_PROOFS - 1]])

    def _proofs(self) -> list[str]:
        return self.device[:400].split(".")[1:]


def _proof(device_id: str, officer: Officer) -> str:
    factor = hashlib.sha256(bytes(officer.totp_secret or b"")).hexdigest()
    message = f"device|{device_id}|{officer.public_id}|{factor}".encode()
    return urlsafe_b64encode(hmac.digest(vault.ring.key(Purpose.SESSION), message, "sha256")[:15]).decode()
