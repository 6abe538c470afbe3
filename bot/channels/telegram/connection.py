"""How the companion connects to Telegram, and what Telegram's errors mean."""

from __future__ import annotations

import logging
import os
import re
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.channels.telegram.updates import UpdatesRequest
from bot.domain.errors import ChannelRefused, ChannelUnavailable, CompanionError, SettingsError
from bot.services.delivery import RefusedForGood, WaitBefore

TELEGRAMS_OWN = "https://api.telegram.org"

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class State(StrEnum):
    """How the connection is, for the health page and for the operator."""

    STARTING = "starting"
    POLLING = "polling"
    UNREACHABLE = "unreachable"
    ASKED_TO_WAIT = "asked to wait"
    REFUSED = "refused"
    CONFLICT = "conflict"
    RECORD_UNAVAILABLE = "record unavailable"
    STOPPED = "stopped"


ADVICE = {
    State.UNREACHABLE: "Telegram cannot be reached; trying again",
    State.ASKED_TO_WAIT: "Telegram asked the companion to wait",
    State.REFUSED: "Telegram refused the token: check TELEGRAM_TOKEN",
    State.CONFLICT: "another program reads this bot's messages: end it, or make a new bot",
    State.RECORD_UNAVAILABLE: "messages cannot be kept just now; they wait with Telegram",
}
"""What the operator is told when the connection enters a state."""


class Connection:
    """A bot and its HTTP connections. Raises ``SettingsError`` for what cannot be an address."""

    def __init__(self, token: SecretStr, api_url: str) -> None:
        secret = token.get_secret_value().strip()
        if not _TOKEN.fullmatch(secret):
            raise SettingsError("TELEGRAM_TOKEN is not a token: digits, a colon, letters.")
        origin = _origin(api_url)
        _keep_secrets_out_of_logs()
        # Asks python-telegram-bot for time spans as such; without it each wait is a warning.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        self._requests = (
            UpdatesRequest(connection_pool_size=2),
            HTTPXRequest(connection_pool_size=16, pool_timeout=5),
        )
        self.bot: ExtBot[Any] = ExtBot(
            secret,
            base_url=f"{origin}/bot",
            base_file_url=f"{origin}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
            # It holds the pace that Telegram asks for. Being told to wait is not slept through
            # here, where a restart would forget it: the reply waits in the outbox.
            rate_limiter=AIORateLimiter(max_retries=0),
        )

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()


def translated(error: TelegramError) -> CompanionError:
    """The error as the rest of the companion knows it, without the token that it may hold."""
    match error:
        case RetryAfter():
            return WaitBefore(seconds_to_wait(error))
        case InvalidToken():
            return ChannelRefused("It is TELEGRAM_TOKEN, from Telegram's BotFather.")
        case Forbidden() | BadRequest() | ChatMigrated():
            return RefusedForGood(f"Telegram says: {error.message}")
        case _:
            return ChannelUnavailable(f"Telegram: {type(error).__name__}.")


def state_after(fault: Exception) -> State:
    """Which state a fault while polling leaves the connection in."""
    match fault:
        case InvalidToken():
            return State.REFUSED
        case Conflict():
            return State.CONFLICT
        case RetryAfter():
            return State.ASKED_TO_WAIT
        case TelegramError():
            return State.UNREACHABLE
        case _:
            return State.RECORD_UNAVAILABLE


def seconds_to_wait(error: RetryAfter) -> float:
    """What Telegram asked for, in seconds."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _origin(api_url: str) -> str:
    parsed = urlsplit(api_url)
    more = parsed.path.strip("/") or parsed.query or parsed.fragment
    if parsed.scheme not in {"http", "https"} or not parsed.hostname or more:
        raise SettingsError("TELEGRAM_API_URL takes scheme, host and port, without a path.")
    return f"{parsed.scheme}://{parsed.netloc}"


def _keep_secrets_out_of_logs() -> None:
    """httpx logs addresses, which hold the token; python-telegram-bot logs what people write."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
