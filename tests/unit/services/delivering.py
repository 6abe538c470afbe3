"""The delivery loop at work over a real record, on a channel whose answers a test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord
from bot.domain.audit import AuditEntry
from bot.domain.content import Content, Text
from bot.domain.errors import RecordUnavailable
from bot.domain.messages import (
    Act,
    ActKind,
    Button,
    Outbound,
    Reply,
    ReplyKind,
    Said,
)
from bot.services.dead_letters import DeadLetters
from bot.services.delivery import Delivery
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

    async def sent(
        self, done: Mapping[str, Literal["sent", "withheld", "failed"]], beside: Work | None = None
    ) -> None:
        if self.lost_notes:
            self.lost_notes -= 1
            raise RecordUnavailable
        await self._record.sent(done, beside)


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
    told = DeadLetters(queue, CLOCK, IDS)
    loop = Delivery(
        "slate", channel, queue, texts, SECRETS, CLOCK, dead_letters=told, at_once=at_once
    )
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


async def until_none_open(record: SqlRecord) -> None:
    """Wait until every reply has its outcome."""
    async with asyncio.timeout(5):
        while (await record.oldest_waiting(["slate"]))[1] is not None:
            await asyncio.sleep(0.01)
