"""GOV.UK Notify's API as its documentation gives it, on loopback.

Source: docs.notifications.service.gov.uk/rest-api.html.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
API_KEY = f"companion-{SERVICE}-{SECRET}"


class NotifyApi(ThreadingHTTPServer):
    """What it was asked to send, by id; ``fails`` answers everything with that code instead."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.sent: dict[str, dict[str, Any]] = {}
        self.statuses: dict[str, str] = {}
        self.fails = 0
        self.says_nonsense = False

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: NotifyApi

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._fails():
            return
        made = str(uuid4())
        self.server.sent[made] = {"path": self.path, **body}
        if self.server.says_nonsense:
            self._say(201, {"surprise": True})
        else:
            self._say(201, {"id": made, "reference": body.get("reference"), "content": {}})

    def do_GET(self) -> None:
        if self._fails():
            return
        made = self.path.rpartition("/")[2]
        self._say(200, {"id": made, "status": self.server.statuses.get(made, "sending")})

    def _fails(self) -> bool:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
        if claims["iss"] != SERVICE:
            self._say(403, {"status_code": 403, "errors": [{"error": "AuthError"}]})
            return True
        if self.server.fails:
            errors = [{"error": "Error", "message": "dawn@trust.example is not allowed"}]
            self._say(self.server.fails, {"status_code": self.server.fails, "errors": errors})
            return True
        return False

    def _say(self, code: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def notify_api() -> Iterator[NotifyApi]:
    """The API while it lasts."""
    server = NotifyApi()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
