"""Waiting ends as soon as there is something to do, whoever wrote it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.clock import SystemClock
from bot.adapters.records import SqlRecord
from bot.domain.errors import RecordUnavailable
from bot.services.ports import Work
from tests.integration.records.conftest import Open
from tests.integration.records.making import answer, claim_one, entry, reply_to, said, timer

LONG = 20.0
SOON = 2.0
"""Far less than LONG and far more than it takes, on a machine that is busy."""

OTHER_PROCESS = """
import asyncio, sys, time
from pathlib import Path
from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import open_record
from tests.integration.records.making import said

async def main() -> None:
    clock = SystemClock()
    ring = KeyRing.load(Path(sys.argv[2]))
    record = open_record(sys.argv[1], ring, clock, SystemIds(clock))
    for line in sys.stdin:
        accepted = await record.accept(said(line.strip(), address=line.strip()))
        print(f"{accepted.subject} {time.monotonic()}", flush=True)
    await record.aclose()

asyncio.run(main())
"""


@pytest.fixture
def record(url: str, opened: Open) -> SqlRecord:
    return opened(url, clock=SystemClock())


async def _took(waiting: Awaitable[None]) -> float:
    started = time.monotonic()
    await waiting
    return time.monotonic() - started


async def test_returns_at_once_when_something_waits(record: SqlRecord) -> None:
    await record.accept(said())
    assert await _took(record.wait_for_acts(LONG)) < SOON
    (act,) = await claim_one(record)
    await record.save(answer(act, reply_to(act)))
    assert await _took(record.wait_for_outgoing("telegram", LONG)) < SOON


async def test_returns_after_its_timeout_when_nothing_comes(record: SqlRecord) -> None:
    assert 0.1 <= await _took(record.wait_for_acts(0.1)) < SOON
    assert 0.1 <= await _took(record.wait_for_outgoing("telegram", 0.1)) < SOON


async def test_what_another_holds_wakes_nobody(record: SqlRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    assert await _took(record.wait_for_acts(0.2)) >= 0.2
    await record.save(answer(act, reply_to(act)))
    assert len(await record.claim_outgoing("telegram", 9)) == 1
    assert await _took(record.wait_for_outgoing("telegram", 0.2)) >= 0.2


async def test_a_commit_of_this_process_wakes(record: SqlRecord) -> None:
    waiting = asyncio.ensure_future(_took(record.wait_for_acts(LONG)))
    await asyncio.sleep(0.05)
    await record.accept(said())
    assert await waiting < SOON

    (act,) = await claim_one(record)
    sending = asyncio.ensure_future(_took(record.wait_for_outgoing("telegram", LONG)))
    await asyncio.sleep(0.05)
    await record.save(answer(act, reply_to(act)), durable=False)
    assert await sending < SOON


async def test_a_lease_given_back_wakes(record: SqlRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    waiting = asyncio.ensure_future(_took(record.wait_for_acts(LONG)))
    await asyncio.sleep(0.05)
    await record.release(act.subject)
    assert await waiting < SOON


async def test_a_timer_wakes_when_it_is_due(record: SqlRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    work = answer(act)
    work.schedule.append((timer(act, "label"), SystemClock().now() + timedelta(seconds=0.5)))
    await record.save(work)
    await record.release(act.subject)

    assert 0.3 < await _took(record.wait_for_acts(LONG)) < 0.5 + SOON
    assert [act.text for act in await claim_one(record)] == ["label"]


async def test_a_retry_of_a_reply_wakes_when_it_is_due(record: SqlRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    reply = reply_to(act)
    await record.save(answer(act, reply, reply_to(act)))
    await record.claim_outgoing("telegram", 9)
    waiting = asyncio.ensure_future(_took(record.wait_for_outgoing("telegram", LONG)))
    await asyncio.sleep(0.05)
    await record.retry_sending(reply.id, SystemClock().now() + timedelta(seconds=0.5))

    assert 0.3 < await waiting < 0.5 + SOON


async def test_a_retry_of_an_act_wakes_when_it_is_due_and_not_before(record: SqlRecord) -> None:
    await record.accept(said("one"))
    (act,) = await claim_one(record)
    await record.accept(said("two"))
    await record.release(act.subject, {act.id: SystemClock().now() + timedelta(seconds=0.5)})

    assert 0.3 < await _took(record.wait_for_acts(LONG)) < 0.5 + SOON


async def test_a_reply_that_was_sent_makes_way_for_the_next(record: SqlRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    first = reply_to(act)
    await record.save(answer(act, first, reply_to(act)))
    assert len(await record.claim_outgoing("telegram", 1)) == 1
    waiting = asyncio.ensure_future(_took(record.wait_for_outgoing("telegram", LONG)))
    await asyncio.sleep(0.05)
    await record.sent({first.id: "sent"})

    assert await waiting < SOON


async def test_closing_ends_the_waiting(record: SqlRecord) -> None:
    waiting = asyncio.ensure_future(record.wait_for_acts(LONG))
    await asyncio.sleep(0.05)
    await record.aclose()
    with pytest.raises(RecordUnavailable):
        async with asyncio.timeout(SOON):
            await waiting


async def test_many_wait_at_once(record: SqlRecord) -> None:
    waiting = [asyncio.ensure_future(_took(record.wait_for_acts(LONG))) for _ in range(10)]
    await asyncio.sleep(0.05)
    await record.accept(said())
    assert all(each < SOON for each in await asyncio.gather(*waiting))


async def test_one_who_gives_up_disturbs_nobody(record: SqlRecord) -> None:
    given_up = asyncio.ensure_future(record.wait_for_acts(LONG))
    waiting = asyncio.ensure_future(_took(record.wait_for_acts(LONG)))
    await asyncio.sleep(0.05)
    given_up.cancel()
    await record.accept(said())
    assert await waiting < SOON


async def test_other_writes_wake_nobody_for_nothing(record: SqlRecord) -> None:
    waiting = asyncio.ensure_future(_took(record.wait_for_acts(0.3)))
    for each in range(5):
        await record.save(Work(audit=[entry("someone", f"{each}")]))
    assert await waiting >= 0.3


async def test_another_process_is_noticed_in_milliseconds(
    record: SqlRecord, url: str, key_file: Path
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, url, str(key_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    late = []
    try:
        for each in range(15):
            waiting = asyncio.ensure_future(record.wait_for_acts(LONG))
            await asyncio.sleep(0.02)
            other.stdin.write(f"{each}\n")
            other.stdin.flush()
            await waiting
            noticed = time.monotonic()
            subject, wrote = (await asyncio.to_thread(other.stdout.readline)).split()
            late.append(noticed - float(wrote))
            (acts,) = await record.claim(9)
            assert acts[0].subject == subject
    finally:
        other.stdin.close()
        other.stdout.close()
        other.wait(timeout=20)
    # The poll is each 5 ms; the rest of the room is for a busy machine.
    assert sorted(late)[len(late) // 2] < 0.05
