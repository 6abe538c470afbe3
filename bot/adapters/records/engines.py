"""Connections to SQLite and PostgreSQL. Transactions are begun in words: see ``BEGIN``."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.domain.errors import AlreadyThere, RecordUnavailable, SettingsError

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
BUSY_SECONDS = 10

BEGIN = {SQLITE: "BEGIN IMMEDIATE", POSTGRESQL: "BEGIN"}
"""The driver begins nothing by itself: SQLite's would let ``CREATE TABLE`` outlive a rollback."""

DATABASE_ERRORS = (SQLAlchemyError, sqlite3.Error, psycopg.Error)
"""What a database says, by SQLAlchemy or by its driver."""


def connect_to(url: str) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql+psycopg://…``, in autocommit.

    A new SQLite file gets mode 0600. Raises ``SettingsError`` for any other address.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        # The error's text holds the address, and with it perhaps a password.
        raise SettingsError("DATABASE_URL is no address of a database.") from None
    kind = address.get_backend_name()
    if kind not in BEGIN:
        raise SettingsError("DATABASE_URL is neither SQLite nor PostgreSQL.")
    if kind == SQLITE:
        _make_private(address)
    engine = create_engine(
        address,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        paramstyle="named" if kind == SQLITE else "pyformat",
        poolclass=NullPool,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
        if kind == SQLITE
        else {"connect_timeout": BUSY_SECONDS},
    )
    if kind == SQLITE:
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _make_private(address: URL) -> None:
    if not address.database or address.database == ":memory:":
        raise SettingsError("DATABASE_URL names no file.")
    path = Path(address.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise RecordUnavailable(f"{path}: {error.strerror}") from None


def _prepare_sqlite(connection: object, _: object) -> None:
    execute = connection.execute  # type: ignore[attr-defined]
    execute("PRAGMA journal_mode=WAL")
    execute("PRAGMA synchronous=FULL")
    # A destroyed key must not be left lying in a free page.
    execute("PRAGMA secure_delete=ON")
    execute("PRAGMA temp_store=MEMORY")


def named(error: Exception) -> Exception:
    """The error to raise for what the database said, whose own text can hold values.

    Anything else is a mistake of ours and stays what it is.
    """
    told = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(told, sqlite3.IntegrityError | psycopg.IntegrityError):
        return AlreadyThere()
    if isinstance(told, sqlite3.Error | psycopg.Error):
        code = getattr(told, "sqlite_errorname", None) or getattr(told, "sqlstate", None)
        return RecordUnavailable(f"({code or type(told).__name__})")
    return error


def is_lost(error: Exception) -> bool:
    """Whether the server went away, or cut the connection: a fresh one may do."""
    told = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(told, psycopg.OperationalError)


def may_end_otherwise(error: Exception) -> bool:
    """Whether trying again can help: another process was quicker with the same row."""
    told = error.orig if isinstance(error, DBAPIError) else error
    clash = psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected
    return isinstance(told, sqlite3.IntegrityError | psycopg.IntegrityError | clash)
