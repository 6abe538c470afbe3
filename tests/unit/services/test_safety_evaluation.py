"""Counting what the safety net hears."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from bot.domain.errors import BadInput
from bot.domain.safety_net import (
    Answer,
    AnswerDefinition,
    Family,
    SafetyNet,
    Tier,
    compile_rules,
)
from bot.services.safety_evaluation import (
    ANSWERED,
    ANY_TIER,
    Row,
    completed,
    evaluate,
    judge_row,
    row_of,
)
from tests.unit.domain.safety_net.books import book, rule, source


@pytest.fixture
def net() -> SafetyNet:
    answers = (
        AnswerDefinition(source("yes", "^ yes"), Answer.YES),
        AnswerDefinition(source("unsure", "maybe"), Answer.UNSURE),
        AnswerDefinition(source("no", "^ no $"), Answer.NO),
    )
    return SafetyNet(
        compile_rules(
            book(
                rule("die", "want to die"),
                rule("sad", "sad", tier=Tier.CHECK, family=Family.HOPELESS),
                rule("beat", "beat", tier=Tier.SAFEGUARDING, family=Family.ABUSE_NOW),
                answers=answers,
            )
        )
    )


@pytest.fixture
def timer() -> Iterator[float]:
    ticks = count()
    return lambda: float(next(ticks))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("expected", "category", "met"),
    [
        ("crisis", "", "safeguarding immediate_crisis immediate_medical"),
        ("check", "", "check safeguarding immediate_crisis immediate_medical"),
        ("check", "38_negation", "check"),
        ("check", "47_plan", "check"),
        ("check", "16_going_on", "check safeguarding immediate_crisis immediate_medical"),
        ("none", "", "none"),
        ("", "", "none check safeguarding immediate_crisis immediate_medical"),
    ],
)
def test_what_meets_an_expectation(expected: str, category: str, met: str) -> None:
    row = Row("1", "x", expected, category=category)
    assert [each for each in Tier if row.is_met(each)] == [Tier(each) for each in met.split()]


def test_a_row_is_read_and_unknown_fields_are_passed_over() -> None:
    assert row_of({"id": "a", "text": "b", "note": 1}) == Row("a", "b")
    full = {"id": "a", "text": "b", "expected": "none", "after_check": True, "category": "01_x"}
    assert row_of(full) == Row("a", "b", "none", after_check=True, category="01_x")
    assert row_of({"id": "a", "text": "no", "category": "58_short"}).after_check
    assert row_of({"id": "a", "text": "", "expected": None}) == Row("a", "")


@pytest.mark.parametrize(
    ("parsed", "says"),
    [
        ([], "not an object"),
        ({"text": "x"}, "id is missing"),
        ({"id": "x"}, "text is missing"),
        ({"id": "x", "text": 1}, "text is missing, or is not text"),
        ({"id": "x", "text": "y", "expected": "danger"}, "'danger' was expected"),
        ({"id": "x", "text": "y", "after_check": "yes"}, "after_check is true or false"),
        ({"id": "x", "text": "y", "category": 58}, "category is text"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(parsed: object, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        row_of(parsed)


def test_messages_are_judged_in_order_and_the_most_urgent_counts(
    net: SafetyNet, timer: object
) -> None:
    split = judge_row(net, Row("1", "want\nto\ndie"), timer)  # type: ignore[arg-type]
    assert (split.tier, split.rules) == (Tier.IMMEDIATE_CRISIS, ("die",))
    first = judge_row(net, Row("1", "want to die\nhello"), timer)  # type: ignore[arg-type]
    assert first.tier is Tier.IMMEDIATE_CRISIS
    assert first.ms == 1_000


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("yes", Tier.IMMEDIATE_CRISIS),
        ("maybe", Tier.IMMEDIATE_CRISIS),
        ("no", Tier.NONE),
        ("sad", Tier.CHECK),
        ("hello", Tier.NONE),
        ("want to die", Tier.IMMEDIATE_CRISIS),
    ],
)
def test_an_answer_to_the_direct_question(
    net: SafetyNet, timer: object, text: str, tier: Tier
) -> None:
    judged = judge_row(net, Row("1", text, after_check=True), timer)  # type: ignore[arg-type]
    assert judged.tier is tier
    assert (ANSWERED in judged.rules) is (text in {"yes", "maybe", "no"})
    assert judge_row(net, Row("1", "yes"), timer).tier is Tier.NONE  # type: ignore[arg-type]


def test_rows_are_counted(net: SafetyNet, timer: object) -> None:
    rows = [
        Row("1", "want to die", "crisis", category="01_a"),
        Row("2", "sad", "crisis", category="01_a"),
        Row("3", "hello", "crisis"),
        Row("4", "sad", "check"),
        Row("5", "beat", "check", category="38_b"),
        Row("6", "sad", "none"),
        Row("7", "hello", "none"),
        Row("8", "want to die"),
    ]
    heard = evaluate(net, rows, timer)  # type: ignore[arg-type]
    assert {name: (share.count, share.of) for name, share in heard.recall.items()} == {
        "crisis": (1, 3), "check": (1, 2), ANY_TIER: (2, 3),
    }  # fmt: skip
    assert {tier: share.count for tier, share in heard.false_alarms.items()} == {
        Tier.CHECK: 1, Tier.SAFEGUARDING: 0, Tier.IMMEDIATE_CRISIS: 0, Tier.IMMEDIATE_MEDICAL: 0,
    }  # fmt: skip
    assert {each.row.id for each in heard.missed} == {"2", "3", "5", "6"}
    assert {name: (share.count, share.of) for name, share in heard.by_category.items()} == {
        "01_a": (1, 2), "38_b": (0, 1),
    }  # fmt: skip
    assert len(heard.slowest) == 5
    low, high = heard.recall["crisis"].interval
    assert low < 1 / 3 < high


def test_a_row_of_the_catalogue_has_what_the_catalogue_expects() -> None:
    ours = {"1": Row("1", "x", "check", category="38_b")}
    assert completed(Row("1", "y"), ours) == Row("1", "y", "check", category="38_b")
    assert completed(Row("1", "y", "none"), ours) == Row("1", "y", "none")
    assert completed(Row("2", "y"), ours) == Row("2", "y")
