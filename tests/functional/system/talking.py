"""A person in conversation with a served companion, on Telegram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.functional.bot_api import BotApiServer, Message, Person
from tests.functional.system.serving import Serving

SKIPS = ("Skip", "Not sure", "Go on")


@dataclass(frozen=True)
class Heard:
    """What the bot said to one act, and what the record keeps of how it was answered."""

    messages: tuple[Message, ...]
    answered_by: str
    tier: str

    @property
    def text(self) -> str:
        """The words of all messages."""
        return "\n\n".join(each.text for each in self.messages)

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels of all buttons."""
        return tuple(label for each in self.messages for label in each.buttons)


class Talking:
    """One person. Every act is followed until it is answered and the answer is delivered."""

    def __init__(self, name: str, telegram: BotApiServer, serving: Serving) -> None:
        self.person: Person = telegram.person(name)
        self.serving = serving
        self.last = Heard((), "", "")

    def says(self, text: str) -> Heard:
        """Write a message."""
        return self.does(lambda: self.person.says(text))

    def taps(self, label: str, *, on: Message | None = None) -> Heard:
        """Tap a button."""
        return self.does(lambda: self.person.taps(label, on=on))

    def does(self, act: Callable[[], None]) -> Heard:
        """Do something, and hear all that comes back."""
        record = self.serving.record
        mark, heard = record.mark(), len(self.person.messages)
        act()
        self.serving.until_answered(1, since=mark)
        row = record.rows(mark)[-1]
        self.last = Heard(tuple(self.person.messages[heard:]), row.answered_by, row.tier)
        return self.last

    def joins(self, code: str, **answers: str) -> Heard:
        """Join with a one-time code: answers by what a question speaks of, the rest skipped."""
        self.says(f"/start {code}")
        heard = self.taps("Join")
        for _ in range(20):
            if "My plan" in heard.buttons:
                return heard
            chosen = [label for words, label in answers.items() if words in heard.text]
            labels = [*chosen, *SKIPS]
            heard = self.taps(next(each for each in labels if each in heard.buttons))
        raise AssertionError("joining does not end")
