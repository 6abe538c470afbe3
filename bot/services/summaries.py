"""The engagement summary of one person for a period. Every look is in the audit."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.engagement import EngagementEvent
from bot.domain.opening_hours import LOCAL
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.summaries import Period, Summary, summarise
from bot.services.caseloads import LONGEST_REASON, OWN_CASELOAD
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, ContentSource, Record, Work


@dataclass(frozen=True)
class Summaries:
    """Summaries out of the record, for those who work with the person."""

    record: Record
    clock: Clock
    content: ContentSource

    async def of(
        self, code: str, *, period: Period, by: Staff, reason: str = OWN_CASELOAD
    ) -> Summary:
        """What the person did in the period. Raises ``NotFound``, ``NotPermitted``."""
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.SEE, Thing.SUMMARY, *await nearness(self.record, by, person, now))
        events, concerns, plans = await asyncio.gather(
            self.record.find(
                EngagementEvent, subject=person.id, between=("at", period.start, period.before)
            ),
            self.record.find(Concern, subject=person.id),
            self.record.find(CrisisPlan, subject=person.id),
        )
        summary = summarise(
            code=person.code,
            called=person.called,
            period=period,
            today=now.astimezone(LOCAL).date(),
            events=events,
            concerns=concerns,
            plans=plans,
            titles={skill.id: skill.title for skill in self.content.current().skills.values()},
        )
        details = {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "reason": reason[:LONGEST_REASON],
        }
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "see", "summary", details)
        await self.record.save(Work(audit=[entry]))
        return summary
