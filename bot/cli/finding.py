"""``people find``: who is meant by a date of birth and a name, or by an NHS number."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By
from bot.domain.errors import BadInput
from bot.domain.people import Person

_Shown = list[tuple[Person, str]]


def register(people_app: typer.Typer) -> None:
    """Add the command to those about people."""
    people_app.command("find")(find)


def find(
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in the audit")],
    born: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Date of birth")
    ] = None,
    name: Annotated[str, typer.Option(help="Their name, or part of it, with --born")] = "",
    nhs_number: Annotated[str, typer.Option(help="Ten digits; nothing else is needed then")] = "",
    json: AsJson = False,
) -> None:
    """Find a person: a date with a digit wrong or swapped round, a name mistyped, still finds."""
    if (born is None) == (not nhs_number) or (nhs_number and name):
        raise BadInput("Give --born, with --name if it is known, or --nhs-number.")

    async def use(companion: Companion) -> _Shown:
        finding = companion.finding
        staff = await staff_named(companion, by)
        if born is None:
            alone = await finding.by_nhs_number(nhs_number, by=staff, reason=reason)
            return [(each, "same NHS number") for each in alone]
        found = await finding.by_born(born.date(), name, by=staff, reason=reason)
        return [(each.person, each.why) for each in found]

    shown = with_companion(use)
    if json:
        as_json({"found": [_as_json(person, why) for person, why in shown]})
        return
    for person, why in shown:
        say(f"{person.code}  {_called(person)}, born {_born(person.born)}: {why}")
    if not shown:
        say("Nobody whom you may see was found.")


def _as_json(person: Person, why: str) -> dict[str, Any]:
    return {
        "code": person.code,
        "name": person.name,
        "chosen_name": person.chosen_name,
        "born": person.born.isoformat() if person.born else None,
        "why": why,
    }


def _called(person: Person) -> str:
    if person.chosen_name and person.chosen_name != person.name:
        return f"{person.name} ({person.chosen_name})"
    return person.name


def _born(born: date | None) -> str:
    return f"{born:%d/%m/%Y}" if born else "not known"
