"""The tables. Sealed columns are binary; everything else holds ids, codes, states and times.

Times are whole microseconds since 1970 (UTC), dates ISO texts: alike on every database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **more)


def _time(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _time_or_none(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _sealed(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _sequence() -> Column[int]:
    """The order in which rows came: whatever happens to the clock, it only rises."""
    whole = BigInteger().with_variant(Integer, "sqlite")
    return Column("seq", whole, Identity(), primary_key=True)


meta = Table("meta", metadata, _text("name", primary_key=True), _text("value"))

subject_keys = Table(
    "subject_keys",
    metadata,
    _text("subject", primary_key=True),
    _text("key_id"),
    _sealed("wrapped"),
)

blind_index = Table(
    "blind_index",
    metadata,
    _text("field", primary_key=True),
    _text("entity_id", primary_key=True),
    _text("subject"),
    _text("digest"),
    Index(None, "field", "digest"),
    Index(None, "subject"),
)

persons = Table(
    "persons",
    metadata,
    _text("id", primary_key=True),
    _text("code", unique=True),
    _text("state"),
    _text("team"),
    _time("created_at"),
    _text("key_worker"),
    _time_or_none("joined_at"),
    _sealed("names"),
    _sealed("identity"),
    _sealed("joining"),
    Index(None, "team", "state"),
)

guests = Table(
    "guests",
    metadata,
    _text("id", primary_key=True),
    _time("created_at"),
    _time("shred_at"),
    Index(None, "shred_at"),
)

addresses = Table(
    "addresses",
    metadata,
    _text("id", primary_key=True),
    _text("subject"),
    _text("channel"),
    _time("created_at"),
    _text("digest", unique=True),
    _sealed("value"),
    Index(None, "subject"),
)

invitations = Table(
    "invitations",
    metadata,
    _text("id", primary_key=True),
    _text("subject"),
    _text("digest", unique=True),
    _text("by"),
    _time("created_at"),
    _time("expires_at"),
    _time_or_none("used_at"),
    Index(None, "subject"),
)

staff = Table(
    "staff",
    metadata,
    _text("id", primary_key=True),
    _text("username", unique=True),
    _text("name"),
    _text("role"),
    _text("team"),
    _time("created_at"),
    _text("password"),
    _time_or_none("ended_at"),
)

caseload = Table(
    "caseload",
    metadata,
    _text("id", primary_key=True),
    _text("staff_id"),
    _text("subject"),
    _time("since"),
    _time_or_none("until"),
    Index(None, "staff_id"),
    Index(None, "subject"),
)

sessions = Table(
    "sessions",
    metadata,
    _text("id", primary_key=True),
    _text("staff_id"),
    _text("csrf"),
    _time("created_at"),
    _time("seen_at"),
    Index(None, "staff_id"),
)

conversations = Table(
    "conversations",
    metadata,
    _text("subject", primary_key=True),
    _sealed("whole"),
)

concerns = Table(
    "concerns",
    metadata,
    _text("id", primary_key=True),
    _text("subject"),
    _time("opened_at"),
    _text("status"),
    _text("tier"),
    _text("owner"),
    _time_or_none("taken_at"),
    _time_or_none("closed_at"),
    _sealed("notes"),
    Index(None, "subject", "status"),
    Index(None, "status", "opened_at"),
)

tasks = Table(
    "tasks",
    metadata,
    _text("id", primary_key=True),
    _text("subject"),
    _text("kind"),
    _time("opened_at"),
    _time("due_at"),
    _text("owner"),
    _time_or_none("done_at"),
    _text("done_by"),
    _sealed("about"),
    Index(None, "subject"),
    Index(None, "owner", "done_at", "due_at"),
)

events = Table(
    "events",
    metadata,
    _text("id", primary_key=True),
    _text("subject"),
    _text("kind"),
    _time("at"),
    _sealed("details"),
    Index(None, "subject", "kind", "at"),
    Index(None, "subject", "at"),
)

crisis_plans = Table(
    "crisis_plans",
    metadata,
    _text("id", primary_key=True),
    _text("subject"),
    _number("version"),
    _text("status"),
    _text("author"),
    _time("created_at"),
    Column("review_due", Text, nullable=True),
    _sealed("agreement"),
    _sealed("contents"),
    Index(None, "subject", "version"),
)

runs = Table(
    "runs",
    metadata,
    _text("id", primary_key=True),
    _text("subject"),
    _text("activity"),
    _text("digest"),
    _text("status"),
    _time("started_at"),
    _time("changed_at"),
    _sealed("state"),
    Index(None, "subject", "status"),
)

sign_offs = Table(
    "sign_offs",
    metadata,
    _text("id", primary_key=True),
    _text("path"),
    _text("digest"),
    _text("by"),
    _time("at"),
    Index(None, "path", "digest"),
)

_WAITING = text("state = 'waiting'")
_OPEN = text("state IN ('waiting', 'claimed')")

inbox = Table(
    "inbox",
    metadata,
    _sequence(),
    _text("id", unique=True),
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
    _time_or_none("handled_at"),
    _text("answered_by"),
    _text("tier"),
    Column("body", LargeBinary, nullable=True),
    Index("uq_inbox_provider_id_channel", "provider_id", "channel", unique=True),
    Index("ix_inbox_due", "available_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index("ix_inbox_turn", "subject", "seq", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index(None, "subject"),
)

leases = Table(
    "leases",
    metadata,
    _text("subject", primary_key=True),
    _text("owner"),
    _time("until"),
    Index(None, "until"),
)

outbox = Table(
    "outbox",
    metadata,
    _sequence(),
    _text("id", unique=True),
    _text("subject"),
    _text("channel"),
    _text("address_id"),
    _text("kind"),
    Column("in_reply_to", Text, nullable=True),
    _number("place"),
    _time("created_at"),
    _time("due_at"),
    _text("state"),
    _text("owner"),
    _time("lease_until"),
    _number("attempts"),
    _sealed("body"),
    Index(
        "ix_outbox_due",
        "channel",
        "state",
        "due_at",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index(
        "ix_outbox_turn",
        "subject",
        "channel",
        "seq",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index(None, "subject"),
    Index(None, "in_reply_to"),
)

audit = Table(
    "audit",
    metadata,
    _text("chain", primary_key=True),
    Column("place", Integer, primary_key=True),
    _time("at"),
    _text("by"),
    _text("action"),
    _text("thing"),
    _text("details"),
    _text("hash"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    _text("chain", primary_key=True),
    _number("place"),
    _text("hash"),
    _number("sealed"),
    Index(
        "ix_audit_heads_unsealed",
        "chain",
        sqlite_where=text("place > sealed"),
        postgresql_where=text("place > sealed"),
    ),
)

audit_seals = Table(
    "audit_seals",
    metadata,
    _text("chain", primary_key=True),
    Column("place", Integer, primary_key=True),
    _text("hash"),
    _time("at"),
    _text("signature"),
)
