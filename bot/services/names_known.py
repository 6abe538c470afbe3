"""What the record knows that a person's messages could give away."""

from __future__ import annotations

from bot.domain.crisis_plan import CrisisPlan
from bot.domain.names_removed import Known
from bot.domain.people import CaseloadEntry, Person, Staff
from bot.domain.sharing import Carer
from bot.domain.structure import Membership
from bot.services.ports import Record


async def names_known(record: Record, person: Person) -> Known:
    """Their names, their carers', those on any version of their plan, staff's.

    Staff of their team, on their caseload or in their audit go by every part of their names.
    """
    plans = await record.find(CrisisPlan, subject=person.id)
    carers = await record.find(Carer, subject=person.id)
    staff = await record.find(Staff)
    near = await _near(record, person)
    names = [person.name, person.chosen_name]
    names += [each.name for each in carers]
    on_plans = [
        one for plan in plans for one in (*plan.contents.people, *plan.contents.professionals)
    ]
    names += [each.name for each in on_plans]
    names += [each.name for each in staff if each.id in near]
    reaches = [each.reach for each in on_plans] + [each.contact for each in carers]
    return Known(
        names=tuple(names),
        others=tuple(each.name for each in staff if each.id not in near),
        codes=(person.code, person.nhs_number, *_ways(reaches)),
        born=person.born,
    )


def _ways(reaches: list[str]) -> list[str]:
    """Numbers and addresses, not words like "ring her"."""
    return [each for each in reaches if any(sign.isdigit() or sign == "@" for sign in each)]


async def _near(record: Record, person: Person) -> set[str]:
    caseload = await record.find(CaseloadEntry, subject=person.id)
    members = await record.find(Membership, team=person.team)
    audit = await record.audit_of(person.id)
    return {
        person.key_worker,
        *(each.staff_id for each in caseload),
        *(each.staff_id for each in members),
        *(each.by.partition(":")[2] for each in audit),
    }
