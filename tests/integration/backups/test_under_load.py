"""A backup of a record that is written to: one moment of it, and nobody waits."""

from __future__ import annotations

import asyncio

from bot.adapters.records import SqlRecord
from bot.adapters.records.backups.verifying import verify
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.engagement import EngagementEvent, EventKind
from bot.services.ports import Work
from tests.integration.backups.filling import Backups, fill
from tests.integration.records.conftest import Open
from tests.integration.records.making import IDS, START, entry

PAIR = 2
"""Events that are written together: a backup has both or neither."""


async def test_one_moment_of_a_busy_record(
    record: SqlRecord, url: str, other_url: str, backups: Backups, opened: Open
) -> None:
    one = await fill(record)
    written, going = 0, True

    async def write() -> None:
        nonlocal written
        while going:
            pair = [
                EngagementEvent(IDS.new(), one.id, EventKind.CONTACT, START, {"n": written})
                for _ in range(PAIR)
            ]
            await record.save(Work(put=pair, audit=[entry(one.id, "contact")]), durable=False)
            await record.seal_heads(backups.home / "audit-seals.log")
            written += 1

    writers = [asyncio.create_task(write()) for _ in range(4)]
    while written < 100:
        await asyncio.sleep(0.01)
    before = written
    taken = await asyncio.to_thread(backups.take, url)
    during = written - before
    going = False
    await asyncio.gather(*writers)
    found = await asyncio.to_thread(verify, taken.record, taken.keys, backups.ring, quick=False)

    assert during > 0
    assert found.faults == ()
    backups.restore(other_url, taken)
    restored = opened(other_url)
    events = await restored.find(EngagementEvent, subject=one.id, kind=EventKind.CONTACT)
    audited = [each for each in await restored.audit_of(one.id) if each.action == "contact"]
    assert len(events) == PAIR * len(audited) >= PAIR * before
    assert len(await restored.find(CrisisPlan)) == 1
