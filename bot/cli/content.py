"""``content``: what is signed, and signing it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import Companion
from bot.cli.home import settings_in_force, staff_named, with_companion
from bot.cli.output import as_json, say
from bot.cli.people import AsJson, By
from bot.domain.content import ContentItem
from bot.domain.errors import BadInput

content_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(content_app, name="content", help="Content: check it, sign it.")


@content_app.command("check")
def check() -> None:
    """Read all content as the companion would; says what is wrong, and where."""
    from bot.adapters.content_files import load_content
    from bot.adapters.rule_files import load_rules

    folder = settings_in_force().companion_content
    content = load_content(folder)
    load_rules(folder / "safety" / "rules")
    say(f"{len(content.items)} files, {len(content.skills)} skills: all can be used.")


@content_app.command("list")
def list_items(json: AsJson = False) -> None:
    """Every file and whether its present words are signed."""

    async def use(companion: Companion) -> tuple[tuple[ContentItem, ...], list[ContentItem]]:
        return companion.content.items, await companion.sign_offs.waiting()

    items, waiting = with_companion(use)
    unsigned = {each.path for each in waiting}
    if json:
        as_json(
            [
                {
                    "path": each.path,
                    "group": each.group,
                    "signed": each.path not in unsigned,
                    "needed_live": each.needed_live,
                }
                for each in items
            ]
        )
        return
    for each in items:
        state = "not signed" if each.path in unsigned else "signed"
        needed = ", live mode needs it" if each.needed_live else ""
        say(f"{each.path}: {state}{needed}")


@content_app.command("sign")
def sign(
    by: By,
    paths: Annotated[list[str] | None, typer.Argument(help="Files, as 'list' names them")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that is not signed")] = False,
    json: AsJson = False,
) -> None:
    """Record that ``--by`` has reviewed this content as it is now."""
    if bool(paths) == every:
        raise BadInput("Name the files, or give --all.")

    async def use(companion: Companion) -> list[ContentItem]:
        reviewer = await staff_named(companion, by)
        return await companion.sign_offs.sign(by=reviewer, paths=None if every else paths)

    signed = with_companion(use)
    if json:
        as_json({"signed": [each.path for each in signed]})
        return
    for each in signed:
        say(f"Signed: {each.path}")
    if not signed:
        say("Everything named was signed already.")
