"""Adding people and inviting them by a one-time code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.audit import AuditEntry
from bot.domain.errors import AlreadyThere, BadInput, NotFound
from bot.domain.messages import SubjectId
from bot.domain.nhs_number import is_nhs_number
from bot.domain.people import CaseloadEntry, Invitation, Person, PersonState, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.structure import Team
from bot.services.assigning import check_may_have
from bot.services.conversation.joining import INVITATION
from bot.services.nearness import find_person, nearness, nearness_to_team
from bot.services.ports import Clock, Ids, Record, Secrets, Work

INVITATION_LASTS = timedelta(days=14)

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,19}")


@dataclass(frozen=True)
class Enrolment:
    """People into the pathway's companion."""

    record: Record
    clock: Clock
    ids: Ids
    secrets: Secrets

    async def add(
        self,
        *,
        code: str,
        name: str,
        team: str,
        by: Staff,
        key_worker: Staff | None = None,
        chosen_name: str = "",
        nhs_number: str = "",
        born: date | None = None,
    ) -> Person:
        """Add a person and put them on their key worker's caseload (``by``'s unless named).

        Raises ``NotPermitted``, ``BadInput``, ``AlreadyThere``.
        """
        worker = key_worker or by
        now = self.clock.now()
        near = await nearness_to_team(self.record, by, team, now)
        check_may(by, Action.WRITE, Thing.PERSON, *near)
        if not _CODE.fullmatch(code):
            raise BadInput("A person's code has 2 to 20 letters, numbers or hyphens.")
        if not name.strip():
            raise BadInput("A person has a name.")
        number = re.sub(r"[ -]", "", nhs_number)
        if number and not is_nhs_number(number):
            raise BadInput("This is not an NHS number: its check digit does not fit.")
        if await self.record.find(Person, code=code, limit=1):
            raise AlreadyThere("Somebody has this code.")
        if number and await self.record.find_by_index(Person, "nhs_number", number):
            raise AlreadyThere("Somebody with this NHS number is here already.")
        if await self.record.get(Team, team) is None:
            # A person in a team by mistake would be seen by nobody, or by the wrong people.
            raise NotFound(f"There is no team '{team}': see 'companion teams list'.")
        person = Person(
            id=SubjectId(self.ids.new()),
            code=code,
            state=PersonState.INVITED,
            team=team,
            created_at=now,
            name=name.strip(),
            chosen_name=chosen_name.strip(),
            nhs_number=number,
            born=born,
            key_worker=worker.id,
            state_since=now,
        )
        await check_may_have(self.record, worker, person, now)
        caseload = CaseloadEntry(self.ids.new(), worker.id, person.id, now)
        entry = AuditEntry(
            person.id, now, f"staff:{by.id}", "add", "person", {"key_worker": worker.id}
        )
        await self.record.save(Work(put=[person, caseload], new_keys=[person.id], audit=[entry]))
        return person

    async def invite(self, code: str, *, by: Staff) -> str:
        """A fresh one-time code for a person; only its digest is kept. Good for 14 days.

        Raises ``NotFound``, ``NotPermitted``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        near = await nearness(self.record, by, person, now)
        check_may(by, Action.INVITE, Thing.PERSON, *near)
        one_time = self.ids.code()
        invitation = Invitation(
            id=self.ids.new(),
            subject=person.id,
            digest=self.secrets.digest(INVITATION, one_time),
            by=by.id,
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
        entry = AuditEntry(
            person.id, now, f"staff:{by.id}", "invite", "person", {"invitation": invitation.id}
        )
        await self.record.save(Work(put=[invitation], audit=[entry]))
        return one_time
