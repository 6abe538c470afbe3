"""Where the processor's time goes: of each group of processes, and of the machine."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True)
class _Used:
    """What was used since the machine started: seconds by process and its parent, and in all."""

    at: float
    by_process: Mapping[int, tuple[int, float]]
    idle: float
    all: float

    @classmethod
    def now(cls) -> Self:
        by_process = {}
        for each in _PROC.iterdir():
            if each.name.isdecimal():
                with suppress(OSError):
                    parts = (each / "stat").read_text("utf-8").rpartition(")")[2].split()
                    by_process[int(each.name)] = (
                        int(parts[1]),
                        (int(parts[11]) + int(parts[12])) / _TICKS,
                    )
        whole = [int(n) for n in (_PROC / "stat").read_text("utf-8").splitlines()[0].split()[1:9]]
        idle = (whole[3] + whole[4]) / _TICKS
        return cls(time.monotonic(), by_process, idle, sum(whole) / _TICKS)


class Shares:
    """Cores used by groups of processes from its making to ``cores``: 1.0 is one core, full."""

    def __init__(self, groups: Mapping[str, int]) -> None:
        """``groups`` names processes by id; each stands for itself and its children."""
        self._groups = groups
        self._before = _Used.now()

    def cores(self) -> dict[str, float]:
        """Cores used since, by group; by all others on this machine; and cores that were idle."""
        after = _Used.now()
        took = after.at - self._before.at
        used = dict.fromkeys(self._groups, 0.0)
        for process, (parent, seconds) in after.by_process.items():
            before = self._before.by_process.get(process, (0, 0.0))[1]
            for name, leader in self._groups.items():
                if process == leader or (parent == leader and leader != os.getpid()):
                    used[name] += seconds - before
        idle = after.idle - self._before.idle
        others = after.all - self._before.all - idle - sum(used.values())
        whole = {**used, "others": max(others, 0.0), "idle": idle}
        return {name: round(seconds / took, 2) for name, seconds in whole.items()}
