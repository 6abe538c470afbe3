"""Whether somebody's reminders are paused after danger, and turning them back on for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.after_danger import RemindersPause
from bot.domain.aftermath import pause_in_force
from bot.domain.audit import AuditEntry
from bot.domain.messages import SubjectId
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Record, Work


async def pause_of(record: Record, subject: SubjectId, now: datetime) -> RemindersPause | None:
    """The pause of a person's reminders that holds now."""
    return pause_in_force(await record.find(RemindersPause, subject=subject), now)


async def is_paused(record: Record, subject: SubjectId, now: datetime) -> bool:
    """Whether no reminder may be sent now. Everything that reminds asks this first."""
    return await pause_of(record, subject, now) is not None


@dataclass(frozen=True)
class Reminders:
    """For staff whom the person has asked. Nobody ever waits for this: one tap does the same."""

    record: Record
    clock: Clock

    async def of(self, code: str, *, by: Staff) -> RemindersPause | None:
        """The pause that holds. Raises ``NotFound``, ``NotPermitted``."""
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.SEE, Thing.PERSON, *await nearness(self.record, by, person, now))
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "see", "reminders")
        await self.record.save(Work(audit=[entry]))
        return await pause_of(self.record, person.id, now)

    async def turn_on(self, code: str, *, by: Staff) -> bool:
        """End the pause; whether there was one. Raises ``NotFound``, ``NotPermitted``,
        ``ChangedMeanwhile``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.WRITE, Thing.PERSON, *await nearness(self.record, by, person, now))
        held = await pause_of(self.record, person.id, now)
        if held is None:
            return False
        details = {"id": held.id}
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "resume", "reminders", details)
        work = Work(expect=[held], put=[replace(held, until=now)], audit=[entry])
        work.cancel.append((person.id, f"reminders:{held.id}"))
        await self.record.save(work)
        return True
