"""Sealing: AES-GCM under a subject's own data key, bound to where the value stands.

A sealed value is version (1 byte), nonce (12 bytes), ciphertext and tag. It opens only for the
same subject, field label and row id; labels are therefore never changed by a migration.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.errors import SealBroken, WrongKey

FORMAT = 1
_VERSION = bytes([FORMAT])
_NONCE_BYTES = 12
_START = len(_VERSION) + _NONCE_BYTES
_KEY_BITS = 256


class RingIncomplete(WrongKey):
    """The key ring is this database's, but it lacks a master key that data keys are wrapped by."""


class MasterKeys(Protocol):
    """What the record asks of the key ring."""

    @property
    def active(self) -> str:
        """The id of the master key that wraps what is new."""
        ...

    def knows(self, key_id: str) -> bool:
        """Whether there is a master key of this id."""
        ...

    def wrap(self, subject: str, data_key: bytes) -> tuple[str, bytes]:
        """A data key under the active master key, with that key's id."""
        ...

    def unwrap(self, subject: str, key_id: str, wrapped: bytes) -> bytes:
        """The data key."""
        ...

    def digest(self, purpose: str, value: str) -> str:
        """A keyed digest (hex) of a value for one purpose."""
        ...

    def sign(self, purpose: str, value: bytes, length: int = 8) -> bytes:
        """A keyed signature."""
        ...


class Place(NamedTuple):
    """Where a sealed value stands."""

    subject: str
    label: str
    row_id: str

    def bound(self) -> bytes:
        """The associated data. NUL parts it: no id or label can hold one."""
        return f"{self.subject}\0{self.label}\0{self.row_id}\0{FORMAT}".encode()


class DataKey:
    """One subject's key, unwrapped. Its ``repr`` shows nothing."""

    __slots__ = ("_cipher", "wrapped")

    def __init__(self, key: bytes, wrapped: bytes) -> None:
        self._cipher = AESGCM(key)
        self.wrapped = wrapped

    def seal(self, place: Place, value: bytes) -> bytes:
        """The value, sealed for its place."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, value, place.bound())

    def open(self, place: Place, sealed: bytes) -> bytes:
        """The value. Raises ``SealBroken`` when it is damaged or stood somewhere else."""
        try:
            if sealed[:1] != _VERSION:
                raise SealBroken(f"{place.label} {place.row_id}")
            return self._cipher.decrypt(sealed[1:_START], sealed[_START:], place.bound())
        except (InvalidTag, ValueError):
            raise SealBroken(f"{place.label} {place.row_id}") from None


@dataclass(frozen=True)
class WrappedKey:
    """A data key as the database keeps it."""

    subject: str
    key_id: str
    wrapped: bytes


class DataKeys:
    """Makes and unwraps data keys; holds those used last, unwrapped, for the process's life."""

    def __init__(self, masters: MasterKeys, room: int = 4096) -> None:
        self._masters = masters
        self._room = room
        self._held: OrderedDict[str, DataKey] = OrderedDict()
        self._lock = threading.Lock()

    def fresh(self, subject: str) -> tuple[DataKey, WrappedKey]:
        """A new key for a subject, and how to keep it."""
        key = AESGCM.generate_key(_KEY_BITS)
        key_id, wrapped = self._masters.wrap(subject, key)
        return DataKey(key, wrapped), WrappedKey(subject, key_id, wrapped)

    def unwrapped(self, kept: WrappedKey) -> DataKey:
        """The key that was kept. Raises ``WrongKey`` or ``SealBroken``."""
        held = self.held(kept.subject)
        if held is not None and held.wrapped == kept.wrapped:
            return held
        key = self._masters.unwrap(kept.subject, kept.key_id, kept.wrapped)
        fresh = DataKey(key, kept.wrapped)
        self.hold(kept.subject, fresh)
        return fresh

    def held(self, subject: str) -> DataKey | None:
        """The key, if it was used lately."""
        with self._lock:
            key = self._held.get(subject)
            if key is not None:
                self._held.move_to_end(subject)
            return key

    def hold(self, subject: str, key: DataKey) -> None:
        """Keep a key at hand; the one unused longest makes room."""
        with self._lock:
            self._held[subject] = key
            self._held.move_to_end(subject)
            while len(self._held) > self._room:
                self._held.popitem(last=False)

    def subjects(self) -> list[str]:
        """Whose keys are at hand."""
        with self._lock:
            return list(self._held)

    def drop(self, subject: str) -> None:
        """Forget a key."""
        with self._lock:
            self._held.pop(subject, None)


OpenKey = Callable[[str], DataKey]
"""Gives the data key of a subject."""
