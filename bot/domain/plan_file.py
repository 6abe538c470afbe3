"""A crisis plan as a file: what was agreed on paper, typed in by a member of staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from bot.domain.crisis_plan import Agreement, PlanContents, PlanPerson, PlanStatus, PlanStep
from bot.domain.errors import PlanFileBroken
from bot.domain.wording import safe_text

_TOP = frozenset({"person", "status", "agreed", "review_due", "plan"})
_AGREED = frozenset({"person_on", "practitioner_on", "practitioner", "how"})
_PEOPLE = frozenset({"people", "professionals"})
_STATUSES = frozenset({PlanStatus.AGREED, PlanStatus.DECLINED, PlanStatus.DRAFT})
_LONGEST = 2_000


@dataclass(frozen=True)
class PlanFile:
    """A plan file, parsed: whose plan (by code), where it stands, and its words."""

    person: str
    status: PlanStatus
    agreement: Agreement
    review_due: date | None
    contents: PlanContents


def read_plan_file(parsed: object) -> PlanFile:
    """Check and read a file's contents as YAML gave them.

    Raises ``PlanFileBroken`` naming the place and what is wrong with it. An agreed plan says who
    agreed and when, how that is known, has a review date, and at least one step.
    """
    top = _mapping(parsed, "the file", _TOP)
    status = _status(top.get("status"))
    agreement = _agreement(top.get("agreed"))
    contents = _contents(top.get("plan"))
    review_due = _date(top.get("review_due"), "review_due")
    if status is PlanStatus.AGREED:
        if not (agreement.person_on and agreement.practitioner_on and agreement.practitioner):
            raise PlanFileBroken(
                "agreed: an agreed plan says person_on, practitioner_on and practitioner."
            )
        if not agreement.how:
            raise PlanFileBroken("agreed.how: say how it is known, as in 'on paper'.")
        if review_due is None:
            raise PlanFileBroken("review_due: an agreed plan has a date for its review.")
        if not contents.steps:
            raise PlanFileBroken("plan.steps: an agreed plan has at least one step.")
    if status is PlanStatus.DECLINED and not contents.declined_because:
        raise PlanFileBroken("plan.declined_because: the person's reason, in their words.")
    return PlanFile(_text(top.get("person"), "person"), status, agreement, review_due, contents)


def _status(value: object) -> PlanStatus:
    known = {each.value: each for each in _STATUSES}
    if not isinstance(value, str) or value not in known:
        raise PlanFileBroken(f"status: one of {', '.join(sorted(known))}.")
    return known[value]


def _agreement(value: object) -> Agreement:
    if value is None:
        return Agreement()
    said = _mapping(value, "agreed", _AGREED)
    return Agreement(
        _date(said.get("person_on"), "agreed.person_on"),
        _date(said.get("practitioner_on"), "agreed.practitioner_on"),
        _text(said.get("practitioner"), "agreed.practitioner", needed=False),
        _text(said.get("how"), "agreed.how", needed=False),
    )


def _contents(value: object) -> PlanContents:
    if value is None:
        return PlanContents()
    names = {each.name: each for each in fields(PlanContents)}
    said = _mapping(value, "plan", frozenset(names))
    read: dict[str, object] = {}
    for name, content in said.items():
        place = f"plan.{name}"
        if name == "steps":
            read[name] = tuple(_step(each, at) for at, each in _items(content, place))
        elif name in _PEOPLE:
            read[name] = tuple(_person(each, at) for at, each in _items(content, place))
        elif isinstance(names[name].default, tuple):
            read[name] = tuple(_text(each, at) for at, each in _items(content, place))
        else:
            read[name] = _text(content, place)
    return PlanContents(**read)  # type: ignore[arg-type]


def _step(value: object, place: str) -> PlanStep:
    if isinstance(value, str):
        return PlanStep(_text(value, place))
    said = _mapping(value, place, frozenset({"text", "skill", "gets_in_the_way"}))
    return PlanStep(
        _text(said.get("text"), f"{place}.text"),
        _text(said.get("skill"), f"{place}.skill", needed=False) or None,
        _text(said.get("gets_in_the_way"), f"{place}.gets_in_the_way", needed=False),
    )


def _person(value: object, place: str) -> PlanPerson:
    if isinstance(value, str):
        return PlanPerson(_text(value, place))
    said = _mapping(value, place, frozenset({"name", "reach", "helps_by"}))
    return PlanPerson(
        _text(said.get("name"), f"{place}.name"),
        _text(said.get("reach"), f"{place}.reach", needed=False),
        _text(said.get("helps_by"), f"{place}.helps_by", needed=False),
    )


def _mapping(value: object, place: str, known: frozenset[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise PlanFileBroken(f"{place}: names with values were expected here.")
    unknown = sorted(str(each) for each in value if each not in known)
    if unknown:
        raise PlanFileBroken(
            f"{place}: {', '.join(unknown)} is not known here; known: {', '.join(sorted(known))}."
        )
    return value


def _items(value: object, place: str) -> list[tuple[str, object]]:
    """The entries of a list, each with its place, counted from 1."""
    if not isinstance(value, list):
        raise PlanFileBroken(f"{place}: a list was expected here.")
    return [(f"{place}.{at}", each) for at, each in enumerate(value, start=1)]


def _text(value: object, place: str, *, needed: bool = True) -> str:
    if value is None and not needed:
        return ""
    if isinstance(value, int | float | date):
        raise PlanFileBroken(
            f"{place}: put this in quotation marks, so that it stays as you wrote it; without them"
            " a number loses its first 0, and a yes, a no or a date is read as something else."
        )
    words = safe_text(value).strip() if isinstance(value, str) else ""
    if not words:
        raise PlanFileBroken(f"{place}: words were expected here.")
    if len(words) > _LONGEST:
        raise PlanFileBroken(f"{place}: at most {_LONGEST} characters.")
    return words


def _date(value: object, place: str) -> date | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PlanFileBroken(f"{place}: a date as 2026-03-31 was expected.") from None
    if type(value) is not date:
        raise PlanFileBroken(f"{place}: a date as 2026-03-31 was expected.")
    return value
