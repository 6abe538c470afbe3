"""Finding a person whom somebody asks about: by date of birth and name, or by NHS number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain.audit import SERVICE_CHAIN, AuditEntry
from bot.domain.errors import BadInput, NotPermitted
from bot.domain.finding import DateNearness, Found, NameNearness, dates_near, name_nearness
from bot.domain.nhs_number import is_nhs_number
from bot.domain.opening_hours import LOCAL
from bot.domain.people import Person, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.services.caseloads import LONGEST_REASON
from bot.services.nearness import nearness
from bot.services.ports import Clock, Record, Work


@dataclass(frozen=True)
class Finding:
    """Look-ups. Each is in the audit: how many were found and shown, never what was asked for."""

    record: Record
    clock: Clock

    async def by_born(self, born: date, name: str = "", *, by: Staff, reason: str) -> list[Found]:
        """People whom ``by`` may see, born on a date or near it, the likeliest first.

        Raises ``BadInput`` without a reason.
        """
        _check_reason(reason)
        today = self.clock.now().astimezone(LOCAL).date()
        found = await find_by_born(self.record, born, name, today=today)
        allowed = {each.id for each in await self._allowed([each.person for each in found], by)}
        shown = [each for each in found if each.person.id in allowed]
        await self._note("born", len(found), len(shown), by, reason)
        return shown

    async def by_nhs_number(self, number: str, *, by: Staff, reason: str) -> list[Person]:
        """The person with an NHS number, if ``by`` may see them.

        Raises ``BadInput`` for a number that cannot be one, and without a reason.
        """
        _check_reason(reason)
        digits = "".join(each for each in number if not each.isspace() and each != "-")
        if not digits.isascii() or not digits.isdecimal() or len(digits) != 10:
            raise BadInput("An NHS number has ten digits.")
        if not is_nhs_number(digits):
            raise BadInput("This is no NHS number, its digits do not fit: one is mistyped.")
        found = await self.record.find_by_index(Person, "nhs_number", digits)
        shown = await self._allowed(found, by)
        await self._note("nhs_number", len(found), len(shown), by, reason)
        return shown

    async def _allowed(self, people: list[Person], by: Staff) -> list[Person]:
        allowed = []
        for person in people:
            near = await nearness(self.record, by, person, self.clock.now())
            try:
                check_may(by, Action.SEE, Thing.PERSON, *near)
            except NotPermitted:
                continue
            allowed.append(person)
        return allowed

    async def _note(self, field: str, found: int, shown: int, by: Staff, reason: str) -> None:
        details = {
            "field": field,
            "found": str(found),
            "shown": str(shown),
            "reason": reason.strip()[:LONGEST_REASON],
        }
        entry = AuditEntry(
            SERVICE_CHAIN, self.clock.now(), f"staff:{by.id}", "find", "person", details
        )
        await self.record.save(Work(audit=[entry]))


async def find_by_born(record: Record, born: date, name: str = "", *, today: date) -> list[Found]:
    """Everybody born on a date or near it, the likeliest first; whether to show them is not asked.

    With a name, of those born near it only who is called something like it.
    """
    found = []
    for each, near in dates_near(born, today).items():
        for person in await record.find_by_index(Person, "born", each.isoformat()):
            named = name_nearness(name, person) if name.strip() else None
            if named is not NameNearness.OTHER or near is DateNearness.SAME:
                found.append(Found(person, near, named))
    return sorted(found, key=lambda each: each.place)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput("Say why you are looking.")
