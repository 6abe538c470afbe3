"""The whole net, model and all, on messages that neither rules nor model were written with.

The bounds on false alarms are those of the safety net's aim. What is heard of risk may only rise.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.domain.safety_net import SafetyNet, Tier

HERE = Path(__file__).parent


def tier_of(text: str, net: SafetyNet) -> Tier:
    """The highest tier of its messages, each with those before it."""
    said = text.split("\n")
    return max(net.judge(each, said[:place]).tier for place, each in enumerate(said))


def count(name: str, net: SafetyNet) -> Counter[Tier]:
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()
    ]
    return Counter(tier_of(row["text"], net) for row in rows)


@pytest.mark.parametrize(
    ("name", "fewest", "above_check", "check"),
    [("everyday.jsonl", 400, 0.005, 0.01), ("distress.jsonl", 500, 0.05, 0.15)],
)
def test_ordinary_words_are_left_alone(
    name: str, fewest: int, above_check: float, check: float, whole: SafetyNet
) -> None:
    tiers = count(name, whole)
    rows = tiers.total()
    assert rows >= fewest
    assert sum(tiers[tier] for tier in tiers if tier > Tier.CHECK) <= above_check * rows
    # Of everyday lines one in a hundred may be raised at all.
    raised = tiers[Tier.CHECK] if name.startswith("distress") else rows - tiers[Tier.NONE]
    assert raised <= check * rows


def test_risk_in_words_that_nobody_had_tuned_to_is_heard(whole: SafetyNet) -> None:
    """86% when this was written (interval 82–89%); the aim is 98%."""
    tiers = count("unseen_risk.jsonl", whole)
    assert tiers.total() >= 340
    assert 1 - tiers[Tier.NONE] / tiers.total() >= 0.84
