"""``duty``: the rota, alert points and times of a team."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson
from bot.cli.staff import Day
from bot.cli.structure import By, chosen
from bot.domain.on_call import AlertPoint, DutyPlace, DutyShift, PointChannel, PointOf, TeamTimes
from bot.domain.opening_hours import LOCAL
from bot.domain.people import Staff

duty_app = typer.Typer(no_args_is_help=True)
shift_app = typer.Typer(no_args_is_help=True)
point_app = typer.Typer(no_args_is_help=True)
times_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    duty_app.add_typer(shift_app, name="shift", help="Who is on duty, and when.")
    duty_app.add_typer(point_app, name="point", help="Where alerts reach staff and duty lines.")
    duty_app.add_typer(times_app, name="times", help="When a team is at work.")
    app.add_typer(duty_app, name="duty", help="Who is told of a concern: rota, addresses, times.")


@shift_app.command("add")
def add_shift(
    team: str,
    username: str,
    place: Annotated[DutyPlace, typer.Argument(help="In which order they are asked")],
    since: Day,
    until: Day,
    by: By = "",
) -> None:
    """Put a member of staff on a team's rota, from one local day or time until another."""

    async def use(companion: Companion) -> DutyShift:
        return await companion.alerting.duty.add_shift(
            team,
            await companion.staff.named(username),
            place,
            since=since.replace(tzinfo=LOCAL),
            until=until.replace(tzinfo=LOCAL),
            by=await chosen(companion, by),
        )

    shift = with_companion(use)
    say(f"{username} is on duty for {team} ({place.value}). This shift is {shift.id}.")


@shift_app.command("end")
def end_shift(shift: str, by: By = "") -> None:
    """End a shift now; one that has not begun never will."""

    async def use(companion: Companion) -> None:
        await companion.alerting.duty.end_shift(shift, by=await chosen(companion, by))

    with_companion(use)
    say("Ended.")


@shift_app.command("list")
def list_shifts(team: str, json: AsJson = False) -> None:
    """Shifts that go on now or are to come."""

    async def use(companion: Companion) -> list[tuple[DutyShift, Staff | None]]:
        shifts = await companion.alerting.duty.shifts(team)
        return [(each, await companion.record.get(Staff, each.staff_id)) for each in shifts]

    rows = [
        {
            "id": shift.id,
            "username": staff.username if staff else "",
            "place": shift.place.value,
            "since": shift.since.astimezone(LOCAL).isoformat(),
            "until": shift.until.astimezone(LOCAL).isoformat(),
        }
        for shift, staff in with_companion(use)
    ]
    if json:
        as_json({"shifts": rows})
        return
    for row in rows:
        say(f"{row['place']}: {row['username']}, {row['since']} to {row['until']} ({row['id']})")
    if not rows:
        say("Nobody is on this rota.")


@point_app.command("add")
def add_point(
    channel: PointChannel,
    address: Annotated[str, typer.Argument(help="An address at work")],
    staff: Annotated[str, typer.Option(help="Username of whose it is")] = "",
    team: Annotated[str, typer.Option(help="The team whose duty line it is")] = "",
    by: By = "",
) -> None:
    """Send alerts for a member of staff, or for a team's duty line, to an address as well."""
    if bool(staff) == bool(team):
        raise typer.BadParameter("Say --staff or --team.")

    async def use(companion: Companion) -> AlertPoint:
        points, who = companion.alerting.points, await chosen(companion, by)
        if team:
            return await points.add_of_team(team, channel, address, by=who)
        member = await companion.staff.named(staff)
        return await points.add_of_staff(member, channel, address, by=who)

    point = with_companion(use)
    say(f"Alerts for {staff or team} go to {point.address} as well. This point is {point.id}.")


@point_app.command("end")
def end_point(point: str, by: By = "") -> None:
    """Send nothing there any more."""

    async def use(companion: Companion) -> None:
        await companion.alerting.points.end(point, by=await chosen(companion, by))

    with_companion(use)
    say("Ended.")


@point_app.command("list")
def list_points(
    staff: Annotated[str, typer.Option(help="Username of whose they are")] = "",
    team: Annotated[str, typer.Option(help="The team whose duty line they are")] = "",
    json: AsJson = False,
) -> None:
    """Where alerts go for a member of staff or a team's duty line."""
    if bool(staff) == bool(team):
        raise typer.BadParameter("Say --staff or --team.")

    async def use(companion: Companion) -> list[AlertPoint]:
        points = companion.alerting.points
        if team:
            return await points.of(PointOf.TEAM, team)
        return await points.of(PointOf.STAFF, (await companion.staff.named(staff)).id)

    found = with_companion(use)
    if json:
        rows = [{"id": p.id, "channel": p.channel.value, "address": p.address} for p in found]
        as_json({"points": rows})
        return
    for each in found:
        say(f"{each.channel.value}: {each.address} ({each.id})")
    if not found:
        say("Nowhere.")


@times_app.command("set")
def set_times(
    team: str,
    days: Annotated[str | None, typer.Option(help="Weekdays, Monday 1 to Sunday 7")] = None,
    opens: Annotated[str | None, typer.Option(help="Local time, as 09:00")] = None,
    closes: Annotated[str | None, typer.Option(help="Local time, as 17:00")] = None,
    cover: Annotated[int | None, typer.Option(help="Minutes until who stands in")] = None,
    duty: Annotated[int | None, typer.Option(help="Minutes until the duty line")] = None,
    manager: Annotated[int | None, typer.Option(help="Minutes until the duty manager")] = None,
    ask: Annotated[int | None, typer.Option(help="Minutes until an unanswered ask is due")] = None,
    by: By = "",
) -> None:
    """Change what is given of a team's times. Bank holidays in England are closed days."""

    async def use(companion: Companion) -> TeamTimes:
        return await companion.alerting.duty.set_times(
            team,
            by=await chosen(companion, by),
            days=days,
            opens=opens,
            closes=closes,
            cover_minutes=cover,
            duty_minutes=duty,
            manager_minutes=manager,
            ask_minutes=ask,
        )

    say(_in_words(with_companion(use)))


@times_app.command("show")
def show_times(team: str) -> None:
    """When a team is at work, and how long each waits."""

    async def use(companion: Companion) -> TeamTimes:
        return await companion.alerting.duty.times(team)

    say(_in_words(with_companion(use)))


def _in_words(times: TeamTimes) -> str:
    return (
        f"{times.id}: weekdays {times.days}, {times.opens} to {times.closes}; who stands in after "
        f"{times.cover_minutes} minutes, the duty line after {times.duty_minutes}, the duty "
        f"manager after {times.manager_minutes}; an unanswered ask is a task after "
        f"{times.ask_minutes}."
    )
