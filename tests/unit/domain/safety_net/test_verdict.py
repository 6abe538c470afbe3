from __future__ import annotations

import random
from itertools import pairwise

import pytest

from bot.domain.safety_net import CALM, Family, Tier

RISING = [
    Tier.NONE,
    Tier.CHECK,
    Tier.SAFEGUARDING,
    Tier.IMMEDIATE_CRISIS,
    Tier.IMMEDIATE_MEDICAL,
]


def test_tiers_rise_in_order() -> None:
    mixed = random.Random(1).sample(RISING, len(RISING))
    assert sorted(mixed) == RISING
    assert max(mixed) is Tier.IMMEDIATE_MEDICAL
    assert min(mixed) is Tier.NONE
    assert [tier.rank for tier in RISING] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("low", "high"), list(pairwise(RISING)))
def test_a_tier_compares_with_the_next(low: Tier, high: Tier) -> None:
    assert low < high
    assert low <= high
    assert high > low
    assert high >= low
    assert low <= Tier(low.value)
    assert low >= Tier(low.value)
    assert not low < Tier(low.value)
    assert not low > Tier(low.value)


def test_immediate_tiers() -> None:
    assert [tier for tier in RISING if tier.is_immediate] == RISING[3:]


def test_families_have_ranks_of_their_own() -> None:
    assert sorted(family.rank for family in Family) == list(range(len(Family)))
    assert Family.OVERDOSE_ON_PURPOSE.rank < Family.INTENT.rank < Family.REQUESTED.rank


def test_calm_is_nothing_found() -> None:
    assert (CALM.tier, CALM.family, CALM.rules, CALM.spans) == (Tier.NONE, None, (), ())
    assert not CALM.ask_once
