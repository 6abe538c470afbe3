"""What ``keys check`` finds: the ring, what it opens, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.adapters.keys import KeyFile, KeyRing
from bot.adapters.records.facts import ANOTHERS, INCOMPLETE
from bot.adapters.records.sealing.encryption import RingIncomplete
from bot.adapters.records.sealing.key_check import Wrappings, look_at_keys
from bot.domain.errors import CompanionError, SealBroken, WrongKey
from bot.settings import Settings

_FINISH = "A rotation is not finished: run 'companion keys rotate'."
_PUT_IN_USE = "A key waits in the ring: copy the ring, then run 'companion keys rotate'."
_MOVE = "{} lies beside the ring: move it to safe keeping."
_BROKEN = (
    "({} data keys, of these subjects: {}). What is sealed with them opens again only from a "
    "backup that has these rows of subject_keys whole. Nobody else is touched."
)


@dataclass(frozen=True)
class Found:
    """The ring and the data keys; ``error`` is the first thing that is wrong."""

    source: str
    active: str = ""
    ids: tuple[str, ...] = ()
    wrappings: Wrappings | None = None
    to_do: tuple[str, ...] = ()
    error: CompanionError | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        wrapped = self.wrappings
        return {
            "ring": {"source": self.source, "active": self.active, "keys": list(self.ids)},
            "database": None if wrapped is None else {"is_its_ring": wrapped.is_its_ring},
            "wrapped_by": {} if wrapped is None else wrapped.wrapped_by,
            "not_opening": [] if wrapped is None else list(wrapped.broken),
            "to_do": list(self.to_do),
            "problem": None if self.error is None else str(self.error),
        }

    def lines(self) -> Iterator[str]:
        """For reading."""
        yield f"Key ring: {self.source}"
        if self.ids:
            yield f"Keys: {', '.join(self.ids)}; in use: {self.active}"
        if self.wrappings is None and self.error is None:
            yield "There is no database yet."
        for key_id, number in sorted(self.wrappings.wrapped_by.items() if self.wrappings else ()):
            yield f"Data keys wrapped by {key_id}: {number}"
        yield from self.to_do
        if self.error is None and not self.to_do:
            yield "All is well."


def ring_of(settings: Settings) -> KeyRing:
    """The ring that is set. Raises ``KeyFileMissing``, ``KeyFileUnsafe``, ``KeyFileBroken``."""
    if settings.companion_key_command:
        return KeyRing.from_command(settings.companion_key_command)
    return KeyRing.load(settings.key_file)


def found_in(settings: Settings) -> Found:
    """Look at everything."""
    source = "COMPANION_KEY_COMMAND" if settings.companion_key_command else str(settings.key_file)
    try:
        ring = ring_of(settings)
    except CompanionError as error:
        return Found(source, error=error)
    found = Found(source, ring.active, ring.ids)
    try:
        wrappings = look_at_keys(settings.database, ring)
    except CompanionError as error:
        return replace(found, error=error)
    wrong = _wrong(wrappings, ring) if wrappings else None
    to_do = () if wrong else tuple(_to_do(settings, ring, wrappings))
    return replace(found, wrappings=wrappings, error=wrong, to_do=to_do)


def _wrong(wrappings: Wrappings, ring: KeyRing) -> CompanionError | None:
    if not wrappings.is_its_ring:
        return WrongKey(ANOTHERS)
    missing = sorted(set(wrappings.wrapped_by) - set(ring.ids))
    if missing:
        return RingIncomplete(f"{', '.join(missing)}. {INCOMPLETE}")
    if wrappings.broken:
        return SealBroken(_BROKEN.format(len(wrappings.broken), ", ".join(wrappings.broken)))
    return None


def _to_do(settings: Settings, ring: KeyRing, wrappings: Wrappings | None) -> Iterator[str]:
    if wrappings and set(wrappings.wrapped_by) - {ring.active}:
        yield _FINISH
    if settings.companion_key_command:
        return
    file = KeyFile(settings.key_file)
    if file.waiting():
        yield _PUT_IN_USE
    for path in file.retired():
        yield _MOVE.format(path)
