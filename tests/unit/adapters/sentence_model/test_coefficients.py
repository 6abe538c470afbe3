"""A trained model on disk: whole, or refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.sentence_model.coefficients import Coefficients
from bot.adapters.sentence_model.unusable import ModelUnusable
from tests.unit.adapters.sentence_model.made import coefficients


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "model.npz"
    saved = coefficients()
    saved.save(path)
    loaded = Coefficients.load(path)
    assert loaded.checksum() == saved.checksum()
    assert (loaded.thresholds, loaded.intercept, loaded.version) == (
        saved.thresholds, saved.intercept, saved.version,
    )  # fmt: skip
    assert (loaded.of_letters == saved.of_letters).all()
    assert [each.name for each in path.parent.iterdir()] == ["model.npz"]


def test_the_same_numbers_make_the_same_file(tmp_path: Path) -> None:
    coefficients().save(tmp_path / "a.npz")
    coefficients().save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match=r"run 'companion train'.*is not there"):
        Coefficients.load(tmp_path / "model.npz")


@pytest.mark.parametrize("kept", [0, 1, 10, 500, 5_000])
def test_a_file_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "model.npz"
    coefficients().save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelUnusable, match="damaged"):
        Coefficients.load(path)


@pytest.mark.parametrize("place", [0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_changed_byte_is_noticed(tmp_path: Path, place: float) -> None:
    path = tmp_path / "model.npz"
    coefficients().save(path)
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    path.write_bytes(content)
    try:
        loaded = Coefficients.load(path)
    except ModelUnusable:
        return
    assert loaded.checksum() == coefficients().checksum()


def test_changed_numbers_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    coefficients().save(path)
    with np.load(path) as kept:
        parts = dict(kept)
    parts["of_meaning"][7] += 0.001
    np.savez(path, **parts)
    with pytest.raises(ModelUnusable, match="damaged"):
        Coefficients.load(path)


def test_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    replace(coefficients(), of_meaning=np.zeros(3)).save(path)
    with pytest.raises(ModelUnusable, match="another version"):
        Coefficients.load(path)


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    np.savez(path, about=np.array([{"a": "pickle"}], dtype=object))
    with pytest.raises(ModelUnusable, match="damaged"):
        Coefficients.load(path)
