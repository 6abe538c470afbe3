"""Rows that do not open: noted once each, in the operator's log and in their person's chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.adapters.records.mapping import Mapped
from bot.adapters.records.tables import subject_keys
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import BornElsewhere, Wanted
from bot.adapters.records.writing.writer import Writer
from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.errors import RecordUnavailable, SealBroken
from bot.services.ports import Clock

_log = structlog.get_logger(__name__)

UNREADABLE = (SealBroken, ValueError, OverflowError)
"""What reading a damaged row raises: of a sealed value, or of a plain one."""


@dataclass(frozen=True)
class NoteUnreadable(BornElsewhere):
    """Audit rows that do not open, unless they are gone or mended by now.

    When the key itself does not open, that is noted instead of all that it sealed.
    """

    mapping: Mapped[Any]
    subject: str
    row_ids: Sequence[str]
    noted: Set[str]
    now: datetime

    @property
    def chain(self) -> str:
        """The person's; the service's for what belongs to nobody."""
        return self.subject or SERVICE_CHAIN

    def wants(self, wanted: Wanted) -> None:
        """The key and the head of the chain."""
        wanted.chains.add(self.chain)
        if self.mapping.sealed:
            wanted.subjects.add(self.subject)

    def apply(self, group: Group) -> list[str]:
        """What is noted now, as "TABLE:ID"."""
        broken = [each for each in self.row_ids if self._is_broken(group, each)]
        things = [f"{self.mapping.table.name}:{each}" for each in broken]
        if broken and self.mapping.sealed and group.has_lost_key(self.subject):
            things = [f"{subject_keys.name}:{self.subject}"]
        new = [each for each in things if each not in self.noted]
        for thing in new:
            group.audit(AuditEntry(self.chain, self.now, PROGRAM, "unreadable", thing))
        return new

    def _is_broken(self, group: Group, row_id: str) -> bool:
        row = group.standing(self.mapping.table, self.mapping.key, row_id)
        if row is None:
            return False
        if self.mapping.sealed and group.has_lost_key(self.subject):
            return True
        try:
            self.mapping.from_row(row, group.key)
        except UNREADABLE:
            return True
        return False


class Damage:
    """Notes each row that does not open once in this process's life."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock
        self._noted: set[str] = set()

    async def note(self, mapping: Mapped[Any], rows: Sequence[tuple[str, str]]) -> None:
        """Note rows of a table, each given as subject and id."""
        by_subject: dict[str, list[str]] = defaultdict(list)
        for subject, row_id in rows:
            if f"{mapping.table.name}:{row_id}" not in self._noted:
                by_subject[subject].append(row_id)
        for subject, row_ids in by_subject.items():
            places = {f"{mapping.table.name}:{each}" for each in row_ids}
            noted = frozenset(self._noted)
            # Before it is written, so that a second reader of the same moment does not do it, too.
            self._noted |= places
            job = NoteUnreadable(mapping, subject, row_ids, noted, self._clock.now())
            try:
                things: list[str] = await self._writer.do(job)
            except RecordUnavailable:
                # What can be read is shown all the same; the next reader notes this.
                self._noted -= places
                _log.error("unreadable_not_noted", rows=sorted(places))
                continue
            self._noted.update(things)
            for thing in things:
                _log.error("unreadable", row=thing)
