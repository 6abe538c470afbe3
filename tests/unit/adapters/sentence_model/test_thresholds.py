"""Thresholds are the lowest that keep their bounds."""

from __future__ import annotations

from bot.adapters.sentence_model.examples import Example
from bot.adapters.sentence_model.fitting import Scored
from bot.adapters.sentence_model.thresholds import above_all_but, chosen
from bot.domain.safety_net import Tier


def scored(folder: str, danger: float, tier: Tier = Tier.NONE) -> Scored:
    return Scored(Example("x", "f", tier, f"{folder}/f.yml", 1), danger)


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


def test_every_folder_keeps_its_own_bound_and_risk_has_no_say() -> None:
    everyday = [scored("everyday", number / 1_000) for number in range(1_000)]
    distress = [scored("distress", number / 1_000) for number in range(1_000)]
    check = [scored("check", number / 100, Tier.CHECK) for number in range(100)]
    found = chosen([*everyday, *distress, *check])
    assert found == chosen([*everyday, *distress, *check, scored("risk", 0.01, Tier.SAFEGUARDING)])
    assert found.check < found.crisis
    for lines, bounds in ((everyday, 0.02), (distress, 0.10)):
        assert sum(each.danger >= found.check for each in lines) <= bounds * len(lines)
    assert sum(each.danger >= found.crisis for each in everyday) <= 2
