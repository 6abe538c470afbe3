"""The delivery loop, over a real record, with a channel whose answers the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from structlog.testing import capture_logs

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord, open_record
from bot.domain.audit import AuditEntry
from bot.domain.content import Content, Text
from bot.domain.errors import ChannelRefused, ChannelUnavailable, RecordUnavailable
from bot.domain.messages import (
    Act,
    ActKind,
    Button,
    Outbound,
    Press,
    Reply,
    ReplyKind,
    Said,
)
from bot.services import delivery
from bot.services.buttons import unseal
from bot.services.delivery import Delivery, RefusedForGood, WaitBefore
from bot.services.ports import Work

LATE = "I could not send this when you wrote."
CLOCK = SystemClock()
IDS = SystemIds(CLOCK)
SECRETS = KeyRing("k1", {"k1": b"m" * 32}, b"i" * 32)

Answer = Callable[[str, Reply], Awaitable[None]]


class TheContent:
    """Content with the one text that delivery needs, or without it."""

    def __init__(self, **texts: Text) -> None:
        self._texts = texts

    def current(self) -> Content:
        return Content({}, {}, self._texts, {}, {}, {}, (), {})


class Channel:
    """What was sent, in order; ``answer`` may raise or wait before it counts."""

    def __init__(self, answer: Answer | None = None) -> None:
        self._answer = answer
        self.tries: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []

    async def send(self, address: str, reply: Reply, buttons: list[tuple[str, str]]) -> None:
        self.tries.append(reply.text)
        if self._answer:
            await self._answer(address, reply)
        self.sent.append((address, reply.text))
        self.buttons += buttons


class Hurried:
    """The record's queue, but a retry comes at once; ``pauses`` are those that were asked for."""

    def __init__(self, record: SqlRecord) -> None:
        self._record = record
        self.pauses: list[float] = []
        self.lost_notes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._record, name)

    async def retry_sending(self, outbound_id: str, at: datetime) -> None:
        self.pauses.append(round((at - CLOCK.now()).total_seconds(), 1))
        await self._record.retry_sending(outbound_id, CLOCK.now())

    async def sent(self, done: Mapping[str, Literal["sent", "withheld", "failed"]]) -> None:
        if self.lost_notes:
            self.lost_notes -= 1
            raise RecordUnavailable
        await self._record.sent(done)


@pytest.fixture
async def record(tmp_path: Path) -> AsyncIterator[SqlRecord]:
    opened = open_record(f"sqlite:///{tmp_path}/c.sqlite", SECRETS, CLOCK, IDS, upgrade=True)
    yield opened
    await opened.aclose()


@pytest.fixture
def queue(record: SqlRecord) -> Hurried:
    return Hurried(record)


async def person(record: SqlRecord, address: str) -> Act:
    """Someone who has written from this address."""
    await record.accept(Said("slate", address, IDS.new(), ActKind.TEXT, CLOCK.now(), "hello"))
    ((act,),) = await record.claim(1)
    return act


async def say(
    record: SqlRecord,
    to: Act,
    *texts: str,
    kind: ReplyKind = ReplyKind.ORDINARY,
    buttons: tuple[Button, ...] = (),
    ago: timedelta = timedelta(0),
) -> list[Outbound]:
    """Put replies in the outbox."""
    replies = [
        Outbound(
            id=IDS.new(),
            subject=to.subject,
            channel="slate",
            address_id=to.address_id,
            reply=Reply(text, buttons, kind),
            kind=kind,
            created_at=CLOCK.now() - ago,
        )
        for text in texts
    ]
    entry = AuditEntry(to.subject, CLOCK.now(), "program", "replied", to.id)
    await record.save(Work(send=replies, audit=[entry]))
    return replies


@asynccontextmanager
async def delivering(
    queue: Hurried, channel: Channel, content: TheContent | None = None, at_once: int = 8
) -> AsyncIterator[asyncio.Event]:
    """The loop at work; ended cleanly."""
    texts = content or TheContent(late_reply_delay=Text((LATE,)))
    loop = Delivery("slate", channel, queue, texts, SECRETS, CLOCK, at_once=at_once)
    stop = asyncio.Event()
    task = asyncio.create_task(loop.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await task


async def until(holds: Callable[[], object], timeout: float = 5) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(timeout):
        while not holds():
            await asyncio.sleep(0.005)


async def none_left(record: SqlRecord) -> None:
    """Fail if the outbox still holds something to send."""
    await asyncio.sleep(0.05)
    assert await record.claim_outgoing("slate", 100) == []


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
    now, most = 0, 0

    async def count(_: str, __: Reply) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.05)
        now -= 1

    channel = Channel(count)
    async with delivering(queue, channel, at_once=3):
        for each in people:
            await say(record, each, "hello")
        await until(lambda: len(channel.sent) == 6)
    assert most == 3


