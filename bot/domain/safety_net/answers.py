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

    No is said only where nothing in the message speaks against it.
    """
    if verdict.tier.is_immediate and verdict.family in _SAYS_YES:
        return Answer.YES
    if len(text) > LONGEST_ANSWER:
        return None
    said = {
        definition.answer
        for reading in rules.answer_reader.read(text)
        for definition, _ in rules.answers.find(reading)
    }
    if not said:
        return None
    troubled = verdict.tier > Tier.NONE and verdict.family is not Family.DENIAL
    if said == {Answer.NO} and not troubled:
        return Answer.NO
    return Answer.YES if said == {Answer.YES} else Answer.UNSURE
