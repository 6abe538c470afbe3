"""``night-route``: what each team signs about concerns outside its working hours."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By
from bot.domain.ladder import CONCERN_FAMILIES
from bot.domain.night_route import NightPickup, NightRoute

night_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(night_app, name="night-route", help="Who picks up at night, signed by teams.")


@night_app.command("sign")
def sign(
    team: str,
    by: By,
    family: Annotated[list[str] | None, typer.Option(help="A family; may be given often")] = None,
    every: Annotated[bool, typer.Option("--all", help="All families")] = False,
    within: Annotated[
        int, typer.Option(help="A round-the-clock team picks up in so many minutes")
    ] = 0,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody does, and people read so")] = (
        False
    ),
    json: AsJson = False,
) -> None:
    """Sign, as the team's manager, what happens outside working hours."""
    if bool(family) == every:
        raise typer.BadParameter("Name families by --family, or say --all.")
    if bool(within) == nobody:
        raise typer.BadParameter("Say --within MINUTES or --nobody.")
    pickup = NightPickup.NOBODY if nobody else NightPickup.ROUND_THE_CLOCK

    async def use(companion: Companion) -> list[NightRoute]:
        return await companion.alerting.night_routes.sign(
            team,
            CONCERN_FAMILIES if every else tuple(family or ()),
            pickup,
            within,
            by=await staff_named(companion, by),
        )

    signed = with_companion(use)
    if json:
        as_json({"signed": [each.family for each in signed]})
    else:
        say(f"Signed for {team}: {len(signed)} families, {_way(signed[0])}.")


@night_app.command("show")
def show(team: str, json: AsJson = False) -> None:
    """What a team has signed, by family."""

    async def use(companion: Companion) -> list[NightRoute]:
        return await companion.alerting.night_routes.of(team)

    signed = {each.family: each for each in with_companion(use)}
    if json:
        rows = [
            {"family": each.family, "pickup": each.pickup.value, "within": each.within_minutes}
            for each in signed.values()
        ]
        as_json({"routes": rows})
        return
    for each in CONCERN_FAMILIES:
        say(f"{each}: {_way(signed[each]) if each in signed else 'not signed'}")


@night_app.command("missing")
def missing(json: AsJson = False) -> None:
    """What keeps a live home from starting: routes, addresses, a sender."""

    async def use(companion: Companion) -> list[str]:
        return await companion.alerting.readiness.missing()

    lines = with_companion(use)
    if json:
        as_json({"missing": lines})
        return
    for each in lines:
        say(each)
    if not lines:
        say("Nothing is missing.")


def _way(route: NightRoute) -> str:
    if route.pickup is NightPickup.NOBODY:
        return "nobody picks up at night"
    return f"picked up round the clock within {route.within_minutes} minutes"
