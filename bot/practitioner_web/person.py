"""One person: what to look at first, what they did here in a period, their crisis plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.domain.opening_hours import LOCAL
from bot.domain.permissions import Action, Thing, can, must_say_why
from bot.domain.summaries import Period
from bot.domain.summary_text import RESULTS
from bot.practitioner_web.period import QUICK, read_period
from bot.practitioner_web.plan import plan_parts
from bot.practitioner_web.words import REASONS, STANDING_TAGS, STATES, task_words
from bot.services.caseloads import OWN_CASELOAD, Caseloads
from bot.services.ports import Clock
from bot.services.staff import SignedIn
from bot.services.summaries import Summaries
from bot.web.pages import Pages

NOTES = {
    "taken": "You have this concern now.",
    "closed": "The concern is closed.",
    "finished": "The task is done.",
}


@dataclass(frozen=True)
class PersonRoom:
    """The page about one person."""

    caseloads: Caseloads
    summaries: Summaries
    clock: Clock
    pages: Pages

    async def show(self, request: Request, visitor: SignedIn) -> Response:
        """The page for the period and the reason in the address."""
        note = NOTES.get(request.query_params.get("done", ""), "")
        return await self.page(
            request.path_params["code"], visitor, request.query_params, note=note
        )

    async def page(
        self,
        code: str,
        visitor: SignedIn,
        chosen: Mapping[str, str],
        *,
        status: int = 200,
        note: str = "",
        errors: Mapping[str, str] | None = None,
        typed: str = "",
    ) -> Response:
        """The page; or first the question why, about somebody on no caseload of the visitor's.

        ``chosen`` has from, to and reason; ``errors`` maps a field to what is wrong with it.
        """
        near = await self.caseloads.near(code, by=visitor.staff)
        reason = chosen.get("reason", "") if must_say_why(near) else OWN_CASELOAD
        if must_say_why(near) and reason not in REASONS:
            return self.pages.show(
                "why.jinja",
                visitor=visitor,
                code=code,
                reasons=REASONS,
                missing="reason" in chosen,
            )
        today = self.clock.now().astimezone(LOCAL).date()
        period = read_period(chosen, today)
        record = await self.caseloads.look(code, by=visitor.staff, reason=reason)
        summary = None
        if can(visitor.staff, Action.SEE, Thing.SUMMARY, *near):
            summary = await self.summaries.of(
                code, period=period.period, by=visitor.staff, reason=reason
            )
        tag_text, tag_colour = STANDING_TAGS[record.standing.standing]
        wrong = {**period.errors, **(errors or {})}
        return self.pages.show(
            "person.jinja",
            status=status,
            visitor=visitor,
            record=record,
            summary=summary,
            chosen=period,
            quick=[(words, Period.ending(today, days=days)) for days, words in QUICK],
            today=today,
            reason="" if reason == OWN_CASELOAD else reason,
            note=note,
            errors=wrong,
            typed=typed,
            plan_parts=plan_parts(record.plan.contents) if record.plan else (),
            tag_text=tag_text,
            tag_colour=tag_colour,
            states=STATES,
            results=RESULTS,
            task_words=task_words,
        )
