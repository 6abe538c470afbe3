"""Agencies, regions, teams and who is in them; sharing; rights; held parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.adapters.records.migrations.making import make_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; every team that is named somewhere becomes one."""
    _make_structure()
    _make_sharing()
    _make_rights()
    make_table("held_parts", "part owner", moments="until", key="part")
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
    make_table("agencies", "id name kind")
    make_table("regions", "id name")
    make_table("teams", "id name agency region", numbers="message_days")
    spell = {"moments": "since", "moments_or_none": "until"}
    make_table("memberships", "id staff_id team part", **spell, index=("staff_id", "team"))
    make_table("supervisions", "id supervisor staff_id", **spell, index=("supervisor", "staff_id"))
    make_table("covers", "id absent covering", moments="since until", index=("absent", "covering"))


def _make_sharing() -> None:
    spell = {"moments": "since", "moments_or_none": "until"}
    make_table("carers", "id subject", **spell, sealed="who", index=("subject",))
    make_table(
        "shares",
        "id subject item with_kind with_id by",
        **spell,
        index=("subject", "with_kind with_id"),
    )
    make_table(
        "consents",
        "id subject about answer said said_digest",
        moments="at",
        moments_or_none="withdrawn_at",
        index=("subject",),
    )


def _make_rights() -> None:
    make_table(
        "rights_requests",
        "id subject kind status by decided_by",
        moments="asked_at due_at",
        moments_or_none="decided_at",
        sealed="words",
        index=("subject", "status due_at"),
    )
    make_table(
        "holds",
        "id subject by lifted_by",
        moments="at",
        moments_or_none="lifted_at",
        sealed="reason",
        index=("subject",),
    )
    make_table("erasures", "id subject by request kind", moments="at", index=("subject",))
