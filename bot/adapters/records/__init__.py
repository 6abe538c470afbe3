"""The record and its queues on SQLite or PostgreSQL: sealed, indexed, audited."""

from bot.adapters.records.migrating import migrate
from bot.adapters.records.store import SqlRecord, open_record

__all__ = ["SqlRecord", "migrate", "open_record"]
