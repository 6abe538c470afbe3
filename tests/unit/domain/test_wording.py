"""Short words: plain forms, ratings, numbers, gaps, and text that any store can hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.wording import filled, plain, rating, safe_text, whole_number

any_text = st.text(st.characters(categories=None, exclude_categories=()))
"""Every code point there is, lone surrogates and control characters among them."""


@pytest.mark.parametrize(
    ("typed", "is_plainly"),
    [
        ("Talk to someone", "talk to someone"),
        ("  TALK\tto\n someone!! ", "talk to someone"),
        ("don't", "dont"),
        ("don’t", "dont"),
        ("don`t", "dont"),
        ("don\u00b4t", "dont"),
        ("don\u02bct", "dont"),
        ("fifty-fifty", "fifty fifty"),
        ("\uff33\uff34\uff2f\uff30", "stop"),
        ("stop\u00a0it", "stop it"),
        ("Straße", "strasse"),
        ("cafe\u0301", "café"),
        ("😀", ""),
        ("?!", ""),
        ("", ""),
    ],
)
def test_plain_words_are_compared_without_case_punctuation_or_odd_spaces(
    typed: str, is_plainly: str
) -> None:
    assert plain(typed) == is_plainly


@given(any_text)
def test_plain_is_plain_already_the_second_time(text: str) -> None:
    once = plain(text)
    assert " ".join(once.split()) == once
    assert all(each.isalnum() or each == " " for each in once)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7", 7),
        ("07", 7),
        (" 7! ", 7),
        ("7.", 7),
        ("7/10", 7),
        ("7 / 10", 7),
        ("10/10", 10),
        ("7 out of 10", 7),
        ("seven out of ten", 7),
        ("7 of 10", 7),
        ("a seven", 7),
        ("an eight", 8),
        ("about 6 now", 6),
        ("I'm at a 7", 7),
        ("i’m about 7", 7),
        ("it's an 8 right now", 8),
        ("maybe 4?", 4),
        ("still 9", 9),
        ("down to a 3", 3),
        ("now 3", 3),
        ("i think 5", 5),
        ("5 i think", 5),
        ("ten-ish", 10),
        ("7ish", 7),
        ("\uff17", 7),
        ("7\ufe0f\u20e3", 7),
        ("zero", 0),
        ("~6", 6),
    ],
)
def test_a_rating_is_the_whole_message_however_it_is_put(typed: str, number: int) -> None:
    assert rating(typed, 0, 10) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "11",
        "100",
        "-1",
        "−1",
        "–1",
        ">7",
        "- 1 of them",
        "+1",
        "6-7",
        "5-10",
        "8 - 10",
        "8 10",
        "6.5",
        "6,5",
        ".5",
        "½",
        "1/2",
        "7/8",
        "<3",
        ":3",
        "£7",
        "7:30",
        "7/10/2026",
        "4 or 5",
        "5 to 6",
        "a lot",
        "ish",
        "out of 10",
        "7 and about to shout at my mum",
        "7 people",
        "i took 7",
        "7" * 5000,
        "a " * 50_000,
    ],
)
def test_a_number_inside_something_else_is_no_rating(typed: str) -> None:
    assert rating(typed, 0, 10) is None


@pytest.mark.parametrize(("lowest", "highest"), [(0, 6), (8, 10)])
def test_a_rating_outside_its_bounds_is_none(lowest: int, highest: int) -> None:
    assert rating("7", lowest, highest) is None
    assert rating("7", 7, 7) == 7


@given(any_text, st.integers(0, 5), st.integers(5, 10))
def test_a_rating_never_leaves_its_bounds(text: str, lowest: int, highest: int) -> None:
    for said in (text, f"{text}7", f"7{text}"):
        number = rating(said, lowest, highest)
        assert number is None or lowest <= number <= highest


@pytest.mark.parametrize(
    ("typed", "number"), [("2", 2), (" 2. ", 2), ("2)", 2), ("(12)", 12), ("#2", 2), ("\uff12", 2)]
)
def test_a_whole_number_is_the_message(typed: str, number: int) -> None:
    assert whole_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "two", "-2", "+1", "<3", "1.5", "2 3", "½", "2" * 4, "2" * 5000]
)
def test_anything_else_is_no_whole_number(typed: str) -> None:
    assert whole_number(typed) is None


def test_gaps_are_filled_by_name() -> None:
    text = "Hello {name}, here is {answer.first_idea}."
    assert filled(text, {"name": "Wren", "answer.first_idea": "a walk"}) == (
        "Hello Wren, here is a walk."
    )


@pytest.mark.parametrize(
    "gap", ["{name}", "{answer.idea_2}", "{Name}", "{}", "{ name }", "{caution.heart}", "{a-b}"]
)
def test_a_gap_without_a_value_is_never_left_standing(gap: str) -> None:
    assert filled(f"Hello {gap}", {}) == "Hello"


words = st.text(st.characters(exclude_characters="{}"))
gap_names = st.text("abz_.9 AÉ")


@given(st.lists(st.tuples(words, gap_names)), st.dictionaries(gap_names, words))
def test_no_gap_is_left_whatever_its_name(
    parts: list[tuple[str, str]], gaps: dict[str, str]
) -> None:
    text = "".join(f"{before}{{{gap}}}" for before, gap in parts)
    expected = "".join(before + gaps.get(gap, "") for before, gap in parts)
    assert filled(text, gaps) == expected.strip()


def test_a_persons_own_braces_are_kept_and_never_filled() -> None:
    assert filled("You said {answer.problem}", {"answer.problem": "{name}", "name": "Wren"}) == (
        "You said {name}"
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain words", "plain words"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("win\r\ndows", "win\ndows"),
        ("old\rmac", "old\nmac"),
        ("page\x0cbreak\x0bhere\x85there\x1eend", "page\nbreak\nhere\nthere\nend"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("lone \ud83d here", "lone \ufffd here"),
        ("low \ude00 half", "low \ufffd half"),
        ("\ud83d\ude00", "😀"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
        ("👩🏽‍🚒 🏴󠁧󠁢󠁥󠁮󠁧󠁿 7️⃣", "👩🏽‍🚒 🏴󠁧󠁢󠁥󠁮󠁧󠁿 7️⃣"),
        ("\ufeffmarked", "\ufeffmarked"),
        ("", ""),
    ],
)
def test_text_is_made_safe_without_losing_words_or_emoji(text: str, kept: str) -> None:
    assert safe_text(text) == kept


def test_text_is_bounded() -> None:
    assert safe_text("é" * 150_000) == "é" * 100_000
    assert safe_text("abcdef", limit=3) == "abc"
    assert safe_text("ab😀", limit=3) == "ab😀"


@given(any_text)
def test_safe_text_can_be_written_anywhere_and_is_safe_already_the_second_time(text: str) -> None:
    safe = safe_text(text)
    safe.encode("utf-8")
    assert "\0" not in safe
    assert all(unicodedata.category(each) != "Cc" or each in "\n\t" for each in safe)
    assert safe_text(safe) == safe
    assert len(safe) <= len(text)
