"""Inbox and outbox over one database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, TypeVar

import structlog
from sqlalchemy import Row, Select

from bot.adapters.records.driver import Driver
from bot.adapters.records.entities import ADDRESS
from bot.adapters.records.mapping import is_storable, to_micros
from bot.adapters.records.parts import Parts
from bot.adapters.records.queue.accepting import Accept
from bot.adapters.records.queue.claimable import claimable
from bot.adapters.records.queue.given_up import given_up
from bot.adapters.records.queue.holding import HELD, TOO_FAR, Hold, LetGo
from bot.adapters.records.queue.inbox import NEXT_ACT, Claim, Release, Renew, act_of
from bot.adapters.records.queue.outbox import (
    NEXT_REPLY,
    SENDABLE,
    ClaimOutgoing,
    RetrySending,
    Sent,
    outbound_of,
)
from bot.adapters.records.queue.repairs import FailUnreadable
from bot.adapters.records.sealing.encryption import DataKey
from bot.adapters.records.writing.jobs import ACTS, OUTGOING
from bot.adapters.records.writing.works import Save, check_audited
from bot.domain.errors import BadInput, SealBroken, WrongKey
from bot.domain.messages import Act, Outbound, Said, SubjectId, within_bounds
from bot.services.ports import Accepted, DeadCount, Work

_log = structlog.get_logger(__name__)
_MICROS = 1_000_000
_Opened = TypeVar("_Opened")


class SqlQueue:
    """``Queue`` on SQLite or PostgreSQL."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._after = ""

    async def accept(self, said: Said) -> Accepted:
        """Keep an act durably; see ``Queue.accept``. Of a text beyond any bounds both ends.

        Raises ``RecordUnavailable``; ``BadInput`` for a provider's id that cannot be kept.
        """
        new = self._parts.ids.new
        if not (is_storable(said.channel) and is_storable(said.provider_id)):
            raise BadInput("provider's id")
        digest = self._parts.masters.digest("index address", f"{said.channel}:{said.address}")
        now = self._parts.clock.now()
        kept = replace(said, text=within_bounds(said.text))
        accepted: Accepted = await self._parts.writer.do(Accept(kept, digest, new(), new, now))
        return accepted

    async def claim(self, limit: int) -> list[list[Act]]:
        """Waiting acts of up to ``limit`` conversations, now held by this process.

        What a person sent comes before timers, and a due timer comes alone. An act that does not
        open is failed, audited and left out; one whose master key this process does not have is
        left for another that does.
        """
        job = Claim(limit, self._parts.owner, self._parts.clock.now(), self._after)
        rows, self._after = await self._parts.writer.do(job)
        key_of = await self._parts.entities.keys(each[0].subject for each in rows)
        claimed = []
        for of_subject in rows:
            acts = [await self._open("inbox", row, act_of, key_of) for row in of_subject]
            readable = [act for act in acts if act is not None]
            if readable:
                claimed.append(readable)
            else:
                await self.release(of_subject[0].subject)
        return claimed

    async def release(
        self, subject: SubjectId, retry: Mapping[str, datetime] | None = None
    ) -> None:
        """Give a conversation back; ``retry`` maps an act's id to when it may be tried again."""
        await self._parts.writer.do(Release(subject, self._parts.owner, retry or {}))

    async def renew(self, subjects: Sequence[SubjectId]) -> None:
        """Hold the leases for another 15 s."""
        now = self._parts.clock.now()
        await self._parts.writer.do(Renew(subjects, self._parts.owner, now))

    async def wait_for_acts(self, timeout: float) -> None:
        """Return when something can be claimed, or after ``timeout`` seconds."""

        def is_ready(driver: Driver, now: int) -> bool:
            return bool(claimable(driver, now, 1, self._after)[0])

        await self._wait(ACTS, timeout, is_ready, NEXT_ACT, {})

    async def claim_outgoing(self, channel: str, limit: int) -> list[tuple[Outbound, str]]:
        """Replies due on a channel with their address; in order within a conversation.

        When one cannot be sent, those after it in its conversation must not be: they come again.
        """
        job = ClaimOutgoing(channel, limit, self._parts.owner, self._parts.clock.now())
        rows = await self._parts.writer.do(job)
        if not rows:
            return []
        key_of = await self._parts.entities.keys(row.subject for row in rows)
        values = {
            each.id: each.value
            for each in await self._parts.entities.find(
                ADDRESS,
                order="",
                limit=None,
                between=None,
                equal={"id": sorted({row.address_id for row in rows})},
            )
        }
        claimed = []
        for row in rows:
            reply = await self._open("outbox", row, outbound_of, key_of)
            if reply is None:
                continue
            if row.address_id not in values:
                _log.error("address_missing", reply=row.id)
                await self.sent({row.id: "failed"})
                continue
            claimed.append((reply, values[row.address_id]))
        return claimed

    async def sent(
        self, done: Mapping[str, Literal["sent", "withheld", "failed"]], beside: Work | None = None
    ) -> None:
        """Note what became of replies: id → outcome, and write ``beside`` in the same transaction.

        Raises as ``Record.save`` does.
        """
        save = None
        if beside is not None:
            check_audited(beside)
            save = Save(beside, self._parts.masters, self._parts.owner)
        if done:
            await self._parts.writer.do(Sent(done, save))

    async def retry_sending(self, outbound_id: str, at: datetime) -> None:
        """Try a reply again at that time; later replies of the conversation wait for it."""
        await self._parts.writer.do(RetrySending(outbound_id, at, self._parts.owner))

    async def wait_for_outgoing(self, channel: str, timeout: float) -> None:
        """Return when something can be sent on a channel, or after ``timeout`` seconds."""

        def is_ready(driver: Driver, now: int) -> bool:
            return bool(driver.read(SENDABLE, {"channel": channel, "now": now, "rows": 1}))

        await self._wait(OUTGOING, timeout, is_ready, NEXT_REPLY, {"channel": channel})

    async def hold(self, part: str) -> bool:
        """Hold a part of the companion for another 15 s; whether this process has it now."""
        held: bool = await self._parts.writer.do(
            Hold(part, self._parts.owner, self._parts.clock.now())
        )
        return held

    async def let_go(self, part: str) -> None:
        """Give a part back."""
        await self._parts.writer.do(LetGo(part, self._parts.owner))

    async def held_by_others(self, start: str) -> list[str]:
        """Parts whose names start so and that another process holds now."""
        now = to_micros(self._parts.clock.now())
        values = {"start": start, "length": len(start), "now": now, "too_far": now + TOO_FAR}
        rows = await self._parts.readers.run(lambda driver: driver.read(HELD, values))
        return [row.part for row in rows if row.owner != self._parts.owner]

    async def dead_letters(self, since: datetime) -> DeadCount:
        """How much was given up since then."""
        return await self._parts.readers.run(lambda driver: given_up(driver, to_micros(since)))

    async def _wait(
        self,
        bell: str,
        timeout: float,
        is_ready: Callable[[Driver, int], bool],
        next_: Select[Any],
        of: dict[str, str],
    ) -> None:
        def due_at(driver: Driver) -> float | None:
            now = to_micros(self._parts.clock.now())
            if is_ready(driver, now):
                return 0.0
            ((first, second),) = driver.read(next_, of | {"now": now})
            soonest = min((each for each in (first, second) if each is not None), default=None)
            return None if soonest is None else (soonest - now) / _MICROS

        async def due_in() -> float | None:
            return await self._parts.readers.run(due_at)

        await self._parts.waiting.wait(bell, timeout, due_in)

    async def _open(
        self,
        queue: str,
        row: Row[Any],
        open_row: Callable[[Row[Any], DataKey], _Opened],
        key_of: Callable[[str], DataKey],
    ) -> _Opened | None:
        try:
            return open_row(row, key_of(row.subject))
        except WrongKey:
            _log.error("wrong_key", queue=queue, row=row.id)
            return None
        except SealBroken:
            _log.error("seal_broken", queue=queue, row=row.id)
            now = self._parts.clock.now()
            await self._parts.writer.do(FailUnreadable(queue, row.id, row.subject, now))
            return None
