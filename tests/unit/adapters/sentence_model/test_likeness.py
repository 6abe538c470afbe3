"""Nearness to examples decides, and leaving some out is as if they had never been."""

from __future__ import annotations

import numpy as np
import pytest

from bot.adapters.sentence_model.likeness import Pulling, as_saved, nearness


def unit(rows: int, seed: int = 1) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, 384))
    return as_saved(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_the_same_is_nearest_and_nearness_falls_with_distance() -> None:
    some = unit(4)
    near = nearness(some, some)
    assert np.allclose(np.diag(near), 1, atol=2e-3)
    assert (near[~np.eye(4, dtype=bool)] < 0.5).all()


def test_an_example_pulls_towards_its_own_mark() -> None:
    vectors = unit(20)
    marks = np.where(np.arange(20) % 3 == 0, 1, -1).astype(np.float32)
    like = Pulling(vectors, marks, np.ones(20)).all().of(vectors)
    assert (np.sign(like) == marks).all()


def test_weight_decides_between_twins() -> None:
    one = unit(1)
    vectors, marks = np.repeat(one, 2, axis=0), np.array([1, -1], dtype=np.float32)
    for weights, sign in ((np.array([5.0, 1.0]), 1), (np.array([1.0, 5.0]), -1)):
        assert np.sign(Pulling(vectors, marks, weights).all().of(one)[0]) == sign


def test_leaving_out_is_as_if_it_had_never_been() -> None:
    vectors, marks = unit(60), np.where(np.arange(60) % 2, 1, -1).astype(np.float32)
    weights = np.random.default_rng(2).uniform(0.3, 5, 60)
    out = np.arange(60) % 7 == 0
    left = Pulling(vectors, marks, weights).but(out)
    never = Pulling(vectors[~out], marks[~out], weights[~out]).all()
    asked = unit(10, seed=3)
    assert left.of(asked) == pytest.approx(never.of(asked), abs=1e-5)


def test_an_example_that_weighs_nothing_is_refused() -> None:
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match="weight"):
        Pulling(unit(2), np.array([1, -1], dtype=np.float32), np.array([1.0, -0.2]))
