"""``people`` and ``invite``: the same services as the web uses."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.domain.looks import Look, in_words
from bot.domain.opening_hours import LOCAL, date_words
from bot.domain.people import Person, PersonState

By = Annotated[str, typer.Option("--by", help="Username of the member of staff who answers for it")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]

people_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(people_app, name="people", help="Service users.")
    app.command("invite")(invite)


@people_app.command("add")
def add_person(
    by: By,
    name: Annotated[str, typer.Option(help="Their full name")],
    code: Annotated[str, typer.Option(help="A short code that staff type; else one is made")] = "",
    chosen_name: Annotated[str, typer.Option(help="What they want to be called")] = "",
    nhs_number: Annotated[str, typer.Option(help="Ten digits")] = "",
    born: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of birth")
    ] = None,
    key_worker: Annotated[str, typer.Option(help="Username; else who adds them")] = "",
    team: Annotated[str, typer.Option(help="Else the team of who adds them")] = "",
    json: AsJson = False,
) -> None:
    """Add a service user and put them on their key worker's caseload."""

    async def use(companion: Companion) -> Person:
        adder = await staff_named(companion, by)
        worker = await staff_named(companion, key_worker) if key_worker else None
        return await companion.enrolment.add(
            code=code or f"P-{companion.ids.code()[:5]}",
            name=name,
            team=team or adder.team,
            by=adder,
            key_worker=worker,
            chosen_name=chosen_name,
            nhs_number=nhs_number,
            born=born.date() if born else None,
        )

    person = with_companion(use)
    if json:
        as_json({"code": person.code})
    else:
        say(f"Added with the code {person.code}.")


@people_app.command("list")
def list_people(
    by: By,
    team: Annotated[str, typer.Option(help="Else the team of who asks")] = "",
    json: AsJson = False,
) -> None:
    """List the people of a team whom you may see."""

    async def use(companion: Companion) -> list[Person]:
        asks = await staff_named(companion, by)
        return await companion.people.of_team(team or asks.team, by=asks)

    people = with_companion(use)
    if json:
        rows = [{"code": e.code, "called": e.called, "state": e.state.value} for e in people]
        as_json({"people": rows})
        return
    for each in people:
        say(f"{each.code}: {each.called}, {each.state.value.replace('_', ' ')}")


@people_app.command("state")
def change_state(
    code: str,
    to: PersonState,
    by: By,
    reason: Annotated[str, typer.Option(help="Needed to take back that somebody died")] = "",
) -> None:
    """Record a state: it stops or changes reminders and tasks."""

    async def use(companion: Companion) -> Person:
        who = await staff_named(companion, by)
        return await companion.states.change(code, to, by=who, reason=reason)

    say(f"{with_companion(use).code} is recorded as '{to.value.replace('_', ' ')}'.")


@people_app.command("move")
def move(code: str, team: Annotated[str, typer.Option(help="The new team")], by: By) -> None:
    """Put a person with another team; their key worker stays theirs until another is named."""

    async def use(companion: Companion) -> Person:
        return await companion.people.move(code, team, by=await staff_named(companion, by))

    say(f"{with_companion(use).code} is with {team}.")


@people_app.command("need")
def set_need(
    code: str,
    need: Annotated[str, typer.Argument(help="interpreter, easy_read, safe_contact …")],
    words: Annotated[str, typer.Argument(help="In their words; '' takes it back")],
    by: By,
) -> None:
    """Write down a communication need or a reasonable adjustment."""

    async def use(companion: Companion) -> Person:
        return await companion.people.set_need(
            code, need, words, by=await staff_named(companion, by)
        )

    with_companion(use)
    say(f"Written down for {code}.")


@people_app.command("caseload")
def caseload(
    code: str,
    on: Annotated[str, typer.Option(help="Username of whose caseload")],
    by: By,
    end: Annotated[bool, typer.Option("--end", help="It ends")] = False,
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="When it ends; else now"),
    ] = None,
) -> None:
    """Put a person on a colleague's caseload, or end it."""

    async def use(companion: Companion) -> None:
        worker = await companion.staff.named(on)
        who = await staff_named(companion, by)
        if end:
            until = at.replace(tzinfo=LOCAL) if at else None
            await companion.assignments.end(code, on=worker, by=who, at=until)
        else:
            await companion.assignments.put(code, on=worker, by=who)

    with_companion(use)
    say(f"{code} {'leaves' if end else 'is on'} the caseload of {on}.")


@people_app.command("looks")
def show_looks(code: str, by: By, json: AsJson = False) -> None:
    """Who has looked at this person's things, and why: the whole list, as they may ask for it."""

    async def use(companion: Companion) -> tuple[list[Look], dict[str, str]]:
        return await companion.looks.of(code, by=await staff_named(companion, by))

    found, names = with_companion(use)
    if json:
        rows = [
            {
                "at": each.at.isoformat(),
                "who": names.get(each.staff_id, ""),
                "did": each.did,
                "why": each.why,
            }
            for each in found
        ]
        as_json({"looks": rows})
        return
    for each in found:
        local = each.at.astimezone(LOCAL)
        say(in_words(each, names, f"{date_words(local.date())}, {local:%H.%M}"))


@people_app.command("key-worker")
def name_key_worker(
    code: str, worker: Annotated[str, typer.Argument(help="Username")], by: By
) -> None:
    """Name a person's key worker; open tasks go to them."""

    async def use(companion: Companion) -> None:
        await companion.assignments.name_key_worker(
            code,
            worker=await companion.staff.named(worker),
            by=await staff_named(companion, by),
        )

    with_companion(use)
    say(f"{worker} is the key worker of {code}.")


def invite(
    code: Annotated[str, typer.Argument(help="The person's code")], by: By, json: AsJson = False
) -> None:
    """Make a one-time code with which a person joins. It is shown once."""

    async def use(companion: Companion) -> str:
        return await companion.enrolment.invite(code, by=await staff_named(companion, by))

    one_time = with_companion(use)
    shown = f"{one_time[:4]}-{one_time[4:]}"
    if json:
        as_json({"code": one_time})
        return
    say(f"One-time code, good for 14 days: {shown}")
    say(f"They type it to the companion; on Telegram they can also send /start {one_time}")
