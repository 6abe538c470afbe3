"""A key ring as it is written: in its file, or by the command that prints it."""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.domain.errors import KeyFileBroken

KEY_BYTES = 32
RESTORE = "Put the copy from safe keeping in its place; nothing was changed."


class Written(BaseModel):
    """The master keys by id in the order of their making, and the index key; all in base64."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    active: str
    keys: dict[str, str] = Field(repr=False)
    index: str = Field(repr=False)
    made_at: datetime

    @property
    def waiting(self) -> str:
        """The key that was made ready and is not in use yet; empty where there is none."""
        newest = list(self.keys)[-1]
        return "" if newest == self.active else newest

    @property
    def older(self) -> tuple[str, ...]:
        """The keys that were in use before the active one."""
        before = list(self.keys)
        return tuple(before[: before.index(self.active)])

    def with_key(self, now: datetime, *, in_use: bool) -> Written:
        """The ring with a fresh key more."""
        key_id = fresh_id(now)
        keys = {**self.keys, key_id: fresh_key()}
        active = key_id if in_use else self.active
        return self.model_copy(update={"keys": keys, "active": active})

    def with_older(self, keys: dict[str, str]) -> Written:
        """The ring with further keys, as ones that were in use before."""
        return self.model_copy(update={"keys": {**keys, **self.keys}})

    def without_older(self) -> Written:
        """The ring without the keys that were in use before the active one."""
        keys = {key_id: key for key_id, key in self.keys.items() if key_id not in self.older}
        return self.model_copy(update={"keys": keys})

    def as_json(self) -> str:
        """The text of its file."""
        return self.model_dump_json(indent=2) + "\n"


def fresh(now: datetime) -> Written:
    """A new ring with one key."""
    key_id = fresh_id(now)
    return Written(active=key_id, keys={key_id: fresh_key()}, index=fresh_key(), made_at=now)


def fresh_id(now: datetime) -> str:
    """An id for a key made now."""
    return f"k{now:%Y%m%d%H%M%S}{secrets.token_hex(2)}"


def fresh_key() -> str:
    """A random key."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def parse(text: bytes, source: str) -> Written:
    """A ring from its JSON. Raises ``KeyFileBroken``, which never quotes what was read."""
    if not text.strip():
        raise KeyFileBroken(f"{source}: it is empty. {RESTORE}")
    try:
        written = Written.model_validate_json(text)
    except ValidationError as error:
        is_json = all(each["type"] != "json_invalid" for each in error.errors())
        wrong = "this is no key ring" if is_json else "it is cut short or something else"
        raise KeyFileBroken(f"{source}: {wrong}. {RESTORE}") from None
    if written.active not in written.keys:
        raise KeyFileBroken(f"{source}: the key that it calls active is not in it. {RESTORE}")
    for name, key in (*written.keys.items(), ("index", written.index)):
        try:
            key_bytes(key)
        except ValueError:
            raise KeyFileBroken(f"{source}: the key {name} is damaged. {RESTORE}") from None
    return written


def key_bytes(text: str) -> bytes:
    """A key from its base64. Raises ``ValueError``."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if len(key) != KEY_BYTES:
        raise ValueError
    return key
