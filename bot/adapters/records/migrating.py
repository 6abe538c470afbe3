"""Bringing the database to this version's tables, all in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from sqlalchemy import Connection, Engine

from bot.adapters.records.engines import BEGIN, POSTGRESQL, connect_to, named
from bot.domain.errors import RecordNewer, RecordOlder

_LOCK = 7205759403792801
"""PostgreSQL's advisory lock that one migrating process holds: any fixed number."""


def migrate(url: str) -> None:
    """Bring a database up to this version. Two processes may try at once.

    Raises ``RecordNewer`` for one that a later version made.
    """
    engine = connect_to(url)
    try:
        migrate_engine(engine)
    finally:
        engine.dispose()


def migrate_engine(engine: Engine, revision: str = "head") -> None:
    """The same on an engine, up to a revision."""
    try:
        with engine.connect() as connection:
            _in_transaction(connection, revision)
    except Exception as error:
        raise named(error) from None


def check_version(connection: Connection) -> None:
    """Raise ``RecordNewer`` or ``RecordOlder`` unless the tables are this version's."""
    scripts = ScriptDirectory.from_config(_config())
    present = MigrationContext.configure(connection).get_current_heads()
    wanted = scripts.get_current_head()
    if present == (wanted,):
        return
    for each in present:
        _check_known(scripts, each)
    raise RecordOlder


def _in_transaction(connection: Connection, revision: str) -> None:
    connection.exec_driver_sql(BEGIN[connection.dialect.name])
    try:
        if connection.dialect.name == POSTGRESQL:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        config = _config()
        scripts = ScriptDirectory.from_config(config)
        for each in MigrationContext.configure(connection).get_current_heads():
            _check_known(scripts, each)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.exec_driver_sql("COMMIT")
    except Exception:
        connection.exec_driver_sql("ROLLBACK")
        raise


def _check_known(scripts: ScriptDirectory, revision: str) -> None:
    try:
        scripts.get_revision(revision)
    except Exception as error:
        if isinstance(error, ResolutionError) or "locate revision" in str(error):
            raise RecordNewer(f"({revision})") from None
        raise


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
