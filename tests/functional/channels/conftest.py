"""Telegram on loopback, a person on it, and a companion connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.functional.bot_api import BotApiServer, Person
from tests.functional.channels.connected import Connected


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server


@pytest.fixture
def asha(telegram: BotApiServer) -> Person:
    return telegram.person("Asha")


@pytest.fixture
async def companion(telegram: BotApiServer, tmp_path: Path) -> AsyncIterator[Connected]:
    async with Connected(telegram, tmp_path) as connected:
        yield connected
