"""Small models and examples for these tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.adapters.sentence_model.coefficients import Coefficients
from bot.adapters.sentence_model.letters import BUCKETS
from bot.adapters.sentence_model.likeness import Likeness, as_saved
from bot.adapters.sentence_model.minilm import DIMENSIONS
from bot.domain.safety_net import Thresholds, Tier

LINES = {
    ("risk", "intent", "immediate_crisis"): (
        "i really want to end my life",
        "going to kill myself tonight",
        "i\\nwant\\nto die",
    ),
    ("risk", "urge", "immediate_crisis"): (
        "the urge to cut is so strong",
        "want to hurt myself again",
        "itching to burn my arm",
    ),
    ("check", "hopeless", "check"): ("nothing will ever change", "there is no point in me"),
    ("check", "exhausted", "check"): ("can't go on like this", "i am done with everything"),
    ("everyday", "food", "none"): (
        "made a lovely soup today",
        "what shall we have for tea",
        "toast again",
    ),
    ("everyday", "travel", "none"): (
        "the bus was late",
        "rain all the way\\nhome now though",
        "off to matlock",
    ),
    ("distress", "anger", "none"): ("he makes me so angry", "i could scream at her"),
}


def coefficients() -> Coefficients:
    chance = np.random.default_rng(1)
    return Coefficients(
        "abc123",
        Likeness(as_saved(chance.random((3, DIMENSIONS))), chance.random(3, dtype=np.float32)),
        chance.random(DIMENSIONS),
        chance.random(BUCKETS),
        -0.5,
        Thresholds(0.6, 0.9),
    )


def write_examples(folder: Path) -> None:
    for (part, family, tier), lines in LINES.items():
        write_file(folder / part / f"{family}.yml", family, Tier(tier), lines)


def write_file(path: Path, family: str, tier: Tier, lines: tuple[str, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    quoted = "".join(f'  - "{line}"\n' for line in lines)
    path.write_text(
        f'kind: examples\nid: made-up-{family}\nversion: "1"\nauthor: somebody\n'
        f"family: {family}\ntier: {tier}\nlines:\n{quoted}",
        encoding="utf-8",
    )
