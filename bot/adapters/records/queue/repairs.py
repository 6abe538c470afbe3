"""What the queues do about rows that cannot be used and leases that nobody holds any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, update

from bot.adapters.records.mapping import to_micros
from bot.adapters.records.queue.queue_tables import held_parts, inbox, leases, outbox
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ACTS, OUTGOING, BornElsewhere, Job, Wanted
from bot.domain.audit import PROGRAM, AuditEntry

_FAIL_ACT = (
    update(inbox)
    .where(inbox.c.id == bindparam("the_id"))
    .values(state="failed", handled_at=bindparam("at"))
)
_FAIL_REPLY = update(outbox).where(outbox.c.id == bindparam("the_id")).values(state="failed")
_GIVE_BACK = (
    update(outbox)
    .where(outbox.c.owner == bindparam("the_owner"), outbox.c.state == "claimed")
    .values(state="waiting", owner="", lease_until=0)
)


@dataclass(frozen=True)
class FailUnreadable(BornElsewhere):
    """Take a row that does not open out of its queue, so that it holds up nobody; audited."""

    queue: str
    row_id: str
    subject: str
    now: datetime

    def wants(self, wanted: Wanted) -> None:
        """The head of the chain."""
        wanted.chains.add(self.subject)

    def apply(self, group: Group) -> None:
        """Fail the row."""
        if self.queue == "inbox":
            group.add(inbox, _FAIL_ACT, {"the_id": self.row_id, "at": to_micros(self.now)})
        else:
            group.add(outbox, _FAIL_REPLY, {"the_id": self.row_id})
        thing = f"{self.queue}:{self.row_id}"
        group.audit(AuditEntry(self.subject, self.now, PROGRAM, "unreadable", thing))


@dataclass(frozen=True)
class Reclaim(Job):
    """Take back what an earlier process of the same name still held."""

    owner: str

    @property
    def alone(self) -> bool:
        """It reads what others write."""
        return True

    def apply(self, group: Group) -> None:
        """Delete the leases; let claimed replies wait again."""
        for table in (leases, held_parts):
            group.connection.execute(delete(table).where(table.c.owner == self.owner))
        group.connection.execute(_GIVE_BACK, {"the_owner": self.owner})
        group.rings.update({ACTS, OUTGOING})
