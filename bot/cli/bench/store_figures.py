"""The figures of ``bench store``, what is asked of each, and the machine they are of."""

from __future__ import annotations

import importlib
import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.errors import CompanionError


class BenchFailed(CompanionError):
    """The measurement could not be made."""


@dataclass(frozen=True)
class Figure:
    """One figure and its limit; ``unit`` is "times" for a ratio, else "ms".

    ``rounds`` are the values of each round, of which ``value`` is the middle one.
    """

    name: str
    database: str
    value: float
    unit: str
    asked: str
    limit: float
    rounds: tuple[float, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        """Whether the record does what was asked."""
        return self.value >= self.limit if self.asked == "at least" else self.value <= self.limit

    def as_object(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "database": self.database,
            "value": round(self.value, 3),
            "unit": self.unit,
            "asked": self.asked,
            "limit": self.limit,
            "reached": self.reached,
            "rounds": [round(each, 3) for each in self.rounds],
            "details": dict(self.details),
        }


def at_least(
    name: str, database: str, rounds: Sequence[float], limit: float, **details: Any
) -> Figure:
    """The middle of these ratios, which should not be smaller."""
    middle = statistics.median(rounds)
    return Figure(name, database, middle, "times", "at least", limit, tuple(rounds), details)


def at_most(
    name: str, database: str, rounds: Sequence[float], limit: float, unit: str, **details: Any
) -> Figure:
    """The middle of these values, which should not be greater."""
    middle = statistics.median(rounds)
    return Figure(name, database, middle, unit, "at most", limit, tuple(rounds), details)


def percentile(times: Sequence[float], part: float) -> float:
    """The time under which this part of them lies."""
    ordered = sorted(times)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def machine(folder: Path) -> dict[str, Any]:
    """This machine, how busy it is (load over 1, 5 and 15 minutes), and its disk's own time."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "load": [round(each, 2) for each in os.getloadavg()],
        **_sync_times(folder),
    }


def dev_package(name: str) -> Any:
    """A package that only measurements and tests need. Raises ``BenchFailed``."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise BenchFailed(
            f"The package {name.replace('_', '-')} is not installed: 'make setup' installs it."
        ) from None


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _sync_times(folder: Path, times: int = 100) -> dict[str, float]:
    """To append 4 KiB to a file and sync it, in ms."""
    took = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return {
        "sync_p50_ms": round(percentile(took, 0.50), 3),
        "sync_p99_ms": round(percentile(took, 0.99), 3),
    }
