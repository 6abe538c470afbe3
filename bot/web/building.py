"""Puts routes and the layers around them together into an application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute

from bot.web.access_log import AccessLog
from bot.web.failures import Failures
from bot.web.headers import KnownHost, SecureHeaders
from bot.web.pages import Pages
from bot.web.place import Place

LARGEST_BODY = 64 * 1024
"""Bytes; our largest form is a note of 2,000 characters."""


def build(routes: Sequence[BaseRoute], pages: Pages, place: Place) -> Starlette:
    """An application of these routes, with headers, log, host check, limit and error pages."""
    return Starlette(
        routes=list(routes),
        middleware=[
            Middleware(SecureHeaders, place=place),
            Middleware(AccessLog),
            Middleware(KnownHost, place=place),
            Middleware(Failures, pages=pages),
            Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY),
        ],
        exception_handlers={HTTPException: _leave_to_failures},
    )


async def _leave_to_failures(request: Request, error: Exception) -> NoReturn:
    """Starlette would answer in plain text; the page comes from the layer above."""
    raise error
