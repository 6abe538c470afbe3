"""Today: whom to look at first, and the caseload at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.opening_hours import LOCAL
from bot.practitioner_web.words import STANDING_TAGS, STATES, task_words
from bot.services.caseloads import Caseloads
from bot.services.ports import Clock
from bot.services.staff import SignedIn
from bot.web.pages import Pages


@dataclass(frozen=True)
class Today:
    """The first page after signing in."""

    caseloads: Caseloads
    clock: Clock
    pages: Pages

    async def show(self, request: Request, visitor: SignedIn) -> Response:
        """My caseload, concerns and tasks first."""
        return self.pages.show(
            "today.jinja",
            visitor=visitor,
            caseload=await self.caseloads.of(by=visitor.staff),
            now=self.clock.now(),
            today=self.clock.now().astimezone(LOCAL).date(),
            tags=STANDING_TAGS,
            states=STATES,
            task_words=task_words,
        )
