"""Trains the model, unless nothing that it is made of has changed.

    python -W ignore train.py [MODELS] [--content FOLDER] [--force]

MODELS is the folder that the model goes to (models/). The last line printed says what was done.
Ends with 0; 1 when Rasa cannot train; 2, with one line, when the content cannot be used.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import generate_lookups

PROJECT = Path(__file__).resolve().parent
MODEL = "companion.tar.gz"
STAMP = "companion.stamp"
SEED = 42


def inputs() -> Iterator[Path]:
    """Every file that the model depends on, in a fixed order."""
    yield from (PROJECT / name for name in ("config.yml", "domain.yml", "requirements.lock"))
    for folder in ("components", "data"):
        yield from sorted(
            path for path in (PROJECT / folder).rglob("*") if path.suffix in {".py", ".yml"}
        )


def stamp(model: Path) -> str:
    """What the model is made of and what it is: two SHA-256 in hexadecimal."""
    made_of = hashlib.sha256()
    for path in inputs():
        made_of.update(f"{path.relative_to(PROJECT)} {_sha256(path)}\n".encode())
    return f"{made_of.hexdigest()} {_sha256(model)}\n"


def is_up_to_date(models: Path) -> bool:
    """Whether the model there is whole and made of the present files."""
    model, kept = models / MODEL, models / STAMP
    return model.is_file() and kept.is_file() and kept.read_text() == stamp(model)


def train(models: Path) -> bool:
    """Train anew; whether that went well. A model that was there stays until the new one is."""
    with tempfile.TemporaryDirectory(dir=models, prefix=".training-") as work:
        os.environ |= {"RASA_CACHE_DIRECTORY": f"{work}/cache", "RASA_MAX_CACHE_SIZE": "0"}
        made = _rasa_train(Path(work))
        if not made.is_file():
            return False
        (models / STAMP).unlink(missing_ok=True)
        made.replace(models / MODEL)
        (models / STAMP).write_text(stamp(models / MODEL))
    return True


def _rasa_train(work: Path) -> Path:
    import quiet_start

    quiet_start.prepare()
    import numpy as np
    import rasa.__main__
    from rasa.utils.log_utils import configure_structlog

    configure_structlog()
    random.seed(SEED)
    np.random.seed(SEED)
    rasa.train(
        domain=str(PROJECT / "domain.yml"),
        config=str(PROJECT / "config.yml"),
        training_files=[str(PROJECT / "data")],
        output=str(work),
        fixed_model_name=MODEL,
        force_training=True,
    )
    return work / MODEL


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Write the look-ups, compare, train if needed; print what was done."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("models", type=Path, nargs="?", default=PROJECT / "models")
    parser.add_argument("--content", type=Path, default=generate_lookups.CONTENT)
    parser.add_argument("--force", action="store_true")
    given = parser.parse_args()
    models = given.models.resolve()
    models.mkdir(parents=True, exist_ok=True)
    with (models / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            generate_lookups.write(given.content)
        except generate_lookups.UnusableContent as problem:
            sys.stderr.write(f"{problem}\n")
            return 2
        if not given.force and is_up_to_date(models):
            sys.stdout.write(f"The model is up to date: {models / MODEL}\n")
            return 0
        started = time.monotonic()
        if not train(models):
            sys.stderr.write("Rasa could not train the model.\n")
            return 1
        seconds = time.monotonic() - started
        sys.stdout.write(f"Trained in {seconds:.0f} s: {models / MODEL}\n")
        return 0


if __name__ == "__main__":
    sys.exit(main())
