"""What the rules find in a reading of a message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.safety_net.contexts import ASKED_ONCE, LOWERED_FAMILIES, lowering
from bot.domain.safety_net.definitions import (
    ContextDefinition,
    IdiomBlock,
    IdiomDefinition,
    RuleDefinition,
)
from bot.domain.safety_net.matcher import Match
from bot.domain.safety_net.reading import Reading
from bot.domain.safety_net.ruleset import RuleSet, Speaking
from bot.domain.safety_net.verdict import CALM, Family, Tier, Verdict

_NEVER_A_WORD = ("\0",)
"""Stands where an idiom stood; no rule has it."""


@dataclass(frozen=True)
class Hit:
    """One rule that spoke: its tier after lowering, where (characters), and what lowered it."""

    rule: str
    tier: Tier
    family: Family
    span: tuple[int, int]
    once: bool = False
    after_risk: bool = False
    context: str = ""


def hits(rules: RuleSet, reading: Reading) -> Iterator[Hit]:
    """Every rule that speaks, idioms masked and contexts heeded."""
    found = rules.rules.find(reading)
    idioms = _idioms(found)
    if idioms:
        reading = _masked(reading, idioms)
        found = rules.rules.find(reading)
    speaking = [(rule, match) for rule, match in found if isinstance(rule, RuleDefinition)]
    lowerable = any(rule.lowered_by for rule, _ in speaking)
    contexts = rules.contexts.find(reading) if lowerable else []
    for rule, match in speaking:
        span = reading.span(*match.places[0])
        yield _hit(rule, span, lowering(rule, match, contexts, reading))


def idiom_spans(rules: RuleSet, reading: Reading) -> Iterator[tuple[int, int]]:
    """Where everyday sayings stand, in characters."""
    for match in _idioms(rules.rules.find(reading)):
        yield from (reading.span(*place) for place in match.places)


def verdict(found: Iterable[Hit]) -> Verdict:
    """One verdict from all hits: the most urgent tier, and the family that comes first in it."""
    ordered = sorted(found, key=lambda hit: (-hit.tier.rank, hit.family.rank, hit.rule))
    if not ordered:
        return CALM
    first = ordered[0]
    names = [name for hit in ordered for name in (hit.rule, hit.context) if name]
    return Verdict(
        tier=first.tier,
        family=first.family,
        rules=tuple(dict.fromkeys(names)),
        spans=tuple(dict.fromkeys(hit.span for hit in ordered if hit.tier is first.tier)),
        ask_once=all(hit.once for hit in ordered),
    )


def _idioms(found: Sequence[tuple[Speaking, Match]]) -> list[Match]:
    blocked = {rule.source.id for rule, _ in found if isinstance(rule, IdiomBlock)}
    return [
        match
        for rule, match in found
        if isinstance(rule, IdiomDefinition) and rule.source.id not in blocked
    ]


def _hit(rule: RuleDefinition, span: tuple[int, int], context: ContextDefinition | None) -> Hit:
    hit = Hit(rule.source.id, rule.tier, rule.family, span, rule.once, rule.after_risk)
    if context is None:
        return hit
    return replace(
        hit,
        tier=min(rule.tier, Tier.CHECK),
        family=LOWERED_FAMILIES.get(context.kind, rule.family),
        once=rule.once or context.kind in ASKED_ONCE,
        context=context.source.id,
    )


def _masked(reading: Reading, idioms: Iterable[Match]) -> Reading:
    words = list(reading.words)
    for match in idioms:
        for first, last in match.places:
            words[first:last] = [_NEVER_A_WORD] * (last - first)
    return replace(reading, words=tuple(words))
