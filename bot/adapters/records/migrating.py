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
    scripts = ScriptDirectory.from_config(config_of_migrations())
    present = MigrationContext.configure(connection).get_current_heads()
    wanted = scripts.get_current_head()
    if present == (wanted,):
        return
    for each in present:
        _check_known(scripts, each)
    raise RecordOlder


def version_of(connection: Connection) -> str:
    """The version that the tables have; empty where there are none of ours."""
    return str(MigrationContext.configure(connection).get_current_revision() or "")


def keep_others_waiting(connection: Connection) -> None:
    """Be the only process that makes or changes tables, until the transaction ends."""
    if connection.dialect.name == POSTGRESQL:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Bring tables up to a revision inside the caller's transaction.

    Raises ``RecordNewer`` for a revision that only a later version knows.
    """
    config = config_of_migrations()
    scripts = ScriptDirectory.from_config(config)
    for each in {*MigrationContext.configure(connection).get_current_heads(), revision}:
        _check_known(scripts, each)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _in_transaction(connection: Connection, revision: str) -> None:
    connection.exec_driver_sql(BEGIN[connection.dialect.name])
    try:
        keep_others_waiting(connection)
        upgrade_within(connection, revision)
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


def config_of_migrations() -> Config:
    """Where the revisions are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
