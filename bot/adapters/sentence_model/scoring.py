"""The danger that a message speaks of, from what the model sees of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.adapters.sentence_model.coefficients import Coefficients
from bot.adapters.sentence_model.features import Seen, letters_together, mean_of, see
from bot.adapters.sentence_model.minilm import MiniLM
from bot.adapters.sentence_model.stretches import Span

LEAN = 0.1
"""What a whole step of the regression (its log-odds) counts beside the likeness."""
STEEP = 4.0
"""Spreads the sum over 0 to 1; it changes no order."""


def danger(coefficients: Coefficients, seen: Seen) -> float:
    """From 0 to 1: that of the most dangerous stretch, or of the whole."""
    letters = list(seen.letters)
    vectors = list(seen.vectors)
    if len(vectors) > 1:
        vectors.append(mean_of(seen))
        letters.append(letters_together(seen))
    weighed = (
        float(vector @ coefficients.of_meaning)
        + float(coefficients.of_letters[list(found)].sum()) / math.sqrt(max(1, len(found)))
        + coefficients.intercept
        for vector, found in zip(vectors, letters, strict=True)
    )
    like = coefficients.likeness.of(np.array(vectors))
    highest = max(float(near) + LEAN * leaning for near, leaning in zip(like, weighed, strict=True))
    return float(1 / (1 + np.exp(-STEEP * highest)))


class SentenceScore:
    """Scores messages, as ``SafetyNet`` asks it to. Deterministic; any thread may call it."""

    def __init__(self, model: MiniLM, coefficients: Coefficients) -> None:
        self._model = model
        self._coefficients = coefficients
        self.thresholds = coefficients.thresholds
        self.version = coefficients.version

    @classmethod
    def load(cls, path: Path) -> SentenceScore:
        """The trained model in a file. Raises ``ModelUnusable``."""
        return cls(MiniLM.installed(), Coefficients.load(path))

    def __call__(self, text: str, hits: Sequence[Span]) -> float:
        """The danger (0 to 1) in a message; ``hits``: places in it that have to be seen."""
        return danger(self._coefficients, see(self._model, text, hits))
