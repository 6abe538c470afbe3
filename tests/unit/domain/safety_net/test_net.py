from __future__ import annotations

import math

import pytest

from bot.domain.safety_net import (
    Answer,
    AnswerDefinition,
    ContextKind,
    Family,
    Reach,
    Request,
    RequestDefinition,
    RuleDefinition,
    SafetyNet,
    Thresholds,
    Tier,
    compile_rules,
)
from bot.domain.safety_net.windows import TAIL
from tests.unit.domain.safety_net.books import book, context, idiom, rule, source

DENIAL = context("denial", ContextKind.DENIAL, Reach.BEFORE, 1, "not")
PAST = context("past", ContextKind.PAST, Reach.AROUND, 2, "years ago")
RECENT = context("recent", ContextKind.RECENT, Reach.AROUND, 2, "tonight")
LAUGHTER = context("laughter", ContextKind.LAUGHTER, Reach.MESSAGE, 0, "haha")
FICTION = context("fiction", ContextKind.FICTION, Reach.SENTENCE, 0, "film")


def die(*lowered_by: ContextKind) -> RuleDefinition:
    return rule("die", "die", lowered_by=lowered_by)


def net(*rules: RuleDefinition, **parts: object) -> SafetyNet:
    return SafetyNet(compile_rules(book(*rules, **parts)))  # type: ignore[arg-type]


def test_the_most_urgent_tier_and_the_first_family_in_it_win() -> None:
    judging = net(
        rule("low", "sad", tier=Tier.CHECK, family=Family.HOPELESS),
        rule("pills", "pills", tier=Tier.IMMEDIATE_MEDICAL, family=Family.OVERDOSE_BY_ACCIDENT),
        rule("blood", "blood", tier=Tier.IMMEDIATE_MEDICAL, family=Family.INJURY),
    )
    verdict = judging.judge("sad pills blood")
    assert verdict.tier is Tier.IMMEDIATE_MEDICAL
    assert verdict.family is Family.INJURY
    assert verdict.rules == ("blood", "pills", "low")
    assert verdict.spans == ((10, 15), (4, 9))


def test_nothing_found_is_nothing_said() -> None:
    verdict = net(die()).judge("hello")
    assert (verdict.tier, verdict.family, verdict.rules, verdict.spans) == (
        Tier.NONE,
        None,
        (),
        (),
    )
    assert not verdict.ask_once


