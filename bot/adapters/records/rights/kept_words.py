"""What the queues still hold of one person, read for the copy of their record."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import Row, select

from bot.adapters.records.mapping import from_micros
from bot.adapters.records.parts import Parts
from bot.adapters.records.queue.queue_tables import inbox, outbox
from bot.adapters.records.queue.sealed_rows import INBOX_BODY, OUTBOX_BODY, open_reply, open_said
from bot.adapters.records.sealing.encryption import OpenKey, Place
from bot.domain.errors import SealBroken
from bot.domain.kept_messages import KeptMessage, KeptTimer
from bot.domain.messages import ActKind

_TIMER = ActKind.TIMER.value


async def messages_of(parts: Parts, subject: str) -> list[KeptMessage]:
    """Both sides' messages, in their order. Words that do not open count as no longer kept."""
    written = select(inbox).where(inbox.c.subject == subject, inbox.c.kind != _TIMER)
    answers = select(outbox).where(outbox.c.subject == subject)
    came, went = await parts.readers.run_core(
        lambda connection: (
            connection.execute(written.order_by(inbox.c.seq)).all(),
            connection.execute(answers.order_by(outbox.c.seq)).all(),
        )
    )
    key_of = await parts.entities.keys([subject])
    found = [*(_came(row, key_of) for row in came), *(_went(row, key_of) for row in went)]
    return sorted(found, key=lambda each: (each.at, not each.is_theirs))


async def timers_of(parts: Parts, subject: str) -> list[KeptTimer]:
    """The reminders that wait for somebody."""
    waiting = select(inbox).where(
        inbox.c.subject == subject, inbox.c.kind == _TIMER, inbox.c.state == "waiting"
    )
    rows = await parts.readers.run_core(
        lambda connection: connection.execute(waiting.order_by(inbox.c.available_at)).all()
    )
    return [KeptTimer(row.id, from_micros(row.available_at), row.label) for row in rows]


def _came(row: Row[Any], key_of: OpenKey) -> KeptMessage:
    words = None
    if row.body is not None:
        with suppress(SealBroken):
            place = Place(row.subject, INBOX_BODY, row.id)
            words, _ = open_said(key_of(row.subject), place, row.body)
    return KeptMessage(
        row.id,
        True,
        from_micros(row.sent_at),
        row.channel,
        row.kind,
        row.state,
        words,
        noted=row.tier,
        answered_by=row.answered_by,
    )


def _went(row: Row[Any], key_of: OpenKey) -> KeptMessage:
    reply = None
    if row.body:
        with suppress(SealBroken):
            place = Place(row.subject, OUTBOX_BODY, row.id)
            reply = open_reply(key_of(row.subject), place, row.body)
    return KeptMessage(
        row.id,
        False,
        from_micros(row.created_at),
        row.channel,
        row.kind,
        row.state,
        reply.text if reply else None,
        tuple(each.label for each in reply.buttons) if reply else (),
    )
