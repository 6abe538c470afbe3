"""What goes with every answer: headers, cookies, limits, error pages, logs, health."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from prometheus_client import Counter
from structlog.testing import capture_logs

from bot.domain.errors import RecordUnavailable, SettingsError
from bot.web.assets import NEEDED, STATIC, Assets
from bot.web.building import LARGEST_BODY
from bot.web.health import Readiness
from tests.integration.web.world import ADDRESS, PASSWORD, WORDS, Browser, World

HTTPS = "https://companion.test"


@pytest.fixture(autouse=True)
def _fresh_logging() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


async def every_kind_of_answer(
    world: World, browser: Browser
) -> AsyncIterator[tuple[str, httpx.Response]]:
    await world.person(await world.staff())
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', (await browser.open("/sign-in")).text)
    yield "static", await browser.client.get(assets[0])
    yield "signed out", await browser.client.get("/today")
    await browser.sign_in()
    for path in ("/sign-in", "/today", "/people/wren-1", "/people/none-1", "/health/live", "/none"):
        yield path, await browser.client.get(path)
    yield "405", await browser.client.put("/today")
    yield "403", await browser.client.post("/sign-out", data={"csrf": "x"})
    yield (
        "413",
        await browser.client.post(
            "/sign-out",
            content=b"x" * (LARGEST_BODY + 1),
            headers={"content-type": "application/x-www-form-urlencoded"},
        ),
    )
    yield "400", await browser.client.get("/today", headers={"host": "elsewhere.test"})
    world.caseloads.__dict__["of"] = _fails
    yield "500", await browser.client.get("/today")


async def _fails(**_: object) -> None:
    raise KeyError(WORDS)


async def test_every_answer_has_its_headers(world: World, browser: Browser) -> None:
    seen = set()
    async for name, answer in every_kind_of_answer(world, browser):
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; "), name
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert headers["referrer-policy"] == "same-origin", name
        assert headers["x-content-type-options"] == "nosniff", name
        assert "strict-transport-security" not in headers, "only behind https"
        if name == "static":
            assert "immutable" in headers["cache-control"]
        else:
            assert headers["cache-control"] == "no-store", name
        seen.add(answer.status_code)
    assert seen == {200, 303, 400, 403, 404, 405, 413, 500}


async def test_https_is_asked_for_again_only_behind_https(world: World) -> None:
    browser = Browser.at(world.app(HTTPS), HTTPS)
    answer = await browser.open("/sign-in")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_no_page_has_style_or_script_of_its_own(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await world.plan(wren, sam)
    await world.wrote(wren)
    await browser.sign_in()
    pages = [browser.page]
    for path in ("/sign-in", "/people/wren-1", "/none"):
        await browser.open(path)
        pages.append(browser.page)
    for page in pages:
        assert "<script" not in page
        assert "<style" not in page
        assert " style=" not in page
        assert not re.search(r"\son\w+=", page)
        assert not re.search(r'(?:href|src|action)="(?:https?:)?//', page), "nothing from elsewhere"


async def test_cookies_over_http_and_https(world: World) -> None:
    await world.staff()
    for address, name, secure in (
        (ADDRESS, "companion-practitioner-session", False),
        (HTTPS, "__Host-companion-practitioner-session", True),
    ):
        browser = Browser.at(world.app(address), address)
        first = (await browser.open("/sign-in")).headers["set-cookie"]
        answer = await browser.client.post(
            "/sign-in",
            data={"csrf": browser.token(), "username": "sam", "password": PASSWORD},
        )
        session = next(each for each in answer.headers.get_list("set-cookie") if "session=" in each)
        assert session.startswith(f"{name}=")
        for cookie in (first, session):
            words = {each.strip().lower() for each in cookie.split(";")[1:]}
            assert {"httponly", "samesite=lax", "path=/"} <= words
            assert ("secure" in words) is secure
            assert not any(each.startswith(("domain", "max-age", "expires")) for each in words)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("companion.test", 200),
        ("COMPANION.test:8080", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("localhost", 200),
        ("companion.test.evil.test", 400),
        ("evil.test", 400),
        ("companion.test@evil.test", 400),
        ("", 400),
    ],
)
async def test_only_its_own_hosts_are_answered(
    world: World, browser: Browser, host: str, status: int
) -> None:
    answer = await browser.client.get("/sign-in", headers={"host": host})
    assert answer.status_code == status


async def test_a_body_that_is_too_large_is_not_read(world: World, browser: Browser) -> None:
    await browser.open("/sign-in")
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield f"csrf={browser.token()}&password=".encode()
        while True:
            read += 1
            yield b"x" * 16_384

    answer = await browser.client.post(
        "/sign-in",
        content=endless(),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert read < 10


async def test_a_page_cannot_be_shown_and_says_so_without_a_stack(
    world: World, browser: Browser
) -> None:
    await world.staff()
    await browser.sign_in()
    world.caseloads.__dict__["of"] = _fails
    with capture_logs() as logs:
        answer = await browser.open("/today")
    assert answer.status_code == 500
    assert "Sorry, something went wrong" in browser.page
    for hidden in (WORDS, "KeyError", "Traceback", "site-packages"):
        assert hidden not in browser.page
        if hidden != "KeyError":
            assert hidden not in repr(logs)
    failed = next(each for each in logs if each["event"] == "failed")
    assert failed["error"] == "KeyError"
    assert any(re.fullmatch(r"test_answers\.py:\d+", each) for each in failed["at"])


async def test_the_record_is_away_and_says_so(world: World, browser: Browser) -> None:
    await world.staff()
    await browser.sign_in()

    async def away(**_: object) -> None:
        raise RecordUnavailable

    world.caseloads.__dict__["of"] = away
    answer = await browser.open("/today")
    assert answer.status_code == 503
    assert "The record cannot be reached just now" in browser.page


async def test_no_log_holds_an_address_a_query_a_word_or_a_token(
    world: World, browser: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await world.wrote(wren)
    await browser.sign_in()
    await browser.open("/people/wren-1?from=2026-05-01&reason=marker-in-query")
    await browser.open("/people/marker-in-path")
    await browser.open("/marker-in-nowhere")
    await browser.sign_in("marker-username", "marker-password")
    logged = "".join(capfd.readouterr())
    assert "/people/{code}" in logged
    for hidden in ("marker", "wren", "2026-05-01", "Wren", WORDS, browser.token(), PASSWORD):
        assert hidden not in logged, hidden
    for cookie in browser.client.cookies.jar:
        assert str(cookie.value) not in logged


async def test_a_demonstration_says_so_on_every_page(world: World) -> None:
    sam = await world.staff()
    await world.person(sam)
    demo, real = Browser.at(world.app(demo=True)), Browser.at(world.app())
    for browser, is_demo in ((demo, True), (real, False)):
        await browser.open("/sign-in")
        pages = [browser.page]
        await browser.sign_in()
        pages.append(browser.page)
        for path in ("/people/wren-1", "/people/none-1", "/none"):
            await browser.open(path)
            pages.append(browser.page)
        for page in pages:
            assert ("Demonstration." in page) is is_demo


async def test_static_files_by_digest(world: World, browser: Browser) -> None:
    await browser.open("/sign-in")
    (style, *_) = re.findall(r'href="(/static/[^"]+companion\.css)"', browser.page)
    plain = await browser.client.get(style, headers={"accept-encoding": "identity"})
    assert plain.status_code == 200
    assert plain.headers["content-type"].startswith("text/css")
    assert "content-encoding" not in plain.headers
    packed = await browser.client.get(style, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    digest = style.split("/")[2]
    for path in (
        style.replace(digest, "0" * 16),
        f"/static/{digest}/built/none.css",
        f"/static/{digest}/../../../pyproject.toml",
        f"/static/{digest}/%2e%2e/doors.py",
        f"/static/{digest}/built/stamp",
    ):
        assert (await browser.client.get(path)).status_code == 404, path


def test_the_style_sheet_asks_for_nothing_from_elsewhere() -> None:
    assets = Assets()
    style = (STATIC / NEEDED).read_text("utf-8")
    assert "frutiger" not in style.lower()
    for found in re.findall(r"url\(([^)]+)\)", style):
        name = found.strip("\"'")
        assert name.startswith("data:") or assets.address(f"built/{name}"), name


def test_without_its_style_the_web_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make setup"):
        Assets(tmp_path)


async def test_health_tells_everyone_little_and_this_machine_more(world: World) -> None:
    app = world.app()
    world.readiness = Readiness(True, {"rasa": "starting", "oldest_inbox_seconds": 0})
    far, near = Browser.at(app), Browser.at(app, peer="127.0.0.1")
    for browser in (far, near):
        answer = await browser.client.get("/health/live")
        assert (answer.status_code, answer.json()) == (200, {"live": True})
    assert (await far.client.get("/health/ready")).json() == {"ready": True}
    assert (await near.client.get("/health/ready")).json() == {
        "ready": True,
        "rasa": "starting",
        "oldest_inbox_seconds": 0,
    }
    through_a_proxy = await near.client.get(
        "/health/ready", headers={"x-forwarded-for": "203.0.113.7"}
    )
    assert through_a_proxy.json() == {"ready": True}
    world.readiness = Readiness(False)
    assert (await far.client.get("/health/ready")).status_code == 503


async def test_metrics_are_for_this_machine(world: World) -> None:
    Counter("turns", "Turns", registry=world.metrics).inc()
    app = world.app()
    near = await Browser.at(app, peer="::1").client.get("/metrics")
    assert near.status_code == 200
    assert "turns_total 1.0" in near.text
    world.readiness = Readiness(True, {"rasa": "ready", "dead_messages": 2, "oldest": None})
    lines = (await Browser.at(app, peer="::1").client.get("/metrics")).text.splitlines()
    told = [each for each in lines if each.startswith("companion_")]
    assert told == ["companion_dead_messages 2"], "numbers only"
    assert (await Browser.at(app).client.get("/metrics")).status_code == 404