@pytest.mark.parametrize(
    ("message", "tier", "family"),
    [
        ("i will not die", Tier.CHECK, Family.DENIAL),
        ("not so die", Tier.CHECK, Family.DENIAL),
        ("not so very die", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("not i die", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("i am not. so die", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("die not", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("not die. i die", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("die years ago", Tier.CHECK, Family.PAST),
        ("years ago we all die", Tier.CHECK, Family.PAST),
        ("years ago we all would die", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("die years ago and so tonight", Tier.CHECK, Family.PAST),
        ("die tonight years ago", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("i would die. years ago", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("die. so much later haha", Tier.CHECK, Family.INTENT),
        ("die much later in the long film", Tier.CHECK, Family.INTENT),
        ("they all die. what a film", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("not die " * 9, Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("not die " * 8, Tier.CHECK, Family.DENIAL),
    ],
)
def test_contexts_lower_to_a_check(message: str, tier: Tier, family: Family) -> None:
    lowering = (
        ContextKind.DENIAL,
        ContextKind.PAST,
        ContextKind.LAUGHTER,
        ContextKind.FICTION,
    )
    judging = net(die(*lowering), contexts=(DENIAL, PAST, RECENT, LAUGHTER, FICTION))
    verdict = judging.judge(message)
    assert (verdict.tier, verdict.family) == (tier, family)


def test_a_context_lowers_only_rules_that_name_it() -> None:
    judging = net(die(ContextKind.PAST), contexts=(DENIAL,))
    assert judging.judge("not die").tier is Tier.IMMEDIATE_CRISIS


def test_a_context_is_named_after_its_rule() -> None:
    judging = net(die(ContextKind.DENIAL), contexts=(DENIAL,))
    assert judging.judge("not die").rules == ("die", "denial")


def test_asked_once_only_if_nothing_else_speaks() -> None:
    judging = net(
        die(ContextKind.PAST, ContextKind.DENIAL),
        rule("plan", "plan", tier=Tier.CHECK, family=Family.REQUESTED, once=True),
        rule("sad", "sad", tier=Tier.CHECK, family=Family.HOPELESS),
        contexts=(PAST, DENIAL),
    )
    assert judging.judge("plan").ask_once
    assert judging.judge("die years ago").ask_once
    assert not judging.judge("not die").ask_once
    assert not judging.judge("sad").ask_once
    assert not judging.judge("plan sad").ask_once


def test_an_idiom_hides_its_words_alone() -> None:
    judging = net(die(), idioms=(idiom("laughing", "die laughing", unless=("on purpose",)),))
    assert judging.judge("i could die laughing").tier is Tier.NONE
    assert judging.judge("die laughing and die").tier is Tier.IMMEDIATE_CRISIS
    assert judging.judge("die laughing on purpose").tier is Tier.IMMEDIATE_CRISIS


def test_what_began_before_counts_only_where_it_ends() -> None:
    judging = net(rule("want", "want to die"))
    assert judging.judge("to die", ["i want"]).tier is Tier.IMMEDIATE_CRISIS
    assert judging.judge("to die", ["i want"]).spans == ((0, 6),)
    assert judging.judge("hello", ["i want to die"]).tier is Tier.NONE
    assert judging.judge("to die", []).tier is Tier.NONE


def test_a_joined_message_is_not_judged_where_it_was_cut() -> None:
    judging = net(rule("end", "die $"))
    message = "we laughed so loudly that i thought we all would die laughing merrily on"
    assert message.index("laughing") < TAIL < message.index(" merrily")
    assert judging.judge(message, ["hello"]).tier is Tier.NONE


def test_after_risk_a_rule_takes_the_tier_before_it() -> None:
    judging = net(
        die(),
        rule("sad", "sad", tier=Tier.CHECK),
        rule("unheard", "listen", tier=Tier.CHECK, family=Family.NOT_HEARD, after_risk=True),
    )
    assert judging.judge("listen", ["i die"]).tier is Tier.IMMEDIATE_CRISIS
    assert judging.judge("listen", ["sad"]).tier is Tier.CHECK
    assert judging.judge("listen", ["hello"]).tier is Tier.NONE
    assert judging.judge("listen", ["i die", "1", "2", "3", "4", "5"]).tier is Tier.NONE


@pytest.mark.parametrize(
    ("score", "tier"),
    [
        (0.0, Tier.NONE),
        (0.49, Tier.NONE),
        (0.5, Tier.CHECK),
        (0.89, Tier.CHECK),
        (0.9, Tier.IMMEDIATE_CRISIS),
        (math.nan, Tier.NONE),
    ],
)
def test_the_model_raises(score: float, tier: Tier) -> None:
    judging = SafetyNet(compile_rules(book(die())), score=lambda _: score)
    verdict = judging.judge("hello")
    assert verdict.tier is tier
    assert verdict.spans == (((0, 5),) if tier > Tier.NONE else ())


def test_the_model_never_lowers_and_is_not_asked_where_rules_are_sure() -> None:
    asked = []

    def score(text: str) -> float:
        asked.append(text)
        return 0.0

    judging = SafetyNet(
        compile_rules(book(die(), rule("sad", "sad", tier=Tier.CHECK))), score, Thresholds(0.1, 0.2)
    )
    assert judging.judge("i die").tier is Tier.IMMEDIATE_CRISIS
    assert asked == []
    assert judging.judge("sad").tier is Tier.CHECK
    assert asked == ["sad"]


def test_thresholds_can_be_set() -> None:
    judging = SafetyNet(compile_rules(book(die())), lambda _: 0.15, Thresholds(0.1, 0.2))
    assert judging.judge("hello").tier is Tier.CHECK


def test_requests_are_told() -> None:
    judging = net(die(), requests=(RequestDefinition(source("plan", "my plan"), Request.PLAN),))
    assert judging.requests("see my plan") == {Request.PLAN}
    assert judging.requests("see my cat") == frozenset()


ANSWERS = (
    AnswerDefinition(source("yes", "^ yes"), Answer.YES),
    AnswerDefinition(source("unsure", "^ no", "maybe", "^ yes and no $"), Answer.UNSURE),
    AnswerDefinition(source("no", "^ no [really] $"), Answer.NO),
)


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("yes", Answer.YES),
        ("yes and no", Answer.UNSURE),
        ("yes maybe", Answer.YES),
        ("maybe", Answer.UNSURE),
        ("no", Answer.NO),
        ("no really", Answer.NO),
        ("no. not today", Answer.UNSURE),
        ("no sad", Answer.UNSURE),
        ("no i want to die", Answer.YES),
        ("no blood", Answer.UNSURE),
        ("hello", None),
        ("", None),
        ("no" + " " * 300, None),
    ],
)
def test_answers(message: str, answer: Answer | None) -> None:
    judging = net(
        die(),
        rule("sad", "sad", tier=Tier.CHECK, family=Family.HOPELESS),
        rule("blood", "blood", family=Family.INJURY),
        answers=ANSWERS,
    )
    assert judging.answer_to_ask(message) is answer


def test_a_no_with_trouble_in_it_is_not_clear() -> None:
    judging = net(
        rule("sad", "sad", tier=Tier.CHECK, family=Family.HOPELESS),
        answers=(AnswerDefinition(source("no", "^ no sad $"), Answer.NO),),
    )
    assert judging.answer_to_ask("no sad") is Answer.UNSURE


def test_a_denial_does_not_trouble_a_no() -> None:
    judging = net(
        die(ContextKind.DENIAL),
        contexts=(DENIAL,),
        answers=(AnswerDefinition(source("no", "^ no [not die] $"), Answer.NO),),
    )
    assert judging.judge("no not die").tier is Tier.CHECK
    assert judging.answer_to_ask("no not die") is Answer.NO
