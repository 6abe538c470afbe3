"""``staff``, ``people``, ``plan`` and ``invite``: the same services as the web uses."""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
import yaml

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.errors import BadInput, PlanFileBroken
from bot.domain.people import Person, Role, Staff

By = Annotated[str, typer.Option("--by", help="Username of the member of staff who answers for it")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]

LARGEST_PLAN_FILE = 256 * 1024


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(staff_app, name="staff", help="Members of staff.")
    app.add_typer(people_app, name="people", help="Service users.")
    app.add_typer(plan_app, name="plan", help="Crisis plans.")
    app.command("invite")(invite)


staff_app = typer.Typer(no_args_is_help=True)
people_app = typer.Typer(no_args_is_help=True)
plan_app = typer.Typer(no_args_is_help=True)


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
    say(f"{staff.name} ({staff.username}) is a {staff.role.value} in {staff.team}.")
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
