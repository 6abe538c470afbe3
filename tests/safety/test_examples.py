"""The examples that the model is trained on: enough, no line twice, and none that tests use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.adapters.sentence_model.examples import Example, copies, load_examples, plain_text
from bot.domain.safety_net import Tier

HERE = Path(__file__).parent
SAFETY = Path(__file__).parents[2] / "skills_content" / "safety"
TUNED_ON = ("answers.jsonl", "wording.jsonl")
"""The rules were written with these: they keep what was reached, and measure nothing."""
TEST_SETS = (
    *(path for path in sorted(HERE.glob("*.jsonl")) if path.name not in TUNED_ON),
    SAFETY / "catalogue.jsonl",
)


@pytest.fixture(scope="module")
def examples() -> tuple[Example, ...]:
    return load_examples(SAFETY / "examples")


def test_there_are_enough_of_each_kind(examples: tuple[Example, ...]) -> None:
    tiers = [each.tier for each in examples]
    assert sum(tier > Tier.CHECK for tier in tiers) >= 800
    assert tiers.count(Tier.NONE) >= 3_000


def test_no_line_stands_twice(examples: tuple[Example, ...]) -> None:
    twice = [
        f"{again.file}:{again.line} = {first.file}:{first.line}"
        for again, first in copies(examples)
    ]
    assert twice == []


@pytest.mark.parametrize("path", TEST_SETS, ids=lambda path: path.name)
def test_nothing_is_learnt_from_a_test(path: Path, examples: tuple[Example, ...]) -> None:
    learnt = {plain_text(each.text) for each in examples}
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [row["text"] for row in rows if plain_text(row["text"]) in learnt] == []
