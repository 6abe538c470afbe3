"""Putting people on caseloads, ending it, and naming key workers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.concerns import Task
from bot.domain.errors import BadInput, NotFound
from bot.domain.people import CaseloadEntry, Person, Staff
from bot.domain.permissions import Action, Relation, Thing, can, check_may
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Ids, Record, Work


async def check_may_have(record: Record, worker: Staff, person: Person, now: datetime) -> None:
    """Raise ``BadInput`` unless a person can be on this colleague's caseload."""
    if not can(worker, Action.SEE, Thing.SUMMARY, Relation.OWN):
        raise BadInput("This member of staff has no caseload.")
    if Relation.OTHER_AGENCY in await nearness(record, worker, person, now):
        raise BadInput("This member of staff works for another agency.")


@dataclass(frozen=True)
class Assignments:
    """Whose caseload each person is on, and who their key worker is."""

    record: Record
    clock: Clock
    ids: Ids

    async def put(self, code: str, *, on: Staff, by: Staff) -> CaseloadEntry:
        """Put a person on a colleague's (or one's own) caseload; once is enough.

        Raises ``NotFound``, ``NotPermitted``, ``BadInput``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.ASSIGN, Thing.PERSON, *await nearness(self.record, by, person, now))
        await check_may_have(self.record, on, person, now)
        for each in await self.record.find(CaseloadEntry, staff_id=on.id, subject=person.id):
            if each.holds(now) and each.until is None:
                return each
        entry = CaseloadEntry(self.ids.new(), on.id, person.id, now)
        audit = AuditEntry(person.id, now, f"staff:{by.id}", "write", "caseload", {"staff": on.id})
        await self.record.save(Work(put=[entry], audit=[audit]))
        return entry

    async def end(self, code: str, *, on: Staff, by: Staff, at: datetime | None = None) -> None:
        """End a person's time on a caseload, now or at a time to come.

        A key worker stays one until another is named. Raises ``NotFound``, ``NotPermitted``,
        ``BadInput`` for a time that has passed.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.ASSIGN, Thing.PERSON, *await nearness(self.record, by, person, now))
        until = at or now
        if until < now:
            raise BadInput("A caseload ends now or later: what was, was.")
        found = await self.record.find(CaseloadEntry, staff_id=on.id, subject=person.id)
        open_ones = [each for each in found if each.holds(now)]
        if not open_ones:
            raise NotFound("This person is not on that caseload.")
        details = {"staff": on.id, "until": until.isoformat()}
        audit = AuditEntry(person.id, now, f"staff:{by.id}", "end", "caseload", details)
        ended = [replace(each, until=until) for each in open_ones]
        await self.record.save(Work(put=[*ended], audit=[audit]))

    async def name_key_worker(self, code: str, *, worker: Staff, by: Staff) -> Person:
        """Make a colleague the person's key worker, on whose caseload they then are.

        All open tasks about the person go to them, whoever had them. Raises ``NotFound``,
        ``NotPermitted``, ``BadInput``.
        """
        await self.put(code, on=worker, by=by)
        person = await find_person(self.record, code)
        now = self.clock.now()
        tasks = await self.record.find(Task, subject=person.id, done_at=None)
        handed_on = [replace(each, owner=worker.id) for each in tasks]
        changed = replace(person, key_worker=worker.id)
        details = {"from": person.key_worker, "to": worker.id, "tasks": str(len(handed_on))}
        audit = AuditEntry(person.id, now, f"staff:{by.id}", "write", "key_worker", details)
        await self.record.save(Work(put=[changed, *handed_on], audit=[audit]))
        return changed
