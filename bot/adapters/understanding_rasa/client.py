"""Talking to Rasa: one message in, one command out, never a word of its own."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
import structlog

from bot.domain.commands import Command, CommandName, parse_command
from bot.domain.wording import safe_text
from bot.services.ports import Secrets

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Messages in a Rasa at a time. With more its latency grows and its throughput does not."""

HUNG_AFTER = 3
"""Time-outs running, after which a server is taken for hung."""

RESTARTED_AFTER = 6
"""Time-outs running, after which one of our own is started anew."""

PASSED_OVER = 5.0
"""Seconds between tries of a server that is hung or not there."""

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


@dataclass
class _Server:
    """One Rasa as its last answers told. ``tried_again_at`` is in the event loop's time."""

    address: str
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    timeouts: int = 0
    is_absent: bool = False
    tried_again_at: float = 0.0

    @property
    def is_hung(self) -> bool:
        """It takes messages and answers none."""
        return self.timeouts >= HUNG_AFTER


class _Absent(Exception):
    """Nobody listens there, so nobody has heard the message."""


class _Busy(Exception):
    """No place was free in time. That says nothing about the server."""


class RasaUnderstanding:
    """One or several Rasa servers; a conversation goes to the same one as long as that is there.

    ``addresses`` is asked anew for each message, because a supervised Rasa has another port
    after each start. ``timeout`` (s) counts from the call, waiting for a free place included.
    ``when_hung`` is called when a server has not answered for so long that it should be ended.
    """

    def __init__(
        self,
        addresses: Callable[[], Sequence[str]],
        secrets: Secrets,
        *,
        timeout: float,
        parse_token: str = "",
        supervised: Callable[[], State] | None = None,
        when_hung: Callable[[], None] | None = None,
    ) -> None:
        self._addresses = addresses
        self._secrets = secrets
        self._timeout = timeout
        self._parse_token = parse_token
        self._supervised = supervised
        self._when_hung = when_hung
        self._servers: dict[str, _Server] = {}
        self._session: aiohttp.ClientSession | None = None
        self._answered = True

    def state(self) -> State:
        """Whether Rasa would answer now, as far as its process and the last messages told."""
        told = self._supervised() if self._supervised is not None else "ready"
        if told != "ready":
            return told
        servers = self._known()
        is_down = bool(servers) and all(each.is_hung or each.is_absent for each in servers)
        if self._supervised is None:
            is_down = is_down or not self._answered
        return "down" if is_down else "ready"

    async def understand(self, text: str, thread: str) -> Command | None:
        """One command for one message; None for a time-out, ``[]`` or anything but an answer."""
        words = without_injection(text)
        if not words or not thread:
            return None
        sender = self._secrets.digest("rasa", thread)[:32]
        body = {"sender": sender, "message": words}
        answer = await self._ask(sender, "/webhooks/rest/webhook", body, self._timeout)
        if not isinstance(answer, list) or not answer:
            return None
        return _command(answer)

    async def asks_for(self, text: str) -> Command | None:
        """What words at a free-text step ask for instead, when Rasa is sure of it."""
        words = without_injection(text)
        if not words or self.state() != "ready":
            return None
        path = f"/model/parse?token={self._parse_token}" if self._parse_token else "/model/parse"
        seconds = min(ASIDE_SECONDS, self._timeout)
        answer = await self._ask(words, path, {"text": words}, seconds)
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

    def _known(self) -> list[_Server]:
        """The servers that there are now, with what is known of each."""
        self._servers = {
            each: self._servers.get(each) or _Server(each) for each in self._addresses()
        }
        return list(self._servers.values())

    def _in_turn(self, key: str) -> list[_Server]:
        """The servers for a key, by the highest hash: adding one moves few conversations.

        One that is hung is left out until it is tried again; one that is not there comes last,
        where trying costs nothing.
        """
        now = asyncio.get_running_loop().time()
        ranked = sorted(
            self._known(),
            key=lambda each: hashlib.sha256(f"{each.address} {key}".encode()).digest(),
            reverse=True,
        )
        due = [each for each in ranked if now >= each.tried_again_at]
        return due + [each for each in ranked if each.is_absent and each not in due]

    async def _ask(self, key: str, path: str, body: dict[str, str], seconds: float) -> Any:
        """The answer of the first server that is there; None without one."""
        deadline = asyncio.get_running_loop().time() + seconds
        for server in self._in_turn(key):
            try:
                answer = await self._post(server, path, body, deadline)
            except _Absent:
                continue
            except _Busy:
                return None
            except _NO_ANSWER as problem:
                self._answered = False
                log.warning("rasa_no_answer", problem=type(problem).__name__)
                return None
            self._answered = True
            return answer
        self._answered = False
        return None

    async def _post(self, server: _Server, path: str, body: dict[str, str], deadline: float) -> Any:
        """One answer. Raises ``_Absent``, ``_Busy``, or what is in ``_NO_ANSWER``."""
        next_try = asyncio.get_running_loop().time() + PASSED_OVER
        if server.is_hung:
            server.tried_again_at = next_try
        try:
            async with asyncio.timeout_at(deadline):
                await server.places.acquire()
        except TimeoutError:
            raise _Busy from None
        # One that waited long for its place was in Rasa for too short a time to tell anything.
        came_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self._answer_of(server.address + path, body)
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as problem:
            server.is_absent, server.tried_again_at = True, next_try
            log.warning("rasa_absent", problem=type(problem).__name__)
            raise _Absent from None
        except TimeoutError:
            if deadline - came_at > self._timeout / 2:
                self._note_timeout(server)
            raise
        finally:
            server.places.release()
        server.is_absent, server.tried_again_at, server.timeouts = False, 0.0, 0
        return answer

    async def _answer_of(self, url: str, body: dict[str, str]) -> Any:
        async with self._client().post(url, json=body, allow_redirects=False) as response:
            if response.status != 200:
                raise aiohttp.ClientError
            return await response.json(content_type=None)

    def _note_timeout(self, server: _Server) -> None:
        server.timeouts += 1
        if server.is_hung:
            server.tried_again_at = asyncio.get_running_loop().time() + PASSED_OVER
        if server.timeouts == HUNG_AFTER:
            log.error("rasa_hung", timeouts=server.timeouts)
        if server.timeouts >= RESTARTED_AFTER and self._when_hung is not None:
            self._servers.pop(server.address, None)
            self._when_hung()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit_per_host=2 * AT_ONCE, keepalive_timeout=30)
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
