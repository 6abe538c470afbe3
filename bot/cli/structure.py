"""``agencies``, ``regions`` and ``teams``."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson
from bot.domain.people import Staff
from bot.domain.structure import MESSAGE_DAYS, Agency, AgencyKind, Part, Region, Team

By = Annotated[str, typer.Option("--by", help="Who does it; without, the operator")]

agencies_app = typer.Typer(no_args_is_help=True)
regions_app = typer.Typer(no_args_is_help=True)
teams_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(agencies_app, name="agencies", help="Organisations with records of their own.")
    app.add_typer(regions_app, name="regions", help="Areas with their own contacts.")
    app.add_typer(teams_app, name="teams", help="Teams, and who is in them.")


async def chosen(companion: Companion, by: str) -> Staff | None:
    """The member of staff who does it, or None for the operator. Raises ``NotFound``."""
    return await staff_named(companion, by) if by else None


@agencies_app.command("add")
def add_agency(
    agency: Annotated[str, typer.Argument(help="A short id")],
    name: Annotated[str, typer.Option(help="What it is called")],
    kind: Annotated[AgencyKind, typer.Option(help="What it does")],
    by: By = "",
) -> None:
    """Add an agency. Justice agencies see nothing that a person has not shared with them."""

    async def use(companion: Companion) -> Agency:
        return await companion.structure.add_agency(
            agency, name, kind, by=await chosen(companion, by)
        )

    say(f"Added the agency {with_companion(use).id}.")


@regions_app.command("add")
def add_region(
    region: Annotated[str, typer.Argument(help="A short id")],
    name: Annotated[str, typer.Option(help="What it is called")],
    by: By = "",
) -> None:
    """Add a region."""

    async def use(companion: Companion) -> Region:
        return await companion.structure.add_region(region, name, by=await chosen(companion, by))

    say(f"Added the region {with_companion(use).id}.")


@teams_app.command("add")
def add_team(
    team: Annotated[str, typer.Argument(help="A short id")],
    name: Annotated[str, typer.Option(help="What it is called; else its id")] = "",
    agency: Annotated[str, typer.Option(help="The agency that it belongs to")] = "",
    region: Annotated[str, typer.Option(help="The region that it serves")] = "",
    message_days: Annotated[
        int, typer.Option(help="Days for which the words of messages are kept")
    ] = MESSAGE_DAYS,
    by: By = "",
) -> None:
    """Add a team."""

    async def use(companion: Companion) -> Team:
        return await companion.structure.add_team(
            team,
            name or team,
            agency=agency,
            region=region,
            message_days=message_days,
            by=await chosen(companion, by),
        )

    say(f"Added the team {with_companion(use).id}.")


@teams_app.command("change")
def change_team(
    team: str,
    agency: Annotated[str | None, typer.Option(help="The agency that it belongs to")] = None,
    region: Annotated[str | None, typer.Option(help="The region that it serves")] = None,
    message_days: Annotated[
        int | None, typer.Option(help="Days for which the words of messages are kept")
    ] = None,
    by: By = "",
) -> None:
    """Change what is given of a team."""

    async def use(companion: Companion) -> Team:
        return await companion.structure.change_team(
            team,
            agency=agency,
            region=region,
            message_days=message_days,
            by=await chosen(companion, by),
        )

    say(f"Changed the team {with_companion(use).id}.")


@teams_app.command("list")
def list_teams(json: AsJson = False) -> None:
    """List the teams."""

    async def use(companion: Companion) -> list[Team]:
        return await companion.structure.teams()

    rows = [
        {
            "id": each.id,
            "name": each.name,
            "agency": each.agency,
            "region": each.region,
            "message_days": each.message_days,
        }
        for each in with_companion(use)
    ]
    if json:
        as_json({"teams": rows})
        return
    for row in rows:
        where = ", ".join(str(row[key]) for key in ("agency", "region") if row[key])
        say(f"{row['id']}: {row['name']}{f' ({where})' if where else ''}")


@teams_app.command("join")
def join_team(
    team: str,
    username: str,
    lead: Annotated[bool, typer.Option("--lead", help="They manage the team")] = False,
    by: By = "",
) -> None:
    """Put a member of staff into a team, besides those that they are in."""

    async def use(companion: Companion) -> None:
        member = await companion.staff.named(username)
        part = Part.LEAD if lead else Part.MEMBER
        await companion.memberships.join(member, team, part=part, by=await chosen(companion, by))

    with_companion(use)
    say(f"{username} is in {team}.")


@teams_app.command("leave")
def leave_team(team: str, username: str, by: By = "") -> None:
    """End a member of staff's time in a team."""

    async def use(companion: Companion) -> None:
        member = await companion.staff.named(username)
        await companion.memberships.leave_team(member, team, by=await chosen(companion, by))

    with_companion(use)
    say(f"{username} is no longer in {team}.")
