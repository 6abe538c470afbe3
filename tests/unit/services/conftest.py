"""A real record for what the services do with one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.records import SqlRecord, open_record
from tests.unit.services.delivering import CLOCK, IDS, SECRETS, Hurried


@pytest.fixture
async def record(tmp_path: Path) -> AsyncIterator[SqlRecord]:
    opened = open_record(f"sqlite:///{tmp_path}/c.sqlite", SECRETS, CLOCK, IDS, upgrade=True)
    yield opened
    await opened.aclose()


@pytest.fixture
def queue(record: SqlRecord) -> Hurried:
    return Hurried(record)
