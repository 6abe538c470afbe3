"""Wrong passwords make the next tries wait, one after the other."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE = 3
"""Tries that wait for nothing."""

LONGEST_WAIT = timedelta(seconds=30)

LONGEST_LINE = timedelta(seconds=60)
"""Who would have to wait longer than this is turned away at once."""

FORGOTTEN_AFTER = timedelta(minutes=15)

REMEMBERED = 10_000


@dataclass(frozen=True)
class _Tries:
    count: int
    next_at: datetime


class SlowDown:
    """Tries by name, in the memory of one process.

    It knows no difference between names that exist and names that do not. Tries of one name made
    at the same time stand in line, so that many at once gain nothing.
    """

    def __init__(self) -> None:
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, name: str, now: datetime) -> timedelta | None:
        """Take the next place in line: how long it waits, or None when the line is too long."""
        before = self._tries.pop(name, None)
        if before is None or now - before.next_at > FORGOTTEN_AFTER:
            before = _Tries(0, now)
        turn = max(now, before.next_at)
        if turn - now > LONGEST_LINE:
            self._tries[name] = before
            return None
        self._tries[name] = _Tries(before.count + 1, turn + self._gap(before.count + 1))
        while len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return turn - now

    def forget(self, name: str) -> None:
        """The password was right."""
        self._tries.pop(name, None)

    def _gap(self, count: int) -> timedelta:
        if count < FREE:
            return timedelta()
        return min(timedelta(seconds=2 ** min(count - FREE, 10)), LONGEST_WAIT)
