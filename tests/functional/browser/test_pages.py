"""The practitioner web in a real browser: accessible, narrow, by keyboard, without JavaScript."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, expect

from bot.domain.people import Role
from tests.functional.browser.conftest import Served
from tests.functional.browser.people import LONG_WORDS, fill
from tests.integration.web.world import PASSWORD

pytestmark = pytest.mark.browser

SIGNED_OUT = ("/sign-in", "/sign-in?ended=yes", "/health-none")

SIGNED_IN = (
    "/today",
    "/people/wren-1",
    "/people/wren-1?from=2026-01-01&to=2026-01-31",
    "/people/robin-2",
    "/people/finch-3?from=31/31/2026",
    "/people/lark-4?done=taken",
    "/people/martin-5",
    "/people/martin-5?reason=unknown",
    "/people/martin-5?reason=cover",
    "/people/nobody",
)


async def sign_in(page: Page, username: str = "sam") -> None:
    await page.goto("/sign-in")
    await page.get_by_label("Username").fill(username)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


async def check_accessible(page: Page, name: str) -> None:
    results = await Axe().run(page)
    broken = [
        (each["id"], [node["html"][:200] for node in each["nodes"]])
        for each in results.response["violations"]
    ]
    assert broken == [], name


async def check_fits(page: Page, name: str) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("width", [1280, 320])
async def test_every_page_is_accessible_and_fits(
    chromium: Chromium, served: Served, width: int
) -> None:
    await fill(served.world)
    await served.world.staff("rev", Role.REVIEWER)
    context = await chromium.new_context(
        base_url=served.address, viewport={"width": width, "height": 800}
    )
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    # Going on to the next page gives up what the last one was still asking for.
    page.on(
        "requestfailed",
        lambda request: request.failure == "net::ERR_ABORTED" or said.append(request.url),
    )
    for path in SIGNED_OUT:
        await page.goto(path)
        await check_accessible(page, path)
        await check_fits(page, path)
    await page.goto("/sign-in")
    await page.get_by_role("button", name="Sign in").click()
    await check_accessible(page, "refused")
    await sign_in(page)
    for path in SIGNED_IN:
        await page.goto(path)
        for each in await page.locator("summary").all():
            await each.click()
        await check_accessible(page, path)
        await check_fits(page, path)
    await page.goto("/people/wren-1")
    await page.get_by_role("button", name="I’ll take this").click()
    await page.get_by_role("button", name="Close with this note").click()
    await check_accessible(page, "note missing")
    await check_fits(page, "note missing")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await check_accessible(page, "signed out")
    await sign_in(page, "rev")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing here")
    await check_accessible(page, "wrong role")
    statuses = ("404", "403", "422")
    assert [each for each in said if not any(code in each for code in statuses)] == []


async def test_the_work_of_five_minutes_without_javascript(
    chromium: Chromium, served: Served
) -> None:
    await fill(served.world)
    context = await chromium.new_context(base_url=served.address, java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Today")
    await page.get_by_role("heading", name="Wren").get_by_role("link").click()
    await expect(page.get_by_text(LONG_WORDS).first).to_be_visible()
    await page.get_by_role("button", name="I’ll take this").click()
    await expect(page.get_by_role("alert")).to_contain_text("You have this concern now.")
    await page.get_by_label("What was done?").fill("Rang, and we meet on Wednesday.")
    await page.get_by_role("button", name="Close with this note").click()
    await expect(page.get_by_role("alert")).to_contain_text("The concern is closed.")
    await page.get_by_label("First day").fill("1/5/2026")
    await page.get_by_label("Last day").fill("10/5/2026")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_text("1 May 2026 to 10 May 2026")).to_be_visible()
    rows = page.get_by_role("table").get_by_role("row")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(1)).to_contain_text("Grounding")
    await expect(rows.nth(2)).to_contain_text("STOP")
    await expect(rows.nth(2)).to_contain_text("helped (once)")
    await page.get_by_role("link", name="Last year").click()
    await expect(page.get_by_text("Paced breathing, 15 May 2026")).to_be_visible()
    await expect(page.get_by_role("heading", name="Steps I take myself")).to_be_visible()
    await page.get_by_role("link", name="Today", exact=True).click()
    await expect(page.get_by_role("heading", name="Wren")).to_have_count(0)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()


async def test_by_keyboard_alone(context: BrowserContext, served: Served) -> None:
    await fill(served.world)
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Username")).to_be_focused()
    await page.keyboard.type("sam")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Today")
    for _ in range(4):
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("heading", name="Wren").get_by_role("link")).to_be_focused()
    outline = await page.evaluate("getComputedStyle(document.activeElement).backgroundColor")
    assert outline == "rgb(255, 235, 59)", "the focus is plain to see"
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Wren")


async def test_no_page_waits_for_anything_from_elsewhere(
    context: BrowserContext, served: Served
) -> None:
    await fill(served.world)
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await sign_in(page)
    await page.goto("/people/wren-1")
    assert asked
    assert [each for each in asked if not each.startswith(served.address)] == []
