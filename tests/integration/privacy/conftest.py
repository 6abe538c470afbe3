"""A person with a row wherever a person can have one, and those who decide about their rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.content_files import load_content
from bot.adapters.records import SqlRecord
from bot.domain.content import Content
from tests.integration.privacy.world import World, fill
from tests.integration.records.conftest import (
    clock,
    key_file,
    opened,
    postgresql,
    record,
    sqlite_url,
    url,
)
from tests.integration.records.making import SetClock

__all__ = ["clock", "key_file", "opened", "postgresql", "record", "sqlite_url", "url"]


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(Path(__file__).parents[3] / "skills_content")


@pytest.fixture
async def world(
    record: SqlRecord, key_file: Path, clock: SetClock, content: Content, tmp_path: Path
) -> World:
    return await fill(record, key_file, clock, content, tmp_path / "erasures.log")
