"""Makes the demonstration, or finds it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.bootstrap import Companion, on_another_clock
from bot.demonstration.year import LivedYear, SetClock
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.opening_hours import LOCAL
from bot.domain.people import Person, Role, Staff
from bot.domain.summaries import plan_standing

PEOPLE = Path(__file__).with_name("people.yml")

YEAR = timedelta(days=364)


@dataclass(frozen=True)
class MadePerson:
    """A made-up person. ``plan``: agreed, overdue, declined or missing."""

    code: str
    name: str
    plan: str
    invitation: str


@dataclass(frozen=True)
class MadeStaff:
    """A made-up member of staff, with a password that was set just now."""

    username: str
    password: str
    role: str


@dataclass(frozen=True)
class Made:
    """What a demonstration holds."""

    people: tuple[MadePerson, ...]
    staff: tuple[MadeStaff, ...]


async def make_or_find(companion: Companion) -> Made:
    """The demonstration of this home: made where it is not there yet. New passwords each time."""
    cast = yaml.safe_load(PEOPLE.read_text("utf-8"))
    if not await companion.record.find(Person, code=cast["people"][-1]["code"], limit=1):
        await _make(companion, cast)
    staff = tuple([await _with_new_password(companion, each) for each in cast["staff"]])
    by = await companion.staff.named(cast["staff"][0]["username"])
    people = tuple([await _shown(companion, each, by) for each in cast["people"]])
    return Made(people, staff)


async def _make(companion: Companion, cast: Mapping[str, Any]) -> None:
    """A year ago the staff are added and people come along, each at their time."""
    now = companion.clock.now()
    clock = SetClock(now - YEAR)
    then = on_another_clock(companion, clock)
    for each in cast["staff"]:
        await _find_or_add_staff(then, each, cast["team"])
    by = await then.staff.named(cast["staff"][0]["username"])
    year = LivedYear(then, clock, now)
    for each in cast["people"]:
        if await then.record.find(Person, code=each["code"], limit=1):
            continue
        clock.set(now - timedelta(weeks=each["story"]["weeks"]))
        await then.enrolment.add(
            code=each["code"],
            name=each["name"],
            team=cast["team"],
            by=by,
            born=each["born"],
            chosen_name=each["name"].split()[0],
        )
        await year.join(each["code"], await then.enrolment.invite(each["code"], by=by))
        if "plan" in each:
            words = each["plan"]
            clock.set(max(now - timedelta(days=words["agreed_days_ago"]), clock.now()))
            await then.plans.bring_in(_plan_file(each, clock.now().date(), now.date()), by=by)
    await year.live({each["code"]: each["story"] for each in cast["people"]})
    clock.set(now)
    await year.settle()


def _plan_file(person: Mapping[str, Any], agreed_on: date, today: date) -> dict[str, object]:
    plan = person["plan"]
    file: dict[str, object] = {
        "person": person["code"],
        "status": plan["status"],
        "plan": plan["words"],
    }
    if plan["status"] == "agreed":
        file["agreed"] = {
            "person_on": agreed_on,
            "practitioner_on": agreed_on,
            "practitioner": "Dawn Made-Up",
            "how": "on paper",
        }
        file["review_due"] = today + timedelta(days=plan["review_in_days"])
    return file


async def _find_or_add_staff(companion: Companion, each: Mapping[str, str], team: str) -> None:
    if not await companion.record.find(Staff, username=each["username"], limit=1):
        await companion.staff.add(
            username=each["username"],
            name=each["name"],
            role=Role(each["role"]),
            team=team,
            password=secrets.token_urlsafe(12),
            by=None,
        )


async def _with_new_password(companion: Companion, each: Mapping[str, str]) -> MadeStaff:
    member = await companion.staff.named(each["username"])
    password = secrets.token_urlsafe(9)
    await companion.staff.set_password(member, password, by=None)
    return MadeStaff(member.username, password, member.role.value)


async def _shown(companion: Companion, each: Mapping[str, Any], by: Staff) -> MadePerson:
    person = (await companion.record.find(Person, code=each["code"], limit=1))[0]
    plans = await companion.record.find(CrisisPlan, subject=person.id)
    today = companion.clock.now().astimezone(LOCAL).date()
    standing = plan_standing(plans, today).standing.value
    invitation = await companion.enrolment.invite(person.code, by=by)
    return MadePerson(person.code, person.name, standing, invitation)


async def made_staff(companion: Companion) -> Staff:
    """The made-up practitioner, added where they are not there yet."""
    cast = yaml.safe_load(PEOPLE.read_text("utf-8"))
    await _find_or_add_staff(companion, cast["staff"][0], cast["team"])
    return await companion.staff.named(cast["staff"][0]["username"])
