"""The one vault handle of a process: keys by purpose, data keys of dossiers, sealed blobs.

Opened by the composition roots only, like the database handle; empty until then.
"""

import hmac
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from webapp.vault.blobs import BlobStore
from webapp.vault.cipher import new_key, seal, unseal
from webapp.vault.keyring import KeyRing, Purpose, Wrapped

KEPT_DATA_KEYS = 500  # unwrapped ones kept in memory; an unwrap costs some 10 µs


@dataclass(frozen=True, slots=True)
class Opened:
    """What an open vault holds."""

    ring: KeyRing
    blobs: BlobStore


class Vault:
    """Seals and opens what belongs to a dossier, and lends the keys of the other parts."""

    def __init__(self) -> None:
        self._opened: Opened | None = None
        self._data_keys: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
        self._lock = Lock()

    def open(self, ring: KeyRing, blobs: Path) -> None:
        """Point the handle at a key ring and the folder of blobs."""
        with self._lock:
            self._opened = Opened(ring, BlobStore(blobs))
            self._data_keys.clear()

    @property
    def ring(self) -> KeyRing:
        """The key ring. Raises RuntimeError before open()."""
        return self._held().ring

    @property
    def blobs(self) -> BlobStore:
        """The sealed files. Raises RuntimeError before open()."""
        return self._held().blobs

    def new_data_key(self, dossier_key_id: str) -> Wrapped:
        """A random key for one dossier, wrapped and bound to the dossier's public id."""
        return self.ring.wrap(new_key(), context=_data_key_context(dossier_key_id))

    def rewrapped(self, dossier_key_id: str, wrapped: Wrapped) -> Wrapped:
        """The same data key under the active root key."""
        context = _data_key_context(dossier_key_id)
        return self.ring.wrap(self.ring.unwrap(wrapped, context=context), context=context)

    def seal_for(self, dossier_key_id: str, wrapped: Wrapped, content: bytes, *, context: bytes) -> bytes:
        """Seal content under a dossier's data key."""
        return seal(self._data_key(dossier_key_id, wrapped), content, context=context)

    def unseal_for(self, dossier_key_id: str, wrapped: Wrapped, sealed: bytes, *, context: bytes) -> bytes:
        """Inverse of seal_for. Raises cipher.Tampered."""
        return unseal(self._data_key(dossier_key_id, wrapped), sealed, context=context)

    def seal_credential(self, content: bytes, *, owner: str) -> bytes:
        """Seal a sign-in secret, bound to whom it belongs."""
        return seal(self.ring.key(Purpose.CREDENTIALS), content, context=b"credential|" + owner.encode())

    def unseal_credential(self, sealed: bytes, *, owner: str) -> bytes:
        """Inverse of seal_credential. Raises cipher.Tampered."""
        return unseal(self.ring.key(Purpose.CREDENTIALS), sealed, context=b"credential|" + owner.encode())

    def blind_index(self, field: str, normalised: str) -> str:
        """A keyed fingerprint by which an exact value is found without storing it readable (32 hex digits).

        HMAC-SHA256 cut to 128 bits. An unkeyed hash of an ID number would be found by trial in minutes.
        """
        key = self.ring.key(Purpose.BLIND_INDEX)
        return hmac.digest(key, f"{field}|v1|{normalised}".encode(), "sha256")[:16].hex()

    def viewing_code(self, viewing: str, page: str) -> bytes:
        """The secret that marks a page (public id) sent in a viewing (number), invisibly. 32 bytes, HMAC-SHA256.

        Who knows the numbers and not the key can neither find nor copy nor forge the mark.
        """
        return hmac.digest(self.ring.key(Purpose.WATERMARK), f"page|v1|{viewing}|{page}".encode(), "sha256")

    def certificate_secret(self, number: str) -> bytes:
        """The secret of a certificate, from which its code is made. 32 bytes, HMAC-SHA256; kept nowhere.

        Who reads the whole database and not the key can make no code that holds.
        """
        return hmac.digest(
            self.ring.key(Purpose.BLIND_INDEX), f"certificate-code|v1|{number}".encode(), "sha256"
        )

    def _held(self) -> Opened:
        if self._opened is None:
            raise RuntimeError("the vault is not open: open_instance() comes first")
        return self._opened

    def _data_key(self, dossier_key_id: str, wrapped: Wrapped) -> bytes:
        cached = (dossier_key_id, wrapped.sealed)
        with self._lock:
            if (key := self._data_keys.get(cached)) is not None:
                self._data_keys.move_to_end(cached)
                return key
        key = self.ring.unwrap(wrapped, context=_data_key_context(dossier_key_id))
        with self._lock:
            self._data_keys[cached] = key
            while len(self._data_keys) > KEPT_DATA_KEYS:
                self._data_keys.popitem(last=False)
        return key


def _data_key_context(dossier_key_id: str) -> bytes:
    return b"data-key|" + dossier_key_id.encode()


vault = Vault()
