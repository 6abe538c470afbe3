"""``train`` and ``doctor``."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import typer

from bot.adapters.records.audit.seals import SEALS_FILE
from bot.adapters.sentence_model import state_of_model
from bot.adapters.sentence_model import train as train_net
from bot.adapters.understanding_rasa import model_for
from bot.adapters.understanding_rasa import train as train_rasa
from bot.bootstrap import Companion, open_companion
from bot.cli.exits import exit_code
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import as_json, say
from bot.cli.people import AsJson
from bot.cli.seats import served_state
from bot.cli.well_being import COUNTED, alerts_word
from bot.domain.errors import CompanionError, RecordUnavailable
from bot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("train")(train)
    app.command("doctor")(doctor)


def train() -> None:
    """Train the understanding and the safety net's model, unless nothing of theirs has changed."""
    keep_logs_quiet()
    settings = settings_in_force()
    work = settings.companion_home / "rasa"
    try:
        say(asyncio.run(train_rasa(settings.companion_content, work)))
    finally:
        say(train_net(settings.companion_content))


def doctor(
    json: AsJson = False,
    audit: Annotated[bool, typer.Option(help="Also walk every audit chain")] = True,
) -> None:
    """What is in force, what is missing, and whether the audit is whole."""
    keep_logs_quiet()
    settings = settings_in_force()
    found = asyncio.run(_found(settings, audit=audit))
    if json:
        as_json(found)
    else:
        for name, value in found.items():
            say(f"{name}: {value}")
    problem = found.get("problem")
    if problem:
        raise typer.Exit(int(found["exit_code"]))


async def _found(settings: Settings, *, audit: bool) -> dict[str, Any]:
    state = served_state(settings)
    found: dict[str, Any] = {
        "settings": {
            name: str(value) if value is not None else None
            for name, value in settings.model_dump().items()
        },
        "serving": {"pid": state.get("pid"), "web": state.get("web")},
        "processes": state.get("processes", []),
        "rasa": state.get("rasa") or {"pid": None, "state": "down"},
        "model": "trained" if model_for(settings.companion_content) else "missing",
        "safety_net": state_of_model(settings.companion_content),
    }
    try:
        companion = open_companion(settings)
    except CompanionError as error:
        return {**found, "problem": str(error), "exit_code": exit_code(error)}
    try:
        found |= await _of_record(companion, audit=audit)
    finally:
        await companion.aclose()
    return found


async def _of_record(companion: Companion, *, audit: bool) -> dict[str, Any]:
    waiting = await companion.sign_offs.waiting()
    file = await _faults_of_file(companion) if audit else []
    if file:
        return {
            "database": file,
            "problem": "The database's file is damaged: restore the last backup.",
            "exit_code": 1,
        }
    broken: list[str] = []
    chains = await companion.record.chains() if audit else []
    for chain in chains:
        broken += [str(each) for each in await companion.record.verify_chain(chain)]
    seals, seals_problem = await _seals(companion) if audit else ("not compared", "")
    found: dict[str, Any] = {
        "demo": await companion.is_demo(),
        "content": {
            "files": len(companion.content.items),
            "unsigned": len(waiting),
            "unsigned_needed_live": [each.path for each in waiting if each.needed_live],
        },
        "audit": {"chains": len(chains), "faults": broken, "seals": seals}
        if audit
        else "not walked",
        "alerts": await _alerts(companion),
        "dead_letters": asdict(
            await companion.record.dead_letters(companion.clock.now() - COUNTED)
        ),
    }
    if broken:
        found |= {"problem": "The audit is not whole.", "exit_code": 1}
    elif seals_problem:
        found |= {"problem": seals_problem, "exit_code": 1}
    return found


async def _alerts(companion: Companion) -> dict[str, Any]:
    state = await companion.alerting.daily.state()
    return {
        "state": alerts_word(companion, state),
        "undelivered": state.undelivered,
        "daily_missing": list(state.unproved),
        "missing_live": await companion.alerting.readiness.missing(),
    }


async def _faults_of_file(companion: Companion) -> list[str]:
    try:
        return await companion.record.faults_of_file()
    except RecordUnavailable as problem:
        return [str(problem)]


async def _seals(companion: Companion) -> tuple[str, str]:
    """What the file of seals outside the database says of it, and the problem where it differs."""
    path = companion.settings.companion_home / SEALS_FILE
    try:
        broken = await companion.record.verify_seals(path)
    except FileNotFoundError:
        return "no file here", ""
    if broken:
        lines = ", ".join(map(str, broken[:10]))
        return "differ", f"The audit is not what {SEALS_FILE} says: see its lines {lines}."
    return "borne out", ""
