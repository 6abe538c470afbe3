"""``privacy``: requests about a record, the copy of it, and corrections."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.adapters.access_copies import write_copy
from bot.adapters.access_copies.encrypted import check_free
from bot.bootstrap import Companion
from bot.cli import privacy_deciding
from bot.cli.home import staff_named
from bot.cli.output import as_json, say
from bot.cli.passphrase import passphrase_for_copy
from bot.cli.people import AsJson, By
from bot.cli.rights import use
from bot.domain.access_copy import AccessCopy, Because, Item
from bot.domain.access_copy_words import day, moment
from bot.domain.people import Staff
from bot.domain.rights import RequestKind, RightsRequest
from bot.services.privacy.access import Draft
from bot.services.privacy.asking import Asked
from bot.services.privacy.rights import Rights

Code = Annotated[str, typer.Argument(help="The person's code")]
Request = Annotated[str, typer.Argument(help="The request's id")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a few words")]

app = typer.Typer(no_args_is_help=True)


def register(companion_app: typer.Typer) -> None:
    """Add the commands."""
    privacy_deciding.register(app)
    companion_app.add_typer(
        app, name="privacy", help="People's rights over their record: copy, correct, erase, hold."
    )


@app.command("ask")
def ask(
    code: Code,
    by: By,
    reason: Reason,
    kind: Annotated[RequestKind, typer.Option(help="What the person asks for")],
    json: AsJson = False,
) -> None:
    """Put a person's request forward; a named person has 30 days to decide."""
    asked = use(by, lambda rights, staff, _: rights.asking.ask(code, kind, by=staff, words=reason))
    if json:
        as_json(_about(asked))
        return
    _tell(asked)


@app.command("requests")
def requests(by: By, json: AsJson = False) -> None:
    """The requests that wait for a decision, the one due first in front."""
    found = use(by, lambda rights, staff, _: rights.asking.waiting(by=staff))
    if json:
        as_json([{**_of(request), "code": code} for request, code in found])
        return
    for request, code in found:
        say(f"{request.id}  {code}  {request.kind.value}  {request.status.value}  due "
            f"{day(request.due_at)}")  # fmt: skip
    if not found:
        say("Nothing waits.")


@app.command("export")
def export(code: Code, by: By, reason: Reason, json: AsJson = False) -> None:
    """Draft the copy of a record, for a named person to go through. No words are shown."""
    asked, draft = use(
        by, lambda rights, staff, _: rights.access.draft(code, by=staff, words=reason)
    )
    if json:
        as_json({**_about(asked), "items": len(draft.items)})
        return
    _tell(asked)
    say(f"The draft has {len(draft.items)} items. Next, by a person with the role 'privacy':")
    say(f"  companion privacy review {asked.request.id} --by USERNAME")


@app.command("review")
def review(
    request: Request,
    by: By,
    show: Annotated[str, typer.Option(help="Show this item with its words")] = "",
    json: AsJson = False,
) -> None:
    """List what a draft holds, and what has come since it was last listed; or show one item."""
    if show:
        item = use(by, lambda rights, staff, _: rights.access.show(request, show, by=staff))
        _show(item, json)
        return
    draft = use(by, lambda rights, staff, _: rights.access.review(request, by=staff))
    if json:
        as_json(_listed(draft))
        return
    new = {each.id for each in draft.new}
    for each in draft.items:
        when = moment(each.at) if each.at else "-"
        marks = [draft.withheld.get(each.id, ""), "new" if each.id in new else ""]
        say("  ".join([each.id, each.section.value, when, *filter(None, marks)]))
    say(f"{len(draft.items)} items, {len(new)} new, {len(draft.withheld)} withheld.")


@app.command("withhold")
def withhold(
    request: Request,
    item: Annotated[str, typer.Argument(help="The item's id")],
    because: Annotated[Because, typer.Option(help="What the law lets it be left out for")],
    by: By,
    json: AsJson = False,
) -> None:
    """Leave an item out of the copy."""
    _leave_out(request, item, because, by, json)


@app.command("include")
def include(
    request: Request,
    item: Annotated[str, typer.Argument(help="The item's id")],
    by: By,
    json: AsJson = False,
) -> None:
    """Put a withheld item back into the copy."""
    _leave_out(request, item, None, by, json)