async def test_pauses_grow_and_later_replies_wait(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")

    async def down_at_first(_: str, reply: Reply) -> None:
        if reply.text == "first" and len(channel.tries) < 9:
            raise ChannelUnavailable if len(channel.tries) % 2 else ChannelRefused

    channel = Channel(down_at_first)
    async with delivering(queue, channel):
        await say(record, asha, "first", "second")
        await until(lambda: len(channel.sent) == 2)
    assert channel.tries == ["first"] * 9 + ["second"]
    assert queue.pauses == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_asked_to_wait_it_waits_as_long(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")

    async def busy_once(_: str, __: Reply) -> None:
        if len(channel.tries) == 1:
            raise WaitBefore(17.5)

    channel = Channel(busy_once)
    async with delivering(queue, channel):
        await say(record, asha, "first", "second")
        await until(lambda: len(channel.sent) == 2)
    assert queue.pauses == [17.5]
    assert channel.tries == ["first", "first", "second"]


async def test_refused_for_good_is_not_tried_again_and_the_next_goes(
    record: SqlRecord, queue: Hurried
) -> None:
    asha = await person(record, "asha")

    async def refuse_first(_: str, reply: Reply) -> None:
        if reply.text == "first":
            raise RefusedForGood("blocked")

    channel = Channel(refuse_first)
    with capture_logs() as logs:
        async with delivering(queue, channel):
            (first, _) = await say(record, asha, "first", "second")
            await until(lambda: channel.sent)
    assert channel.tries == ["first", "second"]
    assert [(line["event"], line["reply"]) for line in logs] == [("reply_refused", first.id)]
    await none_left(record)


async def test_a_fault_of_ours_is_given_up_in_the_end(record: SqlRecord, queue: Hurried) -> None:
    asha = await person(record, "asha")

    async def stumble(_: str, reply: Reply) -> None:
        if reply.text == "first":
            raise KeyError(reply.text)

    channel = Channel(stumble)
    with capture_logs() as logs:
        async with delivering(queue, channel):
            await say(record, asha, "first", "second")
            await until(lambda: channel.sent)
    assert channel.tries == ["first"] * 4 + ["second"]
    assert {line["fault"] for line in logs} == {"KeyError"}
    await none_left(record)


async def test_a_channel_that_hangs_is_left_and_tried_again(
    record: SqlRecord, queue: Hurried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.05)
    asha = await person(record, "asha")

    async def hang_once(_: str, __: Reply) -> None:
        if len(channel.tries) == 1:
            await asyncio.sleep(30)

    channel = Channel(hang_once)
    async with delivering(queue, channel):
        await say(record, asha, "first")
        await until(lambda: channel.sent)
    assert channel.tries == ["first", "first"]


async def test_what_was_claimed_long_ago_is_claimed_anew(
    record: SqlRecord, queue: Hurried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FRESH_SECONDS", 0.05)
    asha = await person(record, "asha")

    async def slow(_: str, __: Reply) -> None:
        await asyncio.sleep(0.1)

    channel = Channel(slow)
    async with delivering(queue, channel):
        await say(record, asha, "first", "second", "third")
        await until(lambda: len(channel.sent) == 3)
    assert channel.tries == ["first", "second", "third"]
    assert queue.pauses == [0, 0]


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


async def test_a_note_that_is_lost_is_made_again_and_nothing_goes_twice(
    record: SqlRecord, queue: Hurried
) -> None:
    asha = await person(record, "asha")
    queue.lost_notes = 2
    channel = Channel()
    async with delivering(queue, channel):
        await say(record, asha, "first")
        await until(lambda: channel.sent and not queue.lost_notes)
        await asyncio.sleep(0.1)
    assert channel.tries == ["first"]
    await none_left(record)


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
    assert channel.tries == ["first"]
    await record.retry_sending(second.id, CLOCK.now())
    ((left, _),) = await record.claim_outgoing("slate", 10)
    assert left.id == second.id


async def test_while_the_outbox_is_away_it_waits(
    record: SqlRecord, queue: Hurried, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = await person(record, "asha")
    asked = 0

    async def away(*_: object) -> list[tuple[Outbound, str]]:
        nonlocal asked
        asked += 1
        raise RecordUnavailable

    channel = Channel()
    await say(record, asha, "first")
    with monkeypatch.context() as patch:
        patch.setattr(queue, "claim_outgoing", away, raising=False)
        async with delivering(queue, channel):
            await asyncio.sleep(0.2)
            assert asked == 1
            patch.undo()
            await until(lambda: channel.sent)
