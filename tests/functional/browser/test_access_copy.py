"""A person's copy of their record, as a telephone and a printer show it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium

from bot.adapters.access_copies import PAGE_NAME, page
from bot.domain.access_copy import AccessCopy, Because, Item, Line, Section

pytestmark = pytest.mark.browser

AT = datetime(2030, 3, 1, 12, tzinfo=UTC)
LONG = "https://example.org/" + "a-long-word-without-an-end" * 12
TRICKY = "<script>document.title = 'taken over'</script><img src=x onerror=alert(1)>"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    items = tuple(
        Item(f"event:{section.value}", section, AT, "A thing", (Line("What", words),))
        for section, words in zip(Section, [LONG, TRICKY] * len(Section), strict=False)
    )
    copy = AccessCopy("P-1", "Ash", AT, AT, items, tuple(Because))
    path = tmp_path / PAGE_NAME
    path.write_text(page(copy), "utf-8")
    return path


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_it_fits_and_is_accessible(chromium: Chromium, file: Path, width: int) -> None:
    shown = await chromium.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    await shown.goto(file.as_uri())
    assert await shown.title() == "Your record"
    assert asked == [file.as_uri()]
    assert await shown.evaluate("document.documentElement.scrollWidth") <= width
    assert (await Axe().run(shown)).violations_count == 0
    await shown.get_by_role("link", name="Messages", exact=True).click()
    assert shown.url.endswith("#messages")


async def test_it_prints(chromium: Chromium, file: Path) -> None:
    shown = await chromium.new_page()
    await shown.goto(file.as_uri())
    await shown.emulate_media(media="print")
    assert not await shown.get_by_role("navigation").is_visible()
    assert (await shown.pdf(format="A4")).startswith(b"%PDF")
