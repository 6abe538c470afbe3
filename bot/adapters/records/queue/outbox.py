"""The outbox: replies leased to a channel, in order within a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.adapters.records.engines import SQLITE
from bot.adapters.records.mapping import from_micros, to_micros
from bot.adapters.records.queue.holding import LEASE, TOO_FAR
from bot.adapters.records.queue.queue_tables import outbox
from bot.adapters.records.queue.sealed_rows import OUTBOX_BODY, open_reply
from bot.adapters.records.sealing.encryption import DataKey, Place
from bot.adapters.records.statements import as_list, is_open, is_waiting, one_of
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import OUTGOING, Job, Wanted
from bot.domain.fair_share import fair_share
from bot.domain.messages import Outbound, ReplyKind, SubjectId

_earlier = outbox.alias("earlier")
_now: BindParameter[int] = bindparam("now", type_=BigInteger)

_READY = or_(
    and_(is_waiting(outbox), outbox.c.due_at <= _now),
    and_(
        outbox.c.state == "claimed",
        or_(outbox.c.lease_until <= _now, outbox.c.lease_until >= _now + TOO_FAR),
    ),
)
_IS_FIRST = ~exists().where(
    _earlier.c.subject == outbox.c.subject,
    _earlier.c.channel == outbox.c.channel,
    is_open(_earlier),
    _earlier.c.seq < outbox.c.seq,
)
SENDABLE: Select[Any] = (
    select(outbox)
    .where(outbox.c.channel == bindparam("channel"), is_open(outbox), _READY, _IS_FIRST)
    .order_by(outbox.c.due_at, outbox.c.seq)
    .limit(bindparam("rows"))
)
NEXT_REPLY = select(
    select(func.min(outbox.c.due_at))
    .where(outbox.c.channel == bindparam("channel"), is_open(outbox), outbox.c.due_at > _now)
    .scalar_subquery()
    .label("reply_at"),
    select(func.min(outbox.c.lease_until))
    .where(outbox.c.channel == bindparam("channel"), is_open(outbox), outbox.c.lease_until > _now)
    .scalar_subquery()
    .label("lease_until"),
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.seq == bindparam("the_seq"))
    .values(
        state="claimed",
        owner=bindparam("new_owner"),
        lease_until=bindparam("until"),
        attempts=outbox.c.attempts + 1,
    )
)
_SENT = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("the_id"),
        is_open(outbox),
    )
    .values(state=bindparam("new_state"))
)


@cache
def _sendable_in(dialect: str) -> Select[Any]:
    return SENDABLE if dialect == SQLITE else SENDABLE.with_for_update(skip_locked=True)


@cache
def _open_of(dialect: str) -> Select[Any]:
    return (
        select(outbox)
        .where(
            outbox.c.channel == bindparam("channel"),
            is_open(outbox),
            one_of(dialect, outbox.c.subject, "subjects"),
        )
        .order_by(outbox.c.seq)
    )


@cache
def _more_than(dialect: str) -> Select[Any]:
    """Whether replies wait behind these in their conversations."""
    return (
        select(_earlier.c.seq)
        .join_from(
            _earlier,
            outbox,
            and_(
                outbox.c.subject == _earlier.c.subject,
                outbox.c.channel == _earlier.c.channel,
                outbox.c.seq > _earlier.c.seq,
                is_open(outbox),
            ),
        )
        .where(one_of(dialect, _earlier.c.id, "ids"), ~one_of(dialect, outbox.c.id, "ids"))
        .limit(1)
    )


def _is_ready(row: Row[Any], now: int) -> bool:
    if row.state == "waiting":
        return bool(row.due_at <= now)
    return not now < row.lease_until < now + TOO_FAR


@dataclass(frozen=True)
class ClaimOutgoing(Job):
    """Lease up to ``limit`` replies of a channel: of each conversation the first that are due."""

    channel: str
    limit: int
    owner: str
    now: datetime

    @property
    def alone(self) -> bool:
        """It reads what others write."""
        return True

    def apply(self, group: Group) -> list[Row[Any]]:
        """The rows, conversations in order of their first."""
        now = to_micros(self.now)
        some = {"channel": self.channel, "now": now, "rows": self.limit}
        found = group.driver.read(_sendable_in(group.dialect), some)
        claimed = found if len(found) == self.limit else self._with_more(group, found, now)
        until = to_micros(self.now + LEASE)
        for row in claimed:
            group.add(outbox, _CLAIM, {"the_seq": row.seq, "new_owner": self.owner, "until": until})
        return claimed

    def _with_more(self, group: Group, found: list[Row[Any]], now: int) -> list[Row[Any]]:
        """The first of each conversation, and as many after them as there is room for."""
        by_subject: dict[str, list[Row[Any]]] = {each.subject: [] for each in found}
        if not by_subject:
            return []
        listed = {"channel": self.channel, "subjects": as_list(group.dialect, by_subject)}
        for row in group.driver.read(_open_of(group.dialect), listed):
            by_subject[row.subject].append(row)
        lines = [
            list(takewhile(lambda row: _is_ready(row, now), rows)) for rows in by_subject.values()
        ]
        return fair_share(lines, self.limit)


@dataclass(frozen=True)
class Sent(Job):
    """Note what became of replies; ``beside`` is written with it, or neither is."""

    done: Mapping[str, str]
    beside: Job | None = None

    @property
    def durable(self) -> bool:
        """A database that is cut off must not forget more of a conversation than the last reply.

        What is synced takes all earlier commits along, the answers that these replies are too.
        """
        return True

    @property
    def alone(self) -> bool:
        """As what goes beside it."""
        return self.beside is not None and self.beside.alone

    def wants(self, wanted: Wanted) -> None:
        """What goes beside it wants something."""
        if self.beside is not None:
            self.beside.wants(wanted)

    def apply(self, group: Group) -> None:
        """Close the rows."""
        for outbound_id, outcome in self.done.items():
            group.add(outbox, _SENT, {"the_id": outbound_id, "new_state": outcome})
        if self.beside is not None:
            self.beside.apply(group)
        if group.driver.read(_more_than(group.dialect), {"ids": as_list(group.dialect, self.done)}):
            group.rings.add(OUTGOING)


@dataclass(frozen=True)
class RetrySending(Job):
    """Put a reply back until a later time, and those claimed after it with it.

    One that somebody else has taken over meanwhile is theirs to put back.
    """

    outbound_id: str
    at: datetime
    owner: str

    @property
    def alone(self) -> bool:
        """It reads what others write."""
        return True

    def apply(self, group: Group) -> None:
        """Its own due time moves; the later ones wait behind it."""
        run = group.connection.execute
        its_own = or_(outbox.c.state == "waiting", outbox.c.owner == self.owner)
        asked = select(outbox).where(outbox.c.id == self.outbound_id, is_open(outbox), its_own)
        row = run(asked.with_for_update()).one_or_none()
        if row is None:
            return
        back = {"state": "waiting", "owner": "", "lease_until": 0}
        run(
            update(outbox)
            .where(outbox.c.seq == row.seq)
            .values(back | {"due_at": to_micros(self.at)})
        )
        run(
            update(outbox)
            .where(
                outbox.c.subject == row.subject,
                outbox.c.channel == row.channel,
                outbox.c.state == "claimed",
                outbox.c.owner == self.owner,
                outbox.c.seq > row.seq,
            )
            .values(back)
        )
        group.rings.add(OUTGOING)


def outbound_of(row: Row[Any], key: DataKey) -> Outbound:
    """The reply of a row. ``attempts`` counts this one. Raises ``SealBroken``."""
    return Outbound(
        id=row.id,
        subject=SubjectId(row.subject),
        channel=row.channel,
        address_id=row.address_id,
        reply=open_reply(key, Place(row.subject, OUTBOX_BODY, row.id), row.body),
        kind=ReplyKind(row.kind),
        created_at=from_micros(row.created_at),
        in_reply_to=row.in_reply_to,
        place=row.place,
        attempts=row.attempts + 1,
    )
