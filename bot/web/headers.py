"""Which hosts are answered, and the headers that go with every answer."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.place import Place

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would turn the Origin of our own forms into "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


class SecureHeaders:
    """Adds the headers to every answer. A page that says nothing of caching is never stored."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if place.behind_https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, dressed)


class KnownHost:
    """Refuses requests for a host that is not this web's, so that no other site's name leads in."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app = app
        self._hosts = LOOPBACK_HOSTS | {place.host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request for this host on; answer 400 to any other."""
        if scope["type"] == "http":
            host = Headers(scope=scope).get("host", "").lower()
            name, _, port = host.rpartition(":")
            if (name if port.isdecimal() else host) not in self._hosts:
                await PlainTextResponse("This is not the address.", 400)(scope, receive, send)
                return
        await self._app(scope, receive, send)
