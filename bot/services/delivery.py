"""Replies on their way out: the loop that every channel shares."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, NamedTuple, Protocol

import structlog

from bot.domain.errors import (
    BadInput,
    ChannelRefused,
    ChannelUnavailable,
    CompanionError,
    RecordUnavailable,
    SealBroken,
)
from bot.domain.messages import Outbound, Reply, ReplyKind, SubjectId
from bot.services.buttons import seal
from bot.services.dead_letters import DeadLetters
from bot.services.ports import Clock, ContentSource, Queue, Secrets, Work

TOO_OLD = timedelta(minutes=10)
"""From here on an ordinary reply would answer a moment that has passed."""

SEND_SECONDS = 10
"""A reply that is not taken by then is tried again."""

FRESH_SECONDS = 5
"""A reply claimed longer ago is claimed anew before it is sent: its lease is 15 s in all."""

LONGEST_PAUSE = 60
"""Seconds between two tries at most."""

FAULTS_FORGIVEN = 4
"""Tries that may end in a fault of ours before a reply is given up and the next one goes."""

_log = structlog.get_logger(__name__)


class WaitBefore(CompanionError):
    """The channel asked the companion to wait before it sends again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:g} s")
        self.seconds = seconds


class RefusedForGood(CompanionError):
    """The channel will never take this reply: the person blocked it or has gone."""


class Sender(Protocol):
    """A channel's way out."""

    async def send(self, address: str, reply: Reply, buttons: list[tuple[str, str]]) -> None:
        """Send one reply; ``buttons`` are (label, token), the tokens opaque.

        Raises ``WaitBefore``, ``RefusedForGood``, ``ChannelUnavailable`` or ``ChannelRefused``.
        """
        ...


class _Claimed(NamedTuple):
    outbound: Outbound
    address: str
    at: float


