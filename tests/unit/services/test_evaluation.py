"""Counting how well utterances are understood."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadInput
from bot.services.evaluation import Utterance, evaluate_understanding, utterance_of, wilson


async def test_right_wrong_and_not_understood_are_counted_by_intent() -> None:
    answers = {"a": "plan", "b": "plan", "c": "nlu_fallback", "d": "stop"}

    async def predict(text: str) -> tuple[str, float]:
        return answers[text], 0.9

    rows = [
        Utterance("a", "plan"),
        Utterance("b", "stop"),
        Utterance("c", "stop"),
        Utterance("d", "stop"),
    ]
    found = await evaluate_understanding(rows, predict)
    assert (found.rows, found.right, found.accuracy) == (4, 2, 0.5)
    stop = next(each for each in found.intents if each.intent == "stop")
    assert (stop.rows, stop.right, stop.not_understood) == (3, 1, 1)
    assert stop.recall == pytest.approx(1 / 3)
    assert ("stop", "plan", 1) in found.mixed_up


def test_the_wilson_interval_is_the_published_one() -> None:
    low, high = wilson(81, 263)
    assert low == pytest.approx(0.2553, abs=1e-4)
    assert high == pytest.approx(0.3662, abs=1e-4)


def test_a_row_is_an_utterance() -> None:
    assert utterance_of({"text": "a", "intent": "b", "more": 1}) == Utterance("a", "b")


@pytest.mark.parametrize(
    "row", [{}, {"text": "a"}, {"intent": "a"}, {"text": 1, "intent": "a"}, "text"]
)
def test_a_bad_row_is_refused(row: object) -> None:
    with pytest.raises(BadInput):
        utterance_of(row)
