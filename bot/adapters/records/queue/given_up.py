"""Counting what the queues gave up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, case, func, select

from bot.adapters.records.driver import Driver
from bot.adapters.records.queue.queue_tables import inbox, outbox
from bot.adapters.records.tables import persons
from bot.services.ports import DeadCount

_MESSAGES: Select[Any] = (
    select(
        func.count().label("all"),
        func.sum(case((persons.c.id.is_(None), 1), else_=0)).label("of_guests"),
    )
    .select_from(inbox.outerjoin(persons, persons.c.id == inbox.c.subject))
    .where(inbox.c.state == "failed", inbox.c.handled_at >= bindparam("since"))
)
_REPLIES: Select[Any] = (
    select(func.count().label("all"))
    .select_from(outbox)
    .where(outbox.c.state == "failed", outbox.c.created_at >= bindparam("since"))
)


def given_up(driver: Driver, since: int) -> DeadCount:
    """What was given up since then (microseconds since 1970)."""
    (messages,) = driver.read(_MESSAGES, {"since": since})
    (replies,) = driver.read(_REPLIES, {"since": since})
    return DeadCount(int(messages[0]), int(messages[1] or 0), int(replies[0]))
