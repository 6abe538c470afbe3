"""What one person did here in a period, for a practitioner to read before a session.

Facts and the person's own words only: no scores, no levels, no trends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.concerns import Concern
from bot.domain.crisis_plan import CrisisPlan, PlanStatus, current
from bot.domain.engagement import EngagementEvent, EventKind, Result
from bot.domain.errors import BadInput
from bot.domain.opening_hours import LOCAL

EARLIEST_YEAR = 2000
LATEST_YEAR = 2199


@dataclass(frozen=True)
class Period:
    """Whole days in Europe/London, both ends included.

    Raises ``BadInput`` when turned round, or in a year that nobody can mean.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise BadInput("The first day is after the last.")
        if self.first.year < EARLIEST_YEAR or self.last.year > LATEST_YEAR:
            raise BadInput("These years are too far away.")

    @classmethod
    def ending(cls, last: date, *, days: int) -> Period:
        """The ``days`` days up to and including ``last``."""
        return cls(last - timedelta(days=days - 1), last)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), LOCAL)

    @property
    def before(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), LOCAL)

    def holds(self, at: datetime) -> bool:
        """Whether a moment (aware) falls on one of its days."""
        return self.first <= at.astimezone(LOCAL).date() <= self.last


class Standing(StrEnum):
    """Where a person's crisis plan stands today."""

    AGREED = "agreed"
    OVERDUE = "overdue"
    """Agreed, and its review date has passed. Still their plan."""
    OFFERED = "offered"
    DRAFT = "draft"
    DECLINED = "declined"
    MISSING = "missing"


@dataclass(frozen=True)
class PlanStanding:
    """The standing with its dates; ``declined_because`` is in the person's words."""

    standing: Standing
    agreed_on: date | None = None
    review_due: date | None = None
    declined_because: str = ""


@dataclass(frozen=True)
class Practice:
    """One practice. ``before`` and ``after`` are distress 0–10 where it was given."""

    at: datetime
    skill: str
    before: int | None
    after: int | None
    result: Result | None
    finished: bool


@dataclass(frozen=True)
class SkillPractised:
    """All practices of one skill in the period, in order."""

    skill: str
    practices: tuple[Practice, ...]

    @property
    def times(self) -> int:
        """How often it was practised, to the end or not."""
        return len(self.practices)

    @property
    def last_change(self) -> Practice:
        """The last practice with distress before and after; the last one where there is none."""
        whole = [each for each in self.practices if None not in (each.before, each.after)]
        return (whole or self.practices)[-1]

    def said(self, result: Result | None) -> int:
        """After how many practices this was said; None: nothing was said."""
        return sum(each.result == result for each in self.practices)


@dataclass(frozen=True)
class Feedback:
    """Said outside a practice; ``skill`` is empty where it was about none in particular."""

    at: datetime
    result: Result
    skill: str


@dataclass(frozen=True)
class Mood:
    """A mood that the person named."""

    at: datetime
    mood: str


@dataclass(frozen=True)
class Looked:
    """One message of the period that joined a concern: the words, and what was answered."""

    at: datetime
    words: str
    answered: str


@dataclass(frozen=True)
class Summary:
    """The engagement summary. Times are aware, days are Europe/London; lists in order of time,
    skills with the most practised first."""

    code: str
    called: str
    period: Period
    plan: PlanStanding
    days_with_contact: tuple[date, ...]
    skills: tuple[SkillPractised, ...]
    feedback: tuple[Feedback, ...]
    plan_opened: tuple[datetime, ...]
    moods: tuple[Mood, ...]
    concerns: tuple[Looked, ...]

    @property
    def practices(self) -> tuple[Practice, ...]:
        """Every practice of the period, in order."""
        every = [practice for skill in self.skills for practice in skill.practices]
        return tuple(sorted(every, key=lambda each: each.at))

    @property
    def made_worse(self) -> tuple[Practice | Feedback, ...]:
        """Practices and feedback where the person said that it made things worse."""
        every: tuple[Practice | Feedback, ...] = (*self.practices, *self.feedback)
        return tuple(each for each in every if each.result is Result.WORSE)


def plan_standing(plans: Iterable[CrisisPlan], today: date) -> PlanStanding:
    """Where all versions of one person's plan leave them today."""
    plan = current(tuple(plans))
    if plan is None:
        return PlanStanding(Standing.MISSING)
    agreed = [each for each in (plan.agreement.person_on, plan.agreement.practitioner_on) if each]
    if plan.status is PlanStatus.AGREED:
        standing = Standing.OVERDUE if plan.is_overdue(today) else Standing.AGREED
        return PlanStanding(standing, max(agreed, default=None), plan.review_due)
    return PlanStanding(Standing(plan.status), declined_because=plan.contents.declined_because)


def summarise(
    *,
    code: str,
    called: str,
    period: Period,
    today: date,
    events: Iterable[EngagementEvent],
    concerns: Iterable[Concern],
    plans: Iterable[CrisisPlan],
    titles: Mapping[str, str],
) -> Summary:
    """The summary of one person from their events, concerns and plans, in any order.

    What lies outside the period is left out; ``titles`` names skills by id.
    """
    dated = ((each.at.astimezone(LOCAL).date(), each) for each in events)
    found = [(day, each) for day, each in dated if period.first <= day <= period.last]
    within = sorted((each for _, each in found), key=lambda each: each.at)
    practices: dict[str, list[Practice]] = {}
    for event in within:
        if event.kind is EventKind.PRACTICE:
            practice = _practice(event, titles)
            practices.setdefault(practice.skill, []).append(practice)
    skills = [SkillPractised(skill, tuple(each)) for skill, each in practices.items()]
    looked = (
        Looked(note.at, note.words, note.answered)
        for concern in concerns
        for note in concern.notes
        if period.holds(note.at)
    )
    return Summary(
        code=code,
        called=called,
        period=period,
        plan=plan_standing(plans, today),
        days_with_contact=tuple(sorted({day for day, _ in found})),
        skills=tuple(sorted(skills, key=lambda each: (-each.times, each.skill))),
        feedback=tuple(
            Feedback(each.at, result, _skill(each, titles))
            for each in within
            if each.kind is EventKind.FEEDBACK and (result := _result(each)) is not None
        ),
        plan_opened=tuple(each.at for each in within if each.kind is EventKind.PLAN_OPENED),
        moods=tuple(
            Mood(each.at, str(each.details.get("mood", "")))
            for each in within
            if each.kind is EventKind.MOOD
        ),
        concerns=tuple(sorted(looked, key=lambda each: each.at)),
    )


def _practice(event: EngagementEvent, titles: Mapping[str, str]) -> Practice:
    return Practice(
        at=event.at,
        skill=_skill(event, titles),
        before=_distress(event, "before"),
        after=_distress(event, "after"),
        result=_result(event),
        finished=str(event.details.get("finished", "")) in {"1", "yes", "true", "True"},
    )


def _skill(event: EngagementEvent, titles: Mapping[str, str]) -> str:
    skill = str(event.details.get("skill", ""))
    return titles.get(skill, skill)


def _distress(event: EngagementEvent, name: str) -> int | None:
    value = event.details.get(name)
    return value if isinstance(value, int) else None


def _result(event: EngagementEvent) -> Result | None:
    said = str(event.details.get("result", ""))
    return Result(said) if said in Result.__members__.values() else None
