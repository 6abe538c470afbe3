"""The Bot API's methods, in the shapes that Telegram documents.

Source: https://core.telegram.org/bots/api (getUpdates, sendMessage, answerCallbackQuery,
deleteWebhook, setMyCommands, Making requests, ResponseParameters).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime

from tests.functional.bot_api.chats import Chat, Json, Message, in_seconds

LONGEST_TEXT = 4096
LONGEST_TOKEN = 64
BOT = {"id": 4242, "is_bot": True, "first_name": "Companion", "username": "companion_test_bot"}


class Refusal(Exception):
    """An answer that is not ok."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


class BotApi:
    """What Telegram holds for one bot. Lives in the server's own thread."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.updates: list[Json] = []
        self.given_again: list[Json] = []
        self.answered: list[str] = []
        self.commands: list[Json] = []
        self.webhook = ""
        self.last_update: Json | None = None
        self._next_update = 700_000_001
        self._next_message = 1
        self._queries: set[str] = set()
        self._allowed: list[str] = []
        self._poll: object = None
        self._changed = asyncio.Event()

    @property
    def methods(self) -> dict[str, Callable[[Json], Awaitable[object]]]:
        """Method name (lower case, as Telegram takes any) to what answers it."""
        return {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "sendmessage": self._send_message,
            "answercallbackquery": self._answer_callback_query,
            "deletewebhook": self._delete_webhook,
            "setmycommands": self._set_my_commands,
        }

    def numbers_updates_from(self, number: int) -> None:
        """Give the next update this number."""
        self._next_update = number

    def add_update(self, kind: str, holds: Json) -> None:
        """Put an update in the bot's queue."""
        self.last_update = {"update_id": self._next_update, kind: holds}
        self._next_update += 1
        if not self._allowed or kind in self._allowed:
            self.updates.append(self.last_update)
        self.wake()

    def add_message(
        self, chat: Chat, user: Json, holds: Json, sent_at: datetime | None = None
    ) -> Json:
        """Something written or sent in a chat; returns the Message object."""
        message = {**self._message(chat), "from": user, "date": in_seconds(sent_at), **holds}
        kind = "channel_post" if chat.kind == "channel" else "message"
        self.add_update(kind, message)
        return message

    def add_press(self, user: Json, message: Json | None, token: str) -> None:
        """A press on a button of a message."""
        query = str(10**15 + self._next_update)
        self._queries.add(query)
        holds: Json = {"id": query, "from": user, "chat_instance": "1", "data": token}
        if message is not None:
            holds["message"] = message
        self.add_update("callback_query", holds)

    def wake(self) -> None:
        """Let a waiting poll look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def _message(self, chat: Chat) -> Json:
        self._next_message += 1
        return {"message_id": self._next_message, "date": in_seconds(None), "chat": chat.as_json()}

    async def _get_me(self, _: Json) -> object:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False}

    async def _get_updates(self, given: Json) -> object:
        if self.webhook:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        offset, limit = int(given.get("offset") or 0), int(given.get("limit") or 100)
        if given.get("allowed_updates") is not None:
            self._allowed = list(given["allowed_updates"])
        self._forget(offset)
        poll = self._poll = object()
        self.wake()
        until = asyncio.get_running_loop().time() + int(given.get("timeout") or 0)
        while not self.updates and not self.given_again:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                break
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                break
            if self._poll is not poll:
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
        again, self.given_again = self.given_again, []
        return (again + self.updates)[:limit]

    def _forget(self, offset: int) -> None:
        """An offset confirms every update before it; a negative one counts from the end."""
        if offset < 0:
            self.updates = self.updates[offset:]
        else:
            self.updates = [each for each in self.updates if each["update_id"] >= offset]

    async def _send_message(self, given: Json) -> object:
        chat = self.chats.get(int(given.get("chat_id") or 0))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat.kind == "private" and not chat.started:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        text = str(given.get("text") or "").strip()
        if not text:
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise Refusal(400, "Bad Request: message is too long")
        rows = _rows(given.get("reply_markup") or {})
        message = {**self._message(chat), "from": BOT, "text": text}
        if rows:
            message["reply_markup"] = given["reply_markup"]
        chat.raw[message["message_id"]] = message
        chat.messages.append(Message(message["message_id"], text, rows))
        return message

    async def _answer_callback_query(self, given: Json) -> object:
        query = str(given.get("callback_query_id"))
        if query not in self._queries:
            raise Refusal(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        self._queries.discard(query)
        self.answered.append(query)
        return True

    async def _delete_webhook(self, given: Json) -> object:
        self.webhook = ""
        if given.get("drop_pending_updates"):
            self.updates.clear()
        return True

    async def _set_my_commands(self, given: Json) -> object:
        for command in given["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands = given["commands"]
        return True


def _rows(markup: Json) -> tuple[tuple[tuple[str, str], ...], ...]:
    """An InlineKeyboardMarkup's buttons, refused where Telegram would."""
    rows = []
    for row in markup.get("inline_keyboard") or []:
        for button in row:
            if not button.get("text"):
                raise Refusal(400, "Bad Request: can't parse inline keyboard button: no text")
            if not 1 <= len(button.get("callback_data", "").encode()) <= LONGEST_TOKEN:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        rows.append(tuple((button["text"], button["callback_data"]) for button in row))
    return tuple(rows)


def parsed(given: dict[str, str]) -> Json:
    """Parameters as Telegram takes them: whatever is structured arrives as JSON in a string."""
    structured = {"reply_markup", "allowed_updates", "commands"}
    return {
        name: json.loads(value) if name in structured and isinstance(value, str) else value
        for name, value in given.items()
    }
