"""A conversation in the terminal, for people and for programs."""

from __future__ import annotations

import asyncio
import sys

from bot.bootstrap import Companion
from bot.channels.terminal import Exchange, Terminal
from bot.cli.output import as_json, console, say
from bot.domain.errors import NotPermitted
from bot.domain.messages import Reply
from bot.domain.people import Person
from bot.services.nearness import find_person
from bot.services.unkept import Unkept

MAY_TAKE = 60.0


async def speaker(companion: Companion, as_person: str | None) -> Person | None:
    """Whom a terminal may speak as: a made-up person, else a stranger.

    Raises ``NotPermitted`` outside a demonstration, ``NotFound`` for an unknown code.
    """
    if as_person is None:
        return None
    if not await companion.is_demo():
        raise NotPermitted("Speaking as somebody works in a demonstration only.")
    return await find_person(companion.record, as_person)


async def terminal_of(
    companion: Companion, as_person: str | None, unkept: Unkept | None = None
) -> Terminal:
    """A terminal for a stranger, or for a made-up person. Raises ``NotPermitted``, ``NotFound``."""
    terminal = Terminal(companion.record, companion.record, companion.clock, companion.ids, unkept)
    person = await speaker(companion, as_person)
    if person is not None:
        await terminal.speak_as(person)
    return terminal


async def converse(
    companion: Companion,
    as_person: str | None,
    *,
    json: bool = False,
    unkept: Unkept | None = None,
) -> None:
    """Read lines until they end; answer each. ``unkept``: the one of the worker in this process."""
    unkept = unkept or Unkept(companion.content_source, companion.net, companion.clock)
    terminal = await terminal_of(companion, as_person, unkept)
    at_terminal = sys.stdin.isatty() and not json
    listening = asyncio.create_task(_listen(terminal)) if at_terminal else None
    try:
        while True:
            if at_terminal:
                console.print("[bold]you:[/bold] ", end="")
            raw = await asyncio.to_thread(sys.stdin.buffer.readline)
            if not raw:
                return
            line = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
            exchange = await terminal.say(line, seconds=MAY_TAKE)
            if json:
                as_json(_as_object(exchange))
            else:
                for reply in exchange.replies:
                    _show(reply)
    finally:
        if listening is not None:
            listening.cancel()


async def _listen(terminal: Terminal) -> None:
    """Show what comes unasked, as when a timer has run out."""
    while True:
        await asyncio.sleep(0.5)
        for reply in await terminal.heard():
            say("")
            _show(reply)


def _show(reply: Reply) -> None:
    say(reply.text)
    if reply.buttons:
        console.print("  ".join(f"\\[{each.label}]" for each in reply.buttons), style="cyan")
    say("")


def _as_object(exchange: Exchange) -> dict[str, object]:
    return {
        "in": exchange.line.encode("utf-8", "replace").decode(),
        "out": [
            {"text": each.text, "buttons": [button.label for button in each.buttons]}
            for each in exchange.replies
        ],
        "answered_by": exchange.answered_by,
        "tier": exchange.tier,
        "ms": exchange.ms,
    }
