"""The workers: they claim conversations from the inbox and answer their acts in order."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial

import structlog

from bot.domain.audit import PROGRAM, AuditEntry
from bot.domain.concerns import Concern
from bot.domain.errors import NotAllowedNow, RecordUnavailable, SealBroken
from bot.domain.messages import Act, ActKind, AnsweredBy, Outbound, ReplyKind, SubjectId
from bot.domain.notices import Notice
from bot.domain.safety_net import Answer, Tier
from bot.domain.wording import safe_text
from bot.services.conversation.chain import apology, handle
from bot.services.conversation.desk import Desk
from bot.services.conversation.turns import blank, load
from bot.services.dead_letters import DeadLetters
from bot.services.ports import Handled, Queue, Work
from bot.services.unkept import Unkept

log = structlog.get_logger(__name__)

QUICK_RETRIES = (0.5, 2.0)
"""Pauses (s) before the second and the third try; then the dead letters."""

AT_ONCE = 64
"""Conversations in one worker's hands at most."""

LONGEST_QUOTED = 2_000
"""Characters of a message that a task about it holds."""

RENEW_EVERY = 5.0
"""Seconds between renewals of leases, which last 15."""

ENDS_WITHIN = 14.0
"""Seconds in which an act that is in hand at the end may be answered; then it is left for later."""


