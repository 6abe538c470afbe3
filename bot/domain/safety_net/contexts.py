"""What stands around a statement: denial, the past, someone else, fiction, laughter."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.safety_net.definitions import (
    ContextDefinition,
    ContextKind,
    Reach,
    RuleDefinition,
)
from bot.domain.safety_net.matcher import Match
from bot.domain.safety_net.reading import Reading
from bot.domain.safety_net.verdict import Family

Place = tuple[int, int]

LOWERED_FAMILIES = {
    ContextKind.DENIAL: Family.DENIAL,
    ContextKind.PAST: Family.PAST,
    ContextKind.PAST_WISH: Family.PAST,
    ContextKind.SOMEONE_ELSE: Family.SOMEONE_ELSE,
    ContextKind.GOOD_NEWS: Family.GOOD_NEWS,
    ContextKind.PRACTICE_TALK: Family.PRACTICE_TALK,
}
"""What a lowered statement is about; fiction and laughter leave it as it was."""
ASKED_ONCE = frozenset(
    {
        ContextKind.PAST,
        ContextKind.PAST_WISH,
        ContextKind.GOOD_NEWS,
        ContextKind.PRACTICE_TALK,
    }
)
"""A check that only these raise is asked once (``design.md``: good news or something past)."""

_PASTS = frozenset({ContextKind.PAST, ContextKind.PAST_WISH})
_THE_PERSON = ("i",)
"""Between a context and a statement it begins a new thought: "nobody knows but I am ..."."""
_FIRST = (
    ContextKind.GOOD_NEWS,
    ContextKind.PRACTICE_TALK,
    ContextKind.PAST,
    ContextKind.PAST_WISH,
    ContextKind.SOMEONE_ELSE,
    ContextKind.DENIAL,
    ContextKind.FICTION,
    ContextKind.LAUGHTER,
)


def lowering(
    rule: RuleDefinition,
    match: Match,
    contexts: Iterable[tuple[ContextDefinition, Match]],
    reading: Reading,
) -> ContextDefinition | None:
    """The context that makes every place of a match a check, or None.

    A match in more places than are told apart is never lowered.
    """
    if match.more:
        return None
    heeded = {*rule.lowered_by, ContextKind.RECENT}
    contexts = [(context, found) for context, found in contexts if context.kind in heeded]
    lowered: list[ContextDefinition] = []
    for place in match.places:
        near = [
            context
            for context, found in contexts
            if any(_reaches(context, there, place, reading) for there in found.places)
        ]
        ignored = _PASTS if any(c.kind is ContextKind.RECENT for c in near) else frozenset()
        here = [c for c in near if c.kind in rule.lowered_by and c.kind not in ignored]
        if not here:
            return None
        lowered += here
    return min(lowered, key=lambda context: _FIRST.index(context.kind))


def _reaches(context: ContextDefinition, there: Place, place: Place, reading: Reading) -> bool:
    match context.reach:
        case Reach.MESSAGE:
            return True
        case Reach.SENTENCE:
            return reading.same_sentence(there[0], place[0])
        case Reach.AROUND:
            return (
                there[0] - context.within <= place[1]
                and place[0] <= there[1] + context.within
                and reading.same_sentence(there[0], place[0])
            )
        case Reach.BEFORE:
            return (
                there[0] < place[0]
                and there[1] + context.within >= place[0]
                and reading.same_sentence(there[0], place[0])
                and _THE_PERSON not in reading.words[there[1] : place[0]]
            )
