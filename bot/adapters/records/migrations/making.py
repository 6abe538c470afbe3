"""Making a table in a migration, its columns told by their kind."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op


def _columns(kind: sa.types.TypeEngine[Any], names: str, nullable: bool) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def make_table(
    table: str,
    words: str,
    *,
    numbers: str = "",
    moments: str = "",
    moments_or_none: str = "",
    sealed: str = "",
    key: str = "id",
    index: tuple[str, ...] = (),
) -> None:
    """Make a table; columns by their kind, names parted by blanks."""
    op.create_table(
        table,
        *_columns(sa.Text(), words, nullable=False),
        *_columns(sa.Integer(), numbers, nullable=False),
        *_columns(sa.BigInteger(), moments, nullable=False),
        *_columns(sa.BigInteger(), moments_or_none, nullable=True),
        *_columns(sa.LargeBinary(), sealed, nullable=False),
        sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
    )
    for each in index:
        columns = each.split()
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
