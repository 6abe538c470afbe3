"""A fresh world for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.content import Content
from tests.integration.web.world import Browser, World, new_world, read_content


@pytest.fixture(scope="session")
def content() -> Content:
    return read_content()


@pytest.fixture
async def world(tmp_path: Path, content: Content) -> AsyncIterator[World]:
    made = new_world(tmp_path, content)
    yield made
    await made.aclose()


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Browser]:
    made = Browser.at(world.app())
    yield made
    await made.client.aclose()
