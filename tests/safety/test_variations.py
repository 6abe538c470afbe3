"""However it is written, an explicit statement is found; whatever is written, nothing breaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.safety_net import Family, SafetyNet, Tier

EXPLICIT = (
    "I want to kill myself",
    "I want to die",
    "I am going to end my life tonight",
    "I have taken an overdose",
    "I took all my tablets",
    "I cut myself last night",
    "I tried to hang myself",
    "I'm suicidal",
    "I wish I was dead",
    "I want to hurt myself",
    "I don't want to be alive",
    "everyone would be better off without me",
)
EMOJI = ("😭", "💔", "😂", "🙏", "❤️", "👍🏽", "🔪", "💀", "🥺")
INVISIBLE = ("\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "\ufe0f")
SPACES = (" ", "  ", "\t", "\n", " \u00a0", "   ")
EVERYDAY = tuple(
    json.loads(line)["text"]
    for line in (Path(__file__).parent / "everyday_sample.jsonl").read_text("utf-8").splitlines()
)
CHEERFUL = "It was a lovely day at the park and we had ice cream with the kids. "

explicit = st.sampled_from(EXPLICIT)
thorough = settings(deadline=None, max_examples=300)


@thorough
@given(text=st.text(st.characters()), earlier=st.lists(st.text(), max_size=6))
def test_no_text_is_too_much(net: SafetyNet, text: str, earlier: list[str]) -> None:
    verdict = net.judge(text, earlier)
    assert verdict == net.judge(text, earlier)
    for start, end in verdict.spans:
        assert 0 <= start < end <= len(text)
    net.requests(text)
    net.answer_to_ask(text)


@thorough
@given(
    words=st.lists(
        st.sampled_from(
            ["kill", "myself", "k!ll", "s u i c i d e", "...", "!", "💊", "\ud800", "\x00", "١٢",
             "d*e", "iwanttodie", "ﷺ", "மரணம்", "not", "haha", "1111111111", "²", "‮"]
        ),
        max_size=60,
    )
)  # fmt: skip
def test_no_mixture_is_too_much(net: SafetyNet, words: list[str]) -> None:
    assert net.judge("".join(words)).tier in Tier
    assert net.judge(" ".join(words), words).tier in Tier


@thorough
@given(statement=explicit, upper=st.lists(st.booleans(), min_size=50, max_size=50))
def test_case_hides_nothing(net: SafetyNet, statement: str, upper: list[bool]) -> None:
    written = "".join(
        letter.upper() if big else letter.lower()
        for letter, big in zip(statement, upper, strict=False)
    )
    assert net.judge(written).tier >= Tier.CHECK


@thorough
@given(
    statement=explicit,
    between=st.lists(st.sampled_from(SPACES), min_size=12, max_size=12),
    sign=st.sampled_from(EMOJI),
    at=st.integers(0, 8),
)
def test_spaces_and_emoji_hide_nothing(
    net: SafetyNet, statement: str, between: list[str], sign: str, at: int
) -> None:
    words = statement.split()
    words.insert(min(at, len(words)), sign)
    written = "".join(word + space for word, space in zip(words, between, strict=False))
    assert net.judge(written).tier >= Tier.CHECK


@thorough
@given(
    statement=explicit,
    sign=st.sampled_from(INVISIBLE),
    places=st.sets(st.integers(0, 40), min_size=1, max_size=6),
)
def test_invisible_characters_hide_nothing(
    net: SafetyNet, statement: str, sign: str, places: set[int]
) -> None:
    written = "".join(
        letter + (sign if place in places else "") for place, letter in enumerate(statement)
    )
    assert net.judge(written).tier >= Tier.CHECK


@thorough
@given(
    statement=explicit,
    other=st.sampled_from(EVERYDAY),
    joint=st.sampled_from((". ", "\n", ", ", " and ", " ... ", "! ")),
    first=st.booleans(),
)
def test_no_company_hides_it(
    net: SafetyNet, statement: str, other: str, joint: str, first: bool
) -> None:
    written = f"{statement}{joint}{other}" if first else f"{other}{joint}{statement}"
    assert net.judge(written).tier >= Tier.CHECK


@pytest.mark.parametrize("statement", EXPLICIT)
@pytest.mark.parametrize("before", [0, 2_000, 4_000, 11_500, 19_900])
def test_nothing_hides_in_a_long_message(net: SafetyNet, statement: str, before: int) -> None:
    cheerful = CHEERFUL * 400
    message = f"{cheerful[:before]} {statement}. {cheerful[: 19_900 - before]}"
    verdict = net.judge(message)
    assert verdict.tier > Tier.CHECK
    start, end = verdict.spans[0]
    assert message[start:end] in f" {statement}. "


def test_what_is_too_long_to_read_is_said_to_be_unread(net: SafetyNet) -> None:
    verdict = net.judge(CHEERFUL * 1_500)
    assert (verdict.tier, verdict.family) == (Tier.CHECK, Family.UNREAD)
    assert net.judge(f"{CHEERFUL * 1_500}I want to kill myself").tier is Tier.IMMEDIATE_CRISIS
    assert net.judge(f"I want to kill myself. {CHEERFUL * 1_500}").tier is Tier.IMMEDIATE_CRISIS
    assert net.judge(CHEERFUL * 100).tier is Tier.NONE


@pytest.mark.parametrize(
    "messages",
    [
        ("I", "want", "to", "die"),
        ("i want", "to kill", "myself"),
        ("nobody knows", "but I'm going to end", "my life"),
        ("going to", "jump"),
    ],
)
def test_a_statement_over_several_messages_is_found(
    net: SafetyNet, messages: tuple[str, ...]
) -> None:
    *earlier, last = messages
    assert net.judge(last).tier is Tier.NONE
    assert net.judge(last, earlier).tier is Tier.IMMEDIATE_CRISIS
    assert net.judge(last, ["hello", "thanks"]).tier is Tier.NONE


def test_an_earlier_statement_does_not_raise_what_follows(net: SafetyNet) -> None:
    assert net.judge("what time is group", ["I want to die"]).tier is Tier.NONE
    assert net.judge("die hard is on tonight", ["I want to go home now."]).tier is Tier.NONE


def test_not_being_heard_counts_after_risk_alone(net: SafetyNet) -> None:
    assert net.judge("you're not listening", ["I want to die"]).tier is Tier.IMMEDIATE_CRISIS
    assert net.judge("you're not listening", ["what time is group"]).tier is Tier.NONE
    assert net.judge("you're not listening").tier is Tier.NONE
