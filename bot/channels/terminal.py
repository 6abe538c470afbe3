"""The terminal as a channel: for development, demonstrations and tests.

Each terminal is an address of its own. It puts its lines in the inbox like any other channel and
takes its replies from the outbox, so it works beside a running ``serve`` and by itself alike.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass

from bot.domain.audit import AuditEntry
from bot.domain.errors import CompanionError, RecordUnavailable
from bot.domain.messages import ActKind, AnsweredBy, Outbound, Reply, Said
from bot.domain.people import Address, Person
from bot.domain.wording import safe_text
from bot.services.ports import Clock, Ids, Queue, Record, Work
from bot.services.unkept import Unkept

CHANNEL = "terminal"
"""Each terminal is a channel of its own below this name, and takes its own replies only."""

LOOKS_AGAIN = 1.0
"""Seconds after which the outbox is looked at without having been told."""


class NoAnswer(CompanionError):
    """Nothing answered in time: is a companion running in this home?"""


@dataclass(frozen=True)
class Exchange:
    """One line and what came back.

    ``ms``: from the inbox commit until the outbox commit was noticed, at most 5 ms after it.
    """

    line: str
    replies: tuple[Reply, ...]
    answered_by: str
    tier: str
    ms: float


class Terminal:
    """One terminal's conversation, as a stranger or, in a demonstration, as a person."""

    def __init__(
        self, record: Record, queue: Queue, clock: Clock, ids: Ids, unkept: Unkept | None = None
    ) -> None:
        self._record = record
        self._unkept = unkept
        self._straight: list[Reply] = []
        self._queue = queue
        self._clock = clock
        self._ids = ids
        self._value = ids.new()
        self._channel = f"{CHANNEL}:{self._value}"
        if unkept is not None:
            unkept.sends(self._channel, self)
        self._count = 0

    async def speak_as(self, person: Person) -> None:
        """Give this terminal to a person; only ever called in a demonstration."""
        now = self._clock.now()
        address = Address(self._ids.new(), person.id, self._channel, self._value, now)
        entry = AuditEntry(person.id, now, "program", "open", "terminal")
        await self._record.save(Work(put=[address], audit=[entry]))

    async def say(self, line: str, *, seconds: float = 30.0) -> Exchange:
        """Send a line and wait for its answer.

        Raises ``NoAnswer``, and ``RecordUnavailable`` where the line cannot be kept; danger is
        answered all the same.
        """
        self._count += 1
        said = Said(
            channel=self._channel,
            address=self._value,
            provider_id=f"{self._value}:{self._count}",
            kind=ActKind.TEXT,
            sent_at=self._clock.now(),
            text=safe_text(line),
        )
        try:
            accepted = await self._queue.accept(said)
        except RecordUnavailable:
            if self._unkept is None or not await self._unkept.not_kept(said):
                raise
            return self._without_record(line)
        if self._unkept is not None:
            self._unkept.kept(accepted.act_id, said)
        committed = time.perf_counter()
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            if self._straight:
                return self._without_record(line)
            handled = None
            with suppress(RecordUnavailable):
                handled = await self._queue.handled(accepted.act_id)
            if handled is not None:
                ms = (time.perf_counter() - committed) * 1000
                replies = tuple(each.reply for each in await self._taken())
                return Exchange(line, replies, handled.answered_by, handled.tier, round(ms, 2))
            await self._queue.wait_for_outgoing(self._channel, LOOKS_AGAIN)
        raise NoAnswer

    async def send(self, address: str, reply: Reply, buttons: list[tuple[str, str]]) -> None:
        """Take what is said past the outbox."""
        self._straight.append(reply)

    def _without_record(self, line: str) -> Exchange:
        replies, self._straight = tuple(self._straight), []
        return Exchange(line, replies, AnsweredBy.SAFETY_NET.value, "", 0.0)

    async def heard(self) -> list[Reply]:
        """What came unasked since, as when a timer has run out."""
        return [each.reply for each in await self._taken()]

    async def _taken(self) -> list[Outbound]:
        taken: list[Outbound] = []
        while claimed := await self._queue.claim_outgoing(self._channel, 50):
            await self._queue.sent({each.id: "sent" for each, _ in claimed})
            taken += [each for each, _ in claimed]
        return taken
