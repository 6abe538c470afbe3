"""What sealing costs: engagement events through the record's writer, sealed and in plain text.

The plain side exists here alone. It is the same job in the same writer, with the same audit entry
and the same commit, into a table of the same shape: only keys and sealing are left out.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Index, MetaData, Table

from bot.adapters.records.columns import metadata, moment, words
from bot.adapters.records.engines import connect_to
from bot.adapters.records.mapping import to_micros
from bot.adapters.records.parts import Parts
from bot.adapters.records.reading.readers import Readers
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import Wanted
from bot.adapters.records.writing.works import Save
from bot.bootstrap import Companion
from bot.cli.bench.store_figures import Figure, at_least
from bot.cli.bench.store_homes import SQLITE, Homes
from bot.cli.bench.store_people import made_people
from bot.domain.audit import AuditEntry
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.people import Person
from bot.services.ports import Work

SEALED_TO_PLAIN = 0.5
PEOPLE = 16
IN_BULK = 256

_plain = MetaData(naming_convention=metadata.naming_convention)
plain_events = Table(
    "plain_events",
    _plain,
    words("id", primary_key=True),
    words("subject"),
    words("kind"),
    moment("at"),
    words("details"),
    Index(None, "subject", "kind", "at"),
    Index(None, "subject", "at"),
)
_DETAILS: Mapping[str, str | int] = {
    "skill": "stop",
    "before": 7,
    "after": 4,
    "result": "helped",
    "finished": "yes",
}

Insert = Callable[[Work], Awaitable[object]]


@dataclass(frozen=True)
class SavePlain(Save):
    """The job of ``Record.save`` for events, with their details as text."""

    def wants(self, wanted: Wanted) -> None:
        """The heads of the chains; no keys."""
        wanted.chains.update(each.chain for each in self.work.audit)

    def _put(self, group: Group, entity: object) -> None:
        if not isinstance(entity, EngagementEvent):
            raise TypeError(type(entity).__name__)
        row = {
            "id": entity.id,
            "subject": entity.subject,
            "kind": entity.kind.value,
            "at": to_micros(entity.at),
            "details": json.dumps(dict(entity.details)),
        }
        group.upsert(plain_events, row, "id")


@dataclass(frozen=True)
class _Kind:
    """One way of inserting: events at once, in one transaction, and how many a round."""

    name: str
    at_once: int
    together: int
    events: int


async def measure_insert(homes: Homes, database: str, *, rounds: int, scale: int) -> list[Figure]:
    """Sealed inserts a second to plain ones: one at a time, 16 at once, and many together."""
    companion = homes.fresh(database, "insert")
    url = companion.settings.database
    people = (await made_people(companion, PEOPLE)).people
    engine = connect_to(url)
    _plain.create_all(engine)
    parts = Parts.over(
        engine, Readers(engine), companion.keys, companion.clock, companion.ids, "plain"
    )
    sides: dict[str, Insert] = {
        "sealed": companion.record.save,
        "plain": lambda work: parts.writer.do(SavePlain(work, parts.masters, parts.owner)),
    }
    kinds = (
        _Kind("alone", 1, 1, 100 * scale),
        _Kind("16 at once", PEOPLE, 1, 800 * scale),
        _Kind(f"{IN_BULK} in one transaction", 1, IN_BULK, 4 * IN_BULK * scale),
    )
    rates: dict[tuple[str, str], list[float]] = {}
    try:
        for number in range(rounds + 1):
            for kind in kinds:
                # Each side goes first in turn.
                for side in sorted(sides, reverse=bool(number % 2)):
                    rate = await _rate(companion, sides[side], kind, people)
                    if number:  # the first round warms everything up
                        rates.setdefault((kind.name, side), []).append(rate)
    finally:
        parts.close()
        await companion.aclose()
    raw = _raw(url, homes.settings.companion_home, 100 * scale)
    return [_figure(database, kind, rates, raw) for kind in kinds]


def _figure(
    database: str, kind: _Kind, rates: dict[tuple[str, str], list[float]], raw: float
) -> Figure:
    sealed, plain = rates[kind.name, "sealed"], rates[kind.name, "plain"]
    return at_least(
        f"sealed insert of an event to the same in plain text, {kind.name}",
        database,
        [mine / theirs for mine, theirs in zip(sealed, plain, strict=True)],
        SEALED_TO_PLAIN,
        sealed_a_second=round(sorted(sealed)[len(sealed) // 2]),
        plain_a_second=round(sorted(plain)[len(plain) // 2]),
        bare_driver_a_second=round(raw),
    )


async def _rate(
    companion: Companion, insert: Insert, kind: _Kind, people: Sequence[Person]
) -> float:
    """Events a second."""
    works = [
        [_work(companion, people[place], kind.together) for _ in range(_each(kind))]
        for place in range(kind.at_once)
    ]

    async def one_after_another(of_person: Sequence[Work]) -> None:
        for work in of_person:
            await insert(work)

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another(each) for each in works))
    return _each(kind) * kind.at_once * kind.together / (time.perf_counter() - began)


def _each(kind: _Kind) -> int:
    return kind.events // (kind.at_once * kind.together)


def _work(companion: Companion, person: Person, events: int) -> Work:
    now, new = companion.clock.now(), companion.ids.new
    return Work(
        put=[
            EngagementEvent(new(), person.id, EventKind.PRACTICE, now, _DETAILS)
            for _ in range(events)
        ],
        audit=[AuditEntry(person.id, now, "program", "write", "event")],
    )


def _raw(url: str, folder: Path, events: int) -> float:
    """Rows a second by the bare driver: synced one by one, no audit, no checks."""
    rows = [
        (f"{n}", f"{n % PEOPLE}", "practice", n, json.dumps(dict(_DETAILS))) for n in range(events)
    ]
    table = "(id TEXT PRIMARY KEY, subject TEXT, kind TEXT, at BIGINT, details TEXT)"
    connection: Any
    if url.startswith(SQLITE.lower()):
        path = folder / "bare.sqlite"
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        insert = "INSERT INTO bare VALUES (?, ?, ?, ?, ?)"
    else:
        connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        connection.execute("DROP TABLE IF EXISTS bare")
        insert = "INSERT INTO bare VALUES (%s, %s, %s, %s, %s)"
    try:
        connection.execute(f"CREATE TABLE bare {table}")
        connection.execute("CREATE INDEX bare_kind ON bare (subject, kind, at)")
        connection.execute("CREATE INDEX bare_at ON bare (subject, at)")
        began = time.perf_counter()
        for row in rows:
            connection.execute(insert, row)
        return events / (time.perf_counter() - began)
    finally:
        connection.close()
