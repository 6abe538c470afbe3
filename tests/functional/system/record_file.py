"""What the database file shows from outside: counts and states, which are not sealed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NOT_A_TIMER = "kind <> 'timer'"


@dataclass(frozen=True)
class Row:
    """An act in the inbox, and how many replies to it are in the outbox."""

    kind: str
    state: str
    answered_by: str
    tier: str
    replies: int


class RecordFile:
    """A served home's database, read beside the program."""

    def __init__(self, home: Path) -> None:
        self.path = home / "companion.sqlite"

    def mark(self) -> int:
        """The place of the newest act: what comes later stands after it."""
        return int(self._ask("SELECT coalesce(max(seq), 0) FROM inbox")[0][0])

    def accepted(self, since: int = 0) -> int:
        """How many acts were accepted after a mark. Those of shredded guests are gone."""
        question = f"SELECT count(*) FROM inbox WHERE seq > ? AND {_NOT_A_TIMER}"
        return int(self._ask(question, since)[0][0])

    def unhandled(self) -> int:
        """How many acts wait for their answer or are being answered."""
        question = f"SELECT count(*) FROM inbox WHERE state = 'waiting' AND {_NOT_A_TIMER}"
        return int(self._ask(question)[0][0])

    def is_busy(self) -> bool:
        """Whether anything waits to be answered or delivered."""
        return bool(self.unhandled() or self.unsent())

    def unsent(self) -> int:
        """How many replies are not delivered yet."""
        question = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'claimed')"
        return int(self._ask(question)[0][0])

    def rows(self, since: int = 0) -> list[Row]:
        """The acts after a mark, in the order in which they came."""
        return [
            Row(*each)
            for each in self._ask(
                "SELECT kind, state, answered_by, tier,"
                " (SELECT count(*) FROM outbox WHERE in_reply_to = inbox.id)"
                f" FROM inbox WHERE seq > ? AND {_NOT_A_TIMER} ORDER BY seq",
                since,
            )
        ]

    def hold(self) -> sqlite3.Connection:
        """Take the database's write lock, so that nobody can commit until this is closed."""
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=10)
        connection.execute("BEGIN IMMEDIATE")
        return connection

    def _ask(self, question: str, *values: object) -> list[Any]:
        address = f"file:{self.path}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=10)) as connection:
            return connection.execute(question, values).fetchall()
