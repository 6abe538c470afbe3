"""Sending notices when they are due, to whoever stands on their rung then."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.content import Content
from bot.domain.errors import (
    ChangedMeanwhile,
    RecordUnavailable,
    SealBroken,
    SendingRefused,
    SendingUnavailable,
)
from bot.domain.notices import GONE, Notice, NoticeStatus, Rung
from bot.domain.on_call import AlertPoint, PointOf
from bot.domain.wording import filled
from bot.services.alerting.recipients import recipients
from bot.services.ports import AlertText, Clock, Ids, Notifications, Record, Work

PAUSES = (5, 15, 30, 60, 120, 300)
"""Seconds between tries; the last one again and again."""

GOES_ON_AFTER = 3
"""Tries without success after which the next rung is asked at once, while this one is tried on."""

MOST_TRIES = 300
"""About a day of tries; then it has failed."""

AT_ONCE = 8
TAKEN_TOGETHER = 100

ASKED_FOR = timedelta(days=1)
"""How long after sending it is asked whether an alert arrived."""

BY_DISPATCHER = tuple(each for each in Rung if each is not Rung.TELL_PERSON)
"""The rungs that go to staff. The person is told in their own conversation."""

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_MOMENT = timedelta(microseconds=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AlertTexts:
    """What alerts say: the same for every concern; the daily one; and that that one is missing."""

    alert: AlertText
    daily: AlertText
    daily_missing: AlertText

    @classmethod
    def from_content(cls, content: Content, address: str) -> AlertTexts:
        """Those of the content, with the link's address in them."""

        def said(key: str) -> str:
            return filled(content.texts[f"alerts.{key}"].say[0], {"address": address})

        missing = AlertText(said("daily_missing_subject"), *[said("daily_missing")] * 2)
        return cls(
            AlertText(said("subject"), said("text"), said("text_short")),
            AlertText(said("daily_subject"), said("daily"), said("daily_short")),
            missing,
        )

    def of(self, notice: Notice) -> AlertText:
        """What one notice says."""
        if notice.about:
            return self.alert
        return self.daily if notice.rung is Rung.DAILY else self.daily_missing


