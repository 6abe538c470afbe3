"""Writing to the terminal."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """One line of plain text."""
    console.print(text, markup=False)


def problem(text: str) -> None:
    """An error for the operator, on standard error."""
    _errors.print(text, markup=False, style="red")


def notice(text: str) -> None:
    """A word about what is going on, on standard error, so that answers stay readable."""
    _errors.print(text, markup=False)


def as_json(value: Any) -> None:
    """One JSON object on one line, for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
