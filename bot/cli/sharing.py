"""``carers`` and ``sharing``: what the person chose, written down by somebody at work."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By
from bot.domain.sharing import Carer, SharedWith
from bot.services.sharing import SharedPlan

With = Annotated[str, typer.Argument(help="carer:ID or agency:ID")]

carers_app = typer.Typer(no_args_is_help=True)
sharing_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(carers_app, name="carers", help="People close to a person, by agreement.")
    app.add_typer(sharing_app, name="sharing", help="What a person shares, item by item.")


def _reader(given: str) -> tuple[SharedWith, str]:
    kind, _, reader = given.partition(":")
    if kind not in {each.value for each in SharedWith} or not reader:
        raise typer.BadParameter("Say carer:ID or agency:ID.")
    return SharedWith(kind), reader


@carers_app.command("add")
def add_carer(
    code: str,
    name: Annotated[str, typer.Option(help="Who it is")],
    by: By,
    relationship: Annotated[str, typer.Option(help="What they are to the person")] = "",
    contact: Annotated[str, typer.Option(help="How to reach them")] = "",
    json: AsJson = False,
) -> None:
    """Note a carer whom the person agreed to. Nothing is shared with them yet."""

    async def use(companion: Companion) -> Carer:
        who = await staff_named(companion, by)
        return await companion.sharing.add_carer(
            code, name=name, relationship=relationship, contact=contact, by=who
        )

    carer = with_companion(use)
    if json:
        as_json({"carer": carer.id})
    else:
        say(f"Noted as carer:{carer.id}. Share items with 'companion sharing on'.")


@carers_app.command("end")
def end_carer(code: str, carer: str, by: By) -> None:
    """The agreement ends, and everything shared under it."""

    async def use(companion: Companion) -> None:
        await companion.sharing.end_carer(code, carer, by=await staff_named(companion, by))

    with_companion(use)
    say("Ended. They may have kept a copy of what they saw.")


@sharing_app.command("on")
def share(code: str, item: str, reader: With, by: By) -> None:
    """Share one item, as plan.early_signs, with one carer or agency."""
    kind, reader_id = _reader(reader)

    async def use(companion: Companion) -> None:
        who = await staff_named(companion, by)
        await companion.sharing.share(code, item, kind, reader_id, by=who)

    with_companion(use)
    say(f"{code} shares {item} with {reader}.")


@sharing_app.command("off")
def stop_sharing(code: str, item: str, reader: With, by: By) -> None:
    """Stop sharing one item from now on."""
    kind, reader_id = _reader(reader)

    async def use(companion: Companion) -> None:
        who = await staff_named(companion, by)
        await companion.sharing.stop_sharing(code, item, kind, reader_id, by=who)

    with_companion(use)
    say("Stopped. They may have kept a copy of what they saw.")


@sharing_app.command("show")
def show(code: str, by: By, json: AsJson = False) -> None:
    """What a person shares of their plan with your agency."""

    async def use(companion: Companion) -> SharedPlan:
        return await companion.sharing.plan_for_agency(code, by=await staff_named(companion, by))

    shared = with_companion(use)
    if json:
        as_json({"called": shared.called, "version": shared.version, "parts": [*shared.parts]})
        return
    say(f"{shared.called}, plan version {shared.version}")
    for name, value in shared.parts.items():
        say(f"{name.replace('_', ' ')}: {value}")
