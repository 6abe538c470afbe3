"""Legal holds: while one stands, nothing of a person is erased or shortened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.errors import AlreadyThere, NotFound
from bot.domain.people import Person, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.rights import Hold
from bot.services.nearness import find_person
from bot.services.ports import Clock, Ids, Record, Work
from bot.services.privacy.asking import said


@dataclass(frozen=True)
class Holds:
    """Puts holds on records and lifts them."""

    record: Record
    clock: Clock
    ids: Ids

    async def place(self, code: str, *, by: Staff, because: str) -> Hold:
        """Put a hold on a person's record.

        Raises ``NotFound``, ``NotPermitted``, ``BadInput``, ``AlreadyThere``.
        """
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        reason = said(because)
        person = await find_person(self.record, code)
        if await standing(self.record, person):
            raise AlreadyThere("A hold stands on this record.")
        now = self.clock.now()
        hold = Hold(self.ids.new(), person.id, f"staff:{by.id}", now, reason)
        await self.record.save(Work(put=[hold], audit=[_entry("place", hold, by, now)]))
        return hold

    async def lift(self, code: str, *, by: Staff) -> Hold:
        """Lift the hold. Raises ``NotFound``, ``NotPermitted``."""
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        person = await find_person(self.record, code)
        found = await standing(self.record, person)
        if not found:
            raise NotFound("No hold stands on this record.")
        now = self.clock.now()
        lifted = [replace(each, lifted_at=now, lifted_by=by.id) for each in found]
        entries = [_entry("lift", each, by, now) for each in lifted]
        await self.record.save(Work(expect=[*found], put=[*lifted], audit=entries))
        return lifted[0]


async def standing(record: Record, person: Person) -> list[Hold]:
    """The holds that stand on a record now."""
    return await record.find(Hold, subject=person.id, lifted_at=None)


def _entry(action: str, hold: Hold, by: Staff, now: datetime) -> AuditEntry:
    return AuditEntry(hold.subject, now, f"staff:{by.id}", action, "hold", {"hold": hold.id})
