"""``chat``: a conversation in the terminal."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from bot.bootstrap import Companion, open_companion
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import notice
from bot.cli.people import AsJson
from bot.cli.seats import Seat, is_served, lease_owner, take_seat
from bot.cli.server import Server
from bot.cli.terminal import converse, speaker
from bot.demonstration import is_demo_home
from bot.services.worker_places import somebody_answers
from bot.settings import Mode, Settings

STARTS_WITHIN = 60.0
"""Seconds that a chat by itself waits for Rasa."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(chat)


def chat(
    as_person: Annotated[
        str | None, typer.Option("--as", help="The code of a made-up person, in a demonstration")
    ] = None,
    json: AsJson = False,
) -> None:
    """Talk to the companion; as a stranger unless --as is given. Reads lines."""
    keep_logs_quiet()
    asyncio.run(_chat(as_person, json=json))


async def _chat(as_person: str | None, *, json: bool) -> None:
    settings = settings_in_force()
    if await is_demo_home(settings):
        settings = settings.model_copy(update={"companion_mode": Mode.DEMO})
    if is_served(settings) or await _is_answered_elsewhere(settings):
        companion = open_companion(settings)
        try:
            await converse(companion, as_person, json=json)
        finally:
            await companion.aclose()
        return
    seat = take_seat(settings)
    companion = open_companion(settings, owner=lease_owner(settings))
    try:
        await _by_itself(companion, seat, as_person, json=json)
    finally:
        await companion.aclose()


async def _is_answered_elsewhere(settings: Settings) -> bool:
    """Whether a process of another home, or of another machine, answers on this PostgreSQL."""
    if settings.database_file is not None:
        return False
    companion = open_companion(settings)
    try:
        return await somebody_answers(companion.record)
    finally:
        await companion.aclose()


async def _by_itself(
    companion: Companion, seat: Seat, as_person: str | None, *, json: bool
) -> None:
    await speaker(companion, as_person)  # before Rasa is started for nothing
    server = Server(companion, seat, web=False, channels=False)
    server.stop_at(signal.SIGTERM, signal.SIGINT)
    try:
        await server.start()
        if not await server.until_understanding(STARTS_WITHIN):
            notice("Rasa is not ready; plan, numbers, skills and safety answer without it.")
        talk = converse(companion, as_person, json=json, unkept=server.unkept)
        talking = asyncio.create_task(talk)
        ended = asyncio.create_task(server.until_stopped())
        await asyncio.wait({talking, ended}, return_when=asyncio.FIRST_COMPLETED)
        for task in (talking, ended):
            if task.done():
                task.result()
            task.cancel()
    finally:
        await server.aclose()
