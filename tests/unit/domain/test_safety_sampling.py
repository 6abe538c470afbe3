"""Which messages a reviewer sees: at the rate that their stratum says, and always the same ones."""

from __future__ import annotations

import hashlib

import pytest

from bot.domain.messages import AnsweredBy
from bot.domain.safety_net import Tier
from bot.domain.safety_sampling import (
    Rates,
    Sampling,
    Stratum,
    is_new_week,
    stratum_of,
    weight_of,
)

CALM = Rates()


def _stratum(tier: Tier = Tier.NONE, rules: tuple[str, ...] = (), **change: object) -> str:
    given: dict[str, object] = {
        "characters": 100,
        "channel": "telegram:1",
        "answered_by": AnsweredBy.RASA,
        "is_first_of_week": False,
    }
    return str(stratum_of(CALM, tier, rules, **{**given, **change}))  # type: ignore[arg-type]


@pytest.mark.parametrize("tier", [Tier.SAFEGUARDING, Tier.IMMEDIATE_CRISIS, Tier.IMMEDIATE_MEDICAL])
def test_every_message_with_danger_is_drawn(tier: Tier) -> None:
    assert _stratum(tier) == "all 1/1"


def test_of_others_the_stratum_says_which_and_how_many() -> None:
    assert _stratum() == "none middle telegram rasa 1/200"
    assert _stratum(characters=300) == "none long telegram rasa 1/50"
    assert _stratum(characters=39) == "none short telegram rasa 1/200"
    assert _stratum(answered_by=AnsweredBy.FALLBACK) == "none middle telegram fallback 1/100"
    assert _stratum(is_first_of_week=True) == "none middle telegram rasa first_of_week 1/10"
    assert _stratum(Tier.CHECK) == "check middle telegram rasa 1/5"
    assert _stratum(Tier.CHECK, ("model",)) == "check middle telegram rasa by_model 1/5"


@pytest.mark.parametrize("one_in", [1, 5, 200])
def test_so_many_are_drawn_and_the_same_each_time(one_in: int) -> None:
    stratum = Stratum(("none",), one_in)
    digests = [hashlib.sha256(str(each).encode()).hexdigest() for each in range(20_000)]
    drawn = [each for each in digests if stratum.draws(each)]
    assert drawn == [each for each in digests if stratum.draws(each)]
    expected = 20_000 / one_in
    assert abs(len(drawn) - expected) <= 4 * expected**0.5 * (one_in > 1)


def test_a_stratum_weighs_what_it_says() -> None:
    assert weight_of(_stratum()) == 200
    assert weight_of("all 1/1") == weight_of("") == weight_of("immediate") == 1


def test_a_team_has_rates_of_its_own() -> None:
    sampling = Sampling(teams={"peak": Rates(check=2)})
    assert sampling.rates_of("peak").check == 2
    assert sampling.rates_of("elsewhere") == CALM


def test_weeks_begin_on_monday_and_across_a_new_year() -> None:
    assert is_new_week("", "2026-03-03")
    assert is_new_week("2026-03-01", "2026-03-02")
    assert not is_new_week("2026-03-02", "2026-03-08")
    assert not is_new_week("2025-12-31", "2026-01-01")
    assert is_new_week("2025-01-01", "2026-01-01")
