"""Training: to the bit the same from the same examples, and only when something changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.adapters.sentence_model import MODEL, ModelUnusable, SentenceScore, state_of_model, train
from bot.adapters.sentence_model.coefficients import Coefficients
from bot.adapters.sentence_model.examples import load_examples
from bot.adapters.sentence_model.fitting import Fitting, family_of, folds, texts_of
from bot.adapters.sentence_model.minilm import MiniLM
from bot.adapters.sentence_model.scoring import danger
from bot.adapters.sentence_model.training import EXAMPLES, sight_of
from bot.domain.errors import ContentBroken
from bot.domain.safety_net import Tier
from tests.unit.adapters.sentence_model.made import write_examples, write_file


@pytest.fixture
def content(tmp_path: Path) -> Path:
    write_examples(tmp_path / "content" / EXAMPLES)
    return tmp_path / "content"


def of_bytes(models: Path) -> str:
    return hashlib.sha256((models / MODEL).read_bytes()).hexdigest()


def test_two_trainings_give_the_same_file(content: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert train(content, first).startswith("Trained")
    assert train(content, second).startswith("Trained")
    assert of_bytes(first) == of_bytes(second)


def test_it_is_trained_again_only_when_something_changed(content: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    train(content, models)
    before = of_bytes(models)
    assert "up to date" in train(content, models)
    assert state_of_model(content, models).startswith("rules and model")
    assert "companion train" not in state_of_model(content, models)
    write_file(content / EXAMPLES / "everyday" / "cats.yml", "cats", Tier.NONE, ("the cat is fat",))
    assert "companion train" in state_of_model(content, models)
    assert train(content, models).startswith("Trained")
    assert of_bytes(models) != before


def test_a_damaged_model_is_said_to_be_so_and_made_anew(content: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    assert state_of_model(content, models).startswith("degraded: rules alone")
    train(content, models)
    (models / MODEL).write_bytes(b"nothing")
    assert state_of_model(content, models).startswith("degraded: rules alone")
    with pytest.raises(ModelUnusable):
        SentenceScore.load(models / MODEL)
    assert train(content, models).startswith("Trained")


def test_broken_examples_leave_the_model_that_was_there(content: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    train(content, models)
    before = of_bytes(models)
    (content / EXAMPLES / "everyday" / "food.yml").write_text("kind: nothing\n", "utf-8")
    with pytest.raises(ContentBroken):
        train(content, models)
    assert of_bytes(models) == before


def test_the_model_scores_danger_above_the_everyday(content: Path, tmp_path: Path) -> None:
    train(content, tmp_path)
    score = SentenceScore.load(tmp_path / MODEL)
    assert score("i want to die", ()) > score("lovely soup", ())
    long = "lovely soup today and the bus was late " * 100
    assert score(long + "i want to die", ()) > score(long, ())
    place = len(long) // 4
    hidden = f"{long[:place]} i want to kill myself {long[place:]}"
    assert score(hidden, [(place, place + 22)]) > score(hidden, ())
    assert 0 <= score("", ()) <= 1


def test_thresholds_rise_with_the_tier(content: Path, tmp_path: Path) -> None:
    train(content, tmp_path)
    thresholds = Coefficients.load(tmp_path / MODEL).thresholds
    assert 0 < thresholds.check <= thresholds.crisis <= 1


def test_every_family_is_held_out_once(content: Path) -> None:
    examples = load_examples(content / EXAMPLES)
    held_out = [family for families in folds(examples) for family in families]
    assert len(held_out) == len(set(held_out))
    assert set(held_out) == {family_of(each) for each in examples}


def test_what_is_held_out_is_not_learnt(content: Path) -> None:
    """Leaving a family out of what was worked out equals never having had it."""
    examples = load_examples(content / EXAMPLES)
    sight = sight_of(MiniLM.installed(), examples)
    family = ("risk", "urge")
    without = tuple(each for each in examples if family_of(each) != family)
    left_out = Fitting(examples, sight).but({family})
    never_had = Fitting(without, sight).all("")
    for each in examples:
        seen = sight[each.text]
        assert danger(left_out, seen) == pytest.approx(danger(never_had, seen), abs=1e-4)


def test_several_messages_are_learnt_joined_and_the_harmless_ones_singly_too(
    content: Path,
) -> None:
    by_text = {each.text: each for each in load_examples(content / EXAMPLES)}
    assert texts_of(by_text["i\nwant\nto die"]) == ("i\nwant\nto die",)
    assert texts_of(by_text["rain all the way\nhome now though"]) == (
        "rain all the way\nhome now though", "rain all the way", "home now though",
    )  # fmt: skip
