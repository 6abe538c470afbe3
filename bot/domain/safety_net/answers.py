"""Reads a typed reply to the direct question: are you thinking of ending your life?"""

from __future__ import annotations

from bot.domain.safety_net.ruleset import RuleSet
from bot.domain.safety_net.verdict import Answer, Family, Tier, Verdict

LONGEST_ANSWER = 300
"""A longer message is a message, not an answer."""

_SAYS_YES = frozenset(
    {
        Family.OVERDOSE_ON_PURPOSE,
        Family.ATTEMPT,
        Family.PLAN_OR_MEANS,
        Family.GOODBYE,
        Family.PREPARATION,
        Family.INTENT,
        Family.PASSIVE,
    }
)


def read_answer(rules: RuleSet, text: str, verdict: Verdict) -> Answer | None:
    """Yes, no or unsure, or None where it is no answer. ``verdict``: the net's on the text.

    No is said only where it is the whole message and the net finds nothing in it.
    """
    if verdict.tier.is_immediate and verdict.family in _SAYS_YES:
        return Answer.YES
    if len(text) > LONGEST_ANSWER:
        return None
    said: set[Answer] = set()
    whole: set[Answer] = set()
    for reading in rules.answer_reader.read(text):
        for definition, match in rules.answers.find(reading):
            said.add(definition.answer)
            if any(last - first == len(reading.words) for first, last in match.places):
                whole.add(definition.answer)
    troubled = verdict.tier > Tier.NONE and verdict.family is not Family.DENIAL
    if Answer.NO in whole and not troubled:
        return Answer.NO
    if Answer.YES in said and Answer.UNSURE not in whole:
        return Answer.YES
    return Answer.UNSURE if said else None
