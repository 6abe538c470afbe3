"""The workers: they claim conversations from the inbox and answer their acts in order."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

import structlog

from bot.domain.audit import PROGRAM, AuditEntry
from bot.domain.errors import NotAllowedNow, RecordUnavailable
from bot.domain.messages import Act, ActKind, AnsweredBy, Outbound, ReplyKind, SubjectId
from bot.domain.safety_net import Tier
from bot.services.conversation.chain import apology, handle
from bot.services.conversation.desk import Desk
from bot.services.conversation.turns import load
from bot.services.ports import Handled, Queue, Work

log = structlog.get_logger(__name__)

QUICK_RETRIES = (0.5, 2.0)
"""Pauses (s) before the second and the third try; then the dead letters."""

AT_ONCE = 64
"""Conversations in one worker's hands at most."""

RENEW_EVERY = 5.0
"""Seconds between renewals of leases, which last 15."""


class Worker:
    """Handles acts until it is told to stop; then ends what it has begun."""

    def __init__(self, desk: Desk, queue: Queue) -> None:
        self._desk = desk
        self._queue = queue
        self._busy: dict[SubjectId, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Claim and answer; returns when ``stop`` is set and nothing is in hand."""
        renewing = asyncio.create_task(self._renew())
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                try:
                    await self._round(stopping)
                except RecordUnavailable as problem:
                    log.error("record_unavailable", problem=type(problem).__name__)
                    await asyncio.sleep(1)
        finally:
            if self._busy:
                await asyncio.wait(set(self._busy.values()))
            for each in (renewing, stopping):
                each.cancel()
            await asyncio.gather(renewing, stopping, return_exceptions=True)

    async def _round(self, stopping: asyncio.Task[bool]) -> None:
        """Wait until there may be something to claim and room for it, then claim."""
        room = AT_ONCE - len(self._busy)
        if not room:
            busy = {stopping, *self._busy.values()}
            await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
            return
        waiting = asyncio.create_task(self._queue.wait_for_acts(1.0))
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.done():
            waiting.cancel()
            return
        waiting.result()
        for acts in await self._queue.claim(room):
            subject = acts[0].subject
            task = asyncio.create_task(self._conversation(subject, acts))
            self._busy[subject] = task
            task.add_done_callback(partial(self._free, subject))

    def _free(self, subject: SubjectId, _: asyncio.Task[None]) -> None:
        self._busy.pop(subject, None)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            if self._busy:
                try:
                    await self._queue.renew(list(self._busy))
                except RecordUnavailable as problem:
                    log.error("leases_not_renewed", problem=type(problem).__name__)

    async def _conversation(self, subject: SubjectId, acts: list[Act]) -> None:
        try:
            for act in acts:
                if not await self._answer(act):
                    break
        except Exception as problem:
            log.error("conversation_left", subject=subject, problem=type(problem).__name__)
        finally:
            with suppress(RecordUnavailable):
                await self._queue.release(subject)

    async def _answer(self, act: Act) -> bool:
        """Answer one act; after quick retries it goes to the dead letters and the next goes on.

        Returns False when the conversation is no longer this worker's to go on with.
        """
        tries_before = max(act.attempts - 1, 0)
        if tries_before >= len(QUICK_RETRIES) + 1:
            await self._give_up(act, "RepeatedlyKilled")
            return True
        for pause in (*QUICK_RETRIES, None):
            try:
                turn = await handle(self._desk, act)
                await self._desk.record.save(turn.work, durable=False)
            except NotAllowedNow:
                # Handled, cancelled or taken over meanwhile: whoever has it now goes on.
                log.warning("act_no_longer_held", act=act.id)
                return False
            except Exception as problem:
                log.error("act_failed", act=act.id, problem=type(problem).__name__)
                if pause is None:
                    await self._give_up(act, type(problem).__name__)
                    return True
                await asyncio.sleep(pause)
            else:
                return turn.subject == act.subject
        return True

    async def _give_up(self, act: Act, problem: str) -> None:
        """Tell the person that something went wrong here, with plan and numbers at hand."""
        log.error("dead_letter", act=act.id, problem=problem)
        now = self._desk.clock.now()
        work = Work(
            handled=Handled(act.id, AnsweredBy.FALLBACK.value, Tier.NONE.value, now, failed=True),
            audit=[
                AuditEntry(act.subject, now, PROGRAM, "give_up", "message", {"act": act.id}),
            ],
        )
        if act.kind is not ActKind.TIMER:
            turn = await load(self._desk, act)
            apology(turn)
            work.send = [
                Outbound(
                    id=self._desk.ids.new(),
                    subject=act.subject,
                    channel=act.channel,
                    address_id=act.address_id,
                    reply=each,
                    kind=ReplyKind.SAFETY,
                    created_at=now,
                    in_reply_to=act.id,
                )
                for each in turn.replies
            ]
        await self._desk.record.save(work)
