"""Replies go out in order, in time, with their buttons, and the loop ends cleanly."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.adapters.records import SqlRecord
from bot.domain.messages import Button, Press, Reply, ReplyKind
from bot.services.buttons import unseal
from tests.unit.services.delivering import (
    CLOCK,
    LATE,
    SECRETS,
    Channel,
    Hurried,
    TheContent,
    delivering,
    none_left,
    person,
    say,
    until,
)


async def test_replies_go_out_once_and_in_order(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")
    channel = Channel()
    await say(record, asha, "before it runs")
    async with delivering(queue, channel):
        await say(record, asha, *(str(number) for number in range(12)))
        await until(lambda: len(channel.sent) == 13)
    assert channel.tries == ["before it runs", *(str(number) for number in range(12))]
    assert {address for address, _ in channel.sent} == {"asha"}
    await none_left(record)


async def test_one_slow_conversation_holds_up_no_other(record: SqlRecord, queue: Hurried) -> None:
    asha, ben = await person(record, "asha"), await person(record, "ben")
    may_go = asyncio.Event()

    async def slow_for_asha(address: str, _: Reply) -> None:
        if address == "asha":
            await may_go.wait()

    channel = Channel(slow_for_asha)
    async with delivering(queue, channel, at_once=2):
        await say(record, asha, "a1", "a2")
        await until(lambda: channel.tries)
        await say(record, ben, "b1")
        await say(record, asha, "a3")
        await until(lambda: channel.sent)
        assert channel.sent == [("ben", "b1")]
        may_go.set()
        await until(lambda: len(channel.sent) == 4)
    assert channel.tries == ["a1", "b1", "a2", "a3"]


async def test_no_more_conversations_at_once_than_told(record: SqlRecord, queue: Hurried) -> None:
    people = [await person(record, f"person {number}") for number in range(6)]
    may_go = asyncio.Event()

    async def wait(_: str, __: Reply) -> None:
        await may_go.wait()

    channel = Channel(wait)
    async with delivering(queue, channel, at_once=3):
        for each in people:
            await say(record, each, "hello")
        await until(lambda: len(channel.tries) == 3)
        await asyncio.sleep(0.1)
        assert len(channel.tries) == 3
        may_go.set()
        await until(lambda: len(channel.sent) == 6)


@pytest.mark.parametrize("kind", [ReplyKind.SAFETY, ReplyKind.PLAN])
async def test_late_only_safety_and_plan_go_with_a_line(
    record: SqlRecord, queue: Hurried, kind: ReplyKind
) -> None:
    asha = await person(record, "asha")
    channel = Channel()
    async with delivering(queue, channel):
        await say(record, asha, "stale", ago=timedelta(minutes=10, seconds=1))
        await say(record, asha, "plan", kind=kind, ago=timedelta(minutes=10, seconds=1))
        await say(record, asha, "fresh", ago=timedelta(minutes=9, seconds=50))
        await until(lambda: len(channel.sent) == 2)
    assert channel.tries == [f"{LATE}\n\nplan", "fresh"]
    await none_left(record)


async def test_without_that_line_the_words_still_go(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")
    channel = Channel()
    async with delivering(queue, channel, TheContent()):
        await say(record, asha, "plan", kind=ReplyKind.PLAN, ago=timedelta(hours=1))
        await until(lambda: channel.sent)
    assert channel.tries == ["plan"]


async def test_buttons_carry_tokens_of_their_own_person(record: SqlRecord, queue: Hurried) -> None:
    asha, ben = await person(record, "asha"), await person(record, "ben")
    plan = Button("My plan", Press("command", "plan"))
    unfit = Button("Too long", Press("skill", "v" * 99))
    channel = Channel()
    with capture_logs() as logs:
        async with delivering(queue, channel):
            await say(record, asha, "hello", buttons=(plan, unfit))
            await until(lambda: channel.sent)
    ((label, token),) = channel.buttons
    assert label == "My plan"
    assert unseal(token, asha.subject, SECRETS) == plan.press
    assert unseal(token, ben.subject, SECRETS) is None
    assert [line["event"] for line in logs] == ["button_left_out"]


async def test_at_the_end_what_is_on_its_way_is_finished_and_no_more_begun(
    record: SqlRecord, queue: Hurried
) -> None:
    asha = await person(record, "asha")
    may_go = asyncio.Event()

    async def wait(_: str, __: Reply) -> None:
        await may_go.wait()

    channel = Channel(wait)
    async with delivering(queue, channel) as stop:
        _, second = await say(record, asha, "first", "second")
        await until(lambda: channel.tries)
        stop.set()
        await asyncio.sleep(0.05)
        assert channel.sent == []
        may_go.set()
    assert channel.sent == [("asha", "first")]
    assert channel.tries == ["first"]
    await record.retry_sending(second.id, CLOCK.now())
    ((left, _),) = await record.claim_outgoing("slate", 10)
    assert left.id == second.id
