from __future__ import annotations

import pytest

from bot.domain.safety_net.reader import Reader
from bot.domain.safety_net.reading import Reading
from tests.unit.domain.safety_net.books import WORDING

READER = Reader(WORDING, frozenset({"i", "want", "to", "do", "not", "thinking", "knife", "you"}))


def said(reading: Reading) -> str:
    return " ".join("/".join(readings) for readings in reading.words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I want to die", "i want to die"),
        ("I don't", "i do not"),
        ("DONT", "do not"),
        ("i’m", "i am"),
        ("my mum's cat", "my mum cat"),
        ("o'clock", "oclock"),
        ("u really want", "you want"),
        ("kms", "kill myself"),
        ("want 2 die", "want 2/#/to die"),
        ("dye", "dye/die"),
        ("30 of 2019", "30/#/#many of 2019/#/#year"),
        ("8 9 12345", "8/# 9/#/#many 12345/#"),
        ("mysefl", "mysefl/myself"),
        ("k!ll", "kill"),
        ("yes!please", "yes please"),
        ("sh*t", "sh*t"),
        ("self-harm", "self harm"),
        ("thinkin", "thinking"),
        ("sui cide", "suicide"),
        ("#killmyself", "kill myself"),
        ("", ""),
        ("!?.,", ""),
    ],
)
def test_a_message_is_read_as_words(text: str, words: str) -> None:
    assert said(READER.read(text)[0]) == words


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("s u i c i d e", "suicide"),
        ("k.i.l.l m.y.s.e.l.f", "kill myself"),
        ("i want to d-i-e now", "i want to die now"),
        ("want to d.1.e", "want to die"),
    ],
)
def test_spaced_letters_are_joined_in_a_reading_of_their_own(text: str, joined: str) -> None:
    plain, other = READER.read(text)
    assert said(plain) != joined
    assert said(other) == joined


@pytest.mark.parametrize("text", ["a b", "a b c", "1 2 3"])
def test_letters_that_spell_nothing_are_left_apart(text: str) -> None:
    assert len(READER.read(text)) == 1


def test_emoji_are_spoken_in_a_reading_of_their_own() -> None:
    assert [said(reading) for reading in READER.read("i want 🔪 to")] == [
        "i want to",
        "i want knife to",
    ]
    assert len(READER.read("🔪" * 2_001)) == 1
    assert len(READER.read("🔪" * 2_000)) == 2


def test_sentences_and_clauses_have_edges() -> None:
    (reading,) = READER.read("I want. To die, i want. No. You do not")
    starts = [place for place in range(len(reading.words)) if reading.edges >> place & 1]
    assert starts == [0, 2, 4, 6, 7]
    assert reading.edges >> len(reading.words) & 1
    assert [place for place in range(10) if reading.stops >> place & 1] == [2, 6]
    assert [place for place in range(10) if reading.inside >> place & 1] == [0, 3, 4, 7, 8, 9]


def test_a_sentence_of_one_word_belongs_to_the_next() -> None:
    (reading,) = READER.read("i. want. to. die.")
    assert reading.stops == 0


def test_places_in_one_sentence() -> None:
    (reading,) = READER.read("i want. you die")
    assert reading.same_sentence(0, 1)
    assert reading.same_sentence(2, 3)
    assert not reading.same_sentence(1, 2)
    assert not reading.same_sentence(3, 0)


def test_a_span_is_of_the_text_as_written() -> None:
    text = "Well, I DON’T   want"
    (reading,) = READER.read(text)
    assert text[slice(*reading.span(1, 5))] == "I DON’T   want"
    assert text[slice(*reading.span(2, 3))] == "DON’T"


def test_the_words_of_a_rule_are_read_like_those_of_a_message() -> None:
    assert READER.words("don't") == ("do", "not")
    assert READER.words("Chcę") == ("chce",)
    assert READER.words("really") == ()
    assert READER.words("#many") == ("#many",)
    assert READER.words("self-harm") == ("self", "harm")
