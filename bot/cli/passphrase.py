"""The passphrase of a copy: from the environment, from the terminal, or made and shown once."""

from __future__ import annotations

import os
import sys

import typer

from bot.adapters.access_copies import new_passphrase
from bot.adapters.access_copies.encrypted import check_passphrase

VARIABLE = "COMPANION_EXPORT_PASSPHRASE"


def passphrase_for_copy() -> tuple[str, bool]:
    """The passphrase, and whether it was made here. Raises ``BadInput`` for one too short."""
    given = os.environ.get(VARIABLE, "")
    if not given and sys.stdin.isatty():
        given = typer.prompt(
            "Passphrase (nothing: one is made)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt=True,
            err=True,
        )
    if not given:
        return new_passphrase(), True
    check_passphrase(given)
    return given, False
