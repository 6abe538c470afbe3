"""A rule file that cannot be used is refused, with its name, the rule's id and the fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.rule_files import load_rules
from bot.domain.safety_net import ContextKind, Family, RulesError, SafetyNet, Tier

HEADER = "id: made-up\nversion: '1'\nauthor: somebody\n"
WORDING = f"kind: wording\n{HEADER}fillers: [really]\nstands_for: {{wanna: want to}}\n"
RULES = f"""kind: rules
{HEADER}family: intent
tier: immediate_crisis
lowered_by: [denial]
rules:
  - id: wish
    patterns: ["want to @death"]
    example: I want to die
    counter_example: I want tea
  - id: off
    tier: check
    family: hopeless
    lowered_by: []
    once: true
    patterns: [no, "off"]
    example: no
    counter_example: yes
"""
GROUPS = f"kind: groups\n{HEADER}groups:\n  death: [die]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("wording", WORDING), ("rules", RULES), ("groups", GROUPS)):
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_is_read(folder: Path) -> None:
    rules = load_rules(folder)
    wish, off = rules.book.rules
    assert wish.tier is Tier.IMMEDIATE_CRISIS
    assert wish.lowered_by == {ContextKind.DENIAL}
    assert (off.tier, off.family, off.once) == (Tier.CHECK, Family.HOPELESS, True)
    assert off.lowered_by == frozenset()
    net = SafetyNet(rules)
    assert net.judge("i really wanna die").tier is Tier.IMMEDIATE_CRISIS
    assert net.judge("off").tier is Tier.CHECK


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("rules", "kind: rules", "kind: rulez", ["unknown kind 'rulez'"]),
        ("rules", "author: somebody", "", ["'author' is missing"]),
        ("rules", "family: intent", "family: sadness", ["wish", "'sadness' is not one of"]),
        ("rules", "tier: check", "tier: none", ["off", "tier 'none'"]),
        ("rules", "tier: check", "tear: check", ["off", "unknown: tear"]),
        ("rules", "[denial]", "[lies]", ["wish", "'lies' is not one of"]),
        ("rules", "[denial]", "denial", ["wish", "'lowered_by' is not a list"]),
        ("rules", "once: true", "once: perhaps", ["off", "neither true nor false"]),
        ("rules", "id: off", "id: wish", ["wish", "already used in rules.yml"]),
        ("rules", "- id: off\n    tier", "- tier", ["number 2 of 'rules' has no id"]),
        ("rules", "    example: no\n", "", ["off", "'example' is missing"]),
        ("rules", "@death", "@life", ["wish", "there is no word group 'life'"]),
        ("rules", "want to @death", "really die", ["wish", "'really' is passed over"]),
        ("rules", "rules:\n", "rules: [\n", ["is not YAML"]),
        ("rules", "rules:\n", "rulez:\n", ["unknown: rulez"]),
        ("groups", "death: [die]", "death: die", ["'death' is not a list"]),
        ("groups", "death: [die]", "[die]", ["'groups' is not a list"]),
        ("groups", "death: [die]", "de-ath: [die]", ["not a name for a word group"]),
        ("wording", "{wanna: want to}", "[wanna]", ["'stands_for' is not a list"]),
        ("wording", "wanna: want to", "wan na: want to", ["'wan na' is more than one word"]),
        ("wording", "wanna: want to", "wanna: [want]", ["is not text"]),
        ("wording", "fillers:", "emoji: {ab: c}\nfillers:", ["'ab' is not one character"]),
        ("wording", "kind: wording", "kind: groups", ["unknown"]),
    ],
)
def test_a_fault_is_named(folder: Path, file: str, old: str, new: str, says: list[str]) -> None:
    path = folder / f"{file}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RulesError) as raised:
        load_rules(folder)
    for words in [f"{file}.yml", *says]:
        assert words in str(raised.value)


def test_a_word_group_is_named_once(folder: Path) -> None:
    (folder / "more.yml").write_text(GROUPS, encoding="utf-8")
    with pytest.raises(RulesError, match=r"more\.yml: the word group 'death' is already in"):
        load_rules(folder)


@pytest.mark.parametrize(
    ("missing", "says"),
    [("wording", "no file of kind 'wording'"), ("rules", "no file of kind 'rules'")],
)
def test_what_must_be_there_is_missed(folder: Path, missing: str, says: str) -> None:
    (folder / f"{missing}.yml").unlink()
    with pytest.raises(RulesError, match=says):
        load_rules(folder)


def test_wording_is_one_file(folder: Path) -> None:
    (folder / "zz.yml").write_text(WORDING, encoding="utf-8")
    with pytest.raises(RulesError, match="more than one file of kind 'wording'"):
        load_rules(folder)


def test_an_empty_folder_and_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="no rule files"):
        load_rules(tmp_path)
    (tmp_path / "broken.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulesError, match=r"broken\.yml: cannot be read"):
        load_rules(tmp_path)
    (tmp_path / "broken.yml").write_text("- a list", encoding="utf-8")
    with pytest.raises(RulesError, match=r"broken\.yml: does not hold"):
        load_rules(tmp_path)


@pytest.mark.parametrize(
    ("kind", "entry", "says"),
    [
        ("contexts", "context: denial\n    reach: far", "'far' is not one of"),
        ("contexts", "context: denial\n    reach: before\n    within: 99", "0 to 20"),
        ("requests", "request: pizza", "'pizza' is not one of"),
        ("answers", "answer: perhaps", "'perhaps' is not one of"),
        ("idioms", "unless: never", "'unless' is not a list"),
    ],
)
def test_other_kinds_are_checked_too(folder: Path, kind: str, entry: str, says: str) -> None:
    (folder / "other.yml").write_text(
        f"kind: {kind}\n{HEADER}{kind}:\n  - id: one\n    patterns: [x]\n    example: x\n"
        f"    counter_example: y\n    {entry}\n",
        encoding="utf-8",
    )
    with pytest.raises(RulesError, match=r"other\.yml, one: .*" + says):
        load_rules(folder)