@dataclass(frozen=True)
class Dispatcher:
    """Sends what is due. One process at a time does this.

    Without ``sender`` nothing can be sent, and each notice says so. A kill between sending and
    noting sends one notice twice.
    """

    record: Record
    clock: Clock
    ids: Ids
    sender: Notifications | None
    texts: AlertTexts

    async def send_due(self) -> int:
        """Send all that is due now; how many notices were looked at."""
        now = self.clock.now()
        due = await self.record.find(
            Notice,
            status=NoticeStatus.WAITING,
            rung=BY_DISPATCHER,
            between=("due_at", _EVER, now + _MOMENT),
            order="due_at",
            limit=TAKEN_TOGETHER,
        )
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(notice: Notice) -> None:
            async with gate:
                try:
                    await self._see_to(notice)
                except ChangedMeanwhile:
                    # Planned afresh, or the person was erased.
                    log.info("alert_changed_meanwhile", notice=notice.id)
                except Exception as problem:
                    # What is wrong with one keeps no other from going out; it is tried again.
                    log.error("alert_troubled", notice=notice.id, problem=type(problem).__name__)

        await asyncio.gather(*map(one, due))
        return len(due)

    async def ask_for_outcomes(self) -> None:
        """Ask whether what was sent has arrived; what has not goes on to the next rung."""
        if self.sender is None:
            return
        now = self.clock.now()
        sent = await self.record.find(
            Notice,
            status=NoticeStatus.SENT,
            rung=BY_DISPATCHER,
            between=("sent_at", now - ASKED_FOR, now + _MOMENT),
            order="-sent_at",
            limit=TAKEN_TOGETHER,
        )
        for notice in sent:
            with suppress(ChangedMeanwhile, SendingUnavailable):
                arrived = await self.sender.delivered(notice.reference)
                if arrived:
                    done = replace(notice, status=NoticeStatus.DELIVERED, delivered_at=now)
                    await self._note(notice, done)
                elif arrived is False:
                    log.error("alert_not_delivered", notice=notice.id, rung=notice.rung.value)
                    await self._fail(notice)

    async def _see_to(self, notice: Notice) -> None:
        if not await self._is_needed(notice):
            await self._note(notice, replace(notice, status=NoticeStatus.NOT_NEEDED))
        elif notice.sent_to:
            await self._send(notice)
        else:
            for each in await self._addressed(notice):
                await self._send(each)

    async def _is_needed(self, notice: Notice) -> bool:
        """Whether nobody has picked the concern up. One that cannot be read is still needed."""
        if not notice.about:
            return True
        try:
            concern = await self.record.get(Concern, notice.about)
        except SealBroken:
            return True
        return concern is not None and concern.status is ConcernStatus.OPEN

    async def _addressed(self, notice: Notice) -> list[Notice]:
        """The notice to the first point of its rung, and one more to each further point."""
        points: list[AlertPoint] = []
        if self.sender is not None:
            with suppress(SealBroken):
                points = await recipients(self.record, notice, self.clock.now())
        if not points:
            if self.sender is not None:
                log.warning("alert_without_address", notice=notice.id, rung=notice.rung.value)
            await self._note(notice, replace(notice, status=NoticeStatus.NO_ADDRESS))
            await self._go_on(notice)
            return []
        ids = [notice.id, *(self.ids.new() for _ in points[1:])]
        addressed = [
            replace(
                notice,
                id=each_id,
                sent_to=point.id,
                staff_id=point.of_id if point.of is PointOf.STAFF else "",
                channel=point.channel.value,
            )
            for each_id, point in zip(ids, points, strict=True)
        ]
        await self._note(notice, *addressed)
        return addressed

    async def _send(self, notice: Notice) -> None:
        point = await self.record.get(AlertPoint, notice.sent_to)
        now = self.clock.now()
        if point is None or not point.holds(now) or self.sender is None:
            await self._note(notice, replace(notice, status=NoticeStatus.NO_ADDRESS))
            await self._go_on(notice)
            return
        tried = replace(notice, tries=notice.tries + 1)
        try:
            reference = await self.sender.send(point, self.texts.of(notice), notice.id)
        except SendingRefused as refused:
            log.error("alert_refused", notice=notice.id, why=type(refused).__name__)
            await self._fail(notice)
        except Exception as problem:
            # Also a fault of ours: an alert is tried again whatever it was.
            log.error("alert_not_sent", notice=notice.id, problem=type(problem).__name__)
            if tried.tries >= MOST_TRIES:
                await self._fail(notice)
                return
            pause = PAUSES[min(notice.tries, len(PAUSES) - 1)]
            await self._note(notice, replace(tried, due_at=now + timedelta(seconds=pause)))
            if tried.tries == GOES_ON_AFTER:
                await self._go_on(notice)
        else:
            sent_at = self.clock.now()
            sent = replace(tried, status=NoticeStatus.SENT, reference=reference, sent_at=sent_at)
            await self._note(notice, sent)

    async def _fail(self, notice: Notice) -> None:
        failed = replace(notice, status=NoticeStatus.FAILED, tries=notice.tries + 1)
        await self._note(notice, failed)
        if await self._is_needed(notice):
            await self._go_on(notice)

    async def _go_on(self, notice: Notice) -> None:
        """Ask the next rung at once, unless somebody else on this one was or may be reached."""
        if not notice.about:
            return
        found = await self.record.find(Notice, about=notice.about, order="due_at")
        beside = [each for each in found if each.rung is notice.rung and each.id != notice.id]
        if any(_may_be_reached(each, notice) for each in beside):
            return
        now = self.clock.now()
        others = [each for each in found if each.rung in BY_DISPATCHER and each.id != notice.id]
        if any(_is_asked_already(each, notice, now) for each in others):
            return
        later = [
            each for each in others if each.status is NoticeStatus.WAITING and not each.sent_to
        ]
        if not later:
            gone = any(each.status in GONE for each in found)
            if self.sender is not None and not gone:
                log.error("alert_reached_nobody", concern=notice.about)
            return
        for each in later:
            if each.due_at == later[0].due_at and each.due_at > now:
                with suppress(ChangedMeanwhile):
                    await self._note(each, replace(each, due_at=now))

    async def _note(self, read: Notice, *changed: Notice) -> None:
        """Note what became of a notice, patiently: what is not noted would go out twice."""
        last = changed[0]
        details = {"id": last.id, "rung": last.rung.value, "status": last.status.value}
        chain = read.subject or SERVICE_CHAIN
        entry = AuditEntry(chain, self.clock.now(), PROGRAM, "send", "notice", details)
        work = Work(expect=[read], put=[*changed], audit=[entry])
        for pause in (0.2, 1.0, 3.0):
            try:
                return await self.record.save(work)
            except RecordUnavailable:
                await asyncio.sleep(pause)
        return await self.record.save(work)


def _may_be_reached(beside: Notice, notice: Notice) -> bool:
    """Whether another notice of this asking of the rung has gone, or is not given up yet."""
    if beside.status in GONE:
        return abs(beside.due_at - notice.due_at) < timedelta(minutes=10)
    return (
        beside.status is NoticeStatus.WAITING
        and bool(beside.sent_to)
        and beside.tries < GOES_ON_AFTER
    )


def _is_asked_already(other: Notice, notice: Notice, now: datetime) -> bool:
    """Whether a later rung has been asked, or is being asked in this very moment."""
    if other.rung is notice.rung or other.due_at < notice.due_at:
        return False
    if other.status in GONE:
        return True
    is_due = other.status is NoticeStatus.WAITING and other.due_at <= now
    return is_due and other.tries < GOES_ON_AFTER
