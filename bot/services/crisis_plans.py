"""Bringing a plan that was agreed on paper into the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.audit import AuditEntry
from bot.domain.crisis_plan import CrisisPlan, PlanStatus
from bot.domain.errors import NotAllowedNow
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.plan_file import read_plan_file
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Ids, Record, Work


@dataclass(frozen=True)
class CrisisPlans:
    """Plans into the record. The importer answers for what the file says."""

    record: Record
    clock: Clock
    ids: Ids

    async def bring_in(self, parsed: Mapping[str, object], *, by: Staff) -> CrisisPlan:
        """Keep a plan from a file as the next version; an agreed one takes the place of the last.

        ``parsed`` is the file as read from YAML. Raises ``PlanFileBroken`` (nothing is kept),
        ``NotFound``, ``NotPermitted``, ``NotAllowedNow``, ``ChangedMeanwhile`` when somebody else
        brought one in at the same moment.
        """
        file = read_plan_file(parsed)
        person = await find_person(self.record, file.person)
        now = self.clock.now()
        near = await nearness(self.record, by, person, now)
        agreed = file.status is PlanStatus.AGREED
        check_may(by, Action.AGREE if agreed else Action.WRITE, Thing.CRISIS_PLAN, *near)
        before = await self.record.find(CrisisPlan, subject=person.id, order="-version")
        if file.agreement.person_on and file.agreement.person_on > now.date():
            raise NotAllowedNow("The file says that it was agreed on a day that is yet to come.")
        plan = CrisisPlan(
            id=self.ids.new(),
            subject=person.id,
            version=before[0].version + 1 if before else 1,
            status=file.status,
            author=by.id,
            created_at=now,
            review_due=file.review_due,
            agreement=file.agreement,
            contents=file.contents,
        )
        work = Work(put=[plan])
        if agreed:
            replaced = [each for each in before if each.status is PlanStatus.AGREED]
            work.put += [replace(each, status=PlanStatus.SUPERSEDED) for each in replaced]
            # Of two who bring one in at once, one would leave two agreed plans behind.
            work.expect += replaced
        details = {
            "version": str(plan.version),
            "status": plan.status.value,
            "how": "on_paper",
            "agreed_on": plan.agreement.person_on.isoformat() if plan.agreement.person_on else "",
        }
        work.audit.append(
            AuditEntry(person.id, now, f"staff:{by.id}", "import", "crisis_plan", details)
        )
        await self.record.save(work)
        return plan
