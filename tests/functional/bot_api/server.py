"""The Bot API over HTTP on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from tests.functional.bot_api.chats import Chat, Json, Person
from tests.functional.bot_api.methods import BotApi, Refusal, parsed

Result = TypeVar("Result")

TOKEN = "4242:made-up-token-for-tests-0000000000"


@dataclass(frozen=True)
class Call:
    """One request that the bot made: the method's name, what it gave, the status it got."""

    method: str
    given: Json
    status: int


@dataclass
class _Trouble:
    """What the next calls of a method meet instead of an answer."""

    method: str
    refusal: Refusal
    times: int


class BotApiServer:
    """Telegram's side, for one bot.

    ``with BotApiServer() as telegram:`` starts it on a free port; ``telegram.url`` is what
    TELEGRAM_API_URL takes and ``telegram.token`` the only token that is known. People are made by
    ``telegram.person("Asha")``. Everything here may be called from any thread.
    """

    def __init__(self, port: int = 0, token: str = TOKEN) -> None:
        self.token = token
        self.port = port
        self.calls: list[Call] = []
        self._troubles: list[_Trouble] = []
        self._own_answers: dict[str, Callable[[Json], Awaitable[object]]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None
        self._people = 0
        self.api: BotApi

    def __enter__(self) -> Self:
        self._thread.start()
        self.api = self.do(BotApi)
        self.comes_back()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.goes_down()
        self._await(self._end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def waiting(self) -> int:
        """How many updates the bot has not confirmed yet."""
        return len(self.api.updates)

    def person(self, name: str) -> Person:
        """Someone new, who has not written to the bot yet."""
        self._people += 1
        chat = self._chat(1_000_000 + self._people, "private", name)
        return Person(self, chat, chat.id)

    def group(self, name: str, kind: str = "supergroup") -> Chat:
        """A chat of several people that the bot is in: group, supergroup or channel."""
        self._people += 1
        return self._chat(-1_000_000 - self._people, kind, name)

    def resend_last_update(self) -> None:
        """Give the newest update out once more, confirmed or not."""

        def resend() -> None:
            assert self.api.last_update is not None
            self.api.given_again.append(self.api.last_update)
            self.api.wake()

        self.do(resend)

    def adds_update(self, kind: str, holds: Json) -> None:
        """Put any update in the queue, broken ones too."""
        self.do(lambda: self.api.add_update(kind, holds))

    def asks_to_wait(self, seconds: int, method: str = "sendMessage", times: int = 1) -> None:
        """Answer the next calls of a method with 429 and retry_after."""
        words = f"Too Many Requests: retry after {seconds}"
        self.refuses(method, Refusal(429, words, retry_after=seconds), times)

    def breaks(self, method: str = "sendMessage", times: int = 1) -> None:
        """Answer the next calls of a method with 502."""
        self.refuses(method, Refusal(502, "Bad Gateway"), times)

    def refuses(self, method: str, refusal: Refusal, times: int = 1) -> None:
        """Answer the next calls of a method with a refusal."""
        self._troubles.append(_Trouble(method.lower(), refusal, times))

    def answers_with(self, method: str, answer: Callable[[Json], Awaitable[object]]) -> None:
        """Let a test answer a method from now on; it may raise ``Refusal``."""
        self._own_answers[method.lower()] = answer

    def is_well(self) -> None:
        """Forget all troubles that were still to come."""
        self._troubles.clear()

    def has_webhook(self, url: str = "https://elsewhere.example/hook") -> None:
        """Someone set a webhook for this bot: polling is refused until it is deleted."""
        self.api.webhook = url

    def goes_down(self) -> None:
        """Stop listening and drop every connection."""

        async def down() -> None:
            if self._runner is not None:
                await self._runner.cleanup()
                self._runner = None

        self._await(down())

    def comes_back(self) -> None:
        """Listen again, on the same port."""

        async def up() -> None:
            app = web.Application()
            app.router.add_route("*", "/bot{token}/{method}", self._answer)
            self._runner = web.AppRunner(
                app, access_log=None, shutdown_timeout=0.05, handler_cancellation=True
            )
            await self._runner.setup()
            await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
            self.port = self._runner.addresses[0][1]

        self._await(up())

    def called(self, method: str, status: int | None = None) -> list[Call]:
        """The calls of a method so far, all or those with this status."""
        return [
            call
            for call in list(self.calls)
            if call.method == method and status in {None, call.status}
        ]

    def do(self, act: Callable[[], Result]) -> Result:
        """Run something in the server's thread, where all its state lives."""

        async def run() -> Result:
            return act()

        return self._await(run())

    def _await(self, work: Coroutine[object, object, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _end_all(self) -> None:
        """End the polls that nobody waits for any more."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _chat(self, chat_id: int, kind: str, name: str) -> Chat:
        chat = Chat(chat_id, kind, name)
        self.do(lambda: self.api.chats.__setitem__(chat_id, chat))
        return chat

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        given: Json = {}
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(404, "Not Found")
            given = await _given(request)
            self._meet_trouble(method)
            answer = (self.api.methods | self._own_answers).get(method.lower())
            if answer is None:
                raise Refusal(404, "Not Found: method not found")
            response = web.json_response({"ok": True, "result": await answer(given)})
        except Refusal as refusal:
            said = {
                "ok": False,
                "error_code": refusal.status,
                "description": refusal.description,
            }
            if refusal.parameters:
                said["parameters"] = refusal.parameters
            response = web.json_response(said, status=refusal.status)
        self.calls.append(Call(method, given, response.status))
        return response

    def _meet_trouble(self, method: str) -> None:
        for trouble in self._troubles:
            if trouble.method == method.lower():
                trouble.times -= 1
                if trouble.times == 0:
                    self._troubles.remove(trouble)
                raise trouble.refusal


async def _given(request: web.Request) -> Json:
    """A call's parameters: query string, form or JSON, as Telegram takes any of them."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        return {**given, **await request.json()}
    if request.can_read_body:
        given.update({name: str(value) for name, value in (await request.post()).items()})
    return parsed(given)