class Delivery:
    """Sends a channel's replies: in order within a conversation, ``at_once`` conversations.

    ``dead_letters`` tells the team what matters and did not arrive.
    """

    def __init__(
        self,
        channel: str,
        sender: Sender,
        queue: Queue,
        content: ContentSource,
        secrets: Secrets,
        clock: Clock,
        *,
        dead_letters: DeadLetters | None = None,
        at_once: int = 8,
    ) -> None:
        self._channel = channel
        self._sender = sender
        self._queue = queue
        self._content = content
        self._secrets = secrets
        self._clock = clock
        self._dead_letters = dead_letters
        self._at_once = at_once
        self._lines: dict[SubjectId, deque[_Claimed]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._held: set[str] = set()
        self._line_ended = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until ``stop`` is set; a reply that is on its way then is finished first.

        Those behind it are given back.
        """
        while not stop.is_set():
            self._line_ended.clear()
            try:
                room = self._at_once - len(self._lines)
                if room < 1:
                    await _first_of(stop.wait(), self._line_ended.wait())
                elif not await self._take(room, stop):
                    await _first_of(
                        stop.wait(),
                        self._line_ended.wait(),
                        self._queue.wait_for_outgoing(self._channel, 1.0),
                    )
            except RecordUnavailable:
                _log.warning("outbox_unavailable", channel=self._channel)
                await _first_of(stop.wait(), asyncio.sleep(1))
        if self._sending:
            await asyncio.wait(self._sending)

    async def _take(self, room: int, stop: asyncio.Event) -> bool:
        """Claim what there is room for; whether anything new was claimed."""
        at = asyncio.get_running_loop().time()
        claimed = await self._queue.claim_outgoing(self._channel, room)
        fresh = [each for each in claimed if each[0].id not in self._held]
        for outbound, address in fresh:
            self._held.add(outbound.id)
            line = self._lines.get(outbound.subject)
            if line is not None:
                line.append(_Claimed(outbound, address, at))
                continue
            self._lines[outbound.subject] = deque([_Claimed(outbound, address, at)])
            task = asyncio.create_task(self._send_line(outbound.subject, stop))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return bool(fresh)

    async def _send_line(self, subject: SubjectId, stop: asyncio.Event) -> None:
        line = self._lines[subject]
        try:
            while line and not stop.is_set():
                outbound, address, at = line[0]
                if asyncio.get_running_loop().time() - at > FRESH_SECONDS:
                    await self._try_again(outbound, 0)
                    break
                if not await self._deliver(outbound, address):
                    break
                line.popleft()
                self._held.discard(outbound.id)
            else:
                if line:
                    await self._try_again(line[0].outbound, 0)
        except RecordUnavailable:
            _log.warning("outcome_not_noted", channel=self._channel, reply=line[0].outbound.id)
        finally:
            self._held.difference_update(each.outbound.id for each in line)
            del self._lines[subject]
            self._line_ended.set()

    async def _deliver(self, outbound: Outbound, address: str) -> bool:
        """Send one reply and note what became of it; whether the next may follow."""
        reply = outbound.reply
        if self._clock.now() - outbound.created_at > TOO_OLD:
            if outbound.kind is ReplyKind.ORDINARY:
                _log.warning("reply_withheld", channel=self._channel, reply=outbound.id)
                await self._note(outbound, "withheld")
                return True
            reply = self._with_a_line_about_the_delay(reply)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._sender.send(address, reply, self._sealed(outbound))
        except RefusedForGood as refused:
            _log.warning(
                "reply_refused", channel=self._channel, reply=outbound.id, why=str(refused)
            )
            await self._note(outbound, "failed")
        except WaitBefore as wait:
            await self._try_again(outbound, wait.seconds)
            return False
        except (ChannelUnavailable, ChannelRefused, TimeoutError):
            await self._try_again(outbound, _pause(outbound))
            return False
        except Exception as fault:
            # The fault's own words may hold the person's: only its kind is written down.
            _log.error(
                "sending_failed",
                channel=self._channel,
                reply=outbound.id,
                fault=type(fault).__name__,
            )
            if outbound.attempts < FAULTS_FORGIVEN:
                await self._try_again(outbound, _pause(outbound))
                return False
            await self._note(outbound, "failed")
        else:
            await self._note(outbound, "sent")
        return True

    def _with_a_line_about_the_delay(self, reply: Reply) -> Reply:
        line = self._content.current().texts.get("late_reply_delay")
        return replace(reply, text=f"{line.say[0]}\n\n{reply.text}") if line else reply

    def _sealed(self, outbound: Outbound) -> list[tuple[str, str]]:
        """The buttons as tokens. One that cannot be carried is left out: the words matter more."""
        buttons = []
        for button in outbound.reply.buttons:
            try:
                token = seal(button.press, outbound.subject, self._secrets)
            except BadInput:
                _log.error("button_left_out", channel=self._channel, reply=outbound.id)
                continue
            buttons.append((button.label, token))
        return buttons

    async def _try_again(self, outbound: Outbound, seconds: float) -> None:
        at = self._clock.now() + timedelta(seconds=seconds)
        await self._queue.retry_sending(outbound.id, at)

    async def _note(self, outbound: Outbound, what: Literal["sent", "withheld", "failed"]) -> None:
        """Note an outcome, patiently: a reply whose sending is not noted would go out twice."""
        for pause in (0.2, 1, 3):
            try:
                return await self._queue.sent(
                    {outbound.id: what}, await self._task_about(outbound, what)
                )
            except RecordUnavailable:
                await asyncio.sleep(pause)
        return await self._queue.sent({outbound.id: what})

    async def _task_about(self, outbound: Outbound, what: str) -> Work | None:
        """For somebody to look at, where a reply that matters did not arrive."""
        if what != "failed" or self._dead_letters is None:
            return None
        try:
            return await self._dead_letters.not_delivered(outbound)
        except SealBroken as problem:
            _log.error("no_task_opened", reply=outbound.id, problem=type(problem).__name__)
            return None


def _pause(outbound: Outbound) -> float:
    """1, 2, 4 … seconds: ``attempts`` counts the try that has just failed."""
    return float(min(2 ** min(outbound.attempts - 1, 10), LONGEST_PAUSE))


async def _first_of(*waits: Coroutine[Any, Any, object]) -> None:
    """Return as soon as one has ended, cancelling the others; its error is raised here."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
