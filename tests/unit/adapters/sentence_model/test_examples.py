"""Example files: what is in them, and what is wrong with them, by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.sentence_model.examples import copies, load_examples
from bot.domain.errors import ContentBroken
from bot.domain.safety_net import Tier
from tests.unit.adapters.sentence_model.made import write_examples, write_file


def test_examples_are_read_in_order(tmp_path: Path) -> None:
    write_examples(tmp_path)
    write_file(tmp_path / "risk" / "intent_2.yml", "intent", Tier.IMMEDIATE_CRISIS, ("one more",))
    examples = load_examples(tmp_path)
    assert [each.text for each in examples if each.family == "intent"] == [
        "i really want to end my life",
        "going to kill myself tonight",
        "i\nwant\nto die",
        "one more",
    ]
    third = examples[2]
    assert (third.messages, third.file, third.line) == (
        ("i", "want", "to die"),
        "risk/intent.yml",
        10,
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kind: examples", "kind: rules", "its kind is 'rules'"),
        ("author: somebody", "", "'author' is missing"),
        ("family: food", "family: drink", "its family is 'drink', not the file's name"),
        ("tier: none", "tier: check", "its tier is 'check'; none in this folder"),
        ("tier: none", "tier: calm", "its tier is 'calm'"),
        ("lines:", "linez:", "unknown: linez"),
        ('  - "toast again"', "  - [toast]", "line 10: this is not a text"),
        ('  - "toast again"', '  - "  "', "line 10: this is not a text"),
        ("lines:", "lines: [", "is not YAML"),
        ("kind: examples", "- kind: examples", "is not YAML"),
    ],
)
def test_a_fault_is_named_by_file_and_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    write_examples(tmp_path)
    path = tmp_path / "everyday" / "food.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ContentBroken, match=r"everyday/food\.yml") as raised:
        load_examples(tmp_path)
    assert says in str(raised.value)


def test_no_lines_no_mapping_and_no_text_are_named(tmp_path: Path) -> None:
    write_examples(tmp_path)
    path = tmp_path / "everyday" / "food.yml"
    for text, says in (
        (path.read_text("utf-8").partition("lines:")[0] + "lines: []\n", "it has no lines"),
        ("- a\n- b\n", "does not hold"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(ContentBroken, match=says):
            load_examples(tmp_path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ContentBroken, match="cannot be read"):
        load_examples(tmp_path)


def test_no_examples_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContentBroken, match="no examples"):
        load_examples(tmp_path)


def test_a_line_that_stands_twice_is_told(tmp_path: Path) -> None:
    write_examples(tmp_path)
    write_file(
        tmp_path / "everyday" / "soup.yml", "soup", Tier.NONE, ("Made a lovely  SOUP today",)
    )
    [(again, first)] = copies(load_examples(tmp_path))
    assert (again.file, first.file, first.line) == ("everyday/soup.yml", "everyday/food.yml", 8)
