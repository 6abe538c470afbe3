# ruff: noqa: S101
"""What the training data promises, without training anything."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

import generate_lookups  # noqa: E402

_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def _blocks() -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for path in sorted((PROJECT / "data" / "nlu").glob("*.yml")):
        if path != generate_lookups.TARGET:
            blocks += yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return blocks


def _lines(block: dict[str, Any]) -> list[str]:
    return [line.removeprefix("- ") for line in block["examples"].splitlines()]


def _intents() -> dict[str, list[str]]:
    return {
        block["intent"]: [_MARKED.sub(r"\1", line).lower() for line in _lines(block)]
        for block in _blocks()
        if "intent" in block
    }


def _domain() -> dict[str, Any]:
    domain: dict[str, Any] = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    return domain


def test_every_intent_has_enough_examples() -> None:
    intents = _intents()
    assert set(intents) == set(_domain()["intents"])
    assert {name: len(said) for name, said in intents.items() if len(said) < 25} == {}
    assert len(intents["off_topic"]) >= 80


def test_no_example_stands_for_two_intents() -> None:
    stands_for = Counter((line, name) for name, said in _intents().items() for line in set(said))
    lines = Counter(line for line, _ in stands_for)
    # Only tone of voice tells these two apart, so both readings are taught.
    known = {"alright", "good day"}
    assert {line for line, count in lines.items() if count > 1} - known == set()


@pytest.mark.parametrize("table", ["emotion", "person"])
def test_every_word_of_a_table_has_one_meaning(table: str) -> None:
    blocks = _blocks()
    words = next(_lines(block) for block in blocks if block.get("lookup") == table)
    synonyms = [
        (word, block["synonym"]) for block in blocks if "synonym" in block for word in _lines(block)
    ]
    assert [
        word for word, count in Counter(word for word, _ in synonyms).items() if count > 1
    ] == []
    canonical = {"anger", "sadness", "fear", "anxiety", "shame", "guilt", "overwhelmed", "numb"}
    canonical |= {"jealous", "lonely"}
    if table == "emotion":
        assert {dict(synonyms).get(word, word) for word in words} == canonical


def test_every_regular_expression_compiles() -> None:
    for block in _blocks():
        if "regex" in block:
            for pattern in _lines(block):
                re.compile(pattern, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("im at a 7 and about to shout", "distress", "7"),
        ("i'm at an 8", "distress", "8"),
        ("8/10 help", "distress", "8"),
        ("nine out of ten", "distress", "nine"),
        ("7", "distress", "7"),
        ("a 10", "distress", "10"),
        ("remind me at 7", "distress", None),
        ("im at 7pm group", "distress", None),
        ("i have 3 kids and 2 dogs", "distress", None),
        ("its a 10 minute walk", "distress", None),
        ("remind me at 7", "time", "7"),
        ("remind me at 9am tomorrow", "time", "9am tomorrow"),
        ("my appointment on tuesday at 3pm", "time", "tuesday at 3pm"),
        ("im at 7", "time", None),
        ("the second one", "option", "second"),
        ("option 3", "option", "3"),
        ("the second time i tried", "option", None),
    ],
)
def test_what_is_taken_for_a_value(text: str, entity: str, value: str | None) -> None:
    patterns = [
        pattern for block in _blocks() if block.get("regex") == entity for pattern in _lines(block)
    ]
    found = [
        match[0] for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)
    ]
    assert (found[-1] if found else None) == value


def test_every_response_is_one_command() -> None:
    for variants in _domain()["responses"].values():
        assert [list(variant) for variant in variants] == [["custom"]]
        assert "command" in variants[0]["custom"]


def test_a_value_is_emptied_wherever_a_command_would_carry_it() -> None:
    for name in ("distress", "emotion", "person", "time", "option"):
        fills, empties = _domain()["slots"][name]["mappings"]
        assert (fills["type"], empties["type"]) == ("from_entity", "from_intent")
        assert empties["value"] == ""
        assert fills["intent"] == empties["intent"]


def _skill(folder: Path, name: str, names: list[str]) -> None:
    text = yaml.safe_dump({"id": name, "kind": "skill", "title": name.title(), "names": names})
    (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def test_names_of_skills_become_look_ups_and_synonyms(tmp_path: Path) -> None:
    _skill(tmp_path, "stop", ["stop skill"])
    _skill(tmp_path, "cold", ["Cold water"])
    (tmp_path / "other.yml").write_text("kind: activity\nid: x\n", encoding="utf-8")
    skills = generate_lookups.read_skills(tmp_path)
    blocks = yaml.safe_load(generate_lookups.training_data(skills))["nlu"]
    assert _lines(blocks[0]) == ["cold water", "stop skill", "cold", "stop"]
    assert {block["synonym"]: _lines(block) for block in blocks[1:3]} == {
        "cold": ["cold", "cold water"],
        "stop": ["stop", "stop skill"],
    }
    assert "[cold water](skill)" in _lines(blocks[3])


def test_two_skills_with_one_name_are_refused(tmp_path: Path) -> None:
    _skill(tmp_path, "stop", ["pause"])
    _skill(tmp_path, "cold", ["Pause"])
    with pytest.raises(generate_lookups.UnusableContent, match="pause"):
        generate_lookups.read_skills(tmp_path)


def test_content_without_skills_is_refused(tmp_path: Path) -> None:
    with pytest.raises(generate_lookups.UnusableContent):
        generate_lookups.read_skills(tmp_path)
