"""A crisis plan as one message, in the person's own words and order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain.crisis_plan import PlanContents, PlanPerson


def plan_in_words(plan: PlanContents, labels: Mapping[str, str], *, names: bool) -> str:
    """The plan's parts with their headings, leaving out what is empty.

    ``labels`` are the headings, by the keys used here. Without ``names`` the parts that tell of
    people and of what matters are left out, because somebody else may see this phone, and the
    text says so.
    """
    parts = [
        _list(labels["signs"], (*plan.early_signs, *plan.late_signs)),
        _steps(labels["steps"], plan),
        _list(labels["safer"], plan.making_safer),
        _list(labels["distractions"], plan.distractions if names else ()),
        _people(labels["people"], plan.people) if names else "",
        _people(labels["professionals"], plan.professionals) if names else "",
        labels["hidden_names"] if tells_of_people(plan) and not names else "",
        _list(labels["matters"], plan.matters_to_me if names else ()),
        _list(labels["triggers"], plan.triggers if names else ()),
        _list(labels["usual"], _one(plan.usual_for_me)),
        _list(labels["different"], _one(plan.different_for_me)),
        _list(labels["staff_help"], plan.helps_from_staff),
        _list(labels["makes_worse"], plan.makes_it_worse),
        _list(labels["wishes"], _one(plan.wishes) if names else ()),
        _list(labels["service_will"], plan.service_will),
    ]
    return "\n\n".join(each for each in parts if each)


def tells_of_people(plan: PlanContents) -> bool:
    """Whether a plan has parts that are left out where somebody else may see the phone."""
    parts = (
        plan.distractions,
        plan.people,
        plan.professionals,
        plan.matters_to_me,
        plan.triggers,
        plan.wishes,
    )
    return any(parts)


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def first_steps(plan: PlanContents, *, names: bool, most: int = 3) -> str:
    """The first steps and people, as a safety reply shows them before anything else."""
    lines = [f"{place}. {each.text}" for place, each in enumerate(plan.steps[:most], start=1)]
    if names:
        lines += [_person(each) for each in plan.people[:2]]
    return "\n".join(lines)


def _list(heading: str, items: Iterable[str]) -> str:
    lines = [f"– {each}" for each in items]
    return "\n".join([heading, *lines]) if lines else ""


def _steps(heading: str, plan: PlanContents) -> str:
    lines = []
    for place, each in enumerate(plan.steps, start=1):
        hindered = f" (gets in the way: {each.gets_in_the_way})" if each.gets_in_the_way else ""
        lines.append(f"{place}. {each.text}{hindered}")
    return "\n".join([heading, *lines]) if lines else ""


def _people(heading: str, people: tuple[PlanPerson, ...]) -> str:
    return _list(heading, (_person(each) for each in people))


def _person(person: PlanPerson) -> str:
    reach = f" {person.reach}" if person.reach else ""
    helps = f" – {person.helps_by}" if person.helps_by else ""
    return f"{person.name}{reach}{helps}"
