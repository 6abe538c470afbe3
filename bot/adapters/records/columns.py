"""What all tables are made of, and the names of their indexes.

Times are whole microseconds since 1970 (UTC), dates ISO texts: alike on every database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def words(name: str, *, nullable: bool = False, **more: Any) -> Column[str]:
    """An id, a code, a state."""
    return Column(name, Text, nullable=nullable, **more)


def moment(name: str, *, nullable: bool = False) -> Column[int]:
    """A time."""
    return Column(name, BigInteger, nullable=nullable)


def number(name: str, **more: Any) -> Column[int]:
    """A small whole number."""
    return Column(name, Integer, nullable=False, **more)


def sealed(name: str, *, nullable: bool = False) -> Column[bytes]:
    """A sealed value."""
    return Column(name, LargeBinary, nullable=nullable)


def sequence() -> Column[int]:
    """The order in which rows came: whatever happens to the clock, it only rises."""
    whole = BigInteger().with_variant(Integer, "sqlite")
    return Column("seq", whole, Identity(), primary_key=True)
