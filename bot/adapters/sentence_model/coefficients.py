"""What training found, as a file: numbers with a checksum. Nothing in it can run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.adapters.sentence_model.letters import BUCKETS
from bot.adapters.sentence_model.likeness import Likeness
from bot.adapters.sentence_model.minilm import DIMENSIONS
from bot.adapters.sentence_model.unusable import ModelUnusable
from bot.domain.safety_net import Thresholds

FORMAT = 2
"""Changes with what the numbers mean."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Coefficients:
    """A trained model. ``made_of``: SHA-256 over everything it was trained from.

    ``likeness``: the examples that a message may be like, and how they pull. ``of_meaning``: shape
    (384,), for the sentence vector; ``of_letters``: shape (16384,), for the runs of letters.
    ``thresholds``: see ``Thresholds``.
    """

    made_of: str
    likeness: Likeness
    of_meaning: Numbers
    of_letters: Numbers
    intercept: float
    thresholds: Thresholds

    @property
    def version(self) -> str:
        """A short name for logs and health."""
        return self.made_of[:12]

    def checksum(self) -> str:
        """SHA-256 over all of it."""
        of_all = hashlib.sha256(self._words().encode())
        for numbers in (self.of_meaning, self.of_letters, self.likeness.pulls):
            of_all.update(np.ascontiguousarray(numbers, dtype="<f8").tobytes())
        of_all.update(np.ascontiguousarray(self.likeness.examples, dtype="<f2").tobytes())
        return of_all.hexdigest()

    def save(self, path: Path) -> None:
        """Write it, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        np.savez(
            content,
            allow_pickle=False,
            about=np.array([self._words(), self.checksum()]),
            of_meaning=self.of_meaning,
            of_letters=self.of_letters,
            examples=self.likeness.examples.astype(np.float16),
            pulls=self.likeness.pulls,
        )
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".training-", delete=False) as new:
            new.write(content.getvalue())
            new.flush()
            os.fsync(new.fileno())
        made = Path(new.name)
        made.chmod(0o644)  # nothing of anybody's is in it, and another account may serve
        made.replace(path)

    @classmethod
    def load(cls, path: Path) -> Coefficients:
        """The model in a file. Raises ``ModelUnusable`` where it is missing or damaged."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
                words, checksum = (str(each) for each in kept["about"])
                about = json.loads(words)
                found = cls(
                    about["made_of"],
                    Likeness(kept["examples"].astype(np.float32), kept["pulls"]),
                    kept["of_meaning"],
                    kept["of_letters"],
                    about["intercept"],
                    Thresholds(about["check"], about["crisis"]),
                )
                whole = about["format"] == FORMAT and found.checksum() == checksum
        except FileNotFoundError:
            raise ModelUnusable(f"{path} is not there.") from None
        except Exception as problem:  # a damaged archive raises nearly anything
            raise ModelUnusable(f"{path} is damaged: {type(problem).__name__}.") from None
        shapes = (found.of_meaning.shape, found.of_letters.shape, found.likeness.examples.shape)
        count = len(found.likeness.pulls)
        if not whole or shapes != ((DIMENSIONS,), (BUCKETS,), (count, DIMENSIONS)):
            raise ModelUnusable(f"{path} is damaged, or of another version.")
        return found

    def _words(self) -> str:
        return json.dumps(
            {
                "format": FORMAT,
                "made_of": self.made_of,
                "intercept": self.intercept,
                "check": self.thresholds.check,
                "crisis": self.thresholds.crisis,
            }
        )
