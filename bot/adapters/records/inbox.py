"""The inbox's conversations: which can be claimed, and the leases on those that are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Row,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.adapters.records.encryption import DataKey, Place
from bot.adapters.records.engines import SQLITE
from bot.adapters.records.group import Group
from bot.adapters.records.jobs import ACTS, Job
from bot.adapters.records.mapping import MICROSECOND, from_micros, to_micros
from bot.adapters.records.queue_tables import inbox, leases
from bot.adapters.records.sealed_rows import INBOX_BODY, open_said
from bot.adapters.records.statements import as_list, is_waiting, one_of
from bot.domain.messages import Act, ActKind, SubjectId

LEASE = timedelta(seconds=15)
TOO_FAR = timedelta(minutes=1) // MICROSECOND
"""A lease that ends later than this was made before the clock went back: it holds no longer."""

_TIMER = ActKind.TIMER.value

_other = inbox.alias("other")
_lease = leases.alias("lease")
_now: BindParameter[int] = bindparam("now", type_=BigInteger)


def _held_back(act: Any) -> ColumnElement[bool]:
    """An earlier act of the conversation waits for its retry: nothing overtakes it."""
    return exists().where(
        _other.c.subject == act.c.subject,
        is_waiting(_other),
        _other.c.kind != _TIMER,
        _other.c.available_at > _now,
        or_(act.c.kind == _TIMER, _other.c.seq < act.c.seq),
    )


CLAIMABLE: Select[Any] = (
    select(inbox.c.subject)
    .where(
        is_waiting(inbox),
        inbox.c.available_at <= _now,
        ~exists().where(
            _lease.c.subject == inbox.c.subject,
            _lease.c.until > _now,
            _lease.c.until < _now + TOO_FAR,
        ),
        ~_held_back(inbox),
    )
    .order_by(inbox.c.available_at, inbox.c.seq)
    .limit(bindparam("rows"))
)
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
_ROWS_A_SUBJECT = 4


@cache
def _waiting_of(dialect: str) -> Select[Any]:
    of_subjects = one_of(dialect, inbox.c.subject, "subjects")
    return select(inbox).where(is_waiting(inbox), of_subjects).order_by(inbox.c.seq)


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


def turn(rows: Sequence[Row[Any]], now: int) -> list[Row[Any]]:
    """Which of a conversation's waiting rows (in their order) may be handled now.

    What the person sent goes before the companion's own timers, and a timer goes alone: what
    comes before it may have cancelled it. A row that waits for its retry holds back the rest.
    """
    theirs = [each for each in rows if each.kind != _TIMER]
    ready = []
    for row in theirs:
        if row.available_at > now:
            break
        ready.append(row)
    if theirs:
        return ready
    due = [each for each in rows if each.available_at <= now]
    return sorted(due, key=lambda each: (each.available_at, each.seq))[:1]


@dataclass(frozen=True)
class Claim(Job):
    """Lease up to ``limit`` conversations and read what waits in them."""

    limit: int
    owner: str
    now: datetime

    @property
    def alone(self) -> bool:
        """It reads what others write."""
        return True

    @property
    def lane(self) -> str:
        """In order with its like."""
        return "claim"

    def apply(self, group: Group) -> list[list[Row[Any]]]:
        """The rows by conversation, in order; attempts are counted here."""
        now = to_micros(self.now)
        some = {"now": now, "rows": self.limit * _ROWS_A_SUBJECT}
        found = group.driver.read(CLAIMABLE, some)
        subjects = list(dict.fromkeys(each.subject for each in found))[: self.limit]
        leased = [each for each in sorted(subjects) if self._lease(group, each)]
        if not leased:
            return []
        waiting: dict[str, list[Row[Any]]] = {each: [] for each in subjects if each in leased}
        listed = {"subjects": as_list(group.dialect, leased)}
        for row in group.driver.read(_waiting_of(group.dialect), listed):
            waiting[row.subject].append(row)
        ready = {subject: turn(rows, now) for subject, rows in waiting.items()}
        for subject, rows in ready.items():
            if not rows:
                group.delete(leases, subject=subject)
            for row in rows:
                group.add(inbox, _TRY, {"the_seq": row.seq})
        return [rows for rows in ready.values() if rows]

    def _lease(self, group: Group, subject: str) -> bool:
        row = {"subject": subject, "owner": self.owner, "until": to_micros(self.now + LEASE)}
        return bool(group.driver.read(_lease_in(group.dialect), row))


@dataclass(frozen=True)
class Release(Job):
    """Give a conversation back."""

    subject: str
    owner: str
    retry: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def lane(self) -> str:
        """After what was written for the same conversation."""
        return self.subject

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

    @property
    def lane(self) -> str:
        """In order with its like."""
        return "claim"

    def apply(self, group: Group) -> None:
        """Move the leases' end."""
        until = to_micros(self.now + LEASE)
        for subject in self.subjects:
            row = {"the_subject": subject, "the_owner": self.owner, "new_until": until}
            group.add(leases, _RENEW, row)


def act_of(row: Row[Any], key: DataKey) -> Act:
    """The act of a row, read. ``attempts`` counts this one. Raises ``SealBroken``."""
    text, token = row.label, ""
    if row.kind != _TIMER:
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
