from __future__ import annotations

import pytest

from bot.domain.errors import ContentBroken
from bot.domain.safety_net import RulesError, SafetyNet, Tier, compile_rules
from tests.unit.domain.safety_net.books import book, rule


def test_groups_may_use_one_another_in_any_order() -> None:
    groups = {"wish": ("want @death",), "death": ("to die", "to be dead")}
    net = SafetyNet(compile_rules(book(rule("wish", "@wish"), groups=groups)))
    assert net.judge("i want to be dead").tier is Tier.IMMEDIATE_CRISIS


@pytest.mark.parametrize(
    ("groups", "patterns", "words"),
    [
        ({"a": ("@b",), "b": ("@a",)}, ("@a",), ("groups.yml", "a", "uses itself")),
        ({"a": ("x <2> y",)}, ("@a",), ("groups.yml", "a", "gaps and sentence marks")),
        ({}, ("@a",), ("made_up.yml", "bad", "no word group 'a'")),
        ({}, ("die", "{die"), ("made_up.yml", "bad", "'{die': it ends too soon")),
        ({}, (), ("made_up.yml", "bad", "it has no patterns")),
    ],
)
def test_a_fault_is_named_with_its_file_and_rule(
    groups: dict[str, tuple[str, ...]], patterns: tuple[str, ...], words: tuple[str, ...]
) -> None:
    with pytest.raises(RulesError) as raised:
        compile_rules(book(rule("bad", *patterns), groups=groups))
    assert isinstance(raised.value, ContentBroken)
    assert (raised.value.file, raised.value.rule) == words[:2]
    for word in words:
        assert word in str(raised.value)
