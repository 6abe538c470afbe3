"""Talk to a running companion by hand, as one person on a Telegram of our own.

Each line is a message. ``>2`` or ``>My plan`` taps a button of the last message. Also
``:sticker``, ``:voice``, ``:photo caption``, ``:edit new words``, ``:again`` (the last update a
second time), ``:wait 5`` (the next reply meets a 429), ``:block``, ``:unblock``, ``:down``,
``:up``, ``:quit``.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape

from tests.functional.bot_api import TOKEN, BotApiServer, Message, NothingHeard, Person


def main() -> None:
    """Start the server and read lines until the end of input."""
    parser = argparse.ArgumentParser(prog="python -m tests.functional.bot_api", description=__doc__)
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--name", default="Asha", help="the person you are")
    chosen = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    with BotApiServer(chosen.port, chosen.token) as telegram:
        person = telegram.person(chosen.name)
        console.print(f"TELEGRAM_API_URL={telegram.url}\nTELEGRAM_TOKEN={telegram.token}\n")
        threading.Thread(target=_listen, args=(person, console), daemon=True).start()
        for line in sys.stdin:
            if line.strip() == ":quit":
                break
            try:
                _act(telegram, person, line.rstrip("\n"))
            except AssertionError as wrong:
                console.print(f"[red]{escape(str(wrong))}[/red]")


def _act(telegram: BotApiServer, person: Person, line: str) -> None:
    word, _, rest = line.partition(" ")
    acts: dict[str, Callable[[], None]] = {
        ":sticker": person.sticker,
        ":voice": person.voice,
        ":photo": lambda: person.photo(rest or None),
        ":edit": lambda: person.edits(rest),
        ":again": telegram.resend_last_update,
        ":wait": lambda: telegram.asks_to_wait(int(rest or 5)),
        ":block": person.blocks_bot,
        ":unblock": person.unblocks_bot,
        ":down": telegram.goes_down,
        ":up": telegram.comes_back,
    }
    if word in acts:
        acts[word]()
    elif line.startswith(">"):
        person.taps(_label(line[1:].strip(), person.messages))
    else:
        person.says(line)


def _label(wanted: str, messages: list[Message]) -> str:
    shown = messages[-1].buttons if messages else ()
    if wanted.isdecimal() and 1 <= int(wanted) <= len(shown):
        return shown[int(wanted) - 1]
    return wanted


def _listen(person: Person, console: Console) -> None:
    while True:
        try:
            message = person.hears_now(3600)
        except NothingHeard:
            continue
        console.print(f"[bold]companion[/bold]  {escape(message.text)}")
        for number, label in enumerate(message.buttons, 1):
            console.print(f"           [cyan]>{number}[/cyan] {escape(label)}")


if __name__ == "__main__":
    main()
