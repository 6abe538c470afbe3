"""What is left of somebody in a database."""

from __future__ import annotations

from bot.adapters.records.columns import metadata
from bot.adapters.records.engines import connect_to


def tables_with(url: str, subject: str) -> set[str]:
    """The tables that have a row about somebody; inbox rows without their words do not count."""
    left = set()
    engine = connect_to(url)
    with engine.connect() as connection:
        for table in metadata.tables.values():
            for row in connection.execute(table.select()).all():
                if subject not in [str(value) for value in row]:
                    continue
                if table.name == "inbox" and row.state == "forgotten" and row.body is None:
                    continue
                left.add(table.name)
    engine.dispose()
    return left


STAYS = {"audit", "audit_heads", "erasures"}
"""The tables that keep a row about somebody who was erased."""
