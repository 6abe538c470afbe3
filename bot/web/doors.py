"""Doors: every route says who may come in; what says nothing does not exist.

A form's POST carries a token that belongs to the visitor's session. Before sign-in it belongs to
a cookie of the visit.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.services.ports import Ids, Secrets
from bot.web.place import Place

Method = Literal["GET", "POST"]

FORM = "application/x-www-form-urlencoded"

MOST_FIELDS = 20


class Visitor(Protocol):
    """Somebody who is signed in."""

    @property
    def csrf(self) -> str:
        """The token of their session's forms."""
        ...


V = TypeVar("V", bound=Visitor)


@dataclass(frozen=True)
class PublicDoor:
    """A route for anyone: sign-in, static files, health."""

    path: str
    method: Method
    answer: Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Door(Generic[V]):
    """A route for those who are signed in and for whom ``may_enter`` holds."""

    path: str
    method: Method
    answer: Callable[[Request, V], Awaitable[Response]]
    may_enter: Callable[[V], bool]


class Cookies:
    """The cookies of one web: the session's, and the visit's before it."""

    def __init__(self, place: Place, secrets: Secrets, ids: Ids) -> None:
        self._place = place
        self._secrets = secrets
        self._ids = ids

    def session(self, request: Request) -> str:
        """The session's cookie, or nothing."""
        return request.cookies.get(self._place.cookie_name("session"), "")

    def begin_session(self, response: Response, value: str) -> None:
        """Hand out a session, which ends the visit."""
        self._set(response, "session", value)
        self._drop(response, "visit")

    def end_session(self, response: Response) -> None:
        """Take the session's cookie back."""
        self._drop(response, "session")

    def visit(self, request: Request) -> str:
        """The visit's cookie, or nothing."""
        return request.cookies.get(self._place.cookie_name("visit"), "")

    def visit_or_new(self, request: Request) -> str:
        """The visit's cookie, or a new one that ``keep_visit`` has to hand out."""
        return self.visit(request) or self._ids.token()

    def keep_visit(self, response: Response, value: str) -> None:
        """Hand the visit's cookie out."""
        self._set(response, "visit", value)

    def visit_csrf(self, visit: str) -> str:
        """The token of a visit's forms; nothing without a visit."""
        return self._secrets.digest("visit-form", visit) if visit else ""

    def _set(self, response: Response, what: str, value: str) -> None:
        response.set_cookie(
            self._place.cookie_name(what),
            value,
            path="/",
            secure=self._place.behind_https,
            httponly=True,
            samesite="lax",
        )

    def _drop(self, response: Response, what: str) -> None:
        response.delete_cookie(
            self._place.cookie_name(what),
            path="/",
            secure=self._place.behind_https,
            httponly=True,
            samesite="lax",
        )


class Guard(Generic[V]):
    """Turns doors into routes, with who may come in and the form's token checked in front."""

    def __init__(
        self,
        cookies: Cookies,
        visitor: Callable[[str], Awaitable[V | None]],
        sign_in: str = "/sign-in",
    ) -> None:
        self._cookies = cookies
        self._visitor = visitor
        self._sign_in = sign_in

    def public(self, door: PublicDoor) -> Route:
        """The route of a public door."""

        async def enter(request: Request) -> Response:
            request.scope["companion.route"] = door.path
            if door.method == "POST":
                await _check_form(request, self._cookies.visit_csrf(self._cookies.visit(request)))
            return await door.answer(request)

        return _route(door, enter)

    def guarded(self, door: Door[V]) -> Route:
        """The route of a door: to the sign-in without a session, 403 where it is not for them."""

        async def enter(request: Request) -> Response:
            request.scope["companion.route"] = door.path
            cookie = self._cookies.session(request)
            visitor = await self._visitor(cookie) if cookie else None
            if visitor is None:
                return self._to_sign_in(had_session=bool(cookie))
            if not door.may_enter(visitor):
                raise HTTPException(403)
            if door.method == "POST":
                await _check_form(request, visitor.csrf)
            return await door.answer(request, visitor)

        return _route(door, enter)

    def _to_sign_in(self, *, had_session: bool) -> Response:
        response = RedirectResponse(self._sign_in + "?ended=yes" * had_session, 303)
        if had_session:
            self._cookies.end_session(response)
        return response


async def _check_form(request: Request, expected: str) -> FormData:
    """Raise 403 unless the form is ours. The body is read once and kept by the request."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415)
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    given = form.get("csrf")
    if not expected or not isinstance(given, str):
        raise HTTPException(403)
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise HTTPException(403)
    return form


def _route(door: PublicDoor | Door[V], enter: Callable[[Request], Awaitable[Response]]) -> Route:
    enter.__dict__["door"] = door
    return Route(door.path, enter, methods=[door.method])


def field_of(form: FormData, name: str) -> str:
    """A field's text, or nothing."""
    value = form.get(name)
    return value if isinstance(value, str) else ""
