"""``safety-review``: single messages with names removed, for a named safety reviewer."""

from __future__ import annotations

import json as json_lines
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import Companion
from bot.cli.home import staff_named, with_companion
from bot.cli.output import as_json, notice, say
from bot.cli.people import AsJson, By
from bot.domain.errors import BadInput
from bot.domain.kept_lines import kept_line
from bot.domain.opening_hours import LOCAL
from bot.domain.safety_review import Reviewed, ReviewItem
from bot.services.safety_reviews import Line, Shown

review_app = typer.Typer(no_args_is_help=True)

Item = Annotated[str, typer.Argument(help="The item's id")]

WARNING = (
    "This line leaves the record and stays when the message goes. Names and numbers that are known "
    "or look like it were taken out; a place, a job or a story may still say who it is. Read it."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(
        review_app, name="safety-review", help="What the safety net said, looked at by a person."
    )


@review_app.command("list")
def waiting(by: By, json: AsJson = False) -> None:
    """What waits, the gravest first; no words."""

    async def use(companion: Companion) -> list[ReviewItem]:
        return await companion.safety_reviews.waiting(by=await staff_named(companion, by))

    found = with_companion(use)
    if json:
        as_json({"waiting": [_item(each) for each in found]})
        return
    for each in found:
        say(f"{each.id}  {_time(each.at)}  {each.tier}  ({each.stratum})")
    if not found:
        say("Nothing waits.")


@review_app.command("next")
def next_one(by: By, json: AsJson = False) -> None:
    """Show the first that waits. The look is kept, and the person can ask who looked."""

    async def use(companion: Companion) -> Shown | None:
        return await companion.safety_reviews.next(by=await staff_named(companion, by))

    shown = with_companion(use)
    if shown is None:
        as_json({"item": None}) if json else say("Nothing waits.")
        return
    _show(shown, json=json)


@review_app.command("show")
def show(
    item: Item,
    by: By,
    around: Annotated[bool, typer.Option("--around", help="Three messages either side")] = False,
    reason: Annotated[str, typer.Option(help="Why they are needed; it is kept")] = "",
    json: AsJson = False,
) -> None:
    """Show one. The look is kept, and the person can ask who looked."""

    async def use(companion: Companion) -> Shown:
        who = await staff_named(companion, by)
        return await companion.safety_reviews.show(item, by=who, around=around, reason=reason)

    _show(with_companion(use), json=json)


@review_app.command("decide")
def decide(
    item: Item,
    by: By,
    finding: Annotated[Reviewed, typer.Option(help="What you found")],
    note: Annotated[str, typer.Option(help="For whoever changes the net; names nobody")] = "",
    keep: Annotated[
        Path | None, typer.Option(help="It is safe to keep: add the line to this file of rows")
    ] = None,
    expected: Annotated[str, typer.Option(help="With --keep: crisis, check or none")] = "",
    json: AsJson = False,
) -> None:
    """Say what you found; with --keep the line, names removed, stays for the net's tests."""

    async def use(companion: Companion) -> tuple[ReviewItem, dict[str, str] | None]:
        who = await staff_named(companion, by)
        reviews = companion.safety_reviews
        if keep is None:
            return await reviews.decide(item, finding, by=who, note=note), None
        shown = await reviews.show(item, by=who)
        if shown.words is None:
            raise BadInput("The words of this message are no longer kept.")
        # What cannot be kept as a row is refused before anything is decided.
        kept_line(replace(shown.item, finding=finding), shown.words, expected)
        decided = await reviews.decide(item, finding, by=who, note=note)
        return decided, kept_line(decided, shown.words, expected)

    decided, row = with_companion(use)
    if keep is not None and row is not None:
        with keep.open("a", encoding="utf-8") as file:
            file.write(json_lines.dumps(row, ensure_ascii=False) + "\n")
        notice(WARNING)
        notice(row["text"])
    if json:
        as_json(_item(decided) | {"kept": row})
        return
    say(f"Kept: {decided.finding.value.replace('_', ' ')}.")


def _show(shown: Shown, *, json: bool) -> None:
    if json:
        lines = {"before": shown.before, "after": shown.after}
        around = {name: [_as_object(each) for each in these] for name, these in lines.items()}
        as_json(_item(shown.item) | {"words": shown.words} | around)
        return
    item = shown.item
    say(f"{item.id}  {_time(item.at)}")
    for each in shown.before:
        say(_in_words(each))
    words = "(no longer kept)" if shown.words is None else shown.words
    say(f"> {words}")
    for each in shown.after:
        say(_in_words(each))
    say(f"The net said: {item.tier}, {item.family or 'no family'}; rules: {item.rules or 'none'}")
    say(f"at characters {item.spans or 'none'}; {item.versions}; drawn as {item.stratum}")


def _item(item: ReviewItem) -> dict[str, Any]:
    """Without whose it is."""
    return {
        "id": item.id,
        "at": item.at.isoformat(),
        "tier": item.tier,
        "family": item.family,
        "rules": item.rules.split(),
        "spans": item.spans.split(),
        "versions": item.versions,
        "stratum": item.stratum,
        "status": item.status.value,
        "finding": item.finding.value,
    }


def _as_object(line: Line) -> dict[str, Any]:
    return {"at": line.at.isoformat(), "theirs": line.is_theirs, "words": line.words}


def _in_words(line: Line) -> str:
    who = "they" if line.is_theirs else "companion"
    return f"  {_time(line.at)} {who}: {line.words or '(no longer kept)'}"


def _time(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%d/%m/%Y %H.%M}"
