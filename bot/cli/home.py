"""Opening the home that the settings name, for one command."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TextIO, TypeVar, cast

import structlog
from pydantic import ValidationError

from bot.bootstrap import Companion, open_companion
from bot.domain.errors import SettingsError
from bot.domain.people import Staff
from bot.settings import Settings

Result = TypeVar("Result")


def settings_in_force() -> Settings:
    """The settings from the environment. Raises ``SettingsError`` naming the setting."""
    try:
        return Settings()
    except ValidationError as error:
        found = "; ".join(
            f"{'.'.join(str(part) for part in each['loc']).upper()}: {each['msg']}"
            for each in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError(found) from None


def keep_logs_quiet(level: int = logging.WARNING, *, own: int = 0) -> None:
    """Logs go to standard error, as lines of ids and codes; libraries that name URLs stay quiet.

    ``own`` is the level of the companion's own lines, if another.
    """
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s %(message)s")
    for name in ("httpx", "httpcore", "telegram", "aiohttp", "uvicorn.access", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(own or level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _PatientErrors())),
    )


class _PatientErrors:
    """Standard error for logs: where it cannot be written to, as on a full disk, nothing ends."""

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def with_companion(use: Callable[[Companion], Awaitable[Result]]) -> Result:
    """Open the home, use it, close it."""
    keep_logs_quiet()

    async def run() -> Result:
        companion = open_companion(settings_in_force())
        try:
            return await use(companion)
        finally:
            await companion.aclose()

    return asyncio.run(run())


async def staff_named(companion: Companion, username: str) -> Staff:
    """The member of staff who answers for a command. Raises ``NotFound``."""
    return await companion.staff.named(username)
