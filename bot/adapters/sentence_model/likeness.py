"""How like a message is to the examples: each of them pulls, the nearer the more.

Kernel ridge regression with a Gaussian kernel over sentence vectors. It has a closed form, so the
same examples give the same numbers, and so does leaving a family out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.adapters.sentence_model.minilm import Vectors

SHARPNESS = 1.0
"""How fast the pull falls with the distance: e^(-SHARPNESS × distance²)."""
RIDGE = 0.3
"""How far an example of weight 1 may be from its own mark: smooths over odd ones."""

Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """Examples as vectors of length 1, shape (examples, 384), and the pull of each."""

    examples: Vectors
    pulls: Numbers

    def of(self, vectors: Vectors) -> Numbers:
        """For each vector (length 1) about -1, like what is safe, to 1, like what is dangerous."""
        found: Numbers = nearness(vectors, self.examples) @ self.pulls
        return found


def nearness(some: Vectors, others: Vectors) -> Numbers:
    """From 0 to 1, shape (some, others)."""
    near = np.asarray(some, dtype=np.float32) @ np.asarray(others, dtype=np.float32).T
    near -= 1
    near *= 2 * SHARPNESS
    np.exp(near, out=near)
    return near


class Pulling:
    """Examples, their marks (-1 or 1) and weights, worked out once for all and for all but some.

    ``vectors``: shape (examples, 384); they are kept as they will be saved. Takes about 20 bytes
    for each pair of examples while it works.
    """

    def __init__(self, vectors: Vectors, marks: Numbers, weights: Numbers) -> None:
        # Only training needs scipy.
        from scipy.linalg import lapack  # type: ignore[import-untyped]

        self._vectors = as_saved(vectors)
        whole = nearness(self._vectors, self._vectors).astype(np.float64)
        whole[np.diag_indices(len(whole))] += RIDGE / weights
        factor, failed = lapack.dpotrf(whole.T, lower=False, overwrite_a=True)
        inverse, failed_too = lapack.dpotri(factor, lower=False, overwrite_c=True)
        if failed or failed_too:
            raise ValueError("The examples have no likeness: is a weight not above 0?")
        above = np.triu(inverse)
        self._inverse = above + np.triu(above, 1).T
        self._pulls = self._inverse @ marks.astype(np.float64)

    def all(self) -> Likeness:
        """Made of all examples."""
        return Likeness(self._vectors, self._pulls.astype(np.float32))

    def but(self, left_out: npt.NDArray[np.bool_]) -> Likeness:
        """Made of all examples but these, without working it out again.

        The pulls of the others follow from the inverse and its block of those that are left out.
        """
        kept = ~left_out
        block = self._inverse[np.ix_(left_out, left_out)]
        across = self._inverse[np.ix_(kept, left_out)]
        pulls = self._pulls[kept] - across @ np.linalg.solve(block, self._pulls[left_out])
        return Likeness(self._vectors[kept], pulls.astype(np.float32))


def as_saved(vectors: Vectors) -> Vectors:
    """Vectors with no more places than the file has: half the size, and no worse."""
    return np.asarray(vectors, dtype=np.float16).astype(np.float32)
