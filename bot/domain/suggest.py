"""Which skills to offer, by fixed and visible rules.

1. Only skills that the person may be offered: signed content, not blocked by a health caution
   (anything but a plain "no" to the caution blocks), before joining only those for guests.
2. Those whose distress band holds the distress that was given; without a number, all.
3. Those for the need that was named come first; then what helped this person most often; then
   the shorter one; then by title, so that the order never depends on chance.
4. A skill that made things worse goes behind the others; three times, and it is no longer offered.
5. Where fewer than two are left, the nearest by band are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.content import Skill
from bot.domain.engagement import EngagementEvent, EventKind, Result

WORSE_LIMIT = 3
"""How often a skill may have made things worse before it is offered only when named."""

HIGH_DISTRESS = 8
"""From here on (0–10) nothing but the safety net asks questions."""


@dataclass(frozen=True)
class Past:
    """What happened when a person practised a skill before: how often, and how often it was so."""

    times: int = 0
    helped: int = 0
    worse: int = 0


def past_of(events: Iterable[EngagementEvent]) -> dict[str, Past]:
    """What each skill did for a person, by skill id, from their practices and what they said."""
    past: dict[str, Past] = {}
    for event in events:
        skill = event.details.get("skill")
        if event.kind not in {EventKind.PRACTICE, EventKind.FEEDBACK} or not isinstance(skill, str):
            continue
        so_far = past.get(skill, Past())
        result = event.details.get("result")
        past[skill] = Past(
            so_far.times + (event.kind is EventKind.PRACTICE),
            so_far.helped + (result == Result.HELPED),
            so_far.worse + (result == Result.WORSE),
        )
    return past


def blocked_by_cautions(skill: Skill, joining: Mapping[str, str]) -> bool:
    """Whether a health caution stands against a skill; what was not asked counts as "not sure"."""
    return any(joining.get(f"caution.{each}") != "no" for each in skill.cautions)


def suggest(
    skills: Sequence[Skill],
    *,
    need: str | None,
    distress: int | None,
    past: Mapping[str, Past],
    already: Sequence[str] = (),
    most: int = 3,
) -> list[Skill]:
    """At most ``most`` skills in the order they are offered.

    ``skills`` are those that rule 1 leaves; ``already`` are ids offered a moment ago.
    """
    left = [
        each
        for each in skills
        if each.id not in already and past.get(each.id, Past()).worse < WORSE_LIMIT
    ]
    in_band = [each for each in left if _misses_by(each, distress) == 0]
    others = sorted(
        (each for each in left if each not in in_band),
        key=lambda each: (_made_worse(each, past), _misses_by(each, distress), each.title),
    )
    ordered = sorted(in_band, key=lambda each: _rank(each, need, past))
    if len(ordered) < 2:
        ordered += others[: 2 - len(ordered)]
    return sorted(ordered, key=lambda each: _made_worse(each, past))[:most]


def _misses_by(skill: Skill, distress: int | None) -> int:
    if distress is None:
        return 0
    lowest, highest = skill.distress
    return max(lowest - distress, distress - highest, 0)


def _made_worse(skill: Skill, past: Mapping[str, Past]) -> bool:
    return past.get(skill.id, Past()).worse > 0


def _rank(skill: Skill, need: str | None, past: Mapping[str, Past]) -> tuple[bool, int, int, str]:
    before = past.get(skill.id, Past())
    return (
        need is not None and need not in skill.needs,
        -before.helped,
        skill.minutes,
        skill.title,
    )
