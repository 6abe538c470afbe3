"""The synthetic alert that proves each day that alerts arrive; and what shows its absence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog

from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.errors import SealBroken
from bot.domain.notices import GONE, Notice, NoticeStatus, Rung
from bot.domain.on_call import AlertPoint, PointOf
from bot.domain.opening_hours import LOCAL
from bot.services.ports import Clock, Record, Work

DAILY_AT = time(10)
"""Local time of the daily alert, by when a team is at work."""

PROVED_WITHIN = timedelta(hours=1)
"""From the hour of a day's alert until its absence shows: 25 hours after the one before."""

OVERDUE = timedelta(minutes=2)
"""A notice that still waits so long after it was due is one that does not get out."""

LOOKS_BACK = timedelta(days=1)

_MISSING = "missing"
"""What the id of a notice begins with that tells of a daily alert that did not go out."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PathState:
    """How alerts get out.

    ``undelivered`` counts notices that wait too long, were tried in vain or were refused, and
    open concerns of which nobody was told; ``unproved`` are ids of teams.
    """

    undelivered: int
    unproved: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be looked at."""
        return not self.undelivered and not self.unproved


def slot(now: datetime) -> datetime:
    """The last time (UTC) at which a daily alert was due."""
    local = now.astimezone(LOCAL)
    day = local.date() if local.time() >= DAILY_AT else local.date() - timedelta(days=1)
    return datetime.combine(day, DAILY_AT, LOCAL).astimezone(now.tzinfo)


@dataclass(frozen=True)
class DailyAlerts:
    """Plans the daily alert of each team with a duty line, and watches that it goes."""

    record: Record
    clock: Clock

    async def plan(self) -> None:
        """Plan today's alerts, once each; late where nothing ran at their hour."""
        now = self.clock.now()
        for team in await self._lines(now):
            await self._plan(_daily_id(team, slot(now)), team, Rung.DAILY, now)

    async def state(self) -> PathState:
        """Notices that do not get out, and teams whose daily alert did not go for 25 hours."""
        now = self.clock.now()
        far = timedelta(days=365)
        waiting = await self.record.find(
            Notice, status=NoticeStatus.WAITING, between=("due_at", now - far, now - OVERDUE)
        )
        tried = [
            each
            for each in await self.record.find(
                Notice, status=NoticeStatus.WAITING, between=("due_at", now - OVERDUE, now + far)
            )
            if each.tries
        ]
        recent = ("due_at", now - LOOKS_BACK, now)
        lost = (NoticeStatus.FAILED, NoticeStatus.NO_ADDRESS)
        gone_wrong = await self.record.find(Notice, status=lost, between=recent)
        refused = [each for each in gone_wrong if each.status is NoticeStatus.FAILED]
        concerns = sorted({each.about for each in gone_wrong if each.about})
        unheard = [each for each in concerns if await self._reached_nobody(each)]
        unproved = [team for team in await self._lines(now) if not await self._proved(team, now)]
        undelivered = len(waiting) + len(tried) + len(refused) + len(unheard)
        return PathState(undelivered, tuple(unproved))

    async def alarm(self) -> None:
        """Say that a daily alert did not go out: to the operator, and once to the duty manager."""
        now = self.clock.now()
        for team in (await self.state()).unproved:
            log.error("daily_alert_missing", team=team)
            await self._plan(f"{_MISSING}-{_daily_id(team, slot(now))}", team, Rung.MANAGER, now)

    async def _reached_nobody(self, concern_id: str) -> bool:
        """Whether a concern is open, and of its alerts none has gone or is to go."""
        found = await self.record.find(Notice, about=concern_id)
        if any(each.status in GONE or each.status is NoticeStatus.WAITING for each in found):
            return False
        try:
            concern = await self.record.get(Concern, concern_id)
        except SealBroken:
            return True
        return concern is not None and concern.status is ConcernStatus.OPEN

    async def _lines(self, now: datetime) -> list[str]:
        points = await self.record.find(AlertPoint, of=PointOf.TEAM)
        return sorted({each.of_id for each in points if each.holds(now)})

    async def _proved(self, team: str, now: datetime) -> bool:
        last = slot(now)
        if now - last < PROVED_WITHIN:
            last = slot(last - timedelta(microseconds=1))
        points = await self.record.find(AlertPoint, of=PointOf.TEAM, of_id=team)
        begun = min((each.since for each in points), default=now)
        if now - begun < PROVED_WITHIN:
            return True
        found = await self.record.find(
            Notice, team=team, rung=Rung.DAILY, between=("due_at", last - LOOKS_BACK, now)
        )
        return any(each.status in GONE and (each.sent_at or last) >= last for each in found)

    async def _plan(self, notice_id: str, team: str, rung: Rung, now: datetime) -> None:
        if await self.record.get(Notice, notice_id) is not None:
            return
        notice = Notice(notice_id, "", "", team, rung, now)
        details = {"id": notice_id, "rung": rung.value, "team": team}
        entry = AuditEntry(SERVICE_CHAIN, now, PROGRAM, "plan", "notice", details)
        await self.record.save(Work(put=[notice], audit=[entry]))


def _daily_id(team: str, at: datetime) -> str:
    """The same for one team and day. It goes out with the alert, so the team is not in it."""
    who = hashlib.sha256(team.encode()).hexdigest()[:12]
    return f"daily-{at.astimezone(LOCAL).date().isoformat()}-{who}"
