"""Rows of the outbox that do not open; what every store promises of it is in ``contract``."""

from __future__ import annotations

from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.domain.messages import Act, Outbound
from tests.integration.records.making import (
    answer,
    claim_one,
    reply_to,
    said,
)


async def _say(record: SqlRecord, *texts: str, address: str = "chat-1") -> Act:
    await record.accept(said(address=address))
    (act,) = await claim_one(record)
    replies = [reply_to(act, each, place=place) for place, each in enumerate(texts)]
    await record.save(answer(act, *replies), durable=False)
    await record.release(act.subject)
    return act


async def _sendable(record: SqlRecord, limit: int = 50) -> list[Outbound]:
    return [reply for reply, _ in await record.claim_outgoing("telegram", limit)]


def _texts(replies: list[Outbound]) -> list[str]:
    return [each.reply.text for each in replies]


async def test_a_reply_that_does_not_open_lets_the_next_go(record: SqlRecord, url: str) -> None:
    act = await _say(record, "one", "two")
    with connect_to(url).connect() as connection:
        connection.execute(
            text("UPDATE outbox SET body = :body WHERE place = 0"), {"body": b"\1" + b"x" * 60}
        )

    (two,) = await _sendable(record)
    await record.sent({two.id: "sent"})
    await _say(record, "three")
    assert _texts(await _sendable(record)) == ["three"]
    assert "unreadable" in [each.action for each in await record.audit_of(act.subject)]
