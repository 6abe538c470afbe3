"""Noting that somebody followed the link of an alert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.domain.audit import SERVICE_CHAIN, AuditEntry
from bot.domain.errors import ChangedMeanwhile
from bot.domain.notices import GONE, Notice
from bot.domain.people import Staff
from bot.services.nearness import standing_of
from bot.services.ports import Clock, Record, Work

LOOKS_BACK = timedelta(days=7)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Opening:
    """What is noted when somebody follows the link of an alert."""

    record: Record
    clock: Clock

    async def opened(self, *, by: Staff) -> int:
        """Mark what was sent to ``by``, or to the lines of their teams, as opened; how many."""
        now = self.clock.now()
        teams = (await standing_of(self.record, by, now)).in_teams
        recent = ("sent_at", now - LOOKS_BACK, now + timedelta(microseconds=1))
        sent = tuple(GONE)
        mine = await self.record.find(Notice, staff_id=by.id, status=sent, between=recent)
        lines = (
            await self.record.find(
                Notice, staff_id="", team=tuple(sorted(teams)), status=sent, between=recent
            )
            if teams
            else []
        )
        to_mark = [each for each in (*mine, *lines) if each.opened_at is None and each.sent_to]
        for notice in to_mark:
            chain = notice.subject or SERVICE_CHAIN
            entry = AuditEntry(chain, now, f"staff:{by.id}", "open", "notice", {"id": notice.id})
            work = Work(expect=[notice], put=[replace(notice, opened_at=now)], audit=[entry])
            try:
                await self.record.save(work)
            except ChangedMeanwhile:
                log.info("opening_not_noted", notice=notice.id)
        return len(to_mark)
