"""Agencies, regions, teams and who is in them; sharing; rights; held parts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _columns(kind: sa.types.TypeEngine[Any], names: str, nullable: bool) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def _make(
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


def upgrade() -> None:
    """Make the tables; every team that is named somewhere becomes one."""
    _make_structure()
    _make_sharing()
    _make_rights()
    _make("held_parts", "part owner", moments="until", key="part")
    op.add_column("persons", sa.Column("state_since", sa.BigInteger(), nullable=True))
    op.execute("UPDATE persons SET state_since = COALESCE(joined_at, created_at)")
    op.execute(
        "INSERT INTO teams (id, name, agency, region, message_days) "
        "SELECT team, team, '', '', 30 FROM "
        "(SELECT team FROM persons UNION SELECT team FROM staff) AS named WHERE team <> ''"
    )
    op.execute(
        "INSERT INTO memberships (id, staff_id, team, part, since, until) "
        "SELECT 'home-' || id, id, team, "
        "CASE WHEN role = 'manager' THEN 'lead' ELSE 'member' END, created_at, ended_at "
        "FROM staff WHERE team <> ''"
    )


def _make_structure() -> None:
    _make("agencies", "id name kind")
    _make("regions", "id name")
    _make("teams", "id name agency region", numbers="message_days")
    spell = {"moments": "since", "moments_or_none": "until"}
    _make("memberships", "id staff_id team part", **spell, index=("staff_id", "team"))
    _make("supervisions", "id supervisor staff_id", **spell, index=("supervisor", "staff_id"))
    _make("covers", "id absent covering", moments="since until", index=("absent", "covering"))


def _make_sharing() -> None:
    spell = {"moments": "since", "moments_or_none": "until"}
    _make("carers", "id subject", **spell, sealed="who", index=("subject",))
    _make(
        "shares",
        "id subject item with_kind with_id by",
        **spell,
        index=("subject", "with_kind with_id"),
    )
    _make(
        "consents",
        "id subject about answer said said_digest",
        moments="at",
        moments_or_none="withdrawn_at",
        index=("subject",),
    )


def _make_rights() -> None:
    _make(
        "rights_requests",
        "id subject kind status by decided_by",
        moments="asked_at due_at",
        moments_or_none="decided_at",
        sealed="words",
        index=("subject", "status due_at"),
    )
    _make(
        "holds",
        "id subject by lifted_by",
        moments="at",
        moments_or_none="lifted_at",
        sealed="reason",
        index=("subject",),
    )
    _make("erasures", "id subject by request kind", moments="at", index=("subject",))
