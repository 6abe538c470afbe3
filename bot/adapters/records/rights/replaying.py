"""Erasures that the ledger knows and this database does not: it forgets those people now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, select

from bot.adapters.records.entities import mapped
from bot.adapters.records.queue.moving import forget
from bot.adapters.records.statements import as_list, one_of
from bot.adapters.records.tables import erasures, subject_keys
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ReadsOthers
from bot.domain.audit import PROGRAM, AuditEntry
from bot.domain.rights import Erasure


@dataclass(frozen=True)
class ReplayErasures(ReadsOthers):
    """Forget everybody in the ledger who is not forgotten here; audited in each one's chain."""

    ledger: Sequence[Erasure]
    now: datetime

    def apply(self, group: Group) -> int:
        """How many erasures this database had not made, or not to the end."""
        known = _there(group, erasures.c.id, [each.id for each in self.ledger])
        keyed = _there(group, subject_keys.c.subject, [each.subject for each in self.ledger])
        missing = [each for each in self.ledger if each.id not in known or each.subject in keyed]
        for erasure in missing:
            forget(group, erasure.subject)
            group.upsert(erasures, mapped(Erasure).to_row(erasure, None), "id")
            thing, details = f"erasure:{erasure.id}", {"request": erasure.request}
            group.audit(
                AuditEntry(erasure.subject, self.now, PROGRAM, "erasure_replayed", thing, details)
            )
        return len(missing)


def _there(group: Group, column: Column[str], values: Sequence[str]) -> set[str]:
    """Those of the values that the column holds."""
    known = select(column).where(one_of(group.dialect, column, "values"))
    bound = {"values": as_list(group.dialect, values)}
    return set(group.connection.execute(known, bound).scalars())
