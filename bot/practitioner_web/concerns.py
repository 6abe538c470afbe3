"""Taking and closing concerns, and finishing tasks, from a person's page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain.errors import BadInput
from bot.practitioner_web.person import PersonRoom
from bot.services.alerts import Alerts
from bot.services.staff import SignedIn
from bot.web.doors import field_of

KEPT = ("from", "to", "reason")
"""What the page was showing goes round with its forms."""


@dataclass(frozen=True)
class Concerns:
    """What the buttons of a person's page do."""

    alerts: Alerts
    person: PersonRoom

    async def take(self, request: Request, visitor: SignedIn) -> Response:
        """Become the concern's owner, as long as it is still whose the page said."""
        form = await request.form()
        code, concern = request.path_params["code"], request.path_params["concern"]
        await self.alerts.take(
            code, concern, by=visitor.staff, seen_owner=field_of(form, "seen_owner")
        )
        return _back(code, form, "taken")

    async def close(self, request: Request, visitor: SignedIn) -> Response:
        """Close the concern with a note, or show the page again with what is wrong with it."""
        form = await request.form()
        code, concern = request.path_params["code"], request.path_params["concern"]
        note = field_of(form, "note")
        try:
            await self.alerts.close(code, concern, by=visitor.staff, note=note)
        except BadInput as error:
            return await self.person.page(
                code,
                visitor,
                _kept(form),
                status=422,
                errors={"note": str(error.args[0])},
                typed=note,
            )
        return _back(code, form, "closed")

    async def finish(self, request: Request, visitor: SignedIn) -> Response:
        """Note that a task is done."""
        form = await request.form()
        code = request.path_params["code"]
        await self.alerts.finish_task(code, request.path_params["task"], by=visitor.staff)
        return _back(code, form, "finished")


def _kept(form: FormData) -> dict[str, str]:
    return {name: value for name in KEPT if (value := field_of(form, name))}


def _back(code: str, form: FormData, done: str) -> Response:
    query = urlencode({**_kept(form), "done": done})
    return RedirectResponse(f"/people/{quote(code, safe='')}?{query}", 303)
