"""Training the safety net's model, unless nothing that it is made of has changed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path

from bot.adapters.sentence_model.coefficients import Coefficients
from bot.adapters.sentence_model.examples import Example, load_examples
from bot.adapters.sentence_model.features import Seen, see
from bot.adapters.sentence_model.minilm import TOKENIZER_SHA256, WEIGHTS_SHA256, MiniLM
from bot.adapters.sentence_model.unusable import ModelUnusable
from bot.domain.errors import ContentBroken

MODELS = Path(__file__).resolve().parents[3] / "models"
"""Made of the checkout alone, so homes share it."""
MODEL = "safety_net.npz"

EXAMPLES = Path("safety") / "examples"
"""Where the examples are in the content."""

_COUNTS = ("numpy", "scipy", "scikit-learn", "onnxruntime", "tokenizers")
"""Packages whose versions may change the numbers."""


def train(content: Path, models: Path = MODELS) -> str:
    """Train if needed from the examples in ``content``; returns what was done, in a line.

    Raises ``ContentBroken`` for examples and ``ModelUnusable`` for weights that cannot be used. A
    model that was there stays until the new one is whole.
    """
    examples = load_examples(content / EXAMPLES)
    made_of = checksum(examples)
    models.mkdir(parents=True, exist_ok=True)
    path = models / MODEL
    with (models / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_of(path, made_of):
            return f"The safety net's model is up to date: {path}"
        began = time.monotonic()
        trained(examples, sight_of(MiniLM.installed(), examples), made_of).save(path)
    return f"Trained the safety net's model in {time.monotonic() - began:.0f} s: {path}"


def model_is_current(content: Path, models: Path = MODELS) -> bool:
    """Whether ``train`` would find nothing to do. Raises ``ContentBroken``."""
    return _is_of(models / MODEL, checksum(load_examples(content / EXAMPLES)))


def state_of_model(content: Path, models: Path = MODELS) -> str:
    """Whether there is a model, and of these examples, in a few words for the operator."""
    try:
        kept = Coefficients.load(models / MODEL)
        current = kept.made_of == checksum(load_examples(content / EXAMPLES))
    except (ModelUnusable, ContentBroken) as problem:
        return f"degraded: rules alone. {problem}"
    stands = "" if current else ", of other examples or code: run 'companion train'"
    return f"rules and model {kept.version}{stands}"


def trained(examples: Sequence[Example], sight: dict[str, Seen], made_of: str) -> Coefficients:
    """A model of the examples with its thresholds. ``sight``: see ``sight_of``."""
    # scikit-learn takes a second to import, and only training needs it.
    from bot.adapters.sentence_model.fitting import Fitting, out_of_family, with_thresholds
    from bot.adapters.sentence_model.thresholds import chosen

    fitting = Fitting(examples, sight)
    thresholds = chosen(out_of_family(fitting, examples, sight))
    return with_thresholds(fitting.all(made_of), thresholds)


def sight_of(model: MiniLM, examples: Sequence[Example]) -> dict[str, Seen]:
    """Every text and every single message of the examples, as the model sees it."""
    texts = dict.fromkeys(text for each in examples for text in (each.text, *each.messages))
    # The model computes outside the interpreter, so every core has its share; each text is worked
    # out by itself, so that the order changes nothing.
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        return dict(zip(texts, cores.map(partial(see, model), texts), strict=True))


def checksum(examples: Sequence[Example]) -> str:
    """SHA-256 over everything that a model of these examples depends on."""
    made_of = hashlib.sha256(f"{WEIGHTS_SHA256} {TOKENIZER_SHA256}\n".encode())
    for package in _COUNTS:
        made_of.update(f"{package} {version(package)}\n".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        made_of.update(source.read_bytes())
    for each in examples:
        made_of.update(json.dumps([each.family, each.tier, each.text]).encode())
    return made_of.hexdigest()


def _is_of(path: Path, made_of: str) -> bool:
    try:
        return Coefficients.load(path).made_of == made_of
    except ModelUnusable:
        return False
