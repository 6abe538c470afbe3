"""Runs of letters are spread over features in the same way on every machine."""

from __future__ import annotations

from bot.adapters.sentence_model.letters import BUCKETS, LONGEST_TEXT, buckets


def test_the_features_of_a_word_stay_what_they_are() -> None:
    assert buckets("hi") == [6812, 10145, 13228]


def test_case_marks_and_repeats_change_nothing() -> None:
    assert buckets("Hello, HELLO hello!") == buckets("hello")
    assert buckets("") == []
    assert buckets("?!") == []


def test_words_that_share_letters_share_features() -> None:
    shared = set(buckets("suicide")) & set(buckets("suicidal"))
    assert len(shared) > 8


def test_other_scripts_and_broken_characters_are_taken() -> None:
    for text in ("ਮੈਂ ਮਰਨਾ", "میں", "\ud800", "żyć"):
        assert all(0 <= each < BUCKETS for each in buckets(text))


def test_the_work_is_bounded() -> None:
    assert buckets("ab " * 100_000) == buckets(("ab " * 100_000)[:LONGEST_TEXT])
