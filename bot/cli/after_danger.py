"""What follows a sign of danger: ``people choices|value|reminders|review``, ``conversations``."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By, people_app
from bot.domain.after_danger import (
    AfterReview,
    RemindersPause,
    SafetyChoices,
    SafetyValue,
    TakeOver,
)
from bot.domain.opening_hours import LOCAL, date_words
from bot.services.take_overs import LASTS

conversations_app = typer.Typer(no_args_is_help=True)

_ANSWERS = {"": "not answered", "yes": "yes", "later": "later", "no": "no"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(conversations_app, name="conversations", help="Stepping into a conversation.")


@people_app.command("choices")
def choices(
    code: str,
    by: By,
    urge_from: Annotated[
        int | None, typer.Option(help="Ask about an urge (0-5) from this number on")
    ] = None,
    check_in: Annotated[
        str | None, typer.Option(help="Local time (10:00) of a message the day after; '' is none")
    ] = None,
    json: AsJson = False,
) -> None:
    """Write down what was agreed while calm; without options, show it."""

    async def use(companion: Companion) -> SafetyChoices:
        who = await staff_named(companion, by)
        if urge_from is None and check_in is None:
            return await companion.choices.of(code, by=who)
        return await companion.choices.agree(
            code, by=who, urge_from=urge_from, check_in_at=check_in
        )

    agreed = with_companion(use)
    if json:
        as_json({"urge_from": agreed.urge_from, "check_in_at": agreed.check_in_at})
        return
    say(f"{code} is asked about an urge from {agreed.urge_from} of 5 on.")
    if agreed.check_in_at:
        say(f"On the day after danger they get a message at {agreed.check_in_at}.")
    else:
        say("No message on the day after danger is agreed.")


@people_app.command("value")
def value(
    code: str,
    source: Annotated[str, typer.Option(help="diary or core10")],
    item: Annotated[str, typer.Option(help="As urge_self_harm or item_6")],
    value: Annotated[int, typer.Option(help="The number that they gave")],
    by: By,
    entry: Annotated[str, typer.Option(help="The id of the entry; once is enough")] = "",
    json: AsJson = False,
) -> None:
    """Enter a value that may be a sign of danger: it is saved, and they are asked about it."""

    async def use(companion: Companion) -> SafetyValue | None:
        return await companion.safety_values.written_down(
            code,
            source=source,
            item=item,
            value=value,
            entry=entry,
            by=await staff_named(companion, by),
        )

    saved = with_companion(use)
    if json:
        as_json({"value": saved.id if saved else None})
    else:
        say(
            "Saved. They are asked about it." if saved else "Nothing to ask: this is not kept here."
        )


@people_app.command("reminders")
def reminders(
    code: str,
    by: By,
    on: Annotated[bool, typer.Option("--on", help="Turn them back on, as they asked")] = False,
    json: AsJson = False,
) -> None:
    """Whether reminders are paused after danger. They can turn them on themselves at any time."""

    async def use(companion: Companion) -> RemindersPause | None:
        who = await staff_named(companion, by)
        if on:
            await companion.reminders.turn_on(code, by=who)
        return await companion.reminders.of(code, by=who)

    held = with_companion(use)
    if json:
        as_json({"paused_since": held.since.isoformat() if held else None})
    elif held is None:
        say(f"The reminders of {code} are on.")
    else:
        say(f"Paused since {date_words(held.since.astimezone(LOCAL).date())}.")


@people_app.command("review")
def review(
    code: str,
    by: By,
    done: Annotated[bool, typer.Option("--done", help="You have looked back together")] = False,
    json: AsJson = False,
) -> None:
    """Looking back after a crisis: what they answered to the offer, and that it was done."""

    async def use(companion: Companion) -> list[AfterReview]:
        who = await staff_named(companion, by)
        if done:
            return [await companion.after_reviews.done(code, by=who)]
        return await companion.after_reviews.of(code, by=who)

    found = with_companion(use)
    if json:
        rows = [
            {"offered_at": each.offered_at.isoformat(), "answer": each.answer.value,
             "done": each.done_at is not None}
            for each in found
        ]  # fmt: skip
        as_json({"reviews": rows})
        return
    for each in found:
        day = date_words(each.offered_at.astimezone(LOCAL).date())
        say(f"Offered on {day}: {'done' if each.done_at else _ANSWERS[each.answer.value]}.")
    if not found:
        say("Not offered so far.")


@conversations_app.command("take")
def take(
    code: str,
    by: By,
    reason: Annotated[str, typer.Option(help="Why you step in")],
    minutes: Annotated[
        int, typer.Option(help="Until it ends by itself; again makes it longer")
    ] = LASTS,
) -> None:
    """Step into a conversation. The person is told; the safety net goes on."""

    async def use(companion: Companion) -> TakeOver:
        who = await staff_named(companion, by)
        return await companion.take_overs.take(code, by=who, reason=reason, minutes=minutes)

    held = with_companion(use)
    until = f" until {held.until.astimezone(LOCAL):%H.%M}" if held.until else ""
    say(f"You are in the conversation of {code}{until}.")


@conversations_app.command("give-back")
def give_back(
    code: str, by: By, reason: Annotated[str, typer.Option(help="If there is one")] = ""
) -> None:
    """Leave a conversation. The person is told."""

    async def use(companion: Companion) -> TakeOver:
        who = await staff_named(companion, by)
        return await companion.take_overs.give_back(code, by=who, reason=reason)

    with_companion(use)
    say(f"You have left the conversation of {code}.")
