"""Thresholds are the lowest that keep their bounds."""

from __future__ import annotations

from bot.adapters.sentence_model.examples import Example
from bot.adapters.sentence_model.fitting import Scored
from bot.adapters.sentence_model.thresholds import above_all_but, chosen
from bot.domain.safety_net import Tier


def scored(tier: Tier, danger: float) -> Scored:
    return Scored(Example("x", "f", tier, "f.yml", 1), danger)


def test_no_more_than_the_part_reaches_it() -> None:
    scores = [number / 100 for number in range(100)]
    for part, allowed in ((0.05, 5), (0.01, 1), (0.0, 0), (0.5, 50)):
        threshold = above_all_but(part, scores)
        assert sum(score >= threshold for score in scores) == allowed


def test_equal_scores_stay_below_together() -> None:
    threshold = above_all_but(0.5, [0.7] * 10)
    assert sum(score >= threshold for score in [0.7] * 10) == 0


def test_the_ends() -> None:
    assert above_all_but(0.1, []) == 1.0
    assert above_all_but(1.0, [0.3]) == 0.0


def test_risk_has_no_say_and_a_crisis_is_stricter() -> None:
    calm = [scored(Tier.NONE, number / 1_000) for number in range(1_000)]
    doubtful = [scored(Tier.CHECK, number / 100) for number in range(100)]
    found = chosen([*calm, *doubtful])
    assert found == chosen([*calm, *doubtful, scored(Tier.IMMEDIATE_CRISIS, 0.01)])
    assert found.check < found.crisis
    assert sum(each.danger >= found.crisis for each in calm) <= 5
