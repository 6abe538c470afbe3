"""Rows of the outbox that do not open; what every store promises of it is in ``contract``."""

from __future__ import annotations

from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from tests.integration.records.making import answered_with, sendable, texts


async def test_a_reply_that_does_not_open_lets_the_next_go(record: SqlRecord, url: str) -> None:
    act = await answered_with(record, "one", "two")
    with connect_to(url).connect() as connection:
        connection.execute(
            text("UPDATE outbox SET body = :body WHERE place = 0"), {"body": b"\1" + b"x" * 60}
        )

    (two,) = await sendable(record)
    await record.sent({two.id: "sent"})
    await answered_with(record, "three")
    assert texts(await sendable(record)) == ["three"]
    assert "unreadable" in [each.action for each in await record.audit_of(act.subject)]
