"""Wrapping every data key anew by the active master key, beside whatever else is at work."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, select, text, update

from bot.adapters.records.engines import POSTGRESQL
from bot.adapters.records.facts import wrapped_by
from bot.adapters.records.parts import Parts
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.adapters.records.tables import subject_keys
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ReadsOthers, Wanted
from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.errors import SealBroken, WrongKey
from bot.services.key_rotation import Rewrapped

BATCH = 200
_PAUSE_SECONDS = 0.01
"""Between batches, so that people's messages are not kept waiting for the database."""

_MOST_PASSES = 20
_OLDER_SECONDS = 10
_LOOK_SECONDS = 0.05

_WRAP = (
    update(subject_keys)
    .where(subject_keys.c.subject == bindparam("the_subject"))
    .values(key_id=bindparam("new_id"), wrapped=bindparam("new_wrapped"))
)
_OLDER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND xact_start < :began"
)


@dataclass(frozen=True)
class Batch:
    """What one batch did: how many it wrapped, whose did not open, where it ended ("": at all)."""

    wrapped: int
    broken: tuple[str, ...]
    last: str


@dataclass(frozen=True)
class Rewrap(ReadsOthers):
    """Wrap the next data keys after a subject, those that another master key wraps."""

    masters: MasterKeys
    after: str
    now: datetime

    def wants(self, wanted: Wanted) -> None:
        """The head of the chain."""
        wanted.chains.add(SERVICE_CHAIN)

    def apply(self, group: Group) -> Batch:
        """Wrap up to ``BATCH`` of them; the count goes into the service's audit."""
        others = (
            select(subject_keys)
            .where(
                subject_keys.c.key_id != self.masters.active, subject_keys.c.subject > self.after
            )
            .order_by(subject_keys.c.subject)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = group.connection.execute(others).all()
        broken = tuple(row.subject for row in rows if not self._wrap(group, row))
        number = len(rows) - len(broken)
        if number:
            details = {"number": str(number)}
            group.audit(AuditEntry(SERVICE_CHAIN, self.now, PROGRAM, "wrap", "keys", details))
        is_last = len(rows) < BATCH
        # What they were wrapped in before must not lie about in the log.
        group.has_destroyed_keys = group.has_destroyed_keys or (is_last and number > 0)
        return Batch(number, broken, "" if is_last else rows[-1].subject)

    def _wrap(self, group: Group, row: Row[tuple[str, str, bytes]]) -> bool:
        try:
            data_key = self.masters.unwrap(row.subject, row.key_id, row.wrapped)
        except (SealBroken, WrongKey):
            return False
        key_id, wrapped = self.masters.wrap(row.subject, data_key)
        changed = {"the_subject": row.subject, "new_id": key_id, "new_wrapped": wrapped}
        group.add(subject_keys, _WRAP, changed)
        return True


async def rewrap_all(parts: Parts) -> Rewrapped:
    """Pass over all data keys until nothing is left to wrap.

    Another process may have begun a new person's key with the ring as it was before: once such
    transactions have ended, one more pass finds what they made.
    """
    wrapped, _ = await _passes(parts)
    is_sure = await _older_have_ended(parts)
    more, broken = await _passes(parts)
    counts = await parts.readers.run_core(wrapped_by)
    active = parts.masters.active
    left = {key_id: number for key_id, number in counts.items() if key_id != active}
    return Rewrapped(active, wrapped + more, broken, left, is_sure)


async def _passes(parts: Parts) -> tuple[int, tuple[str, ...]]:
    total, (number, broken) = 0, await _pass(parts)
    for _ in range(_MOST_PASSES):
        total += number
        if not number:
            break
        number, broken = await _pass(parts)
    return total, broken


async def _pass(parts: Parts) -> tuple[int, tuple[str, ...]]:
    number, after = 0, ""
    broken: list[str] = []
    while True:
        batch: Batch = await parts.writer.do(Rewrap(parts.masters, after, parts.clock.now()))
        number += batch.wrapped
        broken += batch.broken
        if not batch.last:
            return number, tuple(broken)
        after = batch.last
        await asyncio.sleep(_PAUSE_SECONDS)


async def _older_have_ended(parts: Parts) -> bool:
    """Wait for the transactions of now, in which a data key may have been wrapped already.

    On SQLite each write has waited for those before it, and needs no other.
    """
    if parts.readers.dialect != POSTGRESQL:
        return True
    began = await parts.readers.run_core(
        lambda connection: connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    )
    for _ in range(round(_OLDER_SECONDS / _LOOK_SECONDS)):
        older = await parts.readers.run_core(
            lambda connection: connection.execute(_OLDER, {"began": began}).scalar_one()
        )
        if not older:
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    return False
