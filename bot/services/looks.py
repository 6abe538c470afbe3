"""Who has looked at a person's things, for staff who answer the person's question."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.audit import AuditEntry
from bot.domain.looks import Look, looks
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Record, Work


@dataclass(frozen=True)
class Looks:
    """The whole list; in chat the person sees the latest ten."""

    record: Record
    clock: Clock

    async def of(self, code: str, *, by: Staff) -> tuple[list[Look], dict[str, str]]:
        """The looks, latest first, and the names of staff by id. This look is one too.

        Raises ``NotFound``, ``NotPermitted``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.SEE, Thing.LOOKS, *await nearness(self.record, by, person, now))
        found = looks(await self.record.audit_of(person.id))
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "see", "looks")
        await self.record.save(Work(audit=[entry]))
        ids = tuple({each.staff_id for each in found})
        staff = await self.record.find(Staff, id=ids) if ids else []
        return found, {each.id: each.name for each in staff}
