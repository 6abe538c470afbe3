"""The engagement summary as plain text for the command line, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.domain.engagement import Result
from bot.domain.opening_hours import LOCAL, date_words
from bot.domain.summaries import PlanStanding, Practice, SkillPractised, Standing, Summary

RESULTS: dict[Result | None, str] = {
    Result.HELPED: "helped",
    Result.NO_DIFFERENCE: "made no difference",
    Result.WORSE: "made things worse",
    None: "nothing said",
}
"""How staff read what a person said of a practice."""


def moment(when: datetime) -> str:
    """A moment in local time: 3 March 2026, 21:14."""
    local = when.astimezone(LOCAL)
    return f"{date_words(local.date())}, {local:%H:%M}"


def times(count: int) -> str:
    """How often: once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def standing_words(plan: PlanStanding) -> str:
    """Where the crisis plan stands, in a few words."""
    agreed = f" on {date_words(plan.agreed_on)}" if plan.agreed_on else ""
    review = f" {date_words(plan.review_due)}" if plan.review_due else ""
    return {
        Standing.AGREED: f"agreed{agreed}" + (f", review due{review}" if review else ""),
        Standing.OVERDUE: f"agreed{agreed}, review was due{review}",
        Standing.OFFERED: "offered, not agreed yet",
        Standing.DRAFT: "being written, not agreed yet",
        Standing.DECLINED: "the person said no to a plan for now",
        Standing.MISSING: "none yet",
    }[plan.standing]


def change(practice: Practice) -> str:
    """Distress before and after, as far as it was given."""
    if practice.before is None and practice.after is None:
        return "distress not given"
    said = [
        "not given" if each is None else str(each) for each in (practice.before, practice.after)
    ]
    return f"{said[0]} before, {said[1]} after"


def as_text(summary: Summary) -> str:
    """The summary as lines of plain text, without a line break at its end."""
    return "\n".join(_lines(summary))


def _lines(summary: Summary) -> Iterator[str]:
    period = summary.period
    yield f"{summary.called} ({summary.code})"
    yield f"Engagement summary, {date_words(period.first)} to {date_words(period.last)}"
    yield ""
    yield f"Crisis plan: {standing_words(summary.plan)}"
    if summary.plan.declined_because:
        yield f"  In their words: {summary.plan.declined_because}"
    yield f"Days with contact: {len(summary.days_with_contact)} of {period.days}" + (
        f", last on {date_words(summary.days_with_contact[-1])}"
        if summary.days_with_contact
        else ""
    )
    yield "Opened their plan: " + (
        f"{times(len(summary.plan_opened))}, last on {moment(summary.plan_opened[-1])}"
        if summary.plan_opened
        else "not in this period"
    )
    yield from _section(
        "Skills practised", [line for each in summary.skills for line in _skill(each)]
    )
    yield from _section(
        "Said at other times",
        [
            f"{moment(each.at)}: {each.skill or 'this'} {RESULTS[each.result]}"
            for each in summary.feedback
        ],
    )
    yield from _section("Moods", [f"{moment(each.at)}: {each.mood}" for each in summary.moods])
    yield from _section(
        "Looked at, or to be looked at",
        [
            line
            for each in summary.concerns
            for line in (f"{moment(each.at)}: {each.words}", f"  Answered: {each.answered}")
        ],
    )


def _section(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {line}" for line in lines or ["Nothing in this period"])


def _skill(skill: SkillPractised) -> Iterator[str]:
    said = ", ".join(
        f"{words} ({times(skill.said(result))})"
        for result, words in RESULTS.items()
        if skill.said(result)
    )
    yield f"{skill.skill}, {times(skill.times)}: {said}"
    for each in skill.practices:
        end = "" if each.finished else ", left before the end"
        yield f"  {moment(each.at)}: {change(each)}, {RESULTS[each.result]}{end}"


def to_json(summary: Summary) -> dict[str, Any]:
    """The same summary for programs: ISO dates, moments in UTC offset form, None where not said."""
    plan = summary.plan
    return {
        "code": summary.code,
        "called": summary.called,
        "from": summary.period.first.isoformat(),
        "to": summary.period.last.isoformat(),
        "plan": {
            "status": plan.standing.value,
            "agreed_on": plan.agreed_on.isoformat() if plan.agreed_on else None,
            "review_due": plan.review_due.isoformat() if plan.review_due else None,
            "declined_because": plan.declined_because or None,
        },
        "days_with_contact": [each.isoformat() for each in summary.days_with_contact],
        "plan_opened": [_iso(each) for each in summary.plan_opened],
        "skills": [
            {
                "skill": skill.skill,
                "times": skill.times,
                "helped": skill.said(Result.HELPED),
                "no_difference": skill.said(Result.NO_DIFFERENCE),
                "worse": skill.said(Result.WORSE),
                "not_said": skill.said(None),
                "practices": [
                    {
                        "at": _iso(each.at),
                        "before": each.before,
                        "after": each.after,
                        "result": each.result.value if each.result else None,
                        "finished": each.finished,
                    }
                    for each in skill.practices
                ],
            }
            for skill in summary.skills
        ],
        "feedback": [
            {"at": _iso(each.at), "result": each.result.value, "skill": each.skill or None}
            for each in summary.feedback
        ],
        "moods": [{"at": _iso(each.at), "mood": each.mood} for each in summary.moods],
        "concerns": [
            {"at": _iso(each.at), "words": each.words, "answered": each.answered}
            for each in summary.concerns
        ],
    }


def _iso(when: datetime) -> str:
    return when.astimezone(LOCAL).isoformat(timespec="minutes")
