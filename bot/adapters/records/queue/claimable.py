"""Which conversations of the inbox can be claimed: soon found, however much waits in them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
)

from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import SQLITE
from bot.adapters.records.queue.holding import TOO_FAR
from bot.adapters.records.queue.queue_tables import inbox, leases
from bot.adapters.records.statements import as_list, is_waiting, one_of
from bot.domain.messages import ActKind

LOOKED_AT = 1024
"""Due rows that one claim looks at, oldest first."""

WALKED = 512
"""Conversations that it walks through besides, where few of those rows can be had."""

AT_A_TIME = 16
"""Acts of one conversation in one claim: who sends thousands holds nobody else up."""

_TIMER = ActKind.TIMER.value

_other = inbox.alias("other")
_lease = leases.alias("lease")
_now: BindParameter[int] = bindparam("now", type_=BigInteger)


def _number(value: int) -> Any:
    """A number in words: a planner that knows it chooses the index."""
    return literal_column(str(value))


def _can_be_had(subject: ColumnElement[str]) -> ColumnElement[bool]:
    """Nobody holds the conversation, and what comes first in it is due: nothing overtakes that.

    What the person sent comes before the companion's own timers.
    """
    theirs = (
        select(_other.c.available_at)
        .where(_other.c.subject == subject, is_waiting(_other), _other.c.kind != _TIMER)
        .order_by(_other.c.seq)
        .limit(_number(1))
        .correlate_except(_other)
        .scalar_subquery()
    )
    any_of_them = (
        # Without the sum PostgreSQL seeks the smallest of all and skips those of others.
        select(func.min(_other.c.available_at + _number(0)))
        .where(_other.c.subject == subject, is_waiting(_other))
        .correlate_except(_other)
        .scalar_subquery()
    )
    held = exists().where(
        _lease.c.subject == subject, _lease.c.until > _now, _lease.c.until < _now + TOO_FAR
    )
    return and_(~held.correlate_except(_lease), func.coalesce(theirs, any_of_them) <= _now)


def _oldest() -> Select[Any]:
    due = (
        select(inbox.c.subject, inbox.c.available_at, inbox.c.seq)
        .where(is_waiting(inbox), inbox.c.available_at <= _now)
        .order_by(inbox.c.available_at, inbox.c.seq)
        .limit(_number(LOOKED_AT))
        .subquery("due")
    )
    first = (
        select(due.c.subject, func.min(due.c.available_at).label("at"), func.min(due.c.seq))
        .group_by(due.c.subject)
        .subquery("first")
    )
    seq = first.c[2]
    return (
        select(first.c.subject)
        .where(_can_be_had(first.c.subject))
        .order_by(first.c.at, seq)
        .limit(bindparam("rows"))
    )


def _walk() -> Select[Any]:
    """Conversation by conversation from one on, each found by one step in the index."""
    first = (
        select(inbox.c.subject)
        .where(is_waiting(inbox), inbox.c.subject > bindparam("after"))
        .order_by(inbox.c.subject, inbox.c.seq)
        .limit(_number(1))
        .scalar_subquery()
    )
    walk = select(first.label("subject"), _number(1).label("place")).cte("walk", recursive=True)
    further = (
        select(inbox.c.subject)
        .where(is_waiting(inbox), inbox.c.subject > walk.c.subject)
        .order_by(inbox.c.subject, inbox.c.seq)
        .limit(_number(1))
        .correlate(walk)
        .scalar_subquery()
    )
    walk = walk.union_all(
        select(further, walk.c.place + _number(1)).where(
            walk.c.subject.is_not(None), walk.c.place < _number(WALKED)
        )
    )
    had = case(
        (walk.c.subject.is_(None), _number(0)),
        (_can_be_had(walk.c.subject), _number(1)),
        else_=_number(0),
    )
    return select(walk.c.subject, had.label("had")).order_by(walk.c.place)


OLDEST = _oldest()
WALK = _walk()
BEYOND: Select[Any] = (
    select(inbox.c.seq)
    .where(is_waiting(inbox), inbox.c.available_at <= _now)
    .order_by(inbox.c.available_at, inbox.c.seq)
    .limit(_number(1))
    .offset(_number(LOOKED_AT))
)
"""Whether more is due than one claim looks at."""


@cache
def theirs_of(dialect: str) -> Select[Any]:
    """What the people of some conversations sent: of each the first so many rows, in order."""
    listed = (
        func.json_each(bindparam("subjects")).table_valued("value")
        if dialect == SQLITE
        else func.unnest(bindparam("subjects", type_=ARRAY(inbox.c.subject.type)))
        .table_valued("value")
        .render_derived()
    )
    first = (
        select(_other.c.seq)
        .where(_other.c.subject == listed.c.value, is_waiting(_other), _other.c.kind != _TIMER)
        .order_by(_other.c.seq)
        .limit(_number(AT_A_TIME))
        .correlate(listed)
    )
    if dialect == SQLITE:
        rows = listed.join(inbox, inbox.c.seq.in_(first))
    else:
        few = first.lateral("few")
        rows = listed.join(few, literal_column("true")).join(inbox, inbox.c.seq == few.c.seq)
    return select(inbox).select_from(rows).order_by(inbox.c.seq)


@cache
def timers_of(dialect: str) -> Select[Any]:
    """The due timers of some conversations."""
    of_subjects = one_of(dialect, inbox.c.subject, "subjects")
    due = inbox.c.available_at <= _now
    return select(inbox).where(is_waiting(inbox), of_subjects, inbox.c.kind == _TIMER, due)


def claimable(driver: Driver, now: int, limit: int, after: str) -> tuple[list[str], str]:
    """Up to ``limit`` conversations that can be claimed, and where the next walk begins.

    Those whose acts have waited longest come first. Where so much is due that they are not among
    the oldest rows, as behind somebody who sends thousands, a walk from ``after`` finds others.
    """
    found = [row.subject for row in driver.read(OLDEST, {"now": now, "rows": limit})]
    if len(found) == limit or not driver.read(BEYOND, {"now": now}):
        return found, after
    for row in driver.read(WALK, {"now": now, "after": after}):
        if row.subject is None:
            return found, ""
        after = row.subject
        if row.had and row.subject not in found:
            found.append(row.subject)
            if len(found) == limit:
                break
    return found, after


def waiting_in(driver: Driver, subjects: Sequence[str], now: int) -> dict[str, list[Row[Any]]]:
    """What may be handled now in these conversations, in order.

    What the person sent goes before the companion's own timers, and a timer goes alone: what
    comes before it may have cancelled it. A row that waits for its retry holds back the rest.
    """
    waiting: dict[str, list[Row[Any]]] = {each: [] for each in subjects}
    listed = {"subjects": as_list(driver.dialect, subjects)}
    for row in driver.read(theirs_of(driver.dialect), listed):
        waiting[row.subject].append(row)
    silent = [each for each, rows in waiting.items() if not rows]
    ready = {
        subject: list(takewhile(lambda row: row.available_at <= now, rows))
        for subject, rows in waiting.items()
    }
    if silent:
        listed = {"subjects": as_list(driver.dialect, silent)}
        timers = driver.read(timers_of(driver.dialect), listed | {"now": now})
        for row in sorted(timers, key=lambda row: (row.available_at, row.seq), reverse=True):
            ready[row.subject] = [row]
    return ready
