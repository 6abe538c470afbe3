"""A server for RASA_URL: it hands on to a real Rasa, holds an answer back, or misbehaves."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. ``taken`` is set once whoever asked has read it to its end."""

    body: bytes
    status: int = 200
    kind: str = JSON
    taken: threading.Event | None = None


Behaviour = Callable[[bytes], Answer]


@dataclass
class Held:
    """One message on its way. ``reached`` is set when it is here; it goes on after ``go``."""

    words: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    taken: threading.Event = field(default_factory=threading.Event)
    _go: threading.Event = field(default_factory=threading.Event)

    def wait_for_go(self) -> None:
        """Hold until ``go``; at most a minute, so that no test hangs."""
        self.reached.set()
        self._go.wait(60)

    def until_reached(self) -> None:
        """Wait until the message is here."""
        assert self.reached.wait(30), f"{self.words!r} did not come"

    def go(self) -> None:
        """Let it go on."""
        self._go.set()

    def until_taken(self) -> None:
        """Wait until the companion has the answer in its hands."""
        assert self.taken.wait(30), f"nobody took the answer to {self.words!r}"


class RasaBetween:
    """``with RasaBetween() as rasa:`` listens on loopback; ``rasa.behaves`` says how it answers."""

    def __init__(self) -> None:
        self.behaves: Behaviour = says([])
        self.asked: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """What RASA_URL takes."""
        return f"http://127.0.0.1:{self._server.server_port}"


def says(answer: object, *, status: int = 200) -> Behaviour:
    """Always this, as JSON."""
    return lambda _: Answer(json.dumps(answer).encode(), status)


def says_bytes(body: bytes, kind: str = JSON) -> Behaviour:
    """Always these bytes."""
    return lambda _: Answer(body, kind=kind)


def late(seconds: float, then: Behaviour) -> Behaviour:
    """The same, but later."""

    def behave(body: bytes) -> Answer:
        time.sleep(seconds)
        return then(body)

    return behave


def hangs_up(_: bytes) -> Answer:
    """No answer at all."""
    raise ConnectionAbortedError


def hands_on(port: int) -> Behaviour:
    """What the real Rasa on that port answers."""

    def behave(body: bytes) -> Answer:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("POST", "/webhooks/rest/webhook", body, {"Content-Type": JSON})
            answer = connection.getresponse()
            return Answer(answer.read(), answer.status)
        except (OSError, HTTPException):
            return Answer(b"", 502)
        finally:
            connection.close()

    return behave


def holding_question(held: Held, then: Behaviour) -> Behaviour:
    """Hold ``held.words`` before Rasa hears of them; everything else goes on."""

    def behave(body: bytes) -> Answer:
        if message_in(body) == held.words:
            held.wait_for_go()
        return then(body)

    return behave


def holding_answer(held: Held, then: Behaviour) -> Behaviour:
    """Let Rasa answer ``held.words``, and hold the answer; everything else goes on."""

    def behave(body: bytes) -> Answer:
        answer = then(body)
        if message_in(body) == held.words:
            held.wait_for_go()
            return replace(answer, taken=held.taken)
        return answer

    return behave


def message_in(body: bytes) -> str:
    """What Rasa is asked to understand."""
    return str(json.loads(body).get("message", ""))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """The companion may be killed while it waits for an answer: that is no error here."""


def _handler(between: RasaBetween) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            between.asked.append(message_in(body))
            answer = between.behaves(body)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.taken:
                # Whoever reads this answer to its end then closes the connection.
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer.body)
            self.wfile.flush()
            if answer.taken and not self.rfile.read(1):
                answer.taken.set()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    return Handler
