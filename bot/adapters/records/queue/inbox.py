"""The inbox's conversations: which can be claimed, and the leases on those that are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Row,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.adapters.records.engines import SQLITE
from bot.adapters.records.mapping import MICROSECOND, from_micros, to_micros
from bot.adapters.records.queue.claimable import claimable, waiting_in
from bot.adapters.records.queue.holding import LEASE, TOO_FAR
from bot.adapters.records.queue.queue_tables import inbox, leases
from bot.adapters.records.queue.sealed_rows import INBOX_BODY, open_said
from bot.adapters.records.sealing.encryption import DataKey, Place
from bot.adapters.records.statements import is_waiting
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ACTS, Job
from bot.domain.messages import Act, ActKind, SubjectId

ONE_CLAIM_AT_A_TIME = "SELECT pg_advisory_xact_lock(7301)"
"""Two that look at once would want the same conversations, and one of them come away empty."""

_now: BindParameter[int] = bindparam("now", type_=BigInteger)

NEXT_ACT = select(
    select(func.min(inbox.c.available_at))
    .where(is_waiting(inbox), inbox.c.available_at > _now)
    .scalar_subquery()
    .label("act_at"),
    select(func.min(leases.c.until))
    .where(leases.c.until > _now)
    .scalar_subquery()
    .label("lease_until"),
)
_MORE = (
    select(inbox.c.seq)
    .where(inbox.c.subject == bindparam("the_subject"), is_waiting(inbox))
    .limit(1)
)
_TRY = (
    update(inbox).where(inbox.c.seq == bindparam("the_seq")).values(attempts=inbox.c.attempts + 1)
)
_RETRY = (
    update(inbox)
    .where(inbox.c.id == bindparam("the_id"), is_waiting(inbox))
    .values(available_at=bindparam("at"))
)
_RENEW = (
    update(leases)
    .where(leases.c.subject == bindparam("the_subject"), leases.c.owner == bindparam("the_owner"))
    .values(until=bindparam("new_until"))
)


@cache
def _lease_in(dialect: str) -> Any:
    """Take a free lease, or one that does not hold at the time at which this one starts."""
    into = sqlite.insert(leases) if dialect == SQLITE else postgresql.insert(leases)
    start = into.excluded.until - LEASE // MICROSECOND
    return into.on_conflict_do_update(
        index_elements=["subject"],
        set_={"owner": into.excluded.owner, "until": into.excluded.until},
        where=or_(leases.c.until <= start, leases.c.until >= start + TOO_FAR),
    ).returning(leases.c.subject)


@dataclass(frozen=True)
class Claim(Job):
    """Lease up to ``limit`` conversations and read what waits in them.

    ``after`` is where the last claim's walk ended.
    """

    limit: int
    owner: str
    now: datetime
    after: str = ""

    @property
    def alone(self) -> bool:
        """It reads what others write."""
        return True

    def apply(self, group: Group) -> tuple[list[list[Row[Any]]], str]:
        """The rows by conversation, in order, and where the next walk begins.

        The attempt is counted here.
        """
        if group.dialect != SQLITE:
            group.driver.run(ONE_CLAIM_AT_A_TIME)
        now = to_micros(self.now)
        subjects, after = claimable(group.driver, now, self.limit, self.after)
        leased = self._lease(group, sorted(subjects)) if subjects else set()
        if not leased:
            return [], after
        ready = waiting_in(group.driver, [each for each in subjects if each in leased], now)
        for subject, rows in ready.items():
            if not rows:
                group.delete(leases, subject=subject)
            else:
                # Those behind it are not tried yet, and may be claimed often while it fails.
                group.add(inbox, _TRY, {"the_seq": rows[0].seq})
        return [rows for rows in ready.values() if rows], after

    def _lease(self, group: Group, subjects: Sequence[str]) -> set[str]:
        owned = {"owner": self.owner, "until": to_micros(self.now + LEASE)}
        with group.driver.together():
            asked = {
                each: group.driver.ask(_lease_in(group.dialect), {"subject": each, **owned})
                for each in subjects
            }
        return {each for each, rows in asked.items() if rows()}


@dataclass(frozen=True)
class Release(Job):
    """Give a conversation back."""

    subject: str
    owner: str
    retry: Mapping[str, datetime] = field(default_factory=dict)

    def apply(self, group: Group) -> None:
        """Delete the lease; set when the acts may be tried again."""
        for act_id, at in self.retry.items():
            group.add(inbox, _RETRY, {"the_id": act_id, "at": to_micros(at)})
        group.delete(leases, subject=self.subject, owner=self.owner)
        if self.retry or group.driver.read(_MORE, {"the_subject": self.subject}):
            group.rings.add(ACTS)


@dataclass(frozen=True)
class Renew(Job):
    """Hold conversations for longer."""

    subjects: Sequence[str]
    owner: str
    now: datetime

    def apply(self, group: Group) -> None:
        """Move the leases' end."""
        until = to_micros(self.now + LEASE)
        for subject in self.subjects:
            row = {"the_subject": subject, "the_owner": self.owner, "new_until": until}
            group.add(leases, _RENEW, row)


def act_of(row: Row[Any], key: DataKey) -> Act:
    """The act of a row, read. ``attempts`` counts this one. Raises ``SealBroken``."""
    text, token = row.label, ""
    if row.kind != ActKind.TIMER:
        place = Place(row.subject, INBOX_BODY, row.id)
        text, token = open_said(key, place, row.body)
    return Act(
        id=row.id,
        subject=SubjectId(row.subject),
        channel=row.channel,
        address_id=row.address_id,
        kind=ActKind(row.kind),
        text=text,
        sent_at=from_micros(row.sent_at),
        received_at=from_micros(row.received_at),
        token=token,
        attempts=row.attempts + 1,
    )
