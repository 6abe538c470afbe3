"""Short words that mean a button, and words that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.typed_answers import LONGEST, meant

PHRASES = {
    "rung": ("ive rung *", "ive rung"),
    "with_someone": ("my * is here",),
    "not_now": ("not now", "not yet"),
}


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("I've rung.", "rung"),
        ("ive rung the samaritans", "rung"),
        ("yeah, I\u2019ve rung them now", "rung"),
        ("My big sister is here", "with_someone"),
        ("ok so my mum is here too", "with_someone"),
        ("Not now", "not_now"),
        ("no, not yet", "not_now"),
    ],
)
def test_the_whole_message_is_the_answer(words: str, value: str) -> None:
    assert meant(words, PHRASES) == value


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "ive not rung",
        "ive rung my mum about the tea on sunday",
        "my is here",
        "my mum is here and i want to die",
        "not now not ever",
        "is my mum here",
        "now",
    ],
)
def test_anything_more_or_less_is_not(words: str) -> None:
    assert meant(words, PHRASES) is None


def test_a_long_message_says_more_than_a_button() -> None:
    assert meant("ok " * (LONGEST - 2) + "not now", PHRASES) == "not_now"
    assert meant("ok " * (LONGEST - 1) + "not now", PHRASES) is None


@given(st.text(max_size=200))
def test_no_text_breaks_it(words: str) -> None:
    assert meant(words, PHRASES) in {None, *PHRASES}
