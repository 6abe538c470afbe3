"""The keys in use: wrapping and unwrapping data keys, digests, signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.adapters.keys.file import KeyFile
from bot.adapters.keys.sources import FromCommand, FromFile, Nowhere, Source
from bot.adapters.keys.written import KEY_BYTES, Written, key_bytes, parse
from bot.domain.errors import SealBroken, WrongKey

_NONCE_BYTES = 12
_SAME = "the same ring"


@dataclass(frozen=True)
class _Masters:
    """The master keys by id, replaced as a whole so that a thread never sees half of a change."""

    active: str
    by_id: Mapping[str, AESGCM]


class KeyRing:
    """Master keys by id, the active one among them, and the index key. Its ``repr`` is masked.

    A ring from a file follows it: a key that 'keys rotate' adds is used by what runs already.
    """

    def __init__(
        self,
        active: str,
        keys: Mapping[str, bytes],
        index: bytes,
        source: Source | None = None,
    ) -> None:
        self._masters = _Masters(active, {key_id: AESGCM(key) for key_id, key in keys.items()})
        self._derived = lru_cache(maxsize=64)(lambda purpose: _derive(index, purpose))
        self._source = source or Nowhere()
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"KeyRing(active={self.active!r}, keys=…)"

    @classmethod
    def create(cls, path: Path, made_at: datetime) -> KeyRing:
        """Make a ring with fresh keys and write its file, mode 0600, synced to disk.

        Raises ``AlreadyThere`` where the file exists: it is never written over.
        """
        KeyFile(path).create(made_at)
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """The ring of a file. Raises ``KeyFileMissing``, ``KeyFileUnsafe``, ``KeyFileBroken``."""
        file = KeyFile(path)
        return cls._of(file.read(), FromFile(file))

    @classmethod
    def from_command(cls, command: str) -> KeyRing:
        """The ring that a command prints, as a key store's own program does.

        Raises ``KeyFileMissing`` when the command fails, ``KeyFileBroken`` for what is no ring.
        """
        source = FromCommand(command)
        return cls._of(source.read(), source)

    @classmethod
    def from_json(cls, text: bytes, source: str) -> KeyRing:
        """The ring as JSON: active, keys by id, index (base64 of 32 bytes each), made_at."""
        return cls._of(parse(text, source))

    @classmethod
    def _of(cls, written: Written, source: Source | None = None) -> KeyRing:
        keys = {key_id: key_bytes(each) for key_id, each in written.keys.items()}
        return cls(written.active, keys, key_bytes(written.index), source)

    @property
    def active(self) -> str:
        """The id of the master key that wraps what is new."""
        return self._masters.active

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its master keys, oldest first."""
        return tuple(self._masters.by_id)

    def look_again(self) -> None:
        """Take over at once what its file says by now."""
        self._take_over(self._source.changed)

    def knows(self, key_id: str) -> bool:
        """Whether there is a master key of this id, by now."""
        return self._master(key_id) is not None

    def wrap(self, subject: str, data_key: bytes) -> tuple[str, bytes]:
        """A data key under the active master key: (its id, nonce and ciphertext)."""
        self.look_again()
        masters = self._masters
        nonce = secrets.token_bytes(_NONCE_BYTES)
        bound = _bound(subject, masters.active)
        return masters.active, nonce + masters.by_id[masters.active].encrypt(nonce, data_key, bound)

    def unwrap(self, subject: str, key_id: str, wrapped: bytes) -> bytes:
        """The data key. Raises ``WrongKey`` for an unknown id, ``SealBroken`` for another's key."""
        master = self._master(key_id)
        if master is None:
            raise WrongKey(f"It lacks the master key {key_id}: see 'companion keys check'.")
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return master.decrypt(nonce, sealed, _bound(subject, key_id))
        except (InvalidTag, ValueError):
            raise SealBroken(f"data key of {subject}") from None

    def digest(self, purpose: str, value: str) -> str:
        """HMAC-SHA-256 (hex) of a value, under a key of this purpose alone."""
        body = value.encode("utf-8", "surrogatepass")
        return hmac.digest(self._derived(purpose), body, hashlib.sha256).hex()

    def sign(self, purpose: str, value: bytes, length: int = 8) -> bytes:
        """The first ``length`` bytes (at most 32) of an HMAC-SHA-256."""
        return hmac.digest(self._derived(f"sign {purpose}"), value, hashlib.sha256)[:length]

    def _master(self, key_id: str) -> AESGCM | None:
        if key_id not in self._masters.by_id:
            self._take_over(self._source.again)
        return self._masters.by_id.get(key_id)

    def _take_over(self, ask: Callable[[], Written | None]) -> None:
        """Use the ring as it is by now, unless it is another database's.

        A master key that is no longer in it stays at hand: a row that it wrapped may be on its way.
        """
        with self._lock:
            written = ask()
            if written is None or _derive(key_bytes(written.index), _SAME) != self._derived(_SAME):
                return
            fresh = {key_id: AESGCM(key_bytes(each)) for key_id, each in written.keys.items()}
            self._masters = _Masters(written.active, {**self._masters.by_id, **fresh})


def _derive(index: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"companion {purpose}".encode()).derive(index)


def _bound(subject: str, key_id: str) -> bytes:
    return json.dumps([subject, key_id]).encode()
