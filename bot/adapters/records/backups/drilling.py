"""The drill: a backup of this record, restored somewhere else, read, and removed again."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import MetaData, func, select, text

from bot.adapters.records.audit.seals import SEALS_FILE
from bot.adapters.records.backups.restoring import Replay, check_empty, restore
from bot.adapters.records.backups.taking import take_backup
from bot.adapters.records.backups.verifying import Verified, verify
from bot.adapters.records.columns import metadata
from bot.adapters.records.engines import SQLITE, connect_to
from bot.adapters.records.rights.ledger import LEDGER_FILE, read_ledger
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.adapters.records.store import SqlRecord, open_record
from bot.domain.crisis_plan import CrisisPlan, PlanStatus
from bot.domain.plan_text import plan_in_words
from bot.services.ports import Clock, Ids

_GROWS = frozenset({"audit", "audit_heads"})
"""A restore adds to them."""


@dataclass
class Drilled:
    """What the drill found. ``seconds`` by step; ``faults`` hold ids and codes only."""

    seconds: dict[str, float] = field(default_factory=dict)
    bytes: int = 0
    rows: int = 0
    opened: int = 0
    chains: int = 0
    replayed: int = 0
    plan: str = "none in this record"
    faults: list[str] = field(default_factory=list)


class Drill:
    """A drill of one home. ``into`` is an empty database, else an SQLite file of the drill's."""

    def __init__(self, url: str, masters: MasterKeys, home: Path, clock: Clock, ids: Ids) -> None:
        self._url, self._masters, self._home = url, masters, home
        self._clock, self._ids = clock, ids
        self._found = Drilled()

    async def run(self, into: str = "") -> Drilled:
        """Do all of it; what was made for it is removed, whatever happens."""
        with TemporaryDirectory(prefix="companion-drill-") as name:
            folder = Path(name)
            url = into or f"sqlite:///{folder / 'companion.sqlite'}"
            check_empty(url)
            try:
                await self._drill(folder, url)
            finally:
                if into:
                    _empty(into)
        return self._found

    async def _drill(self, folder: Path, url: str) -> None:
        now = self._clock.now()
        with self._timed("backup"):
            taken = take_backup(self._url, self._masters, self._home, folder, now, folder)
        self._found.bytes = taken.record.stat().st_size + taken.keys.stat().st_size
        with self._timed("verify"):
            self._note(verify(taken.record, taken.keys, self._masters, quick=False))
        with self._timed("restore"):
            replay, files = self._replay(), (taken.record, taken.keys)
            restored = restore(url, self._masters, files, replay, now, folder / SEALS_FILE)
        self._found.replayed = restored.replayed
        with self._timed("read"):
            record = open_record(url, self._masters, self._clock, self._ids)
            try:
                await self._read(record, folder / SEALS_FILE)
            finally:
                await record.aclose()
            if not restored.replayed:
                self._count(url, taken.manifest.rows)

    def _replay(self) -> Replay:
        path = self._home / LEDGER_FILE
        if not path.exists():
            return Replay(no_ledger_because="drill of a home without erasures")
        ledger, broken = read_ledger(path, self._masters)
        if broken:
            self._found.faults.append(f"{LEDGER_FILE}: broken lines {broken}")
        return Replay(ledger, len(broken))

    def _note(self, verified: Verified) -> None:
        self._found.rows = sum(verified.manifest.rows.values())
        self._found.opened = verified.opened
        self._found.chains = verified.chains
        self._found.faults += verified.faults

    async def _read(self, record: SqlRecord, seals: Path) -> None:
        """Walk the audit, and open one agreed plan as the practitioner's page does."""
        for chain in await record.chains():
            for fault in await record.verify_chain(chain):
                self._found.faults.append(f"restored audit of {chain}: {fault.what}")
        if await record.verify_seals(seals):
            self._found.faults.append(f"restored {SEALS_FILE} is not borne out")
        plans = await record.find(CrisisPlan, status=PlanStatus.AGREED, limit=1)
        if plans:
            words = plan_in_words(plans[0].contents, defaultdict(str), names=True)
            self._found.plan = "read" if words.strip() else "empty"

    def _count(self, url: str, rows: Mapping[str, int]) -> None:
        engine = connect_to(url)
        try:
            with engine.connect() as connection:
                for table in metadata.sorted_tables:
                    if table.name in rows and table.name not in _GROWS:
                        count = select(func.count()).select_from(table)
                        if connection.execute(count).scalar_one() != rows[table.name]:
                            self._found.faults.append(f"restored {table.name}: not all rows")
        finally:
            engine.dispose()

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._found.seconds[step] = round(time.monotonic() - began, 3)


def _empty(url: str) -> None:
    """Remove what was restored into a database that was empty."""
    engine = connect_to(url)
    try:
        with engine.connect() as connection:
            there = MetaData()
            there.reflect(connection)
            there.drop_all(connection)
            if connection.dialect.name != SQLITE:
                connection.execute(text("DROP FUNCTION IF EXISTS audit_is_only_added_to"))
    finally:
        engine.dispose()
