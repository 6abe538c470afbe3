"""The sentence model: the packaged files and no others, and the same vector every time."""

from __future__ import annotations

import numpy as np
import pytest

from bot.adapters.sentence_model.minilm import DIMENSIONS, TOKENIZER, MiniLM, checked
from bot.adapters.sentence_model.unusable import ModelUnusable


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM.installed()


def test_a_vector_has_length_one_and_is_the_same_alone_and_in_company(model: MiniLM) -> None:
    texts = ["the bus was late today", "the cat was late today", "hello"]
    together = model.vectors(texts)
    assert together.shape == (3, DIMENSIONS)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for place, text in enumerate(texts):
        assert (model.vectors([text])[0] == together[place]).all()


def test_meaning_counts(model: MiniLM) -> None:
    here, near, far = model.vectors(
        ["I feel very sad today", "I am so unhappy today", "the printer has no paper"]
    )
    assert here @ near > 0.6 > here @ far


def test_only_the_first_tokens_are_read(model: MiniLM) -> None:
    long = model.vectors(["hello " * 30, "hello " * 3_000])
    assert (long[0] == long[1]).all()


def test_a_file_that_is_not_the_expected_one_is_refused() -> None:
    with pytest.raises(ModelUnusable, match="not the file"):
        checked(*TOKENIZER, "0" * 64)
    with pytest.raises(ModelUnusable, match="cannot be read"):
        checked(TOKENIZER[0], "nothing.json", "0" * 64)
    with pytest.raises(ModelUnusable, match="not installed"):
        checked("no_such_package", "x", "0" * 64)
