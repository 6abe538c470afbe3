"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_WAITING = "state = 'waiting'"
_OPEN = "state IN ('waiting', 'claimed')"

_REFUSE_SQLITE = """
CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END
"""
_REFUSE_POSTGRESQL = """
CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is only added to'; END $$;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
"""


def _columns(kind: sa.types.TypeEngine[Any], names: str, nullable: bool) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def _make(
    table: str,
    words: str,
    *,
    words_or_none: str = "",
    numbers: str = "",
    moments: str = "",
    moments_or_none: str = "",
    sealed: str = "",
    sealed_or_none: str = "",
    key: str = "id",
    unique: str = "",
) -> None:
    """Make a table; columns by their kind, names parted by blanks. A key "seq" counts itself."""
    columns = [
        *_columns(sa.Text(), words, nullable=False),
        *_columns(sa.Text(), words_or_none, nullable=True),
        *_columns(sa.Integer(), numbers, nullable=False),
        *_columns(sa.BigInteger(), moments, nullable=False),
        *_columns(sa.BigInteger(), moments_or_none, nullable=True),
        *_columns(sa.LargeBinary(), sealed, nullable=False),
        *_columns(sa.LargeBinary(), sealed_or_none, nullable=True),
    ]
    if key == "seq":
        whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
        columns.insert(0, sa.Column("seq", whole, sa.Identity(), nullable=False))
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{table}")]
    if unique:
        constraints.append(sa.UniqueConstraint(unique, name=f"uq_{table}_{unique}"))
    op.create_table(table, *columns, *constraints)


def _index(name: str, table: str, *columns: str, only: str = "", unique: bool = False) -> None:
    where = sa.text(only) if only else None
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=where, postgresql_where=where
    )


def upgrade() -> None:
    """Make all tables, and let the audit only be added to."""
    _make_entities()
    _make_queues()
    _make_audit()


def _make_entities() -> None:
    _make(
        "addresses",
        "id subject channel digest",
        moments="created_at",
        sealed="value",
        unique="digest",
    )
    _index("ix_addresses_subject", "addresses", "subject")
    _make("blind_index", "field entity_id subject digest", key="field entity_id")
    _index("ix_blind_index_field_digest", "blind_index", "field", "digest")
    _index("ix_blind_index_subject", "blind_index", "subject")
    _make("caseload", "id staff_id subject", moments="since", moments_or_none="until")
    _index("ix_caseload_staff_id", "caseload", "staff_id")
    _index("ix_caseload_subject", "caseload", "subject")
    _make(
        "concerns",
        "id subject status tier owner",
        moments="opened_at",
        moments_or_none="taken_at closed_at",
        sealed="notes",
    )
    _index("ix_concerns_status_opened_at", "concerns", "status", "opened_at")
    _index("ix_concerns_subject_status", "concerns", "subject", "status")
    _make("conversations", "subject", sealed="whole", key="subject")
    _make(
        "crisis_plans",
        "id subject status author",
        words_or_none="review_due",
        numbers="version",
        moments="created_at",
        sealed="agreement contents",
    )
    _index("ix_crisis_plans_subject_version", "crisis_plans", "subject", "version")
    _make("events", "id subject kind", moments="at", sealed="details")
    _index("ix_events_subject_at", "events", "subject", "at")
    _index("ix_events_subject_kind_at", "events", "subject", "kind", "at")
    _make("guests", "id", moments="created_at shred_at")
    _index("ix_guests_shred_at", "guests", "shred_at")
    _make(
        "invitations",
        "id subject digest by",
        moments="created_at expires_at",
        moments_or_none="used_at",
        unique="digest",
    )
    _index("ix_invitations_subject", "invitations", "subject")
    _make("meta", "name value", key="name")
    _make(
        "persons",
        "id code state team key_worker",
        moments="created_at",
        moments_or_none="joined_at",
        sealed="names identity joining",
        unique="code",
    )
    _index("ix_persons_team_state", "persons", "team", "state")
    _make(
        "runs", "id subject activity digest status", moments="started_at changed_at", sealed="state"
    )
    _index("ix_runs_subject_status", "runs", "subject", "status")
    _make("sessions", "id staff_id csrf", moments="created_at seen_at")
    _index("ix_sessions_staff_id", "sessions", "staff_id")
    _make("sign_offs", "id path digest by", moments="at")
    _index("ix_sign_offs_path_digest", "sign_offs", "path", "digest")
    _make(
        "staff",
        "id username name role team password",
        moments="created_at",
        moments_or_none="ended_at",
        unique="username",
    )
    _make("subject_keys", "subject key_id", sealed="wrapped", key="subject")
    _make(
        "tasks",
        "id subject kind owner done_by",
        moments="opened_at due_at",
        moments_or_none="done_at",
        sealed="about",
    )
    _index("ix_tasks_owner_done_at_due_at", "tasks", "owner", "done_at", "due_at")
    _index("ix_tasks_subject", "tasks", "subject")


def _make_queues() -> None:
    _make(
        "inbox",
        "id subject channel address_id provider_id kind label state answered_by tier",
        numbers="attempts",
        moments="sent_at received_at available_at",
        moments_or_none="handled_at",
        sealed_or_none="body",
        key="seq",
        unique="id",
    )
    _index("ix_inbox_due", "inbox", "available_at", "seq", only=_WAITING)
    _index("ix_inbox_subject", "inbox", "subject")
    _index("ix_inbox_turn", "inbox", "subject", "seq", only=_WAITING)
    _index("uq_inbox_provider_id_channel", "inbox", "provider_id", "channel", unique=True)
    _make("leases", "subject owner", moments="until", key="subject")
    _make(
        "outbox",
        "id subject channel address_id kind state owner",
        words_or_none="in_reply_to",
        numbers="place attempts",
        moments="created_at due_at lease_until",
        sealed="body",
        key="seq",
        unique="id",
    )
    _index("ix_outbox_due", "outbox", "channel", "due_at", "seq", only=_OPEN)
    _index("ix_outbox_in_reply_to", "outbox", "in_reply_to")
    _index("ix_outbox_subject", "outbox", "subject")
    _index("ix_outbox_turn", "outbox", "subject", "channel", "seq", only=_OPEN)


def _make_audit() -> None:
    _make(
        "audit",
        "chain by action thing details hash",
        numbers="place",
        moments="at",
        key="chain place",
    )
    _make("audit_heads", "chain hash", numbers="place sealed", key="chain")
    _index("ix_audit_heads_unsealed", "audit_heads", "chain", only="place > sealed")
    _make("audit_seals", "chain hash signature", numbers="place", moments="at", key="chain place")
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(_REFUSE_SQLITE.format(verb=verb))
    else:
        op.execute(_REFUSE_POSTGRESQL)
