"""Training the Rasa model, unless nothing that it is made of has changed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.adapters.understanding_rasa.process import PROJECT, PYTHON, fenced_environment
from bot.domain.errors import CompanionError


class TrainingFailed(CompanionError):
    """Rasa could not be trained."""


MODELS = PROJECT / "models"
"""Where Rasa itself looks for models. They are made of the checkout alone, so homes share them."""


async def train(
    content: Path, work: Path, *, project: Path = PROJECT, python: Path = PYTHON
) -> str:
    """Train if needed, with names from ``content``; returns what the training said, in a line.

    A training that is no longer waited for ends. Raises ``TrainingFailed`` with Rasa's last lines.
    """
    if not python.exists():
        raise TrainingFailed("Its environment is not there: run 'make setup'.")
    work.mkdir(parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        str(python),
        "-W",
        "ignore",
        str(project / "train.py"),
        str(project / MODELS.name),
        "--content",
        str(content.absolute()),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=fenced_environment(work, python),
        cwd=work,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    said = output.decode("utf-8", "replace").strip()
    if process.returncode != 0:
        raise TrainingFailed("\n".join(["", *said.splitlines()[-15:]]))
    return said.splitlines()[-1] if said else ""


def model_for(content: Path, models: Path = MODELS) -> Path | None:
    """The model that was trained last, or None; without the content there is nothing to serve."""
    found = sorted(models.glob("*.tar.gz"), key=lambda each: each.stat().st_mtime)
    return found[-1].absolute() if found and content.is_dir() else None
