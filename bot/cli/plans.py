"""``plan``: crisis plans that were agreed on paper."""

from __future__ import annotations

import os
from pathlib import Path

import typer
import yaml

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.errors import BadInput, PlanFileBroken

LARGEST_PLAN_FILE = 256 * 1024

plan_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(plan_app, name="plan", help="Crisis plans.")


@plan_app.command("import")
def import_plan(file: Path, by: By, json: AsJson = False) -> None:
    """Bring in a plan that was agreed on paper: who brings it in answers for it."""
    parsed = read_yaml(file)

    async def use(companion: Companion) -> CrisisPlan:
        return await companion.plans.bring_in(parsed, by=await staff_named(companion, by))

    plan = with_companion(use)
    if json:
        as_json({"version": plan.version, "status": plan.status.value})
    else:
        say(f"Version {plan.version} is in the record: {plan.status.value}.")


def read_yaml(file: Path) -> dict[str, object]:
    """A plan file's contents. Raises ``PlanFileBroken``, naming the line where YAML broke."""
    try:
        if os.path.getsize(file) > LARGEST_PLAN_FILE:
            raise BadInput(f"{file} is larger than a plan can be.")
        text = file.read_text("utf-8")
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise PlanFileBroken(f"{file}: it is not UTF-8 text.") from None
    try:
        parsed = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise PlanFileBroken(f"{file}{where}: this is not YAML.") from None
    if not isinstance(parsed, dict):
        raise PlanFileBroken(f"{file}: names with values were expected.")
    return parsed
