"""``serve``, ``demo`` and ``run``: starting the companion."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from bot.adapters.sentence_model import model_is_current
from bot.adapters.sentence_model import train as train_net
from bot.bootstrap import Companion, open_companion
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import as_json, notice, problem, say
from bot.cli.people import AsJson
from bot.cli.roles import ALL, Roles, ServingRole, check_roles, roles_in
from bot.cli.seats import Seat, lease_owner, take_seat
from bot.cli.server import Server
from bot.cli.terminal import converse
from bot.demonstration import Made, make_or_find, open_or_make
from bot.domain.errors import CompanionError
from bot.settings import Mode, Settings

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""The signals at which a running companion ends what it has begun and stops."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("demo")(demo)
    app.command("run")(run)


def serve(
    roles: Annotated[
        str, typer.Option(metavar="ROLE,…", help="What this process does; see the handbook")
    ] = ",".join(ServingRole),
) -> None:
    """Serve the people of this home until SIGTERM or Ctrl-C."""
    keep_logs_quiet(own=logging.INFO)
    chosen = roles_in(roles)
    settings = settings_in_force()
    check_roles(chosen, settings)
    asyncio.run(_serve_people(settings, chosen))


def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make it and stop")] = False,
    json: AsJson = False,
) -> None:
    """Make a demonstration with made-up people, or find it, and serve it."""
    keep_logs_quiet()
    settings = _demo_settings()
    if no_serve:
        made = asyncio.run(_make(settings))
        _show(made, settings, json=json)
        return
    asyncio.run(_serve_demo(settings, json=json))


def run() -> None:
    """What ``make run`` starts: this home's companion; in an empty home a demonstration."""
    keep_logs_quiet()
    settings = settings_in_force()
    _train_net(settings)
    if settings.companion_mode is Mode.DEMO or not asyncio.run(_is_real(settings)):
        asyncio.run(_serve_demo(_demo_settings(), json=False))
    else:
        keep_logs_quiet(own=logging.INFO)
        asyncio.run(_serve_people(settings))


def _train_net(settings: Settings) -> None:
    """Make the safety net's model where it is missing; without it rules judge alone."""
    try:
        if not model_is_current(settings.companion_content):
            notice("Training the safety net's model, which takes about a minute.")
            notice(train_net(settings.companion_content))
    except CompanionError as error:
        problem(str(error))


async def _is_real(settings: Settings) -> bool:
    """Whether this home holds a database that is not a demonstration."""
    database = settings.companion_home / "companion.sqlite"
    if settings.database_url is None and not database.exists():
        keys_there = settings.key_file.exists() or settings.companion_key_command
        return bool(keys_there)
    companion = open_companion(settings)
    try:
        return not await companion.is_demo()
    finally:
        await companion.aclose()


def _demo_settings() -> Settings:
    return settings_in_force().model_copy(update={"companion_mode": Mode.DEMO})


async def _serve_people(settings: Settings, roles: Roles = ALL) -> None:
    seat = take_seat(settings)
    await _serve(open_companion(settings, owner=lease_owner(settings)), seat, roles)


async def _make(settings: Settings) -> Made:
    companion = await open_or_make(settings)
    try:
        return await make_or_find(companion)
    finally:
        await companion.aclose()


def _show(made: Made, settings: Settings, *, json: bool) -> None:
    if json:
        as_json({"url": settings.practitioner_address, **asdict(made)})
        return
    say("A demonstration with made-up people. Nothing in it is about anybody.")
    for person in made.people:
        say(f"  {person.code}  {person.name}, plan {person.plan}; joins with {person.invitation}")
    for member in made.staff:
        say(f"  sign in as {member.username} with {member.password} ({member.role})")


async def _serve_demo(settings: Settings, *, json: bool) -> None:
    seat = take_seat(settings)
    companion = await open_or_make(settings, owner=lease_owner(settings))
    made = await make_or_find(companion)
    await _serve(companion, seat, when_ready=lambda: _show(made, settings, json=json))


async def _serve(
    companion: Companion,
    seat: Seat,
    roles: Roles = ALL,
    when_ready: Callable[[], None] | None = None,
) -> None:
    settings = companion.settings
    server = Server(companion, seat, roles=roles)
    server.stop_at(*ENDING)
    try:
        await server.start()
        if when_ready is not None:
            when_ready()
        if ServingRole.PRACTITIONER_WEB in roles:
            say(f"The practitioner web is at {settings.practitioner_address}")
        else:
            say(f"Serving: {', '.join(sorted(roles))}")
        talks = sys.stdin.isatty() and sys.stdout.isatty() and settings.companion_mode is Mode.DEMO
        if talks:
            await _talk_while_serving(server, companion)
        await server.until_stopped()
    finally:
        await server.aclose()
        await companion.aclose()
        for each in ENDING:
            # Python gives its own handlers up before it has ended, but not this one: one more
            # signal then would make a good end look like a killed process.
            signal.signal(each, signal.SIG_IGN)


async def _talk_while_serving(server: Server, companion: Companion) -> None:
    notice("Rasa is starting; plan, numbers and safety answer already. Ctrl-D ends the chat.")
    talking = asyncio.create_task(converse(companion, as_person=None))
    stopped = asyncio.create_task(server.until_stopped())
    await asyncio.wait({talking, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not stopped.done():
        stopped.cancel()
        server.stop()
    talking.cancel()
