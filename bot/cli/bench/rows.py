"""Files of rows as JSON lines, read with the number of every line that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.domain.errors import BadInput
from bot.services.safety_evaluation import Row, row_of
from bot.settings import Settings

Read = TypeVar("Read")

CATALOGUE = Path("safety") / "catalogue.jsonl"
"""Where our catalogue of risk wording is in the content."""


def read_lines(file: Path, read: Callable[[object], Read]) -> list[Read]:
    """Each line that is not blank. Raises ``BadInput`` naming the file, and the line at fault."""
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}: {type(error).__name__}.") from None
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(read(json.loads(line)))
        except ValueError:
            raise BadInput(f"{file}, line {number}: this is not JSON.") from None
        except BadInput as wrong:
            raise BadInput(f"{file}, line {number}: {wrong.args[0]}") from None
    if not rows:
        raise BadInput(f"{file}: there are no rows.")
    return rows


def safety_rows(file: Path) -> list[Row]:
    """Rows for the safety net. Raises ``BadInput``."""
    return read_lines(file, row_of)


def catalogue_of(settings: Settings) -> dict[str, Row]:
    """Our catalogue, by id. Raises ``BadInput``."""
    return {row.id: row for row in safety_rows(settings.companion_content / CATALOGUE)}
