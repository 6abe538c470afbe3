"""The tables of the audit: its entries, each chain's head, and the seals on the heads."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from bot.adapters.records.columns import metadata, moment, number, words

audit = Table(
    "audit",
    metadata,
    words("chain", primary_key=True),
    number("place", primary_key=True),
    moment("at"),
    words("by"),
    words("action"),
    words("thing"),
    words("details"),
    words("hash"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    words("chain", primary_key=True),
    number("place"),
    words("hash"),
    number("sealed"),
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
    words("chain", primary_key=True),
    number("place", primary_key=True),
    words("hash"),
    moment("at"),
    words("signature"),
)
