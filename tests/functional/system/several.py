"""Several serving processes over one PostgreSQL, and what the database shows of their work."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from tests.functional.system.home import ALERTS, COMPANION, NO_RASA, Home
from tests.functional.system.started import Started

STARTS_WITHIN = 60.0


class Database:
    """A served database, looked at beside the program."""

    def __init__(self, address: str) -> None:
        self.address = address

    @property
    def url(self) -> str:
        """What DATABASE_URL takes."""
        return self.address.replace("postgresql://", "postgresql+psycopg://")

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Rows."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            return connection.execute(question).fetchall()  # type: ignore[call-overload]

    def count(self, what: str) -> int:
        """How many rows: "TABLE WHERE …"."""
        return int(self.ask(f"SELECT count(*) FROM {what}")[0][0])

    def holder(self, part: str) -> str:
        """Who holds a part; empty where nobody does."""
        rows = self.ask(f"SELECT owner FROM held_parts WHERE part = '{part}'")
        return str(rows[0][0]) if rows else ""

    def until(self, holds: Callable[[], object], what: str, within: float = 60) -> None:
        """Wait until something holds."""
        end = time.monotonic() + within
        while not holds():
            assert time.monotonic() < end, f"not {what} in {within:g} s"
            time.sleep(0.02)


class Process(Started):
    """``companion serve --roles …``, ready. Its words go to a file of its own."""

    def __init__(self, home: Home, roles: str, said_in: Path) -> None:
        self._shown = said_in.with_suffix(".stdout")
        super().__init__(home, [str(COMPANION), "serve", "--roles", roles], said_in, self._shown)

    def until_serving(self) -> None:
        """Wait until it says that it serves."""
        end = time.monotonic() + STARTS_WITHIN
        while not self._shown.read_bytes():
            assert self.exit_code is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.02)


def make_home(path: Path, url: str) -> Home:
    """A live home on PostgreSQL with everything signed, and nobody in it."""
    home = Home(path, {"DATABASE_URL": url, "RASA_URL": NO_RASA, **ALERTS})
    run = home.companion
    run("keys", "create").well()
    run("staff", "add", "rowan", "--name", "Rowan Made-Up", "--role", "reviewer", "--team", "peak")
    run("content", "sign", "--all", "--by", "rowan").well()
    return home
