"""``bench store``: how fast the record is, as ratios and limits, on SQLite and on PostgreSQL.

Both sides of a ratio do the same durable work and take turns in one run, so that both feel the
same weather on a noisy machine. A figure is the middle one of its rounds.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.cli.bench.store_figures import BenchFailed, Figure, dev_package, machine
from bot.cli.bench.store_homes import POSTGRESQL, SHARED_BUFFERS, SQLITE, Homes, postgresql
from bot.cli.bench.store_insert import measure_insert
from bot.cli.bench.store_outbox import measure_outbox
from bot.cli.bench.store_reading import measure_reading
from bot.cli.bench.store_workers import measure_workers
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import as_json, console, notice, say
from bot.cli.people import AsJson

PARTS = ("insert", "outbox", "reading", "workers")

Measure = Callable[[], Awaitable[list[Figure]]]


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    inserts: int
    outbox: tuple[int, ...]
    people: int
    events_each: int
    looks: int
    at_once: int
    turns: int


WHOLE = Size(5, 4, (400, 2000), 1000, 1000, 60, 32, 1280)
QUICK = Size(3, 1, (400,), 50, 100, 20, 16, 160)


def store(
    quick: Annotated[bool, typer.Option(help="Little of each, under a minute")] = False,
    data: Annotated[
        Path | None, typer.Option(help="Keep the records here, and use those that are there")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help=f"A part: {', '.join(PARTS)}. Again for more")
    ] = None,
    json: AsJson = False,
) -> None:
    """Inserts, the outbox, summaries, caseloads and workers, each against what is asked of it."""
    keep_logs_quiet()
    wanted = tuple(only or PARTS)
    if unknown := sorted(set(wanted) - set(PARTS)):
        raise BenchFailed(f"There is no part {unknown[0]!r}. Parts are: {', '.join(PARTS)}.")
    if "outbox" in wanted:
        dev_package("procrastinate")
    with _folder(data) as folder, postgresql(folder) as server:
        homes = Homes.within(folder, settings_in_force(), server)
        report = asyncio.run(_measure(homes, QUICK if quick else WHOLE, wanted, quick=quick))
    if json:
        as_json(report)
    else:
        _show(report)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        yield Path(made)


async def _measure(
    homes: Homes, size: Size, wanted: tuple[str, ...], *, quick: bool
) -> dict[str, Any]:
    began = time.perf_counter()
    before = machine(homes.settings.companion_home)
    figures: list[Figure] = []
    for part, database, measure in _measures(homes, size):
        if part in wanted:
            notice(f"{part}, {database} …")
            figures += await measure()
    after = machine(homes.settings.companion_home)
    return {
        "machine": before
        | {"load_after": after["load"], "postgresql_shared_buffers": SHARED_BUFFERS},
        "quick": quick,
        "rounds": size.rounds,
        "seconds": round(time.perf_counter() - began, 1),
        "reached": all(each.reached for each in figures),
        "figures": [each.as_object() for each in figures],
    }


def _measures(homes: Homes, size: Size) -> Iterator[tuple[str, str, Measure]]:
    rounds = size.rounds
    for each in (SQLITE, POSTGRESQL):

        def insert(database: str = each) -> Awaitable[list[Figure]]:
            return measure_insert(homes, database, rounds=rounds, scale=size.inserts)

        yield "insert", each, insert
    yield "outbox", POSTGRESQL, lambda: measure_outbox(homes, rounds=rounds, sizes=size.outbox)
    for each in (SQLITE, POSTGRESQL):

        def reading(database: str = each) -> Awaitable[list[Figure]]:
            return measure_reading(
                homes,
                database,
                rounds=rounds,
                times=size.looks,
                people=size.people,
                each=size.events_each,
            )

        yield "reading", each, reading

    def workers() -> Awaitable[list[Figure]]:
        return measure_workers(homes, rounds=rounds, people=size.at_once, turns=size.turns)

    yield "workers", POSTGRESQL, workers


def _show(report: dict[str, Any]) -> None:
    table = Table("figure", "database", "measured", "asked", "")
    for each in report["figures"]:
        table.add_row(
            each["name"],
            each["database"],
            f"{each['value']:.2f} {each['unit']}",
            f"{each['asked']} {each['limit']:g}",
            "" if each["reached"] else "not reached",
        )
    console.print(table)
    for each in report["figures"]:
        say(f"{each['name']}, {each['database']}:")
        for name, value in each["details"].items():
            say(f"  {name.replace('_', ' ')}: {value}")
    about = report["machine"]
    say(
        f"{about['cores']} cores ({about['processor']}), load {about['load'][0]} before and "
        f"{about['load_after'][0]} after, a sync to disk {about['sync_p50_ms']} ms "
        f"(p99 {about['sync_p99_ms']} ms); {report['seconds']} s"
    )
