"""``keys``: making, changing and checking the key ring."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyFile, KeyRing
from bot.adapters.records import open_record
from bot.adapters.records.sealing.key_check import is_begun, is_there
from bot.cli.exits import exit_code
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.keys_found import Found, found_in, ring_of
from bot.cli.output import as_json, problem, say
from bot.cli.people import AsJson
from bot.domain.errors import NotAllowedNow, NotFound, RecordUnavailable, SettingsError
from bot.services.key_rotation import Rotation
from bot.services.key_rotation import rotate as rotate_keys
from bot.settings import Settings

keys_app = typer.Typer(no_args_is_help=True)

_OTHERS_RING = "COMPANION_KEY_COMMAND is set: the ring is kept, and changed, where that reads it."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(keys_app, name="keys", help="The master keys, kept outside the database.")


@keys_app.command("create")
def create() -> None:
    """Make the key ring. Keep a copy somewhere safe: without it nothing can be read."""
    settings = settings_in_force()
    file = _own_file(settings)
    file.path.parent.mkdir(parents=True, exist_ok=True)
    if not file.path.exists():
        _check_no_record(settings)
    KeyRing.create(file.path, SystemClock().now())
    say(f"The key ring is {file.path}, readable by you alone.")
    say("Keep a copy in a safe place: without it nothing in the record can be read.")


@keys_app.command("rotate")
def rotate(
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Only make the new key, to be copied before its use")
    ] = False,
    retire: Annotated[
        bool, typer.Option("--retire", help="In the end take out the keys that wrap nothing more")
    ] = False,
    json: AsJson = False,
) -> None:
    """Put a new master key in use, beside a running serve. Killed, it goes on when run again."""
    keep_logs_quiet()
    settings = settings_in_force()
    if prepare and retire:
        raise SettingsError("Give --prepare or --retire, not both.")
    if settings.companion_key_command:
        if prepare or retire:
            raise SettingsError(_OTHERS_RING)
        rotation = asyncio.run(_rotate(settings, None, retire=False))
    else:
        file = KeyFile(settings.key_file)
        with file.held():
            if prepare:
                _prepare(file, json=json)
                return
            rotation = asyncio.run(_rotate(settings, file, retire=retire))
    if json:
        as_json(asdict(rotation))
    else:
        for line in _lines(rotation):
            say(line)
    if rotation.not_opening:
        problem(f"{len(rotation.not_opening)} data keys do not open: see 'companion keys check'.")
        raise typer.Exit(3)


@keys_app.command("restore")
def restore(copy: Annotated[Path, typer.Argument(help="Another copy of this ring")]) -> None:
    """Bring back master keys that the ring lacks, from an older or newer copy of it."""
    file = _own_file(settings_in_force())
    with file.held():
        added = file.take_from(KeyFile(copy))
    say(f"Brought back: {', '.join(added) or 'nothing, the ring has all of them'}.")


@keys_app.command("check")
def check(json: AsJson = False) -> None:
    """What the ring opens, what is wrong and what to do. 0 well, 1 to be finished, 3 not well."""
    keep_logs_quiet()
    settings = settings_in_force()
    found = found_in(settings)
    if json:
        as_json(found.as_json())
    else:
        for line in found.lines():
            say(line)
    _end(found)


def _lines(rotation: Rotation) -> Iterator[str]:
    if rotation.is_new:
        yield f"The key {rotation.active} is in use from now on."
    elif rotation.is_ours:
        yield f"No new key was put in use: what was begun with {rotation.active} is finished."
    else:
        yield f"The ring comes from a command: its active key, {rotation.active}, was taken."
    yield f"Data keys wrapped anew: {rotation.wrapped}."
    for key_id, number in rotation.left.items():
        yield f"Still wrapped by {key_id}: {number}."
    if rotation.is_new:
        yield "Copy the ring to safe keeping now: an earlier copy lacks this key."
    if rotation.retired:
        yield f"Retired: {', '.join(rotation.retired)}. The ring as it was is {rotation.kept}:"
        yield "move it to safe keeping. Backups made before now need it."


def _end(found: Found) -> None:
    if found.error is not None:
        problem(str(found.error))
        raise typer.Exit(exit_code(found.error))
    if found.to_do:
        raise typer.Exit(1)


def _prepare(file: KeyFile, *, json: bool) -> None:
    key_id = file.prepare(SystemClock().now())
    if json:
        as_json({"prepared": key_id})
        return
    say(f"The key {key_id} is in the ring, not in use yet.")
    say("Copy the ring to safe keeping, and to every machine that serves this record;")
    say("then put the key in use with 'companion keys rotate'.")


async def _rotate(settings: Settings, file: KeyFile | None, *, retire: bool) -> Rotation:
    if not is_there(settings.database):
        raise NotFound("There is no database yet, and nothing to rotate.")
    clock = SystemClock()
    ring = ring_of(settings)
    record = open_record(settings.database, ring, clock, SystemIds(clock))
    try:
        return await rotate_keys(record, ring, file, clock, retire=retire)
    finally:
        await record.aclose()


def _check_no_record(settings: Settings) -> None:
    """A ring that was lost must be put back: beside a new one its loss would look mended."""
    try:
        begun = is_begun(settings.database)
    except RecordUnavailable:
        return
    if begun:
        raise NotAllowedNow(
            "This home's database was begun with a ring that is not here, and opens with no other: "
            f"put a copy of it back as {settings.key_file}. If there is no copy at all, what the "
            "database holds can never be read again; begin anew in another home."
        )


def _own_file(settings: Settings) -> KeyFile:
    if settings.companion_key_command:
        raise SettingsError(_OTHERS_RING)
    return KeyFile(settings.key_file)