@app.command("release")
def release(
    request: Request,
    to: Annotated[Path, typer.Option(help="The zip to write; it must not be there")],
    by: By,
    opinion_of: Annotated[
        str, typer.Option(help="Username of the health professional who was asked about harm")
    ] = "",
    json: AsJson = False,
) -> None:
    """Write the copy as a zip under a passphrase, for the person to be given."""
    check_free(to)
    passphrase, is_made = passphrase_for_copy()

    async def write(rights: Rights, staff: Staff, companion: Companion) -> AccessCopy:
        asked = await staff_named(companion, opinion_of) if opinion_of else None
        copy = await rights.access.prepare(request, by=staff, opinion_of=asked)
        write_copy(copy, to, passphrase)
        await rights.access.released(request, by=staff)
        return copy

    copy = use(by, write)
    made = {"passphrase": passphrase} if is_made else {}
    if json:
        as_json({"file": str(to), "items": len(copy.items), **made})
        return
    say(f"{to} holds {len(copy.items)} items, encrypted (AES-256): 7-Zip, WinZip or Keka opens it.")
    if is_made:
        say(f"Passphrase, shown once: {passphrase}")
    say("Give the passphrase by another way than the file: by telephone, or in person.")


@app.command("correct")
def correct(
    code: Code,
    field: Annotated[str, typer.Option(help="name, chosen_name, nhs_number, born or needs.NEED")],
    to: Annotated[str, typer.Option(help="The right value; empty takes it out")],
    by: By,
    reason: Reason,
    json: AsJson = False,
) -> None:
    """Put a right value in the place of a wrong one."""
    use(
        by,
        lambda rights, staff, _: rights.correcting.correct(
            code, field, to, by=staff, reason=reason
        ),
    )
    if json:
        as_json({"code": code, "corrected": field})
    else:
        say(f"Corrected: {field}. What it was before is not kept.")


@app.command("dispute")
def dispute(
    code: Code,
    words: Annotated[str, typer.Option(help="What the person says, in their own words")],
    by: By,
    concern: Annotated[str, typer.Option(help="Id of the concern that it is about")] = "",
    json: AsJson = False,
) -> None:
    """Keep what a person says is wrong beside it, for a named person to decide."""
    request = use(
        by,
        lambda rights, staff, _: rights.correcting.dispute(
            code, words, by=staff, concern_id=concern
        ),
    )
    if json:
        as_json(_of(request))
    else:
        say(f"Kept, as request {request.id}, due {day(request.due_at)}.")


def _leave_out(request: str, item: str, because: Because | None, by: str, json: bool) -> None:
    changed = use(
        by, lambda rights, staff, _: rights.access.withhold(request, item, because, by=staff)
    )
    if json:
        as_json({"withheld": dict(changed.withheld)})
    else:
        say(f"{len(changed.withheld)} items are withheld.")


def _of(request: RightsRequest) -> dict[str, object]:
    return {
        "request": request.id,
        "kind": request.kind.value,
        "status": request.status.value,
        "due": request.due_at.date().isoformat(),
    }


def _about(asked: Asked) -> dict[str, object]:
    owner = asked.owner.username if asked.owner else None
    return {**_of(asked.request), "for": owner, "has_privacy_lead": not asked.has_no_privacy_lead}


def _tell(asked: Asked) -> None:
    owner = f"{asked.owner.name} ({asked.owner.username})" if asked.owner else "nobody"
    say(f"Request {asked.request.id}, for {owner}, due {day(asked.request.due_at)}.")
    if asked.has_no_privacy_lead:
        say("Nobody here has the role 'privacy': only somebody who has can decide it.")


def _listed(draft: Draft) -> dict[str, object]:
    new = {each.id for each in draft.new}
    return {
        "request": draft.request.id,
        "items": [
            {
                "id": each.id,
                "kind": each.kind,
                "at": each.at.isoformat() if each.at else None,
                "new": each.id in new,
                "withheld": draft.withheld.get(each.id),
            }
            for each in draft.items
        ],
    }


def _show(item: Item, json: bool) -> None:
    if json:
        as_json(
            {
                "id": item.id,
                "title": item.title,
                "details": [{"label": each.label, "words": each.words} for each in item.lines],
            }
        )
        return
    say(item.title)
    for each in item.lines:
        say(f"{each.label}: {each.words}" if each.label else each.words)
