"""The records of the record's own tests, on SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.keys import KeyRing
from tests.integration.backups.filling import Backups
from tests.integration.records.conftest import (
    clock,
    key_file,
    made,
    opened,
    postgresql,
    record,
    sqlite_url,
    url,
)
from tests.integration.records.making import SetClock

__all__ = ["clock", "key_file", "opened", "postgresql", "record", "sqlite_url", "url"]


@pytest.fixture
def backups(key_file: Path, clock: SetClock, tmp_path: Path) -> Backups:
    return Backups(KeyRing.load(key_file), clock, tmp_path, tmp_path / "backups")


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database to restore into."""
    return made(request, tmp_path / "other", "template1")
