"""Correcting what a record says of a person, and keeping what they dispute beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern, ConcernNote
from bot.domain.errors import AlreadyThere, BadInput, NotFound
from bot.domain.nhs_number import is_nhs_number
from bot.domain.people import COMMUNICATION_NEEDS, Person, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.rights import RequestKind, RequestStatus, RightsRequest
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Ids, Record, Work
from bot.services.privacy.asking import PERSON, Asking, asked, said

DISPUTED = "disputed"
"""The family of a concern's note that holds what the person says against it."""

LONGEST_VALUE = 200
_NEED = "needs."


@dataclass(frozen=True)
class Correcting:
    """Corrections. What a value was before is gone: the audit says that it was corrected."""

    record: Record
    clock: Clock
    ids: Ids

    async def correct(self, code: str, field: str, value: str, *, by: Staff, reason: str) -> Person:
        """Put a right value in the place of a wrong one; the request and its reason are kept.

        ``field``: name, chosen_name, nhs_number, born (ISO date) or needs.NEED; an empty value
        takes it out, but for the name. Raises ``NotFound``, ``NotPermitted``, ``BadInput``,
        ``AlreadyThere``, ``ChangedMeanwhile``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        near = await nearness(self.record, by, person, now)
        check_may(by, Action.WRITE, Thing.PERSON, *near)
        why = said(reason)
        corrected = _corrected(person, field, value.strip())
        if field == "nhs_number":
            await self._check_nobody_else(corrected)
        request = RightsRequest(
            self.ids.new(),
            person.id,
            RequestKind.CORRECTION,
            RequestStatus.DONE,
            asked_at=now,
            due_at=now,
            by=f"staff:{by.id}",
            decided_by=by.id,
            decided_at=now,
            about=field,
            decision=why,
        )
        details = {"field": field, "correction": request.id}
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "correct", "person", details)
        await self.record.save(Work(expect=[person], put=[corrected, request], audit=[entry]))
        return corrected

    async def dispute(
        self, code: str, words: str, *, by: Staff | None, concern_id: str = ""
    ) -> RightsRequest:
        """Keep what a person says is wrong: beside a concern's notes, and as a request to decide.

        ``by`` None is the person themselves. Raises ``NotFound``, ``NotPermitted``, ``BadInput``,
        ``ChangedMeanwhile``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        if by is not None:
            near = await nearness(self.record, by, person, now)
            check_may(by, Action.ASK, Thing.RIGHTS, *near)
        theirs = said(words)
        work = Work()
        if concern_id:
            concern = await self.record.get(Concern, concern_id)
            if concern is None or concern.subject != person.id:
                raise NotFound("This concern is not there.")
            work.expect.append(concern)
            work.put.append(_with_note(concern, theirs, now))
        owner = await Asking(self.record, self.clock, self.ids).owner_for(person)
        who = PERSON if by is None else f"staff:{by.id}"
        kind = RequestKind.CORRECTION
        request = asked(
            work, person, kind, owner=owner, now=now, by=who, words=theirs, ids=self.ids
        )
        if concern_id:
            details = {"concern": concern_id, "correction": request.id}
            work.audit.append(AuditEntry(person.id, now, who, "dispute", "concern", details))
        await self.record.save(work)
        return request

    async def _check_nobody_else(self, person: Person) -> None:
        if not person.nhs_number:
            return
        same = await self.record.find_by_index(Person, "nhs_number", person.nhs_number)
        if any(each.id != person.id for each in same):
            raise AlreadyThere("Somebody with this NHS number is here already.")


def _with_note(concern: Concern, words: str, now: datetime) -> Concern:
    note = ConcernNote(now, words, family=DISPUTED)
    return replace(concern, notes=(*concern.notes, note))


def _corrected(person: Person, field: str, value: str) -> Person:
    if len(value) > LONGEST_VALUE:
        raise BadInput(f"Up to {LONGEST_VALUE} characters can be kept.")
    if field.startswith(_NEED):
        return _with_need(person, field.removeprefix(_NEED), value)
    correct = _FIELDS.get(field)
    if correct is None:
        raise BadInput(f"These can be corrected: {', '.join(_FIELDS)}, needs.NEED.")
    return correct(person, value)


def _with_need(person: Person, need: str, value: str) -> Person:
    if need not in COMMUNICATION_NEEDS:
        raise BadInput(f"A need is one of: {', '.join(COMMUNICATION_NEEDS)}.")
    rest = {name: words for name, words in person.needs.items() if name != need}
    return replace(person, needs=rest | ({need: value} if value else {}))


def _with_name(person: Person, value: str) -> Person:
    if not value:
        raise BadInput("A person has a name.")
    return replace(person, name=value)


def _with_nhs_number(person: Person, value: str) -> Person:
    number = re.sub(r"[ -]", "", value)
    if number and not is_nhs_number(number):
        raise BadInput("This is not an NHS number: its check digit does not fit.")
    return replace(person, nhs_number=number)


def _with_born(person: Person, value: str) -> Person:
    try:
        born = date.fromisoformat(value) if value else None
    except ValueError:
        raise BadInput("A date of birth is written as 1990-12-31.") from None
    return replace(person, born=born)


_FIELDS: Mapping[str, Callable[[Person, str], Person]] = {
    "name": _with_name,
    "chosen_name": lambda person, value: replace(person, chosen_name=value),
    "nhs_number": _with_nhs_number,
    "born": _with_born,
}
