"""The ``companion`` command."""

from __future__ import annotations

import sys

import typer

from bot.cli import (
    after_danger,
    backups,
    content,
    duty,
    finding,
    keys,
    maintenance,
    night_routes,
    people,
    plans,
    privacy,
    reports,
    safety_review,
    serving,
    sharing,
    staff,
    structure,
    talking,
)
from bot.cli.bench import commands as bench_commands
from bot.cli.exits import exit_code
from bot.cli.output import problem
from bot.domain.errors import CompanionError

_app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The companion between sessions: serve it, set it up, look after it.",
)
_MODULES = (
    serving, talking, people, after_danger, plans, sharing, staff, structure, duty, night_routes,
    safety_review, content, reports, keys, privacy, backups, maintenance, bench_commands,
)  # fmt: skip
for module in _MODULES:
    module.register(_app)
finding.register(people.people_app)


def app() -> None:
    """Run a command; what goes wrong by name is a message and an exit code, not a traceback."""
    try:
        _app()
    except CompanionError as error:
        problem(str(error))
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
