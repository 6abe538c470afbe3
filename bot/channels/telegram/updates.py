"""What Telegram sends, parsed once: an update becomes an act for the inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from telegram import CallbackQuery, Chat, Message, Update
from telegram.ext.filters import StatusUpdate
from telegram.request import HTTPXRequest

from bot.domain.messages import ActKind, Said

KINDS_OF_UPDATE = ("message", "edited_message", "callback_query", "channel_post")
"""The updates that the companion asks for."""

_KINDS = {
    "text": ActKind.TEXT,
    "sticker": ActKind.STICKER,
    "voice": ActKind.VOICE,
    "audio": ActKind.VOICE,
    "video_note": ActKind.VOICE,
    "photo": ActKind.PICTURE,
    "video": ActKind.PICTURE,
    "animation": ActKind.PICTURE,
}

_log = structlog.get_logger(__name__)


class UpdatesRequest(HTTPXRequest):
    """Fetches updates, with a bare one in place of any that cannot be read.

    Without it one such update would be fetched, and fail, for ever: nobody behind it would be
    heard.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Telegram's answer as a dictionary; its updates are sure to be readable."""
        answer = HTTPXRequest.parse_json_payload(payload)
        updates = answer.get("result")
        if isinstance(updates, list):
            answer["result"] = [_readable(update) for update in updates]
        return answer


def said_in(update: Update, now: datetime) -> Said | None:
    """The act in an update; None where nobody said anything (a pinned message, a moved pin).

    What is written beside a picture, a voice note or a file is the act's text. An act in a chat
    of several people is a ``GROUP`` whatever it holds. A press is dated ``now``, for Telegram
    does not date it.
    """
    provider_id = f"update:{update.update_id}"
    if update.callback_query is not None:
        return _pressed(update.callback_query, provider_id, now)
    message = update.message or update.edited_message or update.channel_post
    if message is None or StatusUpdate.ALL.check_update(update):
        return None
    text = message.text or message.caption or ""
    kind = _kind(message)
    sent_at = message.date
    if update.edited_message is not None:
        if not text:
            return None
        kind, sent_at = ActKind.EDITED, message.edit_date or now
    if message.chat.type != Chat.PRIVATE:
        kind = ActKind.GROUP
    return Said("telegram", str(message.chat.id), provider_id, kind, sent_at, text)


def _kind(message: Message) -> ActKind:
    return next((kind for name, kind in _KINDS.items() if getattr(message, name)), ActKind.OTHER)


def _pressed(query: CallbackQuery, provider_id: str, now: datetime) -> Said | None:
    if query.data is None:
        return None
    kind, address = ActKind.BUTTON, query.from_user.id
    if query.message is not None:
        address = query.message.chat.id
        if query.message.chat.type != Chat.PRIVATE:
            kind = ActKind.GROUP
    return Said("telegram", str(address), provider_id, kind, now, _label(query), query.data)


def _label(query: CallbackQuery) -> str:
    """What the button says, where Telegram still shows its message."""
    if not isinstance(query.message, Message) or query.message.reply_markup is None:
        return ""
    rows = query.message.reply_markup.inline_keyboard
    buttons = (button for row in rows for button in row)
    return next((each.text for each in buttons if each.callback_data == query.data), "")


def _readable(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(update, None)
    except Exception:
        # The fault's own words may hold the person's: only the update's number is written down.
        _log.error("telegram_update_unreadable", update=update["update_id"])
        return {"update_id": update["update_id"]}
    return update
