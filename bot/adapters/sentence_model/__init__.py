"""The safety net's small model: MiniLM sentence vectors and runs of letters, weighed by numbers.

``SentenceScore`` scores messages for the net; ``train`` makes its coefficients from the examples.
"""

from bot.adapters.sentence_model.leaving_out import LeftOut, families_left_out
from bot.adapters.sentence_model.scoring import SentenceScore
from bot.adapters.sentence_model.training import (
    MODEL,
    MODELS,
    model_is_current,
    state_of_model,
    train,
)
from bot.adapters.sentence_model.unusable import ModelUnusable

__all__ = [
    "MODEL",
    "MODELS",
    "LeftOut",
    "ModelUnusable",
    "SentenceScore",
    "families_left_out",
    "model_is_current",
    "state_of_model",
    "train",
]
