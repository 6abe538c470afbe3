"""``backup restore``: into an empty home or database, with the ledger of erasures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.adapters.clock import SystemClock
from bot.adapters.records.audit.seals import SEALS_FILE
from bot.adapters.records.backups.restoring import Replay, Restored
from bot.adapters.records.backups.restoring import restore as restore_files
from bot.adapters.records.rights.ledger import LEDGER_FILE, carry_over, read_ledger
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.keys_found import ring_of
from bot.cli.output import as_json, notice, say
from bot.cli.people import AsJson
from bot.cli.seats import hold_lock
from bot.domain.errors import BadInput, LedgerBroken, LedgerMissing
from bot.services.caseloads import LONGEST_REASON


def restore(
    file: Annotated[Path, typer.Argument(help="A record-….backup")],
    keys: Annotated[
        Path, typer.Option("--keys", help="A keys-….backup, of the same time or newer")
    ],
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="The newest erasures.log; else the home's")
    ] = None,
    no_ledger_because: Annotated[
        str, typer.Option(help="Why nobody's erasure is made again; it is kept in the audit")
    ] = "",
    accept_broken_lines: Annotated[
        bool, typer.Option(help="Go on although the ledger has lines that cannot be read")
    ] = False,
    json: AsJson = False,
) -> None:
    """Bring a backup back into an empty home or database. Erasures are made again first."""
    keep_logs_quiet()
    settings = settings_in_force()
    home, ring = settings.companion_home, ring_of(settings)
    source = ledger or home / LEDGER_FILE
    with hold_lock(home):
        replay = _replay(source, ring, no_ledger_because, accept_broken=accept_broken_lines)
        if source != home / LEDGER_FILE and not no_ledger_because:
            carry_over(source, home / LEDGER_FILE)
        now, seals = SystemClock().now(), home / SEALS_FILE
        found = restore_files(settings.database, ring, (file, keys), replay, now, seals)
    if json:
        as_json(
            {
                "made_at": found.manifest.made_at.isoformat(),
                "revision": found.manifest.revision,
                "rows": sum(found.manifest.rows.values()),
                "replayed": found.replayed,
                "broken_lines": replay.broken_lines,
                "withheld": found.withheld,
                "waiting": found.waiting,
            }
        )
    else:
        _tell(found)


def _replay(source: Path, ring: MasterKeys, because: str, *, accept_broken: bool) -> Replay:
    """What the ledger asks for. Raises ``LedgerMissing``, ``LedgerBroken``."""
    if because:
        if not because.strip():
            raise BadInput("Say why there is no ledger.")
        return Replay(no_ledger_because=because[:LONGEST_REASON])
    if not source.exists():
        raise LedgerMissing(
            f"Not at {source}. Name its newest copy with --ledger; where there never was one, say "
            "so with --no-ledger-because."
        )
    erasures, broken = read_ledger(source, ring)
    if broken and not accept_broken:
        raise LedgerBroken(f"{source}: lines {', '.join(map(str, broken))}.")
    if broken:
        notice(f"Lines of the ledger that were left out: {', '.join(map(str, broken))}")
    return Replay(erasures, len(broken))


def _tell(found: Restored) -> None:
    rows = sum(found.manifest.rows.values())
    say(f"Restored: {rows} rows as of {found.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    say(f"Erasures made again: {found.replayed}.")
    say(f"Replies that are not sent again: {found.withheld}. Messages to answer: {found.waiting}.")
    say("Nobody is signed in. What came after the backup is not in this record.")
    say("Look with 'companion doctor' before you serve.")
