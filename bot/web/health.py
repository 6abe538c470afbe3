"""Whether the program lives and is ready; details and metrics on loopback only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web.doors import PublicDoor

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True)
class Readiness:
    """Whether requests can be answered, and details for the operator. Degraded is still ready."""

    ready: bool
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """The three routes of operation."""

    readiness: Callable[[], Awaitable[Readiness]]
    metrics: CollectorRegistry

    def doors(self) -> list[PublicDoor]:
        """Their doors."""
        return [
            PublicDoor("/health/live", "GET", self.live),
            PublicDoor("/health/ready", "GET", self.ready),
            PublicDoor("/metrics", "GET", self.show_metrics),
        ]

    async def live(self, request: Request) -> Response:
        """The program answers."""
        return JSONResponse({"live": True})

    async def ready(self, request: Request) -> Response:
        """200 or 503; with details for those on this machine."""
        state = await self.readiness()
        details = dict(state.details) if is_local(request) else {}
        return JSONResponse({"ready": state.ready, **details}, 200 if state.ready else 503)

    async def show_metrics(self, request: Request) -> Response:
        """Prometheus's text, for those on this machine; 404 to the rest.

        The numbers among the details are gauges, ``companion_NAME``.
        """
        if not is_local(request):
            raise HTTPException(404)
        details = (await self.readiness()).details
        text = (
            generate_latest(self.metrics)
            + "".join(
                f"# TYPE companion_{name} gauge\ncompanion_{name} {value}\n"
                for name, value in details.items()
                if isinstance(value, int | float)
            ).encode()
        )
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def is_local(request: Request) -> bool:
    """Whether a request comes from this machine itself, and through no proxy on it."""
    forwarded = {"forwarded", "x-forwarded-for", "x-forwarded-host"} & set(request.headers)
    return not forwarded and request.client is not None and request.client.host in LOOPBACK
