"""The parts of a crisis plan in the order in which a practitioner reads them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.crisis_plan import PlanContents, PlanPerson, PlanStep


@dataclass(frozen=True)
class PlanPart:
    """One part: its heading and its lines, with a smaller line under each where there is one."""

    heading: str
    lines: tuple[tuple[str, str], ...]
    ordered: bool = False


def plan_parts(contents: PlanContents) -> tuple[PlanPart, ...]:
    """All parts, empty ones too: what nobody has written yet is worth seeing."""
    return (
        PlanPart("What is usual for me", _text(contents.usual_for_me)),
        PlanPart("What would be different", _text(contents.different_for_me)),
        PlanPart("Triggers", _texts(contents.triggers)),
        PlanPart("Early warning signs", _texts(contents.early_signs)),
        PlanPart("Late warning signs", _texts(contents.late_signs)),
        PlanPart("Steps I take myself", tuple(map(_step, contents.steps)), ordered=True),
        PlanPart("What takes my mind off it", _texts(contents.distractions)),
        PlanPart("People I can ask", tuple(map(_person, contents.people))),
        PlanPart("Professionals", tuple(map(_person, contents.professionals))),
        PlanPart("Making my surroundings safer", _texts(contents.making_safer)),
        PlanPart("What helps from staff", _texts(contents.helps_from_staff)),
        PlanPart("What makes it worse", _texts(contents.makes_it_worse)),
        PlanPart("What matters to me", _texts(contents.matters_to_me)),
        PlanPart("My wishes", _text(contents.wishes)),
        PlanPart("What the service will do", _texts(contents.service_will)),
    )


def _text(text: str) -> tuple[tuple[str, str], ...]:
    return ((text, ""),) if text.strip() else ()


def _texts(texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((each, "") for each in texts)


def _step(step: PlanStep) -> tuple[str, str]:
    way = step.gets_in_the_way
    return step.text, f"What gets in the way: {way}" if way else ""


def _person(person: PlanPerson) -> tuple[str, str]:
    named = f"{person.name}, {person.reach}" if person.reach else person.name
    return named, person.helps_by
