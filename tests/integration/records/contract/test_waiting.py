"""Waiting ends as soon as there is something to do, whoever wrote it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from bot.adapters.clock import SystemClock
from bot.domain.errors import RecordUnavailable
from bot.services.ports import Work
from tests.integration.records.contract.conftest import OpenAny
from tests.integration.records.making import (
    AnyRecord,
    answer,
    claim_one,
    entry,
    reply_to,
    said,
    timer,
)

LONG = 20.0
SOON = 2.0
"""Far less than LONG and far more than it takes, on a machine that is busy."""


@pytest.fixture
def record(url: str, opened: OpenAny) -> AnyRecord:
    return opened(url, clock=SystemClock())


async def _took(waiting: Awaitable[None]) -> float:
    started = time.monotonic()
    await waiting
    return time.monotonic() - started


async def test_returns_at_once_when_something_waits(record: AnyRecord) -> None:
    await record.accept(said())
    assert await _took(record.wait_for_acts(LONG)) < SOON
    (act,) = await claim_one(record)
    await record.save(answer(act, reply_to(act)))
    assert await _took(record.wait_for_outgoing("telegram", LONG)) < SOON


async def test_returns_after_its_timeout_when_nothing_comes(record: AnyRecord) -> None:
    assert 0.1 <= await _took(record.wait_for_acts(0.1)) < SOON
    assert 0.1 <= await _took(record.wait_for_outgoing("telegram", 0.1)) < SOON


async def test_what_another_holds_wakes_nobody(record: AnyRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    assert await _took(record.wait_for_acts(0.2)) >= 0.2
    await record.save(answer(act, reply_to(act)))
    assert len(await record.claim_outgoing("telegram", 9)) == 1
    assert await _took(record.wait_for_outgoing("telegram", 0.2)) >= 0.2


async def test_a_commit_of_this_process_wakes(record: AnyRecord) -> None:
    waiting = asyncio.ensure_future(_took(record.wait_for_acts(LONG)))
    await asyncio.sleep(0.05)
    await record.accept(said())
    assert await waiting < SOON

    (act,) = await claim_one(record)
    sending = asyncio.ensure_future(_took(record.wait_for_outgoing("telegram", LONG)))
    await asyncio.sleep(0.05)
    await record.save(answer(act, reply_to(act)), durable=False)
    assert await sending < SOON


async def test_a_lease_given_back_wakes(record: AnyRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    waiting = asyncio.ensure_future(_took(record.wait_for_acts(LONG)))
    await asyncio.sleep(0.05)
    await record.release(act.subject)
    assert await waiting < SOON


async def test_a_timer_wakes_when_it_is_due(record: AnyRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    work = answer(act)
    work.schedule.append((timer(act, "label"), SystemClock().now() + timedelta(seconds=0.5)))
    await record.save(work)
    await record.release(act.subject)

    assert 0.3 < await _took(record.wait_for_acts(LONG)) < 0.5 + SOON
    assert [act.text for act in await claim_one(record)] == ["label"]


async def test_a_retry_of_a_reply_wakes_when_it_is_due(record: AnyRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    reply = reply_to(act)
    await record.save(answer(act, reply, reply_to(act)))
    await record.claim_outgoing("telegram", 9)
    waiting = asyncio.ensure_future(_took(record.wait_for_outgoing("telegram", LONG)))
    await asyncio.sleep(0.05)
    await record.retry_sending(reply.id, SystemClock().now() + timedelta(seconds=0.5))

    assert 0.3 < await waiting < 0.5 + SOON


async def test_a_retry_of_an_act_wakes_when_it_is_due_and_not_before(record: AnyRecord) -> None:
    await record.accept(said("one"))
    (act,) = await claim_one(record)
    await record.accept(said("two"))
    await record.release(act.subject, {act.id: SystemClock().now() + timedelta(seconds=0.5)})

    assert 0.3 < await _took(record.wait_for_acts(LONG)) < 0.5 + SOON


async def test_a_reply_that_was_sent_makes_way_for_the_next(record: AnyRecord) -> None:
    await record.accept(said())
    (act,) = await claim_one(record)
    first = reply_to(act)
    await record.save(answer(act, first, reply_to(act)))
    assert len(await record.claim_outgoing("telegram", 1)) == 1
    waiting = asyncio.ensure_future(_took(record.wait_for_outgoing("telegram", LONG)))
    await asyncio.sleep(0.05)
    await record.sent({first.id: "sent"})

    assert await waiting < SOON


async def test_closing_ends_the_waiting(record: AnyRecord) -> None:
    waiting = asyncio.ensure_future(record.wait_for_acts(LONG))
    await asyncio.sleep(0.05)
    await record.aclose()
    with pytest.raises(RecordUnavailable):
        async with asyncio.timeout(SOON):
            await waiting


async def test_many_wait_at_once(record: AnyRecord) -> None:
    waiting = [asyncio.ensure_future(_took(record.wait_for_acts(LONG))) for _ in range(10)]
    await asyncio.sleep(0.05)
    await record.accept(said())
    assert all(each < SOON for each in await asyncio.gather(*waiting))


async def test_one_who_gives_up_disturbs_nobody(record: AnyRecord) -> None:
    given_up = asyncio.ensure_future(record.wait_for_acts(LONG))
    waiting = asyncio.ensure_future(_took(record.wait_for_acts(LONG)))
    await asyncio.sleep(0.05)
    given_up.cancel()
    await record.accept(said())
    assert await waiting < SOON


async def test_other_writes_wake_nobody_for_nothing(record: AnyRecord) -> None:
    waiting = asyncio.ensure_future(_took(record.wait_for_acts(0.3)))
    for each in range(5):
        await record.save(Work(audit=[entry("someone", f"{each}")]))
    assert await waiting >= 0.3