class Worker:
    """Handles acts until it is told to stop; then ends what it has begun."""

    def __init__(self, desk: Desk, queue: Queue, unkept: Unkept | None = None) -> None:
        self._desk = desk
        self._queue = queue
        self._unkept = unkept
        self._dead_letters = DeadLetters(desk.record, desk.clock, desk.ids)
        self._busy: dict[SubjectId, asyncio.Task[None]] = {}
        self._is_ending = False

    async def run(self, stop: asyncio.Event) -> None:
        """Claim and answer; returns when ``stop`` is set and nothing is in hand.

        At the end each conversation is given back after the act that is in hand.
        """
        renewing = asyncio.create_task(self._renew())
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                try:
                    await self._round(stopping)
                except RecordUnavailable as problem:
                    log.error("record_unavailable", problem=type(problem).__name__)
                    if self._unkept is not None:
                        await self._unkept.nothing_saved()
                    await asyncio.sleep(1)
        finally:
            self._is_ending = True
            await self._end()
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
            task = asyncio.create_task(self._conversation(acts, self._busy.get(subject)))
            self._busy[subject] = task
            task.add_done_callback(partial(self._free, subject))

    async def _end(self) -> None:
        if not self._busy:
            return
        _, left = await asyncio.wait(set(self._busy.values()), timeout=ENDS_WITHIN)
        for each in left:
            each.cancel()
        if left:
            log.warning("conversations_left", number=len(left))
            await asyncio.wait(left)

    def _free(self, subject: SubjectId, task: asyncio.Task[None]) -> None:
        if self._busy.get(subject) is task:
            del self._busy[subject]

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            if self._busy:
                try:
                    await self._queue.renew(list(self._busy))
                except RecordUnavailable as problem:
                    log.error("leases_not_renewed", problem=type(problem).__name__)

    async def _conversation(self, acts: list[Act], before: asyncio.Task[None] | None) -> None:
        """Answer a conversation's acts after what is ``before`` them, and give it back."""
        subject = acts[0].subject
        try:
            if before is not None:
                # It has just been given back, or its lease ran out while it was in hand.
                await asyncio.wait({before})
            for act in acts:
                if self._is_ending or not await self._answer(act):
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
            problem = await self._try(act)
            if problem is None or isinstance(problem, NotAllowedNow):
                return problem is None
            if self._is_ending:
                return False
            if pause is not None:
                await asyncio.sleep(pause)
            elif isinstance(problem, RecordUnavailable):
                # It stays in the inbox, and is answered when the record is back.
                return False
            elif not await self._answer_barely(act):
                await self._give_up(act, type(problem).__name__)
        return True

    async def _try(self, act: Act) -> Exception | None:
        """Answer an act; what went wrong, or None.

        ``NotAllowedNow`` means that the conversation is no longer this worker's to go on with.
        """
        is_safety = False
        try:
            turn = await handle(self._desk, act)
            is_safety = turn.answered_by is AnsweredBy.SAFETY_NET
            await self._desk.record.save(turn.work, durable=False)
        except NotAllowedNow as problem:
            # Handled, cancelled or taken over meanwhile: whoever has it now goes on.
            log.warning("act_no_longer_held", act=act.id)
            return problem
        except Exception as problem:
            log.error("act_failed", act=act.id, problem=type(problem).__name__)
            if self._unkept is not None and isinstance(problem, RecordUnavailable):
                await self._unkept.not_saved(act, self._desk.record, is_safety=is_safety)
            return problem
        if self._unkept is not None:
            self._unkept.answered(act.id)
        return None if turn.subject == act.subject else NotAllowedNow()

    async def _answer_barely(self, act: Act) -> bool:
        """Answer danger without the concern that could not be written; a task says so instead.

        Returns False where there was no danger, or where even that cannot be.
        """
        try:
            if not self._may_be_danger(act):
                return False
            turn = await handle(self._desk, act, barely=True)
            if turn.answered_by is not AnsweredBy.SAFETY_NET:
                return False
            work = without_concern(turn.work)
            await self._tell_team(work, act)
            await self._desk.record.save(work)
        except (NotAllowedNow, RecordUnavailable):
            raise
        except Exception as problem:
            log.error("not_even_barely", act=act.id, problem=type(problem).__name__)
            return False
        log.error("concern_not_written", act=act.id)
        return True

    def _may_be_danger(self, act: Act) -> bool:
        """Whether the safety net may have something to say to it, by rules."""
        net = self._desk.net
        if act.kind in {ActKind.TIMER, ActKind.BUTTON}:
            return act.kind is ActKind.BUTTON
        is_yes = net.answer_to_ask(act.text) is Answer.YES
        return is_yes or net.judge_by_rules(act.text).tier is not Tier.NONE

    async def _give_up(self, act: Act, problem: str) -> None:
        """Tell the person that something went wrong here, with plan and numbers at hand.

        Their key worker is told as well, by a task. What of this cannot be done is left out: the
        next message goes on whatever happens.
        """
        log.error("dead_letter", act=act.id, problem=problem)
        work, bare = self._given_up(act), self._given_up(act)
        try:
            await self._tell_team(work, act)
            if act.kind is not ActKind.TIMER:
                await self._apologise(work, act)
            await self._desk.record.save(work)
        except (NotAllowedNow, RecordUnavailable):
            raise
        except Exception as fault:
            log.error("dead_letter_untold", act=act.id, problem=type(fault).__name__)
            await self._desk.record.save(bare)

    async def _tell_team(self, work: Work, act: Act) -> None:
        try:
            await self._dead_letters.unanswerable(work, act.subject, _words(act))
        except SealBroken as problem:
            log.error("no_task_opened", act=act.id, problem=type(problem).__name__)

    def _given_up(self, act: Act) -> Work:
        now = self._desk.clock.now()
        return Work(
            handled=Handled(act.id, AnsweredBy.FALLBACK.value, Tier.NONE.value, now, failed=True),
            audit=[
                AuditEntry(act.subject, now, PROGRAM, "give_up", "message", {"act": act.id}),
            ],
        )

    async def _apologise(self, work: Work, act: Act) -> None:
        try:
            turn = await load(self._desk, act)
        except SealBroken:
            # Whoever writes is answered, also where nothing of theirs can be read any more.
            turn = blank(self._desk, act)
        apology(turn)
        work.send += [
            Outbound(
                id=self._desk.ids.new(),
                subject=act.subject,
                channel=act.channel,
                address_id=act.address_id,
                reply=each,
                kind=ReplyKind.SAFETY,
                created_at=turn.now,
                in_reply_to=act.id,
            )
            for each in turn.replies
        ]


def without_concern(work: Work) -> Work:
    """The answer alone: what is sent, remembered and waited for, without concern or notices."""
    about = (Concern, Notice)
    return replace(
        work,
        put=[each for each in work.put if not isinstance(each, about)],
        expect=[each for each in work.expect if not isinstance(each, about)],
        audit=[each for each in work.audit if each.thing != "concern"],
    )


def _words(act: Act) -> str:
    """What the person said; a timer's text is ids."""
    return "" if act.kind is ActKind.TIMER else safe_text(act.text, LONGEST_QUOTED)
