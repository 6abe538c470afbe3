"""Talking to Rasa: one message in, one command out, never a word of its own."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

import aiohttp
import structlog

from bot.domain.commands import Command, CommandName, parse_command
from bot.domain.wording import safe_text
from bot.services.ports import Secrets

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Messages in Rasa at a time. With more its latency grows and its throughput does not."""

SURE = 0.75
"""From this confidence on, words typed at a free-text step are taken for what they ask."""

ASIDE_SECONDS = 1.0

ASIDES = {
    "crisis_plan": CommandName.SHOW_PLAN,
    "contacts": CommandName.SHOW_CONTACTS,
    "talk_to_someone": CommandName.TALK_TO_SOMEONE,
    "who_reads": CommandName.WHO_READS,
    "what_are_you": CommandName.WHAT_ARE_YOU,
    "why_that": CommandName.WHY_THAT,
    "how_long": CommandName.HOW_LONG,
    "stop": CommandName.STOP,
    "not_now": CommandName.NOT_NOW,
    "appointment": CommandName.APPOINTMENT,
    "medication": CommandName.MEDICATION,
    "diary_card": CommandName.DIARY,
}
"""Intents that ask for something else in the middle of a free-text step."""

LONGEST = 2_000
"""Characters that Rasa is given. A text of 100,000 blocks its server for two seconds."""

_UNSEEN = r"\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"

_INJECTION = re.compile(rf"^[{_UNSEEN}/]+|[{_UNSEEN}]+$")
"""Rasa reads text that begins with "/" as an intent, also after a space of any kind."""

_LOOK = aiohttp.ClientTimeout(total=2)

_NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError)
"""What talking to Rasa may end in; the last is what an answer nested too deeply does."""

State = Literal["ready", "starting", "down"]


class RasaUnderstanding:
    """One or several Rasa servers; a conversation always goes to the same one.

    ``addresses`` is asked anew for each message, because a supervised Rasa has another port
    after each start. ``timeout`` (s) counts from the call, waiting for a free place included.
    """

    def __init__(
        self,
        addresses: Callable[[], Sequence[str]],
        secrets: Secrets,
        *,
        timeout: float,
        parse_token: str = "",
        supervised: Callable[[], State] | None = None,
    ) -> None:
        self._addresses = addresses
        self._secrets = secrets
        self._timeout = timeout
        self._parse_token = parse_token
        self._supervised = supervised
        self._places = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        self._answered = True

    def state(self) -> State:
        """Whether Rasa would answer now, as far as its process or the last message told."""
        if self._supervised is not None:
            return self._supervised()
        return "ready" if self._answered else "down"

    async def understand(self, text: str, thread: str) -> Command | None:
        """One command for one message; None for a time-out, ``[]`` or anything but an answer."""
        words = without_injection(text)
        if not words or not thread:
            return None
        sender = self._secrets.digest("rasa", thread)[:32]
        address = self._address(sender)
        if address is None:
            return None
        body = {"sender": sender, "message": words}
        answer = await self._post(f"{address}/webhooks/rest/webhook", body, self._timeout)
        if not isinstance(answer, list) or not answer:
            return None
        return _command(answer)

    async def asks_for(self, text: str) -> Command | None:
        """What words at a free-text step ask for instead, when Rasa is sure of it."""
        words = without_injection(text)
        address = self._address(words)
        if not words or address is None or self.state() != "ready":
            return None
        url = f"{address}/model/parse"
        if self._parse_token:
            url += f"?token={self._parse_token}"
        answer = await self._post(url, {"text": words}, min(ASIDE_SECONDS, self._timeout))
        intent = answer.get("intent") if isinstance(answer, dict) else None
        if not isinstance(intent, dict):
            return None
        name = ASIDES.get(str(intent.get("name")))
        confidence = intent.get("confidence")
        sure = isinstance(confidence, int | float) and confidence >= SURE
        return Command(name) if name is not None and sure else None

    async def answers(self, address: str) -> bool:
        """Whether a Rasa server at this address is up, with its model loaded."""
        try:
            async with self._client().get(address, timeout=_LOOK) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def aclose(self) -> None:
        """Close held connections."""
        if self._session is not None:
            await self._session.close()

    def _address(self, key: str) -> str | None:
        """The server for a key, by the highest hash: adding one moves few conversations."""
        addresses = self._addresses()
        return max(
            addresses,
            key=lambda each: hashlib.sha256(f"{each} {key}".encode()).digest(),
            default=None,
        )

    async def _post(self, url: str, body: dict[str, str], seconds: float) -> Any:
        try:
            async with asyncio.timeout(seconds):
                async with (
                    self._places,
                    self._client().post(url, json=body, allow_redirects=False) as response,
                ):
                    if response.status != 200:
                        raise aiohttp.ClientError
                    answer = await response.json(content_type=None)
        except _NO_ANSWER as problem:
            self._answered = False
            log.warning("rasa_no_answer", problem=type(problem).__name__)
            return None
        self._answered = True
        return answer

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=2 * AT_ONCE, keepalive_timeout=30)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=False)
        return self._session


def without_injection(text: str) -> str:
    """Text that Rasa reads as words whatever it begins with; empty where nothing is left."""
    return _INJECTION.sub("", safe_text(text, LONGEST))


def _command(answer: list[Any]) -> Command | None:
    """The one command in an answer. Several, or one that is unknown, becomes a question."""
    payloads = [each["custom"] for each in answer if isinstance(each, dict) and "custom" in each]
    if len(payloads) != len(answer):
        log.error("rasa_answer_not_a_command", messages=len(answer))
        return None if not payloads else Command(CommandName.NOT_UNDERSTOOD)
    command = parse_command(payloads[0])
    if command is None or len(payloads) > 1:
        log.error("rasa_command_unknown", commands=len(payloads))
        return Command(CommandName.NOT_UNDERSTOOD)
    return command
