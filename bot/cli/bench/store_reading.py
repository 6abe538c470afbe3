"""Reading for staff: the summary of a person-year, and a caseload of 25."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from bot.cli.bench.store_figures import BenchFailed, Figure, at_most, percentile
from bot.cli.bench.store_homes import Homes
from bot.cli.bench.store_people import CASELOAD
from bot.cli.bench.store_year import Year, year
from bot.domain.opening_hours import LOCAL
from bot.domain.summaries import Period

SUMMARY_MS = 20.0
CASELOAD_MS = 50.0
FLAT = 1.5
"""How much slower a caseload may be with a hundred times the events, and still count as flat."""


async def measure_reading(
    homes: Homes, database: str, *, rounds: int, times: int, people: int, each: int
) -> list[Figure]:
    """Summaries at ``people`` × ``each`` events; caseloads there and at a hundredth of them."""
    small_companion = homes.opened(database, "small")
    large_companion = homes.opened(database, "large")
    try:
        small = await year(small_companion, people, max(each // 100, 1))
        large = await year(large_companion, people, each)
        return await _measure(small, large, database, rounds=rounds, times=times)
    finally:
        await small_companion.aclose()
        await large_companion.aclose()


async def _measure(
    small: Year, large: Year, database: str, *, rounds: int, times: int
) -> list[Figure]:
    reads = {"summary": _summaries(large), "small": _caseloads(small), "large": _caseloads(large)}
    timed: dict[str, list[tuple[float, float]]] = {name: [] for name in reads}
    for number in range(rounds + 1):
        for name, read in reads.items():
            took = await _timed(read, number * times, times)
            if number:  # the first round warms everything up
                timed[name].append((percentile(took, 0.50), percentile(took, 0.95)))
    about = {"people": len(large.made.people), "events": large.events, "times_a_round": times}
    caseloads = {
        f"p{part}_ms_at_{of.events}_events": round(percentile([e[at] for e in timed[name]], 0.5), 2)
        for name, of in (("small", small), ("large", large))
        for at, part in enumerate((50, 95))
    }
    flatness = [
        after[0] / before[0] for before, after in zip(timed["small"], timed["large"], strict=True)
    ]
    return [
        at_most(
            "summary of one person-year, p95",
            database,
            [each[1] for each in timed["summary"]],
            SUMMARY_MS,
            "ms",
            **about,
            p50_ms=round(percentile([each[0] for each in timed["summary"]], 0.5), 2),
            events_a_summary=large.events // len(large.made.people),
            build_seconds=round(small.seconds + large.seconds, 1),
        ),
        at_most(
            "caseload of 25 people, p95",
            database,
            [each[1] for each in timed["large"]],
            CASELOAD_MS,
            "ms",
            **about,
            **caseloads,
        ),
        at_most(
            f"caseload at {large.events} events to {small.events}",
            database,
            flatness,
            FLAT,
            "times",
            **caseloads,
        ),
    ]


async def _timed(read: Callable[[int], Awaitable[object]], start: int, times: int) -> list[float]:
    took = []
    for number in range(start, start + times):
        began = time.perf_counter()
        await read(number)
        took.append((time.perf_counter() - began) * 1000)
    return took


def _summaries(of: Year) -> Callable[[int], Awaitable[object]]:
    today = of.companion.clock.now().astimezone(LOCAL).date()
    period = Period.ending(today, days=366)

    def read(number: int) -> Awaitable[object]:
        # A large odd step: neighbours in time are not neighbours in the file.
        place = number * 389 % len(of.made.people)
        person, by = of.made.people[place], of.made.worker_of(place)
        return of.companion.summaries.of(person.code, period=period, by=by)

    return read


def _caseloads(of: Year) -> Callable[[int], Awaitable[object]]:
    async def read(number: int) -> None:
        by = of.made.staff[number % (len(of.made.people) // CASELOAD)]
        found = await of.companion.caseloads.of(by=by)
        if len(found.lines) != CASELOAD:
            raise BenchFailed(f"{len(found.lines)} people on a caseload of {CASELOAD}.")

    return read
