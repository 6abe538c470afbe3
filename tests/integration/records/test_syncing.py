"""On SQLite: what is durable is answered after the disk has it, and nobody else waits for that."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.records import SqlRecord
from bot.domain.errors import RecordUnavailable
from bot.services.ports import Work
from tests.integration.records.conftest import Open
from tests.integration.records.making import answer, claim_one, entry, reply_to, said


@pytest.fixture
def record(sqlite_url: str, opened: Open) -> SqlRecord:
    return opened(sqlite_url)


class Disk:
    """Stands before the real disk: it can be slow or broken, and counts."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.ready.set()
        self.broken = False
        self.synced: list[str] = []
        self._sync = os.fdatasync

    def __call__(self, handle: int) -> None:
        assert self.ready.wait(20)
        if self.broken:
            raise OSError(errno.EIO, "no such luck")
        self._sync(handle)
        self.synced.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk()
    monkeypatch.setattr(os, "fdatasync", disk)
    yield disk
    disk.ready.set()


async def test_what_is_durable_waits_for_the_disk(record: SqlRecord, disk: Disk) -> None:
    disk.ready.clear()
    accepting = asyncio.ensure_future(record.accept(said("one")))
    saving = asyncio.ensure_future(record.save(Work(audit=[entry("someone")])))
    done, _ = await asyncio.wait([accepting, saving], timeout=0.3)
    assert done == set()

    disk.ready.set()
    assert (await accepting).new
    await saving


async def test_only_what_is_new_or_sent_waits_for_the_disk(record: SqlRecord, disk: Disk) -> None:
    await record.accept(said("one"))
    (act,) = await claim_one(record)
    disk.ready.clear()
    accepting = asyncio.ensure_future(record.accept(said("two", address="chat-2")))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(10):
        await record.save(answer(act, reply_to(act)), durable=False)
        await record.release(act.subject)
        ((reply, _),) = await record.claim_outgoing("telegram", 9)
    noting = asyncio.ensure_future(record.sent({reply.id: "sent"}))
    await asyncio.sleep(0.05)
    assert not accepting.done()
    assert not noting.done(), "the next reply waits until this one cannot come twice"

    disk.ready.set()
    assert (await accepting).new
    await noting


async def test_the_log_and_at_first_its_folder_are_synced(
    record: SqlRecord, disk: Disk, tmp_path: Path
) -> None:
    await record.accept(said("one"))
    assert disk.synced == [tmp_path.name, "record.db-wal"]
    await record.accept(said("two"))
    assert disk.synced[2:] == ["record.db-wal"]


async def test_those_who_wait_together_are_synced_together(record: SqlRecord, disk: Disk) -> None:
    await asyncio.gather(*(record.accept(said(str(each))) for each in range(50)))
    assert len(disk.synced) < 20


async def test_a_disk_that_fails_is_told_of(record: SqlRecord, disk: Disk) -> None:
    disk.broken = True
    given = said("one")
    with pytest.raises(RecordUnavailable):
        await record.accept(given)

    disk.broken = False
    again = await record.accept(given)
    assert [act.id for act in await claim_one(record)] == [again.act_id]


async def test_closing_waits_for_the_disk(record: SqlRecord, disk: Disk) -> None:
    disk.ready.clear()
    accepting = asyncio.ensure_future(record.accept(said("one")))
    await asyncio.sleep(0.05)
    closing = asyncio.ensure_future(record.aclose())
    await asyncio.sleep(0.05)
    assert not closing.done()

    disk.ready.set()
    await closing
    assert (await accepting).new
