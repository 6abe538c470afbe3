"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

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


def _text(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _sealed(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _sequence() -> sa.Column[Any]:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("seq", whole, sa.Identity(), nullable=False)


def _only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make all tables, and let the audit only be added to."""
    op.create_table(
        "addresses",
        _text("id"),
        _text("subject"),
        _text("channel"),
        _time("created_at"),
        _text("digest"),
        _sealed("value"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("digest", name=op.f("uq_addresses_digest")),
    )
    op.create_index(op.f("ix_addresses_subject"), "addresses", ["subject"])
    op.create_table(
        "audit",
        _text("chain"),
        _number("place"),
        _time("at"),
        _text("by"),
        _text("action"),
        _text("thing"),
        _text("details"),
        _text("hash"),
        sa.PrimaryKeyConstraint("chain", "place", name=op.f("pk_audit")),
    )
    op.create_table(
        "audit_heads",
        _text("chain"),
        _number("place"),
        _text("hash"),
        _number("sealed"),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
    )
    op.create_index("ix_audit_heads_unsealed", "audit_heads", ["chain"], **_only("place > sealed"))
    op.create_table(
        "audit_seals",
        _text("chain"),
        _number("place"),
        _text("hash"),
        _time("at"),
        _text("signature"),
        sa.PrimaryKeyConstraint("chain", "place", name=op.f("pk_audit_seals")),
    )
    op.create_table(
        "blind_index",
        _text("field"),
        _text("entity_id"),
        _text("subject"),
        _text("digest"),
        sa.PrimaryKeyConstraint("field", "entity_id", name=op.f("pk_blind_index")),
    )
    op.create_index(op.f("ix_blind_index_field_digest"), "blind_index", ["field", "digest"])
    op.create_index(op.f("ix_blind_index_subject"), "blind_index", ["subject"])
    op.create_table(
        "caseload",
        _text("id"),
        _text("staff_id"),
        _text("subject"),
        _time("since"),
        _time("until", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload")),
    )
    op.create_index(op.f("ix_caseload_staff_id"), "caseload", ["staff_id"])
    op.create_index(op.f("ix_caseload_subject"), "caseload", ["subject"])
    op.create_table(
        "concerns",
        _text("id"),
        _text("subject"),
        _time("opened_at"),
        _text("status"),
        _text("tier"),
        _text("owner"),
        _time("taken_at", nullable=True),
        _time("closed_at", nullable=True),
        _sealed("notes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concerns")),
    )
    op.create_index(op.f("ix_concerns_status_opened_at"), "concerns", ["status", "opened_at"])
    op.create_index(op.f("ix_concerns_subject_status"), "concerns", ["subject", "status"])
    op.create_table(
        "conversations",
        _text("subject"),
        _sealed("whole"),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_conversations")),
    )
    op.create_table(
        "crisis_plans",
        _text("id"),
        _text("subject"),
        _number("version"),
        _text("status"),
        _text("author"),
        _time("created_at"),
        _text("review_due", nullable=True),
        _sealed("agreement"),
        _sealed("contents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_plans")),
    )
    op.create_index(op.f("ix_crisis_plans_subject_version"), "crisis_plans", ["subject", "version"])
    op.create_table(
        "events",
        _text("id"),
        _text("subject"),
        _text("kind"),
        _time("at"),
        _sealed("details"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_subject_at"), "events", ["subject", "at"])
    op.create_index(op.f("ix_events_subject_kind_at"), "events", ["subject", "kind", "at"])
    op.create_table(
        "guests",
        _text("id"),
        _time("created_at"),
        _time("shred_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guests")),
    )
    op.create_index(op.f("ix_guests_shred_at"), "guests", ["shred_at"])
    op.create_table(
        "inbox",
        _sequence(),
        _text("id"),
        _text("subject"),
        _text("channel"),
        _text("address_id"),
        _text("provider_id"),
        _text("kind"),
        _text("label"),
        _time("sent_at"),
        _time("received_at"),
        _time("available_at"),
        _text("state"),
        _number("attempts"),
        _time("handled_at", nullable=True),
        _text("answered_by"),
        _text("tier"),
        _sealed("body", nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("id", name=op.f("uq_inbox_id")),
    )
    op.create_index("ix_inbox_due", "inbox", ["available_at"], **_only("state = 'waiting'"))
    op.create_index(op.f("ix_inbox_subject"), "inbox", ["subject"])
    op.create_index("ix_inbox_turn", "inbox", ["subject", "seq"], **_only("state = 'waiting'"))
    op.create_index(
        "uq_inbox_provider_id_channel", "inbox", ["provider_id", "channel"], unique=True
    )
    op.create_table(
        "invitations",
        _text("id"),
        _text("subject"),
        _text("digest"),
        _text("by"),
        _time("created_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitations_digest")),
    )
    op.create_index(op.f("ix_invitations_subject"), "invitations", ["subject"])
    op.create_table(
        "leases",
        _text("subject"),
        _text("owner"),
        _time("until"),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_leases")),
    )
    op.create_table(
        "meta", _text("name"), _text("value"), sa.PrimaryKeyConstraint("name", name=op.f("pk_meta"))
    )
    op.create_table(
        "outbox",
        _sequence(),
        _text("id"),
        _text("subject"),
        _text("channel"),
        _text("address_id"),
        _text("kind"),
        _text("in_reply_to", nullable=True),
        _number("place"),
        _time("created_at"),
        _time("due_at"),
        _text("state"),
        _text("owner"),
        _time("lease_until"),
        _number("attempts"),
        _sealed("body"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["channel", "state", "due_at"],
        **_only("state IN ('waiting', 'claimed')"),
    )
    op.create_index(op.f("ix_outbox_in_reply_to"), "outbox", ["in_reply_to"])
    op.create_index(op.f("ix_outbox_subject"), "outbox", ["subject"])
    op.create_index(
        "ix_outbox_turn",
        "outbox",
        ["subject", "channel", "seq"],
        **_only("state IN ('waiting', 'claimed')"),
    )
    op.create_table(
        "persons",
        _text("id"),
        _text("code"),
        _text("state"),
        _text("team"),
        _time("created_at"),
        _text("key_worker"),
        _time("joined_at", nullable=True),
        _sealed("names"),
        _sealed("identity"),
        _sealed("joining"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("code", name=op.f("uq_persons_code")),
    )
    op.create_index(op.f("ix_persons_team_state"), "persons", ["team", "state"])
    op.create_table(
        "runs",
        _text("id"),
        _text("subject"),
        _text("activity"),
        _text("digest"),
        _text("status"),
        _time("started_at"),
        _time("changed_at"),
        _sealed("state"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_subject_status"), "runs", ["subject", "status"])
    op.create_table(
        "sessions",
        _text("id"),
        _text("staff_id"),
        _text("csrf"),
        _time("created_at"),
        _time("seen_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_staff_id"), "sessions", ["staff_id"])
    op.create_table(
        "sign_offs",
        _text("id"),
        _text("path"),
        _text("digest"),
        _text("by"),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_offs")),
    )
    op.create_index(op.f("ix_sign_offs_path_digest"), "sign_offs", ["path", "digest"])
    op.create_table(
        "staff",
        _text("id"),
        _text("username"),
        _text("name"),
        _text("role"),
        _text("team"),
        _time("created_at"),
        _text("password"),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "subject_keys",
        _text("subject"),
        _text("key_id"),
        _sealed("wrapped"),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_subject_keys")),
    )
    op.create_table(
        "tasks",
        _text("id"),
        _text("subject"),
        _text("kind"),
        _time("opened_at"),
        _time("due_at"),
        _text("owner"),
        _time("done_at", nullable=True),
        _text("done_by"),
        _sealed("about"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_owner_done_at_due_at"), "tasks", ["owner", "done_at", "due_at"])
    op.create_index(op.f("ix_tasks_subject"), "tasks", ["subject"])
    if op.get_context().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(_REFUSE_SQLITE.format(verb=verb))
    else:
        op.execute(_REFUSE_POSTGRESQL)
