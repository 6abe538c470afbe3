"""What the queues keep sealed: what a person wrote, and what is said to them."""

from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.adapters.records.sealing.encryption import DataKey, Place
from bot.domain.errors import BadInput, SealBroken
from bot.domain.messages import Reply

INBOX_BODY = "inbox.body"
OUTBOX_BODY = "outbox.body"

_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


def seal_said(key: DataKey, place: Place, text: str, token: str) -> bytes:
    """What a person wrote or tapped. Halves of characters become U+FFFD: nothing can keep them."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return key.seal(place, json.dumps([whole, token]).encode())


def open_said(key: DataKey, place: Place, sealed: bytes) -> tuple[str, str]:
    """Text and token. Raises ``SealBroken``."""
    text, token = json.loads(key.open(place, sealed))
    return text, token


def seal_reply(key: DataKey, place: Place, reply: Reply) -> bytes:
    """What is said to a person. Raises ``BadInput`` for what no channel can carry."""
    try:
        return key.seal(place, _REPLY.dump_json(reply, warnings="error"))
    except PydanticSerializationError:
        raise BadInput(f"{place.label} {place.row_id}") from None


def open_reply(key: DataKey, place: Place, sealed: bytes) -> Reply:
    """The reply. Raises ``SealBroken``."""
    try:
        return _REPLY.validate_json(key.open(place, sealed))
    except ValidationError:
        raise SealBroken(f"{place.label} {place.row_id}") from None
