"""The people and chats on Telegram's side of the Bot API, and what they can do there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.functional.bot_api.server import BotApiServer

Json = dict[str, Any]

LOOK_AGAIN = 0.005
"""Seconds between two looks at a chat."""


@dataclass(frozen=True)
class Message:
    """A message from the bot, as the person sees it. ``rows`` are rows of (label, token)."""

    id: int
    text: str
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def buttons(self) -> tuple[str, ...]:
        """The labels of its buttons, top to bottom."""
        return tuple(label for row in self.rows for label, _ in row)

    def token(self, label: str) -> str:
        """What the button with this label carries."""
        return next(token for row in self.rows for shown, token in row if shown == label)


@dataclass
class Chat:
    """One chat with the bot: ``kind`` is private, group, supergroup or channel."""

    id: int
    kind: str
    name: str
    messages: list[Message] = field(default_factory=list)
    raw: dict[int, Json] = field(default_factory=dict)
    started: bool = False
    blocked: bool = False
    read: int = 0

    def as_json(self) -> Json:
        """The Bot API's Chat object."""
        named = "first_name" if self.kind == "private" else "title"
        return {"id": self.id, "type": self.kind, named: self.name}


class NothingHeard(AssertionError):
    """The bot said nothing in the time that was given."""


class Person:
    """Someone with a Telegram account. Their acts reach the bot through ``getUpdates``."""

    def __init__(self, server: BotApiServer, chat: Chat, user_id: int) -> None:
        self._server = server
        self._chat = chat
        self._user = {"id": user_id, "is_bot": False, "first_name": chat.name}
        self._said: Json | None = None

    @property
    def address(self) -> str:
        """The chat's id, as the companion keeps it."""
        return str(self._chat.id)

    @property
    def messages(self) -> list[Message]:
        """Everything that the bot has said here, oldest first."""
        return list(self._chat.messages)

    def says(self, text: str, *, sent_at: datetime | None = None) -> None:
        """Write a message."""
        self._send({"text": text}, sent_at=sent_at)

    def edits(self, text: str) -> None:
        """Change the message written last."""
        assert self._said is not None, "nothing to edit"
        changed = {**self._said, "text": text, "edit_date": int(time.time())}
        self._server.do(lambda: self._server.api.add_update("edited_message", changed))

    def sticker(self, emoji: str = "🌻") -> None:
        """Send a sticker."""
        sticker = {"type": "regular", "width": 512, "height": 512, "emoji": emoji}
        self._send({"sticker": _file(**sticker, is_animated=False, is_video=False)})

    def voice(self) -> None:
        """Send a voice note."""
        self._send({"voice": _file(duration=3)})

    def video_note(self) -> None:
        """Send a round video."""
        self._send({"video_note": _file(length=240, duration=3)})

    def photo(self, caption: str | None = None) -> None:
        """Send a photo."""
        self._send({"photo": [_file(width=90, height=90)]}, caption=caption)

    def document(self, caption: str | None = None) -> None:
        """Send a file."""
        self._send({"document": _file(file_name="letter.odt")}, caption=caption)

    def location(self) -> None:
        """Send where they are."""
        self._send({"location": {"latitude": 53.1, "longitude": -1.5}})

    def pins(self) -> None:
        """Pin a message: Telegram tells the bot in a service message."""
        self._send({"pinned_message": self._said})

    def taps(self, label: str, *, on: Message | None = None) -> None:
        """Tap a button, on the newest message that shows it unless told which."""
        shown = [on] if on else [each for each in reversed(self.messages) if label in each.buttons]
        assert shown, f"no button {label!r}; the last message has {self._last_buttons()}"
        self.presses(shown[0].token(label), on=shown[0])

    def presses(self, token: str, *, on: Message | None = None) -> None:
        """Press with any token, as someone could who writes their own client."""
        message = self._chat.raw.get(on.id) if on else None
        self._server.do(lambda: self._server.api.add_press(self._user, message, token))

    def writes_in(self, chat: Chat, text: str) -> None:
        """Write in a group that the bot is in."""
        self._server.do(lambda: self._server.api.add_message(chat, self._user, {"text": text}))

    async def hears(self, timeout: float = 5) -> Message:
        """The next message from the bot that was not heard yet."""
        for _ in self._looks(timeout):
            if (message := self._next()) is not None:
                return message
            await asyncio.sleep(LOOK_AGAIN)
        raise NothingHeard(f"{self._chat.name} heard nothing in {timeout} s")

    def hears_now(self, timeout: float = 5) -> Message:
        """``hears`` for tests that are not asynchronous."""
        for _ in self._looks(timeout):
            if (message := self._next()) is not None:
                return message
            time.sleep(LOOK_AGAIN)
        raise NothingHeard(f"{self._chat.name} heard nothing in {timeout} s")

    async def hears_all(self, *, quiet: float = 0.3, timeout: float = 5) -> list[Message]:
        """The next message and all that follow it, until the bot is quiet for that long."""
        heard = [await self.hears(timeout)]
        try:
            while True:
                heard.append(await self.hears(quiet))
        except NothingHeard:
            return heard

    async def hears_nothing(self, for_seconds: float = 0.5) -> None:
        """Fail if the bot says anything in this time."""
        try:
            message = await self.hears(for_seconds)
        except NothingHeard:
            return
        raise AssertionError(f"{self._chat.name} heard {message.text!r}")

    def blocks_bot(self) -> None:
        """Block the bot: sending to this person is refused from now on."""
        self._chat.blocked = True

    def unblocks_bot(self) -> None:
        """Let the bot write again."""
        self._chat.blocked = False

    def _send(
        self, holds: Json, *, caption: str | None = None, sent_at: datetime | None = None
    ) -> None:
        if caption is not None:
            holds["caption"] = caption
        self._chat.started = True
        self._said = self._server.do(
            lambda: self._server.api.add_message(self._chat, self._user, holds, sent_at)
        )

    def _next(self) -> Message | None:
        if self._chat.read >= len(self._chat.messages):
            return None
        self._chat.read += 1
        return self._chat.messages[self._chat.read - 1]

    def _looks(self, timeout: float) -> Iterator[None]:
        until = time.monotonic() + timeout
        yield
        while time.monotonic() < until:
            yield

    def _last_buttons(self) -> tuple[str, ...]:
        return self._chat.messages[-1].buttons if self._chat.messages else ()


def in_seconds(moment: datetime | None) -> int:
    """Unix time, as the Bot API gives dates; now unless told when."""
    return int((moment or datetime.now(UTC)).timestamp())


def _file(**more: object) -> Json:
    return {"file_id": "AgAD-made-up", "file_unique_id": "AQAD-made-up", **more}
