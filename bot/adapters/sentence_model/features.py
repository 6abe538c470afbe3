"""What the model sees of a message: its stretches, each as a vector and as runs of letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.adapters.sentence_model.letters import buckets
from bot.adapters.sentence_model.minilm import MiniLM, Vectors
from bot.adapters.sentence_model.stretches import Span, stretches

Letters = tuple[int, ...]


@dataclass(frozen=True)
class Seen:
    """A message as the model sees it: vectors of shape (stretches, 384), and letters for each."""

    vectors: Vectors
    letters: tuple[Letters, ...]


def see(model: MiniLM, text: str, hits: Sequence[Span] = ()) -> Seen:
    """What is seen of a message. ``hits``: places (characters) that have to be seen."""
    parts = stretches(text, hits)
    return Seen(model.vectors(parts), tuple(tuple(buckets(each)) for each in parts))


def mean_of(seen: Seen) -> Vectors:
    """The vector of the whole message, of length 1; shape (384,)."""
    mean: Vectors = seen.vectors.mean(axis=0)
    length: float = float(np.linalg.norm(mean))
    return mean / length


def letters_together(seen: Seen) -> Letters:
    """The runs of letters of the whole message, each once."""
    return tuple(sorted({each for letters in seen.letters for each in letters}))
