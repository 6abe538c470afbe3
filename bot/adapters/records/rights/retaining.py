"""Words of messages that have been kept for as long as their team keeps them: they go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    cast,
    delete,
    exists,
    func,
    select,
    update,
)

from bot.adapters.records.entities import mapped
from bot.adapters.records.mapping import MICROSECOND, to_micros
from bot.adapters.records.parts import Parts
from bot.adapters.records.queue.queue_tables import inbox, outbox
from bot.adapters.records.reading.damage import UNREADABLE
from bot.adapters.records.safety_tables import review_items
from bot.adapters.records.tables import concerns, conversations, holds, persons, teams
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ReadsOthers, Wanted
from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.concerns import ConcernStatus
from bot.domain.conversations import Conversation
from bot.domain.retention import BEFORE_CONCERN, REVIEW_WAITS, ROWS_STAY, Shortened
from bot.domain.safety_net import Tier
from bot.domain.safety_review import ReviewStatus
from bot.domain.structure import MESSAGE_DAYS

WINDOW = 2000
"""Rows of each queue that one transaction looks at: nobody waits long for it."""

_PAUSE_SECONDS = 0.01
"""Between them, so that people's messages are not kept waiting for the database."""

_REMEMBERED = timedelta(days=1)
"""What a conversation remembers of earlier messages is of no use after this."""

_DANGER = tuple(each.value for each in Tier if each > Tier.CHECK)
_DAY = timedelta(days=1) // MICROSECOND
_GONE = b""
_OVER = {inbox: ("handled", "failed"), outbox: ("sent", "withheld", "failed")}
_AT = {inbox: inbox.c.received_at, outbox: outbox.c.created_at}


def _kept_from(now: datetime) -> Any:
    days = cast(func.coalesce(teams.c.message_days, MESSAGE_DAYS), BigInteger)
    return to_micros(now) - days * _DAY


def _is_kept(queue: Table, now: datetime) -> ColumnElement[bool]:
    """A hold keeps everything; a concern what led to it, until it is closed and reviewed."""
    held = exists().where(holds.c.subject == queue.c.subject, holds.c.lifted_at.is_(None))
    led_to = concerns.c.opened_at - BEFORE_CONCERN // MICROSECOND
    concerned = exists().where(
        concerns.c.subject == queue.c.subject,
        concerns.c.status != ConcernStatus.CLOSED.value,
        led_to <= _AT[queue],
    )
    waits = exists().where(
        review_items.c.subject == concerns.c.subject,
        review_items.c.status == ReviewStatus.WAITING.value,
        review_items.c.tier.in_(_DANGER),
        review_items.c.at.between(led_to, concerns.c.closed_at),
    )
    unreviewed = exists().where(
        concerns.c.subject == queue.c.subject,
        concerns.c.closed_at > to_micros(now - REVIEW_WAITS),
        _AT[queue].between(led_to, concerns.c.closed_at),
        waits.correlate(concerns),
    )
    return held | concerned | unreviewed


def _has_words(queue: Table) -> ColumnElement[bool]:
    return queue.c.body.is_not(None) & (queue.c.body != _GONE)


def _of_people(queue: Table, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join_from(queue, persons, persons.c.id == queue.c.subject)
        .outerjoin(teams, teams.c.id == persons.c.team)
        .where(queue.c.state.in_(_OVER[queue]))
    )


def _due(queue: Table, now: datetime, *columns: Any) -> Select[Any]:
    return _of_people(queue, *columns).where(
        _has_words(queue), _AT[queue] < _kept_from(now), ~_is_kept(queue, now)
    )


def _rows_due(queue: Table, now: datetime) -> Select[Any]:
    before = _kept_from(now) - ROWS_STAY // MICROSECOND
    return _of_people(queue, queue.c.seq).where(~_has_words(queue), _AT[queue] < before)


@dataclass(frozen=True)
class Shorten(ReadsOthers):
    """Take the words that are due in the window after a place; rows stay for a while, then go."""

    now: datetime
    after: int

    def wants(self, wanted: Wanted) -> None:
        """The head of the chain."""
        wanted.chains.add(SERVICE_CHAIN)

    def apply(self, group: Group) -> Shortened:
        """What was done."""
        written = self._blank(group, inbox, {"body": None, "label": ""})
        answers = self._blank(group, outbox, {"body": _GONE})
        for subject in sorted(set(written)):
            self._forget_earlier(group, subject)
        rows = self._remove(group, inbox) + self._remove(group, outbox)
        done = Shortened(len(written), len(answers), rows)
        if done != Shortened():
            details = {name: str(value) for name, value in vars(done).items()}
            group.audit(
                AuditEntry(SERVICE_CHAIN, self.now, PROGRAM, "shorten", "messages", details)
            )
        return done

    def _window(self, queue: Table) -> ColumnElement[bool]:
        return queue.c.seq.between(self.after + 1, self.after + WINDOW)

    def _blank(self, group: Group, queue: Table, values: dict[str, Any]) -> list[str]:
        due = _due(queue, self.now, queue.c.seq, queue.c.subject).where(self._window(queue))
        rows = group.connection.execute(due).all()
        if rows:
            found = queue.c.seq.in_([row.seq for row in rows])
            group.connection.execute(update(queue).where(found).values(values))
        return [row.subject for row in rows]

    def _forget_earlier(self, group: Group, subject: str) -> None:
        mapping = mapped(Conversation)
        row = group.standing(conversations, "subject", subject)
        if row is None:
            return
        try:
            memory = mapping.from_row(row, group.key)
        except UNREADABLE:
            return
        since = self.now - _REMEMBERED
        kept = tuple((at, words) for at, words in memory.earlier if at >= since)
        if kept != memory.earlier:
            shorter = mapping.to_row(replace(memory, earlier=kept), group.key(subject))
            group.upsert(conversations, shorter, "subject")

    def _remove(self, group: Group, queue: Table) -> int:
        due = _rows_due(queue, self.now).where(self._window(queue))
        rows: Sequence[int] = group.connection.execute(due).scalars().all()
        if rows:
            group.connection.execute(delete(queue).where(queue.c.seq.in_(rows)))
        return len(rows)


async def shorten(parts: Parts, now: datetime) -> Shortened:
    """Take the words of every message that is due, window by window."""
    bounds = [select(func.min(queue.c.seq), func.max(queue.c.seq)) for queue in (inbox, outbox)]
    found = await parts.readers.run_core(
        lambda connection: [connection.execute(each).one() for each in bounds]
    )
    first = min((row[0] for row in found if row[0] is not None), default=0)
    last = max((row[1] for row in found if row[1] is not None), default=-1)
    total = Shortened()
    for after in range(first - 1, last, WINDOW):
        total += await parts.writer.do(Shorten(now, after))
        await asyncio.sleep(_PAUSE_SECONDS)
    return total


async def to_shorten(parts: Parts, now: datetime) -> dict[str, Shortened]:
    """What would be done, by team. Nothing is."""
    written, answers = [
        _due(queue, now, persons.c.team, func.count()).group_by(persons.c.team)
        for queue in (inbox, outbox)
    ]
    counts = await parts.readers.run_core(
        lambda connection: [
            {row[0]: row[1] for row in connection.execute(each)} for each in (written, answers)
        ]
    )
    return {
        team: Shortened(counts[0].get(team, 0), counts[1].get(team, 0))
        for team in sorted({*counts[0], *counts[1]})
    }
