"""A new master key: the ring first, then every data key, then the old key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.errors import NotAllowedNow
from bot.services.ports import Clock, Work


@dataclass(frozen=True)
class Rewrapped:
    """What wrapping the data keys anew did. ``left`` counts what other keys wrap, by their ids.

    ``broken`` are the subjects whose keys did not open. ``is_sure``: nothing that began before
    can still bring a data key wrapped by another.
    """

    active: str
    wrapped: int
    broken: tuple[str, ...]
    left: dict[str, int]
    is_sure: bool


@dataclass(frozen=True)
class Rotation:
    """What a rotation came to. ``wrapped`` counts this run's; ``left`` what other keys still wrap.

    ``kept`` is the file with the whole ring as it was before keys were ``retired`` from it;
    ``is_ours`` is False for a ring that a command prints.
    """

    active: str
    is_new: bool
    wrapped: int
    left: dict[str, int]
    not_opening: tuple[str, ...]
    retired: tuple[str, ...] = ()
    kept: str = ""
    is_ours: bool = True


class RingFile(Protocol):
    """Where the ring is kept, and changed."""

    def waiting(self) -> str:
        """The key that was made ready and is not in use yet; empty where there is none."""
        ...

    def older(self) -> tuple[str, ...]:
        """The keys that were in use before the active one."""
        ...

    def renew(self, now: datetime) -> str:
        """Put the key that waits in use, or else a fresh one; its id."""
        ...

    def retire(self, now: datetime) -> Path:
        """Take the older keys out; where the ring is kept as it was."""
        ...


class Ring(Protocol):
    """The keys as this process uses them."""

    @property
    def active(self) -> str:
        """The id of the master key that wraps what is new."""
        ...

    def look_again(self) -> None:
        """Take over at once what the file says by now."""
        ...


class WrappedKeys(Protocol):
    """The record, as far as its data keys go."""

    async def save(self, work: Work, *, durable: bool = True) -> None:
        """Write all of ``work`` or nothing."""
        ...

    async def wrapped_by(self) -> dict[str, int]:
        """How many data keys each master key wraps, by its id."""
        ...

    async def rewrap_keys(self) -> Rewrapped:
        """Wrap every data key by the active master key."""
        ...


async def rotate(
    record: WrappedKeys, ring: Ring, file: RingFile | None, clock: Clock, *, retire: bool
) -> Rotation:
    """Begin a rotation, or finish the one that was begun. ``file`` None: the ring is not ours.

    Raises ``NotAllowedNow`` where keys cannot be retired yet.
    """
    is_new = file is not None and await _is_to_begin(record, ring, file, retire=retire)
    if file is not None and is_new:
        await _note(record, clock, "rotate")
        file.renew(clock.now())
        ring.look_again()
    done = await record.rewrap_keys()
    rotation = Rotation(
        done.active, is_new, done.wrapped, done.left, done.broken, is_ours=file is not None
    )
    if file is None or not retire:
        return rotation
    if done.left:
        raise NotAllowedNow(_left(done.left))
    if not done.is_sure:
        raise NotAllowedNow("Something long is at work in the database: retire the key later.")
    return await _retired(record, file, clock, rotation)


async def _is_to_begin(record: WrappedKeys, ring: Ring, file: RingFile, *, retire: bool) -> bool:
    """Whether nothing is there to be finished first."""
    if file.waiting():
        return True
    if retire and file.older():
        return False
    return set(await record.wrapped_by()) <= {ring.active}


async def _retired(
    record: WrappedKeys, file: RingFile, clock: Clock, rotation: Rotation
) -> Rotation:
    older = file.older()
    if not older:
        return rotation
    await _note(record, clock, "retire", number=str(len(older)))
    kept = file.retire(clock.now())
    # What was on its way while the old key was still in the ring; this process can open it yet.
    last = await record.rewrap_keys()
    wrapped = rotation.wrapped + last.wrapped
    return replace(rotation, wrapped=wrapped, left=last.left, retired=older, kept=str(kept))


async def _note(record: WrappedKeys, clock: Clock, action: str, **details: str) -> None:
    entry = AuditEntry(SERVICE_CHAIN, clock.now(), PROGRAM, action, "keys", details)
    await record.save(Work(audit=[entry]))


def _left(left: dict[str, int]) -> str:
    counts = ", ".join(f"{number} by {key_id}" for key_id, number in left.items())
    return f"Data keys are still wrapped by what would be retired ({counts}): nothing was retired."
