"""A backup of a record that is written to: one moment of it, and nobody waits."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.backups.snapshot import snapshot
from bot.adapters.records.backups.verifying import verify
from bot.adapters.records.engines import connect_to
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.engagement import EngagementEvent, EventKind
from bot.services.ports import Work
from tests.integration.backups.filling import Backups, fill
from tests.integration.records.conftest import Open
from tests.integration.records.making import IDS, START, SetClock, entry, said

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


async def test_a_key_destroyed_meanwhile_is_left_in_no_file(
    opened: Open, sqlite_url: str, clock: SetClock, tmp_path: Path
) -> None:
    """SQLite's log cannot be cleared while somebody reads an earlier moment of it."""
    record = opened(sqlite_url)
    await record.accept(said("hello"))
    engine = connect_to(sqlite_url)
    files = [tmp_path / "record.db", tmp_path / "record.db-wal"]
    with snapshot(engine) as connection:
        (key,) = connection.execute(text("SELECT wrapped FROM subject_keys")).scalars()
        clock.move(hours=73)
        assert await record.shred_due(clock.now()) == 1
        assert any(key in each.read_bytes() for each in files)
    engine.dispose()

    assert not any(key in each.read_bytes() for each in files)
