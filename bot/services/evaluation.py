"""How well messages are understood, counted over labelled rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.domain.errors import BadInput

NOT_UNDERSTOOD = "nlu_fallback"

Predict = Callable[[str], Awaitable[tuple[str, float]]]
"""A text to (intent, confidence 0–1)."""


@dataclass(frozen=True)
class Utterance:
    """A message and the intent that people gave it."""

    text: str
    intent: str


@dataclass(frozen=True)
class IntentScore:
    """One intent: rows, those understood so, and those that were not understood at all."""

    intent: str
    rows: int
    right: int
    not_understood: int

    @property
    def recall(self) -> float:
        """The part that was understood."""
        return self.right / self.rows


@dataclass(frozen=True)
class Understood:
    """The whole: accuracy with its 95% Wilson interval, by intent, and what was mixed up."""

    rows: int
    right: int
    interval: tuple[float, float]
    intents: tuple[IntentScore, ...]
    mixed_up: tuple[tuple[str, str, int], ...]

    @property
    def accuracy(self) -> float:
        """The part of all rows that was understood as labelled."""
        return self.right / self.rows


def utterance_of(parsed: object) -> Utterance:
    """A parsed JSON row as an utterance. Raises ``BadInput``."""
    if not isinstance(parsed, dict) or not isinstance(parsed.get("text"), str):
        raise BadInput("a text and an intent were expected.")
    if not isinstance(parsed.get("intent"), str):
        raise BadInput("its intent is missing.")
    return Utterance(parsed["text"], parsed["intent"])


async def evaluate_understanding(rows: Sequence[Utterance], predict: Predict) -> Understood:
    """Understand each row and count."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    mixed: Counter[tuple[str, str]] = Counter()
    for row in rows:
        intent, _ = await predict(row.text)
        total[row.intent] += 1
        if intent == row.intent:
            right[row.intent] += 1
        else:
            mixed[row.intent, intent] += 1
        if intent == NOT_UNDERSTOOD:
            lost[row.intent] += 1
    scores = tuple(
        IntentScore(each, total[each], right[each], lost[each]) for each in sorted(total)
    )
    found = sum(right.values())
    confusions = tuple((meant, taken, count) for (meant, taken), count in mixed.most_common())
    return Understood(len(rows), found, wilson(found, len(rows)), scores, confusions)


def wilson(right: float, rows: float, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval of a proportion (Wilson 1927); ``z`` 1.96 for 95%."""
    part = right / rows
    middle = part + z * z / (2 * rows)
    spread = z * math.sqrt(part * (1 - part) / rows + z * z / (4 * rows * rows))
    scale = 1 + z * z / rows
    return (middle - spread) / scale, (middle + spread) / scale
