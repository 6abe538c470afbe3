"""The key ring: master keys that wrap each person's data key, and the key of all digests.

It lives in a file outside the database, or is printed by a command. Its keys never leave it:
others ask it to wrap, unwrap, digest and sign.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import shlex
import subprocess
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.errors import (
    AlreadyThere,
    KeyFileBroken,
    KeyFileMissing,
    KeyFileUnsafe,
    SealBroken,
    WrongKey,
)

KEY_BYTES = 32
_NONCE_BYTES = 12
_OTHERS = 0o077
_COMMAND_SECONDS = 30


class _Written(BaseModel):
    """The key ring as its file has it; keys in base64."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    active: str
    keys: dict[str, str]
    index: str
    made_at: datetime


class KeyRing:
    """Master keys by id, the active one among them, and the index key. Its ``repr`` is masked."""

    def __init__(self, active: str, keys: Mapping[str, bytes], index: bytes) -> None:
        self.active = active
        self._masters = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._derived = lru_cache(maxsize=64)(lambda purpose: _derive(index, purpose))

    def __repr__(self) -> str:
        return f"KeyRing(active={self.active!r}, keys=…)"

    @classmethod
    def create(cls, path: Path, made_at: datetime) -> KeyRing:
        """Make a ring with fresh keys and write its file, mode 0600, synced to disk.

        Raises ``AlreadyThere`` where the file exists: it is never written over.
        """
        key_id = f"k{made_at:%Y%m%d%H%M%S}{secrets.token_hex(2)}"
        written = _Written(
            active=key_id,
            keys={key_id: _as_text(secrets.token_bytes(KEY_BYTES))},
            index=_as_text(secrets.token_bytes(KEY_BYTES)),
            made_at=made_at,
        )
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise AlreadyThere(str(path)) from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(written.model_dump_json(indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """The ring of a file. Raises ``KeyFileMissing``, ``KeyFileUnsafe``, ``KeyFileBroken``."""
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & _OTHERS:
                    raise KeyFileUnsafe(str(path))
                text = file.read()
        except FileNotFoundError:
            raise KeyFileMissing(str(path)) from None
        except OSError as error:
            raise KeyFileBroken(f"{path}: {error.strerror}") from None
        return cls.from_json(text, str(path))

    @classmethod
    def from_command(cls, command: str) -> KeyRing:
        """The ring that a command prints, as a key store's own program does.

        Raises ``KeyFileMissing`` when the command fails, ``KeyFileBroken`` for what is no ring.
        """
        try:
            printed = subprocess.run(  # noqa: S603 - the operator's own setting
                shlex.split(command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_COMMAND_SECONDS,
                check=True,
            ).stdout
        except subprocess.CalledProcessError as error:
            raise KeyFileMissing(f"The key command ended with {error.returncode}.") from None
        except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
            raise KeyFileMissing(f"The key command: {type(error).__name__}.") from None
        return cls.from_json(printed, "the key command")

    @classmethod
    def from_json(cls, text: bytes, source: str) -> KeyRing:
        """The ring as JSON: active, keys by id, index (base64 of 32 bytes each), made_at."""
        try:
            written = _Written.model_validate_json(text)
            keys = {key_id: _as_key(each) for key_id, each in written.keys.items()}
            index = _as_key(written.index)
        except (ValidationError, ValueError):
            # What the file holds is in these errors' texts: it goes no further.
            raise KeyFileBroken(source) from None
        if written.active not in keys:
            raise KeyFileBroken(source)
        return cls(written.active, keys, index)

    def knows(self, key_id: str) -> bool:
        """Whether there is a master key of this id."""
        return key_id in self._masters

    def wrap(self, subject: str, data_key: bytes) -> tuple[str, bytes]:
        """A data key under the active master key: (its id, nonce and ciphertext)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._masters[self.active].encrypt(nonce, data_key, _bound(subject, self.active))
        return self.active, nonce + sealed

    def unwrap(self, subject: str, key_id: str, wrapped: bytes) -> bytes:
        """The data key. Raises ``WrongKey`` for an unknown id, ``SealBroken`` for another's key."""
        master = self._masters.get(key_id)
        if master is None:
            raise WrongKey(key_id)
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return master.decrypt(nonce, sealed, _bound(subject, key_id))
        except (InvalidTag, ValueError):
            raise SealBroken(f"data key of {subject}") from None

    def digest(self, purpose: str, value: str) -> str:
        """HMAC-SHA-256 (hex) of a value, under a key of this purpose alone."""
        body = value.encode("utf-8", "surrogatepass")
        return hmac.digest(self._derived(purpose), body, hashlib.sha256).hex()

    def sign(self, purpose: str, value: bytes, length: int = 8) -> bytes:
        """The first ``length`` bytes (at most 32) of an HMAC-SHA-256."""
        return hmac.digest(self._derived(f"sign {purpose}"), value, hashlib.sha256)[:length]


def _derive(index: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"companion {purpose}".encode()).derive(index)


def _bound(subject: str, key_id: str) -> bytes:
    return json.dumps([subject, key_id]).encode()


def _as_text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _as_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if len(key) != KEY_BYTES:
        raise ValueError
    return key
