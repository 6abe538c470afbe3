"""``report``: the engagement summary of one person, as the web shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By
from bot.domain.errors import BadInput
from bot.domain.summaries import Period, Summary
from bot.domain.summary_text import as_text, to_json

Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    person: Annotated[str, typer.Argument(help="The person's code")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day")],
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in the audit")],
    json: AsJson = False,
) -> None:
    """What a person did here in a period."""
    if last < first:
        raise BadInput("--to is before --from.")
    if not reason.strip():
        raise BadInput("Say why you are looking.")

    async def use(companion: Companion) -> Summary:
        staff = await staff_named(companion, by)
        period = Period(first.date(), last.date())
        return await companion.summaries.of(person, period=period, by=staff, reason=reason)

    summary = with_companion(use)
    if json:
        as_json(to_json(summary))
    else:
        say(as_text(summary))
