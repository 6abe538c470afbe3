"""Erasing one person: refused while something stands against it, else whole and for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from bot.adapters.records.entities import mapped
from bot.adapters.records.mapping import to_micros
from bot.adapters.records.queue.moving import forget
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.adapters.records.tables import concerns, erasures, holds, persons, rights_requests
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ReadsOthers, Wanted
from bot.domain.audit import AuditEntry
from bot.domain.concerns import ConcernStatus
from bot.domain.errors import ChangedMeanwhile, NotAllowedNow
from bot.domain.rights import Erasure, RequestStatus

HELD = "A legal hold stands: nothing of this person may be erased until it is lifted."
HAS_CONCERN = "A concern is open: it has to be closed, and what was written looked at, first."

STRAGGLERS = timedelta(hours=1)
"""For so long after an erasure, what a writer beside it may have added is swept."""

Append = Callable[[Erasure, MasterKeys], None]
"""Adds a line to the ledger outside the database, synced to disk."""


@dataclass(frozen=True)
class Erase(ReadsOthers):
    """Forget a person, once nothing stands against it and the ledger has its line.

    What stands against it is looked at here, in the transaction that erases, so that a hold or a
    concern of the last moment counts. Everything about a person is audited in their chain, whose
    head this holds, so nothing of that kind can come between.
    """

    erasure: Erasure
    entry: AuditEntry
    masters: MasterKeys
    append: Append

    def wants(self, wanted: Wanted) -> None:
        """The head of the chain."""
        wanted.chains.add(self.entry.chain)

    def apply(self, group: Group) -> None:
        """Erase. Raises ``NotAllowedNow``, ``ChangedMeanwhile``, ``OSError`` of the ledger."""
        self._check(group)
        # The line first: what is cut short after it is completed at the next start.
        self.append(self.erasure, self.masters)
        forget(group, self.erasure.subject)
        group.upsert(erasures, mapped(Erasure).to_row(self.erasure, None), "id")
        group.audit(self.entry)

    def _check(self, group: Group) -> None:
        subject = self.erasure.subject

        def is_there(found: ColumnElement[bool]) -> bool:
            return bool(group.connection.execute(select(func.count()).where(found)).scalar_one())

        if not is_there(persons.c.id == subject):
            raise ChangedMeanwhile(f"person {subject}")
        if self.erasure.request and not is_there(
            (rights_requests.c.id == self.erasure.request)
            & (rights_requests.c.subject == subject)
            & (rights_requests.c.status == RequestStatus.OPEN.value)
        ):
            raise ChangedMeanwhile(f"request {self.erasure.request}")
        if is_there((holds.c.subject == subject) & holds.c.lifted_at.is_(None)):
            raise NotAllowedNow(HELD)
        if is_there(
            (concerns.c.subject == subject) & (concerns.c.status != ConcernStatus.CLOSED.value)
        ):
            raise NotAllowedNow(HAS_CONCERN)


def sweep(group: Group, now: datetime) -> None:
    """Forget once more whom the last hour erased: what was being written just then goes, too."""
    lately = select(erasures.c.subject).where(erasures.c.at > to_micros(now - STRAGGLERS))
    for subject in group.connection.execute(lately.distinct()).scalars().all():
        forget(group, subject)
