"""What is wrong with content, gathered so that an author sees all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import ContentBroken

SHOWN = 20
"""How many problems one error names; more would hide the first."""


@dataclass(frozen=True)
class Problem:
    """One thing to put right: the file, the place in it, and what is wrong in plain words."""

    file: str
    place: str
    what: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: {self.what}"


def check_none(problems: Sequence[Problem]) -> None:
    """Raise ``ContentBroken``, one line a problem, unless there is none."""
    if not problems:
        return
    lines = [str(problem) for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"and {len(problems) - SHOWN} more")
    raise ContentBroken("\n".join(lines))
