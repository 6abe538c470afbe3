"""The practitioner web served on loopback, and the system's Chromium to look at it with."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, async_playwright

from bot.domain.content import Content
from tests.integration.web.world import World, new_world, read_content

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Served:
    """A world and the address it is served at."""

    world: World
    address: str


@pytest.fixture(scope="session")
def content() -> Content:
    return read_content()


@pytest.fixture
async def served(tmp_path: Path, content: Content) -> AsyncIterator[Served]:
    world = new_world(tmp_path, content)
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        world.app(address, demo=True), lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield Served(world, address)
    server.should_exit = True
    await task
    listening.close()
    await world.aclose()


@pytest.fixture
async def chromium() -> AsyncIterator[Chromium]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def context(chromium: Chromium, served: Served) -> AsyncIterator[BrowserContext]:
    made = await chromium.new_context(base_url=served.address, locale="en-GB")
    yield made
    await made.close()
