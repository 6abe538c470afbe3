"""What is promised of a record and its queues holds on SQLite, on PostgreSQL and in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.identifiers import SystemIds
from bot.adapters.memory import Memory, MemoryRecord
from bot.services.ports import Clock
from tests.integration.records.conftest import Open, made
from tests.integration.records.making import AnyRecord, SetClock

MEMORY = "memory"

OpenAny = Callable[..., AnyRecord]


@pytest.fixture(params=["sqlite", "postgresql", MEMORY])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with this version's tables, or the word for memory."""
    return MEMORY if request.param == MEMORY else made(request, tmp_path, "migrated")


@pytest.fixture
def opened(url: str, opened: Open, clock: SetClock) -> OpenAny:
    """Opens records over one database, or over one memory."""
    if url != MEMORY:
        return opened
    memory = Memory()

    def open_one(_: str, *, clock: Clock = clock, owner: str = "") -> MemoryRecord:
        return MemoryRecord(clock, SystemIds(clock), memory=memory, owner=owner)

    return open_one


@pytest.fixture
async def record(url: str, opened: OpenAny) -> AnyRecord:
    return opened(url)
