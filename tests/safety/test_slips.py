"""One slip in every longer word, or look-alike letters, hide next to no explicit statement."""

# Look-alikes are what this is about.
# ruff: noqa: RUF001

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.domain.safety_net import SafetyNet, Tier

WORDING = Path(__file__).parent / "wording.jsonl"
CATEGORIES = ("01", "02", "05", "06", "08", "09", "11")
"""Wanting to die, plans, attempts, overdoses, self-harm, urges: said outright."""
EXPLICIT = tuple(
    row["text"]
    for row in map(json.loads, WORDING.read_text("utf-8").splitlines())
    if row["expected"] == "crisis" and row["category"].startswith(CATEGORIES)
    and "\n" not in row["text"] and len(row["text"].split()) <= 14
)  # fmt: skip
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LOOK_ALIKES = {
    "a": "аα@4", "e": "еε3", "i": "іι1", "o": "оο0", "s": "ѕ$5", "t": "т7", "c": "с", "p": "р",
    "x": "х", "y": "у", "l": "1",
}  # fmt: skip
SLIP_FROM = 5
"""Words of at least so many letters have a slip each."""


def slipped(word: str, chance: random.Random) -> str:
    """One letter left out, put in, taken for another, or swapped with the next."""
    if len(word) < SLIP_FROM or not word.isalpha():
        return word
    place, letter = chance.randrange(len(word) - 1), chance.choice(LETTERS)
    return chance.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )


def disguised(word: str, chance: random.Random) -> str:
    """About every fourth letter as one that looks like it."""
    return "".join(
        chance.choice(LOOK_ALIKES[each]) if each in LOOK_ALIKES and chance.random() < 0.25 else each
        for each in word
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("change", [slipped, disguised])
def test_hardly_a_statement_is_hidden(
    change: Callable[[str, random.Random], str], seed: int, whole: SafetyNet
) -> None:
    """A slip can make another real word: "bride" of "bridge". 3% were hidden at first."""
    chance = random.Random(seed)
    said = [" ".join(change(word, chance) for word in text.split()) for text in EXPLICIT]
    hidden = [each for each in said if whole.judge(each).tier is Tier.NONE]
    assert len(said) > 500
    assert len(hidden) <= len(said) / 25, hidden
