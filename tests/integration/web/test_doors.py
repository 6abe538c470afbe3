"""Every route, by listing them: who is let in, and what a form has to carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.domain.people import Role
from bot.web.doors import Door, PublicDoor
from tests.integration.web.world import PASSWORD, WORDS, Browser, World

PUBLIC = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/static/{digest}/{name:path}"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
}

EVERY_ROLE = {("GET", "/"), ("GET", "/alerts"), ("POST", "/sign-out")}


def doors(app: Starlette) -> Iterator[tuple[str, str, Door[object] | PublicDoor]]:
    """Method, path and door of every route there is."""
    for route in app.routes:
        assert isinstance(route, Route)
        door = route.endpoint.__dict__["door"]
        assert route.methods == {door.method} | ({"HEAD"} if door.method == "GET" else set())
        yield door.method, route.path, door


def filled(path: str, **parts: str) -> str:
    """A path with its parts."""
    known = {"code": "wren-1", "concern": "x", "task": "x", **parts}
    return re.sub(r"\{(\w+)(:path)?\}", lambda match: known.get(match.group(1), "x"), path)


async def test_every_route_says_who_may_come_in(world: World) -> None:
    listed = list(doors(world.app()))
    assert {(method, path) for method, path, door in listed if isinstance(door, PublicDoor)} == (
        PUBLIC
    )
    assert len([door for _, _, door in listed if isinstance(door, Door)]) == len(listed) - len(
        PUBLIC
    )


async def test_every_closed_route_sends_the_signed_out_to_the_sign_in(world: World) -> None:
    app = world.app()
    browser = Browser.at(app)
    for method, path, door in doors(app):
        if isinstance(door, PublicDoor):
            continue
        answer = await browser.client.request(method, filled(path))
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path
        assert answer.text == ""


async def test_every_closed_route_refuses_a_cookie_that_nobody_was_given(world: World) -> None:
    app = world.app()
    for method, path, door in doors(app):
        if isinstance(door, PublicDoor):
            continue
        browser = Browser.at(app)
        browser.client.cookies.set("companion-practitioner-session", "made-up")
        answer = await browser.client.request(method, filled(path))
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?ended=yes")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
async def test_every_room_with_people_refuses_the_wrong_role(world: World, role: Role) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await world.plan(wren, sam)
    concern, task = await world.wrote(wren), await world.task(wren, sam)
    await world.staff("other", role)
    app = world.app()
    browser = Browser.at(app)
    await browser.sign_in("other")
    token = browser.token()
    before = len(await world.record.audit_of(wren.id))
    tried = 0
    for method, path, door in doors(app):
        if isinstance(door, PublicDoor) or (method, path) in EVERY_ROLE:
            continue
        for reason in ("", "?reason=cover"):
            answer = await browser.client.request(
                method,
                filled(path, concern=concern.id, task=task.id) + reason,
                data={"csrf": token, "note": "x", "reason": "cover"} if method == "POST" else None,
            )
            assert answer.status_code == 403, path
            assert "Wren" not in answer.text
            assert WORDS not in answer.text
        tried += 1
    assert tried == 5
    assert len(await world.record.audit_of(wren.id)) == before


async def test_the_wrong_role_has_a_first_page_that_says_so(world: World) -> None:
    await world.staff("rev", Role.REVIEWER)
    browser = Browser.at(world.app())
    await browser.sign_in("rev")
    assert "Nothing here for your role yet" in browser.page


async def test_every_form_is_refused_without_its_own_token(world: World) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    concern, task = await world.wrote(wren), await world.task(wren, sam)
    await world.staff("ali")
    app = world.app()
    browser, other = Browser.at(app), Browser.at(app)
    await other.open("/sign-in")
    visit_token = other.token()
    await browser.sign_in()
    await other.sign_in("ali")
    for method, path, _ in doors(app):
        if method != "POST":
            continue
        address = filled(path, concern=concern.id, task=task.id)
        for token in ("", "x", other.token(), visit_token):
            fields = {"csrf": token, "note": "Done.", "username": "sam", "password": PASSWORD}
            answer = await browser.client.post(address, data=fields)
            assert answer.status_code == 403, (address, token)
        for body in (b"", b"csrf", b"csrf=%00", b"\xff\xfe=\xff"):
            answer = await browser.client.post(
                address,
                content=body,
                headers={"content-type": "application/x-www-form-urlencoded"},
            )
            assert answer.status_code in {400, 403}, (address, body)
    assert (await world.alerts.concern_of(wren.id)) == concern
    assert await world.alerts.tasks_of([wren.id]) == [task]


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""]
)
async def test_only_a_form_is_a_form(world: World, browser: Browser, kind: str) -> None:
    await browser.open("/sign-in")
    answer = await browser.client.post(
        "/sign-in",
        content=f"csrf={browser.token()}&username=sam",
        headers={"content-type": kind},
    )
    assert answer.status_code == 415


async def test_a_form_that_another_site_sends_is_refused(world: World, browser: Browser) -> None:
    await world.staff()
    await browser.open("/sign-in")
    fields = {"csrf": browser.token(), "username": "sam", "password": PASSWORD}
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 303)):
        answer = await browser.client.post(
            "/sign-in", data=fields, headers={"sec-fetch-site": site}
        )
        assert answer.status_code == status, site


async def test_two_fields_of_one_name_or_too_many_fields(world: World, browser: Browser) -> None:
    await world.staff()
    await browser.open("/sign-in")
    body = f"csrf=x&csrf={browser.token()}" + "".join(f"&f{place}=x" for place in range(30))
    answer = await browser.client.post(
        "/sign-in",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
async def test_other_methods_open_nothing(world: World, method: str) -> None:
    app = world.app()
    browser = Browser.at(app)
    for _, path, _ in doors(app):
        answer = await browser.client.request(method, filled(path))
        assert answer.status_code == 405, path


async def test_what_is_not_listed_does_not_exist(world: World, browser: Browser) -> None:
    await world.staff()
    await browser.sign_in()
    for path in ("/admin", "/people", "/people/wren-1/plan", "/docs", "/static/x/../../etc/passwd"):
        answer = await browser.open(path)
        assert answer.status_code == 404, path


async def test_signing_in_and_out_by_the_pages(world: World, browser: Browser) -> None:
    await world.staff()
    answer = await browser.sign_in("sam", "not the password")
    assert answer.status_code == 403
    assert "The username or the password is not right" in browser.page
    assert "not the password" not in browser.page
    wrong = browser.page
    await browser.sign_in("nobody", "not the password")
    assert browser.page.replace("nobody", "sam") == re.sub(browser.token(), browser.token(), wrong)
    answer = await browser.sign_in()
    assert answer.url.path == "/today"
    assert "Sam Example" in browser.page
    old = dict(browser.client.cookies)
    answer = await browser.send("/sign-out")
    assert "You are signed out." in browser.page
    assert "companion-practitioner-session" not in browser.client.cookies
    browser.client.cookies.update(old)
    assert (await browser.client.get("/today")).status_code == 303


async def test_signing_in_gives_a_new_session_each_time(world: World, browser: Browser) -> None:
    await world.staff()
    browser.client.cookies.set("companion-practitioner-session", "chosen-by-somebody-else")
    await browser.sign_in()
    first = browser.client.cookies.get("companion-practitioner-session", domain="companion.test")
    assert first
    assert first != "chosen-by-somebody-else"


async def test_a_session_that_ran_out_says_so(world: World, browser: Browser) -> None:
    await world.staff()
    await browser.sign_in()
    world.clock.move(timedelta(minutes=31))
    await browser.open("/today")
    assert "You were signed out because the page had not been used for a while." in browser.page


async def test_head_answers_like_get_without_a_body(world: World, browser: Browser) -> None:
    answer: httpx.Response = await browser.client.head("/sign-in")
    assert answer.status_code == 200
