"""Guests whose time is over: key, addresses, queue rows and all are gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from bot.adapters.records.mapping import to_micros
from bot.adapters.records.queue.accepting import GUEST_STAYS
from bot.adapters.records.queue.moving import forget
from bot.adapters.records.queue.queue_tables import inbox
from bot.adapters.records.rights.erasing import sweep
from bot.adapters.records.tables import guests
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ReadsOthers
from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry


@dataclass(frozen=True)
class ShredDue(ReadsOthers):
    """Forget the guests whose deadline has passed, and what was blanked long ago.

    What was written for somebody in the moment of their erasure is swept, too.
    """

    now: datetime

    def apply(self, group: Group) -> int:
        """How many guests were forgotten."""
        sweep(group, self.now)
        run = group.connection.execute
        due = guests.c.shred_at <= to_micros(self.now)
        subjects = list(run(select(guests.c.id).where(due)).scalars())
        for subject in subjects:
            forget(group, subject)
            group.delete(inbox, subject=subject)
        long_ago = to_micros(self.now - GUEST_STAYS)
        run(delete(inbox).where(inbox.c.state == "forgotten", inbox.c.received_at <= long_ago))
        if subjects:
            details = {"number": str(len(subjects))}
            group.audit(
                AuditEntry(SERVICE_CHAIN, self.now, PROGRAM, "forgotten", "guests", details)
            )
        return len(subjects)
