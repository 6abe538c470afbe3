"""A few stretches are seen: the first, the last and those where rules spoke among them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.sentence_model.stretches import LONG, MOST, stretches

WORDS = " ".join(f"word{number:03}" for number in range(2_000))


def test_a_short_message_is_one_stretch() -> None:
    assert stretches("hello you") == ("hello you",)
    assert stretches("a" * LONG) == ("a" * LONG,)


def test_a_message_of_a_few_stretches_is_seen_whole() -> None:
    text = WORDS[: LONG * MOST - 60]
    seen = stretches(text)
    assert len(seen) == MOST
    assert set(text.split()) == {word for each in seen for word in each.split()}


def test_a_long_message_is_seen_at_both_ends_and_where_rules_spoke() -> None:
    place = WORDS.index("word777")
    seen = stretches(WORDS, [(place, place + 7)])
    assert len(seen) == MOST
    assert seen[0].startswith("word000")
    assert seen[-1].endswith("word1999")
    assert any("word777" in each for each in seen[1:-1])


def test_without_hits_the_rest_is_spread_evenly() -> None:
    middle = stretches(WORDS)[1]
    assert abs(WORDS.index(middle) - len(WORDS) // 2) < LONG


def test_a_hit_that_is_seen_already_takes_no_stretch() -> None:
    place = WORDS.index("word900")
    seen = stretches(WORDS, [(0, 7), (place, place + 7)])
    assert any("word900" in each for each in seen)


def test_words_are_not_cut() -> None:
    assert all(len(word) >= 7 for each in stretches(WORDS) for word in each.split())


@pytest.mark.parametrize("text", ["", " ", "\n", "ﷺ" * 500, "a" * 5_000])
def test_anything_is_cut(text: str) -> None:
    assert 1 <= len(stretches(text)) <= MOST


@settings(deadline=None)
@given(
    text=st.text(max_size=2_000),
    hits=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 2_000)), max_size=5),
)
def test_the_work_is_bounded_and_nothing_is_made_up(text: str, hits: list[tuple[int, int]]) -> None:
    seen = stretches(text, hits)
    assert 1 <= len(seen) <= MOST
    assert all(each in text and len(each) <= LONG for each in seen)
    assert seen == stretches(text, hits)
