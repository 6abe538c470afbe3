"""Fits the coefficients, and chooses the thresholds by cross-validation over families.

Imported by training and evaluation alone: scikit-learn is not loaded where people are served.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.adapters.sentence_model.coefficients import Coefficients
from bot.adapters.sentence_model.examples import Example
from bot.adapters.sentence_model.features import Letters, Seen, letters_together, mean_of
from bot.adapters.sentence_model.letters import BUCKETS
from bot.adapters.sentence_model.likeness import Likeness, Pulling
from bot.adapters.sentence_model.minilm import DIMENSIONS
from bot.adapters.sentence_model.scoring import danger
from bot.domain.safety_net import Thresholds, Tier

MEANING = 4.0
"""How far the fit may lean on the sentence vector; a run of letters has the same reach."""
LETTERS = 4.0
REGULARISATION = 1.0
"""scikit-learn's C."""
COUNTS_FOR = {"risk": 1.0, "check": 1.0, "distress": 0.3, "everyday": 5.0}
"""What a line weighs, by its folder: a needless question after a hard day costs little, one after
a question about the bus costs trust. The bounds on both are 15% and 1%."""
FOLDS = 6
SEED = 5
UNSET = Thresholds(1.0, 1.0)

Family = tuple[str, str]
"""Folder and family."""
Sight = Mapping[str, Seen]
"""Every text of the examples, as the model sees it."""


@dataclass(frozen=True)
class Scored:
    """An example with the danger found in it by a model that has not seen its family."""

    example: Example
    danger: float


def texts_of(example: Example) -> tuple[str, ...]:
    """What is learnt from an example.

    Of several messages the joined text is dangerous, and none of its messages need be alone;
    where there is no danger there is none in any of them.
    """
    if example.tier is Tier.NONE:
        return tuple(dict.fromkeys((example.text, *example.messages)))
    return (example.text,)


class Fitting:
    """Every text of the examples as the model sees it, fitted for all or for all but some."""

    def __init__(self, examples: Sequence[Example], sight: Sight) -> None:
        self._rows = [(sight[text], example) for example in examples for text in texts_of(example)]
        self._vectors = np.array([mean_of(seen) for seen, _ in self._rows], dtype=np.float32)
        self._letters = _letters([letters_together(seen) for seen, _ in self._rows])
        self._dangerous = np.array([example.tier > Tier.NONE for _, example in self._rows])
        self._weights = np.array([COUNTS_FOR[example.folder] for _, example in self._rows])
        marks = np.where(self._dangerous, 1, -1).astype(np.float32)
        self._pulling = Pulling(self._vectors, marks, self._weights)

    def all(self, made_of: str) -> Coefficients:
        """Coefficients without thresholds. The same examples give the same numbers, to the bit.

        Examples of tier check count as dangerous.
        """
        everything = np.ones(len(self._rows), dtype=bool)
        return self._fitted(everything, self._pulling.all(), made_of)

    def but(self, families: Collection[Family]) -> Coefficients:
        """The same without these families."""
        left_out = np.array([family_of(example) in families for _, example in self._rows])
        return self._fitted(~left_out, self._pulling.but(left_out), "")

    def _fitted(
        self, rows: npt.NDArray[np.bool_], likeness: Likeness, made_of: str
    ) -> Coefficients:
        features = sparse.hstack(
            [MEANING * self._vectors[rows].astype(np.float64), LETTERS * self._letters[rows]]
        ).tocsr()
        model = LogisticRegression(C=REGULARISATION, solver="liblinear", random_state=SEED)
        with threadpool_limits(1):
            model.fit(features, self._dangerous[rows], sample_weight=self._weights[rows])
        numbers = model.coef_[0]
        return Coefficients(
            made_of,
            likeness,
            MEANING * numbers[:DIMENSIONS],
            LETTERS * numbers[DIMENSIONS:],
            float(model.intercept_[0]),
            UNSET,
        )


def family_of(example: Example) -> Family:
    """What is left out together: families of one name are two where the folders differ."""
    return example.folder, example.family


def danger_in(example: Example, coefficients: Coefficients, sight: Sight) -> float:
    """The highest danger in an example's messages, each by itself, as a conversation has them."""
    return max(danger(coefficients, sight[message]) for message in example.messages)


def out_of_family(fitting: Fitting, examples: Sequence[Example], sight: Sight) -> list[Scored]:
    """Every example, scored by a model that has seen nothing of its family."""
    scored = []
    for families in folds(examples):
        coefficients = fitting.but(families)
        scored += [
            Scored(each, danger_in(each, coefficients, sight))
            for each in examples
            if family_of(each) in families
        ]
    return scored


def folds(examples: Sequence[Example]) -> Iterator[frozenset[Family]]:
    """Which families are held out together: those of each folder are dealt out in turn."""
    families = sorted({family_of(each) for each in examples})
    places: dict[str, int] = {}
    dealt: list[set[Family]] = [set() for _ in range(FOLDS)]
    for family in families:
        place = places[family[0]] = places.get(family[0], -1) + 1
        dealt[place % FOLDS].add(family)
    return (frozenset(each) for each in dealt if each)


def _letters(rows: Sequence[Letters]) -> sparse.csr_matrix:
    starts = np.cumsum([0, *map(len, rows)])
    values: list[npt.NDArray[np.float64]] = [
        np.full(len(row), 1 / math.sqrt(max(1, len(row)))) for row in rows
    ]
    columns = [bucket for row in rows for bucket in row]
    return sparse.csr_matrix((np.concatenate(values), columns, starts), shape=(len(rows), BUCKETS))


def with_thresholds(coefficients: Coefficients, thresholds: Thresholds) -> Coefficients:
    """The same model with its thresholds."""
    return replace(coefficients, thresholds=thresholds)
