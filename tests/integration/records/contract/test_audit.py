"""The audit: each chain in order, whole, by however many it is written."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

from bot.domain.audit import AuditEntry
from bot.services.ports import Work
from tests.integration.records.contract.conftest import OpenAny
from tests.integration.records.making import AnyRecord, entry


async def _chain(record: AnyRecord, *actions: str) -> None:
    for action in actions:
        await record.save(Work(audit=[entry("someone", action)]))


async def test_entries_come_back_as_they_went_in(record: AnyRecord) -> None:
    elsewhere = datetime(2030, 3, 1, 14, 0, 0, 123456, timezone(timedelta(hours=2)))
    given = AuditEntry("someone", elsewhere, "staff:ash", "looked", "plan:1", {"b": "2", "a": "’"})
    await record.save(Work(audit=[given]))

    (kept,) = await record.audit_of("someone")
    assert kept == given
    assert kept.at.tzinfo is UTC
    assert await record.verify_chain("someone") == []


async def test_two_processes_extend_one_chain(url: str, opened: OpenAny) -> None:
    records = [opened(url), opened(url)]
    await asyncio.gather(*(_chain(records[each % 2], f"{each}") for each in range(60)))

    actions = {each.action for each in await records[0].audit_of("someone")}
    assert actions == {f"{each}" for each in range(60)}
    assert await records[1].verify_chain("someone") == []


async def test_an_unknown_chain_is_empty_and_whole(record: AnyRecord) -> None:
    assert await record.audit_of("nobody") == []
    assert await record.verify_chain("nobody") == []
