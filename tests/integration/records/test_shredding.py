"""What shredding leaves in tables and files; what every store promises is in ``contract``."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.columns import metadata
from bot.adapters.records.engines import connect_to
from bot.domain.audit import SERVICE_CHAIN
from bot.domain.conversations import Conversation
from bot.domain.people import Guest
from tests.integration.records.conftest import Open
from tests.integration.records.making import SetClock, a_guest, add_person


async def test_nothing_of_a_guest_is_left(record: SqlRecord, url: str, clock: SetClock) -> None:
    gone = await a_guest(record, "chat-1")
    clock.move(hours=1)
    stays = await a_guest(record, "chat-2")
    joined = await add_person(record)
    clock.move(hours=71)

    assert await record.shred_due(clock.now()) == 1
    assert [each.id for each in await record.find(Guest)] == [stays]
    left = set()
    with connect_to(url).connect() as connection:
        for table in metadata.tables.values():
            rows = connection.execute(table.select()).all()
            if any(gone in [str(value) for value in row] for row in rows):
                left.add(table.name)
    assert left == {"audit", "audit_heads"}
    assert joined == await record.get(type(joined), joined.id)
    assert await record.get(Conversation, stays) is not None
    assert await record.shred_due(clock.now()) == 0
    (told,) = await record.audit_of(SERVICE_CHAIN)
    assert (told.by, told.action, told.details) == ("program", "forgotten", {"number": "1"})


async def test_a_destroyed_key_is_in_no_file(
    sqlite_url: str, opened: Open, clock: SetClock, tmp_path: Path
) -> None:
    record = opened(sqlite_url)
    await a_guest(record, "chat-1")
    await a_guest(record, "chat-2")
    with connect_to(sqlite_url).connect() as connection:
        keys = connection.execute(text("SELECT wrapped FROM subject_keys")).scalars().all()
    files = [tmp_path / "record.db", tmp_path / "record.db-wal"]
    assert all(any(key in file.read_bytes() for file in files) for key in keys)
    clock.move(hours=72)
    assert await record.shred_due(clock.now()) == 2

    assert not any(key in file.read_bytes() for key in keys for file in files)


async def test_what_was_blanked_goes_too(record: SqlRecord, url: str, clock: SetClock) -> None:
    subject = await a_guest(record, "chat-1")
    with connect_to(url).connect() as connection:
        connection.execute(text("UPDATE inbox SET state = 'forgotten'"))
        connection.execute(text("DELETE FROM guests WHERE id = :id"), {"id": subject})
    await record.shred_due(clock.now())
    clock.move(hours=72)
    await record.shred_due(clock.now())

    with connect_to(url).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM inbox")).scalar() == 0
