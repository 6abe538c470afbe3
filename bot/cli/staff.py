"""``staff``: members of staff, from joining to leaving."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson
from bot.cli.structure import By, chosen
from bot.domain.opening_hours import LOCAL
from bot.domain.people import Role, Staff

Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"])]

staff_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(staff_app, name="staff", help="Members of staff.")


@staff_app.command("add")
def add_staff(
    username: str,
    name: Annotated[str, typer.Option(help="Their name, as colleagues know it")],
    role: Annotated[Role, typer.Option(help="What they are to the pathway")] = Role.PRACTITIONER,
    team: Annotated[str, typer.Option(help="Their team")] = "team",
    by: Annotated[str, typer.Option("--by", help="Who adds them; without, the operator")] = "",
    password: Annotated[
        str, typer.Option(envvar="COMPANION_STAFF_PASSWORD", help="Else one is made and printed")
    ] = "",
    json: AsJson = False,
) -> None:
    """Add a member of staff."""
    given = password or secrets.token_urlsafe(12)

    async def use(companion: Companion) -> Staff:
        adder = await staff_named(companion, by) if by else None
        return await companion.staff.add(
            username=username, name=name, role=role, team=team, password=given, by=adder
        )

    staff = with_companion(use)
    made = {} if password else {"password": given}
    if json:
        as_json({"username": staff.username, "role": staff.role.value, "team": staff.team, **made})
        return
    known_as = staff.role.value.replace("_", " ")
    say(f"{staff.name} ({staff.username}) is in {staff.team}, as: {known_as}.")
    if made:
        say(f"Password, shown once: {given}")


@staff_app.command("password")
def set_password(
    username: str,
    by: Annotated[str, typer.Option("--by", help="Who gives it; without, the operator")] = "",
    json: AsJson = False,
) -> None:
    """Give a member of staff a new password, shown once; ends their sessions."""
    given = secrets.token_urlsafe(12)

    async def use(companion: Companion) -> Staff:
        giver = await staff_named(companion, by) if by else None
        member = await companion.staff.named(username)
        return await companion.staff.set_password(member, given, by=giver)

    staff = with_companion(use)
    if json:
        as_json({"username": staff.username, "password": given})
    else:
        say(f"New password of {staff.username}, shown once: {given}")


@staff_app.command("move")
def move(
    username: str, team: Annotated[str, typer.Option(help="Their new team")], by: By = ""
) -> None:
    """Move a member of staff to another home team; their caseload stays theirs."""

    async def use(companion: Companion) -> Staff:
        member = await companion.staff.named(username)
        return await companion.memberships.move(member, team, by=await chosen(companion, by))

    moved = with_companion(use)
    say(f"{moved.name} is in {moved.team} now.")


@staff_app.command("leave")
def leave(username: str, by: By = "") -> None:
    """A member of staff leaves: they can sign in no more, and every right of theirs ends."""

    async def use(companion: Companion) -> Staff:
        member = await companion.staff.named(username)
        return await companion.memberships.leave(member, by=await chosen(companion, by))

    say(f"{with_companion(use).name} has left.")


@staff_app.command("cover")
def cover(
    absent: Annotated[str, typer.Argument(help="Username of who is away")],
    covering: Annotated[str, typer.Argument(help="Username of who stands in")],
    since: Day,
    until: Day,
    by: By = "",
) -> None:
    """Let a colleague stand in for another on leave, from one local day or time until another."""

    async def use(companion: Companion) -> None:
        await companion.memberships.cover(
            await companion.staff.named(absent),
            await companion.staff.named(covering),
            since=since.replace(tzinfo=LOCAL),
            until=until.replace(tzinfo=LOCAL),
            by=await chosen(companion, by),
        )

    with_companion(use)
    say(f"{covering} covers for {absent} from {since:%d %B %Y %H.%M} until {until:%d %B %Y %H.%M}.")


@staff_app.command("supervise")
def supervise(
    supervisor: Annotated[str, typer.Argument(help="Username of the supervisor")],
    username: Annotated[str, typer.Argument(help="Username of who is supervised")],
    end: Annotated[bool, typer.Option("--end", help="It ends now")] = False,
    by: By = "",
) -> None:
    """Let a colleague supervise another."""

    async def use(companion: Companion) -> None:
        await companion.memberships.supervise(
            await companion.staff.named(supervisor),
            await companion.staff.named(username),
            on=not end,
            by=await chosen(companion, by),
        )

    with_companion(use)
    say(f"{supervisor} {'no longer supervises' if end else 'supervises'} {username}.")
