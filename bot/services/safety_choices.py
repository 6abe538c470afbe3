"""What a person agrees to while calm: from which urge they are asked, a check-in after danger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from bot.domain.after_danger import SafetyChoices
from bot.domain.audit import AuditEntry
from bot.domain.errors import BadInput
from bot.domain.people import Person, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.safety_values import HIGHEST_URGE, LOWEST_URGE
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Record, Work


@dataclass(frozen=True)
class Choosing:
    """Choices as a member of staff writes them down with the person."""

    record: Record
    clock: Clock

    async def of(self, code: str, *, by: Staff) -> SafetyChoices:
        """What is agreed; the look is in the audit. Raises ``NotFound``, ``NotPermitted``."""
        person = await self._person(code, Action.SEE, by)
        choices = await self.record.get(SafetyChoices, person.id)
        await self.record.save(Work(audit=[self._entry(person, by, "see")]))
        return choices or SafetyChoices(person.id)

    async def agree(
        self, code: str, *, by: Staff, urge_from: int | None = None, check_in_at: str | None = None
    ) -> SafetyChoices:
        """Write down what was agreed; what is None stays. ``check_in_at`` "" takes it back.

        Raises ``NotFound``, ``NotPermitted``, ``BadInput``, ``ChangedMeanwhile``.
        """
        person = await self._person(code, Action.WRITE, by)
        before = await self.record.get(SafetyChoices, person.id)
        was = before or SafetyChoices(person.id)
        changed = replace(
            was,
            urge_from=was.urge_from if urge_from is None else _urge(urge_from),
            check_in_at=was.check_in_at if check_in_at is None else _local_time(check_in_at),
            agreed_at=self.clock.now(),
            agreed_with=by.id,
        )
        work = Work(put=[changed], audit=[self._entry(person, by, "agree")])
        if before is not None:
            work.expect.append(before)
        await self.record.save(work)
        return changed

    async def _person(self, code: str, action: Action, by: Staff) -> Person:
        person = await find_person(self.record, code)
        near = await nearness(self.record, by, person, self.clock.now())
        check_may(by, action, Thing.CRISIS_PLAN, *near)
        return person

    def _entry(self, person: Person, by: Staff, action: str) -> AuditEntry:
        return AuditEntry(person.id, self.clock.now(), f"staff:{by.id}", action, "safety_choices")


def _urge(number: int) -> int:
    if not LOWEST_URGE <= number <= HIGHEST_URGE:
        raise BadInput(f"An urge to ask from is {LOWEST_URGE} to {HIGHEST_URGE}.")
    return number


def _local_time(typed: str) -> str:
    if not typed:
        return ""
    try:
        at = time.fromisoformat(typed)
    except ValueError:
        raise BadInput("A time is written as 10:00.") from None
    if at.tzinfo is not None or at.second or at.microsecond:
        raise BadInput("A time is written as 10:00.")
    return f"{at:%H:%M}"
