"""What the record and its queues share: one database's connections, keys and threads."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass

from sqlalchemy import Engine

from bot.adapters.records.engines import SQLITE
from bot.adapters.records.queue.waiting import Bells, PostgresqlWatch, SqliteWatch, Waiting
from bot.adapters.records.reading.damage import Damage
from bot.adapters.records.reading.entity_reader import EntityReader
from bot.adapters.records.reading.readers import Readers
from bot.adapters.records.sealing.encryption import DataKeys, MasterKeys
from bot.adapters.records.writing.writer import Writer
from bot.services.ports import Clock, Ids


@dataclass(frozen=True)
class Parts:
    """The parts. ``owner`` names this process in leases."""

    engine: Engine
    readers: Readers
    entities: EntityReader
    writer: Writer
    bells: Bells
    waiting: Waiting
    watch: SqliteWatch | PostgresqlWatch
    masters: MasterKeys
    clock: Clock
    ids: Ids
    owner: str

    @classmethod
    def over(
        cls,
        engine: Engine,
        readers: Readers,
        masters: MasterKeys,
        clock: Clock,
        ids: Ids,
        owner: str,
    ) -> Parts:
        """The parts over an engine. Starts the writing threads."""
        data_keys = DataKeys(masters)
        bells = Bells()
        watch: SqliteWatch | PostgresqlWatch = (
            SqliteWatch(readers, bells)
            if engine.dialect.name == SQLITE
            else PostgresqlWatch(engine, bells)
        )
        writer = Writer(engine, data_keys, bells.ring)
        return cls(
            engine,
            readers,
            EntityReader(readers, data_keys, Damage(writer, clock)),
            writer,
            bells,
            Waiting(bells, watch),
            watch,
            masters,
            clock,
            ids,
            owner or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}",
        )

    def close(self) -> None:
        """Commit what waits, end the threads, close the connections."""
        self.writer.close()
        if isinstance(self.watch, PostgresqlWatch):
            self.watch.close()
        self.readers.close()
        self.bells.ring_all()
        self.engine.dispose()
