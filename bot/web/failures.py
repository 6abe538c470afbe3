"""What somebody sees when a page cannot be shown: words, never a stack."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.domain.errors import (
    BadInput,
    NotAllowedNow,
    NotFound,
    NotPermitted,
    RecordUnavailable,
)
from bot.web.pages import Pages

_log = structlog.get_logger("web")


@dataclass(frozen=True)
class Words:
    """The heading and the paragraphs of an error page."""

    heading: str
    body: tuple[str, ...]


WORDS = {
    400: Words("This could not be read", ("Something in the request could not be used.",)),
    403: Words(
        "This page is not open to you",
        (
            "Either your role does not come with it, or the page had been open for too long.",
            "Go back, load the page again, and try once more.",
        ),
    ),
    404: Words(
        "There is nothing here for you",
        (
            "The address may be wrong, or the person may be on someone else’s caseload.",
            "A manager of the team can put a person on your caseload.",
        ),
    ),
    405: Words("This page cannot be opened like that", ("Go back and use the page’s own button.",)),
    409: Words(
        "Something changed in the meantime",
        ("Load the page again to see how things stand now.",),
    ),
    413: Words("That is too long", ("Go back and shorten what you wrote.",)),
    415: Words("This could not be read", ("Go back and use the page’s own form.",)),
    500: Words(
        "Sorry, something went wrong",
        ("It has been noted. Nothing that was saved before is lost. Please try again.",),
    ),
    503: Words(
        "The record cannot be reached just now",
        (
            "Please try again in a minute.",
            "If somebody needs help now, use the numbers and the paper copies that you have.",
        ),
    ),
}

STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    # The same as for a code that nobody has: who is known here is nobody else's business.
    NotPermitted: 404,
    BadInput: 400,
    NotAllowedNow: 409,
    RecordUnavailable: 503,
}


class Failures:
    """Answers with a page when something was raised below."""

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; whatever it raises becomes a page and, if unforeseen, a log line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:  # whatever it is, the visitor gets a page without it
            status = _status(error)
            if status == 500:
                _log.error("failed", error=type(error).__name__, at=_places(error))
            if begun:
                raise
            words = WORDS.get(status, WORDS[400])
            page = self._pages.show("failure.jinja", status=status, words=words)
            if isinstance(error, HTTPException) and error.headers:
                page.headers.update(error.headers)
            await page(scope, receive, send)


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def _places(error: Exception) -> list[str]:
    """Where it was raised, without the message, which may hold somebody's words."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
