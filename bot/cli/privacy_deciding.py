"""``privacy``: what a named person decides alone: refusing, erasing, holds, what is kept."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By
from bot.cli.rights import use
from bot.domain.access_copy_words import day
from bot.domain.errors import BadInput
from bot.services.privacy.retaining import Applied, Report

Because = Annotated[str, typer.Option("--because", help="The reason that you answer for")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (refuse, erase, hold, lift, retention):
        app.command()(command)


def refuse(
    request: Annotated[str, typer.Argument(help="The request's id")],
    by: By,
    because: Because,
    json: AsJson = False,
) -> None:
    """Close a request that is not met, with the reason that the person is given."""
    use(by, lambda rights, staff, _: rights.asking.refuse(request, by=staff, because=because))
    if json:
        as_json({"request": request, "status": "refused"})
    else:
        say("Refused. Tell the person why, and that they can complain to the ICO.")


def erase(
    request: Annotated[str, typer.Argument(help="The erasure request's id")],
    by: By,
    because: Because,
    despite_retention: Annotated[
        str, typer.Option(help="Why, although a health record has to be kept")
    ] = "",
    json: AsJson = False,
) -> None:
    """Erase the record of whoever asked for it. There is no way back."""
    erasure = use(
        by,
        lambda rights, staff, _: rights.erasing.erase(
            request, by=staff, because=because, despite_retention=despite_retention
        ),
    )
    if json:
        as_json({"erasure": erasure.id, "at": erasure.at.isoformat()})
        return
    say(f"Erased: {erasure.id}. Tell the person yourself: the companion cannot reach them now.")
    say("Not erased: copies that were given out, Telegram's own, the reasons that you gave.")


def hold(
    code: Annotated[str, typer.Argument(help="The person's code")],
    by: By,
    because: Because,
    json: AsJson = False,
) -> None:
    """Put a legal hold on a record: nothing of it is erased or shortened."""
    placed = use(by, lambda rights, staff, _: rights.holds.place(code, by=staff, because=because))
    if json:
        as_json({"code": code, "hold": placed.id})
    else:
        say("The hold stands until 'companion privacy lift'.")


def lift(
    code: Annotated[str, typer.Argument(help="The person's code")],
    by: By,
    json: AsJson = False,
) -> None:
    """Lift the legal hold on a record."""
    lifted = use(by, lambda rights, staff, _: rights.holds.lift(code, by=staff))
    if json:
        as_json({"code": code, "hold": lifted.id})
    else:
        say("Lifted.")


def retention(
    by: By,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is due")] = False,
    apply: Annotated[
        str, typer.Option(help="The mark that the dry run printed: do what it said")
    ] = "",
    json: AsJson = False,
) -> None:
    """What has been kept long enough: say it, or let it go."""
    if dry_run == bool(apply):
        raise BadInput("Either --dry-run or --apply MARK.")
    if apply:
        _applied(use(by, lambda rights, staff, _: rights.retention.apply(apply, by=staff)), json)
    else:
        _reported(use(by, lambda rights, staff, _: rights.retention.report(by=staff)), json)


def _applied(applied: Applied, json: bool) -> None:
    done = vars(applied.messages)
    if json:
        as_json({"messages": done, "erased": list(applied.erased)})
        return
    say(f"Messages: {done['written']} from people and {done['answers']} answers have no words now.")
    say(f"Records erased: {', '.join(applied.erased) or 'none'}.")


def _reported(report: Report, json: bool) -> None:
    if json:
        as_json(
            {
                "mark": report.mark,
                "messages": {team: vars(each) for team, each in report.messages.items()},
                "records": [_due(each) for each in report.records],
                "held": [_due(each) for each in report.held],
            }
        )
        return
    for team, each in report.messages.items():
        say(f"{team}: {each.written} messages and {each.answers} answers lose their words.")
    for record in report.records:
        say(f"{record.code}: {record.state.value}, kept until {day(record.due_at)}: is erased.")
    for record in report.held:
        say(f"{record.code}: due since {day(record.due_at)}, kept by a hold or an open concern.")
    say(f"Nothing was done. To do it: --apply {report.mark}")


def _due(each: Any) -> dict[str, str]:
    return {
        "code": each.code,
        "team": each.team,
        "state": each.state.value,
        "due": each.due_at.date().isoformat(),
    }
