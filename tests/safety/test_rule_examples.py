"""Every rule, context, idiom, request and answer does what its own two sentences say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.adapters.rule_files import load_rules
from bot.domain.safety_net import (
    AnswerDefinition,
    ContextDefinition,
    ContextKind,
    IdiomDefinition,
    RequestDefinition,
    RuleDefinition,
    SafetyNet,
    Tier,
)

FOLDER = Path(__file__).parents[2] / "skills_content" / "safety" / "rules"
BOOK = load_rules(FOLDER).book
RISK_BEFORE = ["I want to die"]


def name(definition: RuleDefinition) -> str:
    return definition.source.id


@pytest.mark.parametrize("rule", BOOK.rules, ids=name)
def test_a_rule_speaks_for_its_example_alone(rule: RuleDefinition, net: SafetyNet) -> None:
    earlier = RISK_BEFORE if rule.after_risk else []
    found = net.judge(rule.source.example, earlier)
    assert rule.source.id in found.rules
    assert found.tier >= rule.tier
    not_found = net.judge(rule.source.counter_example, earlier)
    assert rule.source.id not in not_found.rules or not_found.tier < rule.tier


@pytest.mark.parametrize("context", BOOK.contexts, ids=name)
def test_a_context_lowers_its_example_to_a_check(
    context: ContextDefinition, net: SafetyNet
) -> None:
    found = net.judge(context.source.example)
    if context.kind is ContextKind.RECENT:
        assert found.tier.is_immediate
    else:
        assert context.source.id in found.rules
        assert found.tier is Tier.CHECK
    assert context.source.id not in net.judge(context.source.counter_example).rules


@pytest.mark.parametrize("idiom", BOOK.idioms, ids=name)
def test_an_idiom_hides_its_example_alone(idiom: IdiomDefinition, net: SafetyNet) -> None:
    assert net.judge(idiom.source.example).tier is Tier.NONE
    assert net.judge(idiom.source.counter_example).tier > Tier.NONE


@pytest.mark.parametrize("request_", BOOK.requests, ids=name)
def test_a_request_is_seen_in_its_example_alone(
    request_: RequestDefinition, net: SafetyNet
) -> None:
    assert request_.request in net.requests(request_.source.example)
    assert request_.request not in net.requests(request_.source.counter_example)


@pytest.mark.parametrize("answer", BOOK.answers, ids=name)
def test_an_answer_is_read_from_its_example_alone(answer: AnswerDefinition, net: SafetyNet) -> None:
    assert net.answer_to_ask(answer.source.example) is answer.answer
    assert net.answer_to_ask(answer.source.counter_example) is not answer.answer


def test_every_word_group_is_used() -> None:
    written = "".join(file.read_text(encoding="utf-8") for file in FOLDER.glob("*.yml"))
    used = set(re.findall(r"@(\w+)", written))
    assert set(BOOK.groups) <= used
