"""``evaluate review``: what a safety reviewer's findings say of the net."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By
from bot.domain.opening_hours import LOCAL
from bot.domain.safety_findings import Estimate, Findings
from bot.services.evaluation import wilson

MEANING = (
    "One reviewer's opinion of single messages, weighted by how many each stands for.",
    "'Danger was there': of what the net raised, the part that the reviewer did not call too high.",
    "'Raised at all': of the messages in which the reviewer saw danger, the part that the net",
    "raised. It hangs on the few unraised messages that were drawn: one that was missed counts",
    "for hundreds, and none among them does not mean that none was missed. Only people who were",
    "told of the review are in it. Nothing here says how anybody is.",
)


def review(
    by: By,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="First day after it")
    ] = None,
    json: AsJson = False,
) -> None:
    """Figures from what safety reviewers found, with 95% intervals and what they mean."""

    async def use(companion: Companion) -> Findings:
        return await companion.safety_reviews.findings(
            by=await staff_named(companion, by), since=_moment(since), until=_moment(until)
        )

    found = with_companion(use)
    if json:
        as_json(_as_object(found))
        return
    for name, counts in (("items", found.counts), ("findings", found.findings)):
        say(f"{name}: " + ", ".join(f"{key.replace('_', ' ')} {n}" for key, n in counts.items()))
    for tier, estimate in found.precision.items():
        say(f"{tier}: danger was there in {_in_words(estimate)}")
    for family, estimate in found.by_family.items():
        say(f"  {family}: {_in_words(estimate)}")
    if found.recall is None:
        say("raised at all: not known, no message of tier none was reviewed or none held danger")
    else:
        say(f"raised at all: {_in_words(found.recall)}")
    for line in MEANING:
        say(line)


def _moment(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=LOCAL).astimezone(UTC) if day else None


def _interval(estimate: Estimate) -> tuple[float, float]:
    low, high = wilson(estimate.part * estimate.effective, estimate.effective)
    return max(0.0, low), min(1.0, high)


def _in_words(estimate: Estimate) -> str:
    low, high = _interval(estimate)
    return f"{estimate.part:.0%} of {estimate.reviewed} reviewed (95%: {low:.0%} to {high:.0%})"


def _as_object(found: Findings) -> dict[str, Any]:
    return {
        "items": dict(found.counts),
        "findings": dict(found.findings),
        "precision": {tier: _one(each) for tier, each in found.precision.items()},
        "families": {family: _one(each) for family, each in found.by_family.items()},
        "recall": _one(found.recall) if found.recall else None,
        "meaning": " ".join(MEANING),
    }


def _one(estimate: Estimate) -> dict[str, Any]:
    return {
        "reviewed": estimate.reviewed,
        "part": round(estimate.part, 4),
        "effective": round(estimate.effective, 1),
        "interval": [round(each, 4) for each in _interval(estimate)],
    }
