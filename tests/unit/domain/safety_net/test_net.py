from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from bot.domain.safety_net import (
    CALM,
    MODEL_FAILED,
    MODEL_RULE,
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
    version_of,
)
from bot.domain.safety_net.net import ENOUGH
from bot.domain.safety_net.windows import TAIL, WINDOW
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
        (1.0, Tier.IMMEDIATE_CRISIS),
    ],
)
def test_the_model_raises(score: float, tier: Tier) -> None:
    judging = SafetyNet(compile_rules(book(die())), score=lambda _, __: score)
    verdict = judging.judge("hello")
    assert verdict.tier is tier
    assert verdict.spans == (((0, 5),) if tier > Tier.NONE else ())
    assert verdict.rules == ((MODEL_RULE,) if tier > Tier.NONE else ())
    assert judging.judge_by_rules("hello") == CALM


class Asked:
    """A score that remembers what it was asked."""

    def __init__(self, danger: float) -> None:
        self.danger = danger
        self.about: list[tuple[str, list[tuple[int, int]]]] = []

    def __call__(self, text: str, hits: Sequence[tuple[int, int]]) -> float:
        self.about.append((text, list(hits)))
        return self.danger


def sad(*, once: bool = False) -> RuleDefinition:
    return rule("sad", "sad", tier=Tier.CHECK, family=Family.HOPELESS, once=once)


def test_the_model_is_not_asked_where_rules_are_sure() -> None:
    asked = Asked(1.0)
    judging = SafetyNet(
        compile_rules(book(die(), sad(), rule("beat", "beat", tier=Tier.SAFEGUARDING))), asked
    )
    assert judging.judge("i die").family is Family.INTENT
    assert judging.judge("beat").tier is Tier.SAFEGUARDING
    assert asked.about == []


def test_the_model_is_told_where_rules_spoke_and_sees_the_new_message_alone() -> None:
    asked = Asked(0.0)
    judging = SafetyNet(compile_rules(book(die(), sad())), asked)
    assert judging.judge("so sad", ["hello there", "bye"]).tier is Tier.CHECK
    assert asked.about == [("so sad", [(3, 6)])]


def test_the_model_does_not_see_everyday_sayings() -> None:
    asked = Asked(0.0)
    judging = SafetyNet(compile_rules(book(die(), idioms=(idiom("tea", "die for tea"),))), asked)
    judging.judge("i'd really die for tea now")
    assert asked.about == [("i'd really             now", [])]


@pytest.mark.parametrize("text", ["7", " 10 ", "...", "", "😭", "4/10"])
def test_numbers_and_signs_are_no_message_to_the_model(text: str) -> None:
    asked = Asked(1.0)
    assert SafetyNet(compile_rules(book(die())), asked).judge(text).tier is Tier.NONE
    assert asked.about == []


def test_answers_are_read_by_rules_alone() -> None:
    asked = Asked(1.0)
    judging = SafetyNet(compile_rules(book(die(), answers=ANSWERS)), asked)
    assert judging.answer_to_ask("no") is Answer.NO
    assert asked.about == []


def test_the_model_raises_a_check_of_the_rules_and_keeps_their_word_otherwise() -> None:
    rules = compile_rules(book(die(), sad()))
    assert SafetyNet(rules, Asked(0.95)).judge("sad").tier is Tier.IMMEDIATE_CRISIS
    kept = SafetyNet(rules, Asked(0.6)).judge("sad")
    assert (kept.tier, kept.family, kept.rules) == (Tier.CHECK, Family.HOPELESS, ("sad",))
    assert SafetyNet(rules, Asked(0.0)).judge("sad") == kept


def test_what_rules_settled_is_not_raised() -> None:
    lowered = die(ContextKind.DENIAL)
    rules = compile_rules(book(lowered, sad(once=True), contexts=(DENIAL,)))
    judging = SafetyNet(rules, Asked(1.0))
    assert judging.judge("not die").tier is Tier.CHECK
    assert judging.judge("sad").ask_once


@pytest.mark.parametrize("wrong", [math.nan, -0.1, 1.1, math.inf])
def test_a_score_that_is_none_leaves_the_rules_verdict(wrong: float) -> None:
    judging = SafetyNet(compile_rules(book(die(), sad())), Asked(wrong))
    assert judging.judge("hello").family is Family.UNREAD
    assert judging.judge("sad").family is Family.HOPELESS


def test_a_failing_model_never_loses_what_the_rules_said() -> None:
    def broken(text: str, hits: Sequence[tuple[int, int]]) -> float:
        raise MemoryError

    rules = compile_rules(book(die(), sad()))
    judging = SafetyNet(rules, broken)
    found = judging.judge("so sad")
    by_rules = SafetyNet(rules).judge("so sad")
    assert (found.tier, found.family) == (by_rules.tier, by_rules.family)
    assert (found.spans, found.ask_once) == (by_rules.spans, by_rules.ask_once)
    assert found.rules == ("sad", MODEL_FAILED)
    assert judging.judge("i die") == SafetyNet(rules).judge("i die")
    unread = judging.judge("hello")
    assert (unread.tier, unread.family, unread.ask_once) == (Tier.CHECK, Family.UNREAD, True)
    assert unread.rules == (MODEL_FAILED,)


def test_thresholds_can_be_set() -> None:
    judging = SafetyNet(compile_rules(book(die()))).scored_by(Asked(0.15), Thresholds(0.1, 0.2))
    assert judging.has_model
    assert judging.judge("hello").tier is Tier.CHECK
    assert not SafetyNet(compile_rules(book(die()))).has_model


def test_after_enough_immediate_statements_the_rest_is_not_read() -> None:
    judging = net(*(rule(f"die{n}", "die") for n in range(ENOUGH)), rule("late", "late"))
    filler = "a " * WINDOW
    assert "late" not in judging.judge(f"die {filler} late").rules
    assert "late" in judging.judge(f"{filler} late").rules


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


def test_a_version_changes_with_any_file_and_only_then() -> None:
    files = [("a.yml", b"one"), ("b.yml", b"two")]
    assert version_of(files) == version_of(list(files))
    for other in (
        [("a.yml", b"one")],
        [("a.yml", b"onf"), files[1]],
        [("c.yml", b"one"), files[1]],
    ):
        assert version_of(other) != version_of(files)
    assert SafetyNet(compile_rules(book(die()), "0123")).version == "rules:0123"
