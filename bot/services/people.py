"""Changing what is known about a person: needs, names, the team that they are with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.audit import AuditEntry
from bot.domain.errors import BadInput, NotFound
from bot.domain.people import COMMUNICATION_NEEDS, Person, PersonState, Staff
from bot.domain.permissions import Action, Thing, can, check_may
from bot.domain.structure import Team
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Ids, Record, Work

LONGEST_NEED = 500


@dataclass(frozen=True)
class People:
    """People in the record, as staff write them down."""

    record: Record
    clock: Clock
    ids: Ids

    async def of_team(self, team: str, *, by: Staff) -> list[Person]:
        """The people of a team whom ``by`` may see, by code; the look is in the audit."""
        found = await self.record.find(Person, team=team, order="code")
        now = self.clock.now()
        shown = [
            each
            for each in found
            if can(by, Action.SEE, Thing.PERSON, *await nearness(self.record, by, each, now))
        ]
        entries = [
            AuditEntry(each.id, now, f"staff:{by.id}", "list", "person", {"team": team})
            for each in shown
        ]
        if entries:
            await self.record.save(Work(audit=entries))
        return shown

    async def set_need(self, code: str, need: str, words: str, *, by: Staff) -> Person:
        """Write down a communication need in the person's words, or with "" take it back.

        Raises ``NotFound``, ``NotPermitted``, ``BadInput``, ``ChangedMeanwhile``.
        """
        if need not in COMMUNICATION_NEEDS:
            raise BadInput(f"Needs are: {', '.join(COMMUNICATION_NEEDS)}.")
        if len(words) > LONGEST_NEED:
            raise BadInput(f"A need is said in {LONGEST_NEED} characters.")
        person = await self._may_write(code, by)
        others = {name: said for name, said in person.needs.items() if name != need}
        needs = others | ({need: words.strip()} if words.strip() else {})
        return await self._save(replace(person, needs=needs), person, by, "needs", need=need)

    async def move(self, code: str, team: str, *, by: Staff) -> Person:
        """Put a person with another team. Who has them on a caseload keeps them until it ends.

        Somebody who was moving team has arrived. Raises ``NotFound``, ``NotPermitted``,
        ``ChangedMeanwhile``.
        """
        person = await self._may_write(code, by)
        if await self.record.get(Team, team) is None:
            raise NotFound(f"There is no team '{team}': see 'companion teams list'.")
        arrived = person.state is PersonState.MOVING_TEAM
        changed = replace(
            person,
            team=team,
            state=PersonState.ACTIVE if arrived else person.state,
            state_since=self.clock.now() if arrived else person.state_since,
        )
        details = {"from": person.team, "to": team}
        return await self._save(changed, person, by, "team", **details)

    async def _may_write(self, code: str, by: Staff) -> Person:
        person = await find_person(self.record, code)
        near = await nearness(self.record, by, person, self.clock.now())
        check_may(by, Action.WRITE, Thing.PERSON, *near)
        return person

    async def _save(
        self, changed: Person, before: Person, by: Staff, thing: str, **details: str
    ) -> Person:
        who = f"staff:{by.id}"
        entry = AuditEntry(before.id, self.clock.now(), who, "write", thing, details)
        await self.record.save(Work(expect=[before], put=[changed], audit=[entry]))
        return changed
