"""``backup``: create, verify, restore, and the drill that does all three."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.records.backups.drilling import Drill
from bot.adapters.records.backups.taking import take_backup
from bot.adapters.records.backups.verifying import verify
from bot.bootstrap import Companion
from bot.cli.home import keep_logs_quiet, settings_in_force, with_companion
from bot.cli.keys_found import ring_of
from bot.cli.output import as_json, notice, problem, say
from bot.cli.people import AsJson
from bot.cli.restoring import restore
from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.errors import BackupBroken
from bot.services.ports import Work

_NICENESS = 10
"""Backups give way to those who serve people."""

KEYS_STAY = timedelta(days=30)
"""How long a file of wrapped keys may be kept. An erasure is whole once all older ones are gone."""

backup_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    backup_app.command("restore")(restore)
    app.add_typer(backup_app, name="backup", help="Copies of the record, and proof that they work.")


@backup_app.command("create")
def create(
    to: Annotated[Path, typer.Option("--to", help="The folder that keeps backups")],
    keys_to: Annotated[
        Path | None, typer.Option("--keys-to", help="Another folder for the wrapped keys")
    ] = None,
    json: AsJson = False,
) -> None:
    """Copy the record as it is now; 'serve' goes on meanwhile."""
    os.nice(_NICENESS)

    async def use(companion: Companion) -> dict[str, Any]:
        await _audit(companion, "backup_begun")
        taken = await asyncio.to_thread(
            take_backup,
            companion.settings.database,
            companion.keys,
            companion.settings.companion_home,
            to,
            companion.clock.now(),
            keys_to or to,
        )
        manifest = taken.manifest
        return {
            "record": str(taken.record),
            "keys": str(taken.keys),
            "made_at": manifest.made_at.isoformat(),
            "revision": manifest.revision,
            "rows": sum(manifest.rows.values()),
            "chains": len(manifest.heads),
            "bytes": taken.record.stat().st_size + taken.keys.stat().st_size,
            "keys_to_delete": [str(each) for each in old_keys(taken.keys.parent, manifest.made_at)],
        }

    made = with_companion(use)
    if json:
        as_json(made)
        return
    say(f"Record: {made['record']} ({made['rows']} rows, {made['bytes']} bytes with the keys)")
    say(f"Keys:   {made['keys']}")
    days = KEYS_STAY.days
    say(f"Delete the file of keys after {days} days: with it, an erased person's words would open.")
    say("A newer file of keys opens older record files too, for all who are not erased.")
    say("The key ring is in neither. Without its copy nothing in a backup can be read.")
    for each in made["keys_to_delete"]:
        say(f"Older than {days} days, to be deleted: {each}")


@backup_app.command("verify")
def verify_backup(
    file: Annotated[Path, typer.Argument(help="A record-….backup, or a folder for its newest")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="A keys-….backup; else the one beside it")
    ] = None,
    quick: Annotated[bool, typer.Option(help="Open a sample of the sealed values")] = False,
    json: AsJson = False,
) -> None:
    """Prove a backup: whole, signed, every value opens, the audit holds. 1 where it does not."""
    keep_logs_quiet()
    record = newest(file) if file.is_dir() else file
    found = verify(record, keys or keys_beside(record), ring_of(settings_in_force()), quick=quick)
    manifest = found.manifest
    told = {
        "record": str(record),
        "made_at": manifest.made_at.isoformat(),
        "revision": manifest.revision,
        "rows": dict(manifest.rows),
        "opened": found.opened,
        "chains": found.chains,
        "faults": list(found.faults),
        "unchecked": list(found.unchecked),
    }
    if json:
        as_json(told)
    else:
        say(f"{record}: made {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC")
        say(f"{sum(manifest.rows.values())} rows as in the manifest, whole and signed.")
        say(f"{found.opened} sealed values opened, {found.chains} audit chains walked.")
        for each in found.unchecked:
            say(f"Not checked: {each}.")
    _end(found.faults)


@backup_app.command("drill")
def drill(
    into: Annotated[
        str,
        typer.Option(
            "--into",
            envvar="COMPANION_DRILL_DATABASE_URL",
            help="An empty PostgreSQL database, emptied again; else an SQLite file of its own",
        ),
    ] = "",
    json: AsJson = False,
) -> None:
    """Back this home up, restore it elsewhere, check it, read a plan, remove it. 1 on a fault."""
    os.nice(_NICENESS)
    with_companion(lambda companion: _audit(companion, "drill_begun"))
    settings, clock = settings_in_force(), SystemClock()
    notice("Backing up, restoring, reading…")
    home = settings.companion_home
    ring = ring_of(settings)
    found = asyncio.run(Drill(settings.database, ring, home, clock, SystemIds(clock)).run(into))
    if json:
        as_json({"ok": not found.faults, **asdict(found)})
    else:
        for line in _lines(asdict(found)):
            say(line)
    _end(found.faults)


def newest(folder: Path) -> Path:
    """The newest backup of a folder. Raises ``BackupBroken`` where there is none."""
    found = sorted(folder.glob("record-*.backup"))
    if not found:
        raise BackupBroken(f"There is no record-….backup in {folder}.")
    return found[-1]


def keys_beside(record: Path) -> Path | None:
    """The file of keys that was made with a record, where it is beside it."""
    beside = record.with_name(record.name.replace("record-", "keys-", 1))
    return beside if beside != record and beside.exists() else None


def old_keys(folder: Path, now: datetime) -> list[Path]:
    """Files of keys that are to be deleted, by the time in their names."""
    last = f"keys-{now - KEYS_STAY:%Y%m%dT%H%M%SZ}.backup"
    return sorted(each for each in folder.glob("keys-*.backup") if each.name < last)


async def _audit(companion: Companion, action: str) -> None:
    entry = AuditEntry(SERVICE_CHAIN, companion.clock.now(), PROGRAM, action, "record")
    await companion.record.save(Work(audit=[entry]))


def _lines(found: Mapping[str, Any]) -> list[str]:
    steps = ", ".join(f"{step} {seconds} s" for step, seconds in found["seconds"].items())
    return [
        f"{found['rows']} rows, {found['bytes']} bytes: {steps}",
        f"{found['opened']} sealed values opened, {found['chains']} audit chains walked",
        f"Erasures made again: {found['replayed']}. An agreed plan: {found['plan']}.",
        "The drill's copies are removed.",
    ]


def _end(faults: list[str] | tuple[str, ...]) -> None:
    for each in faults:
        problem(each)
    if faults:
        raise typer.Exit(1)
