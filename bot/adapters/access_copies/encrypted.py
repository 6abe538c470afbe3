"""Writing a copy as an encrypted zip: put together in memory, never on disk in the clear."""

from __future__ import annotations

import io
import os
import secrets
from contextlib import suppress
from pathlib import Path

import pyzipper  # type: ignore[import-untyped]

from bot.adapters.access_copies.page import PAGE_NAME, page
from bot.adapters.access_copies.programs import JSON_NAME, for_programs
from bot.domain.access_copy import AccessCopy
from bot.domain.errors import AlreadyThere, BadInput

SHORTEST_PASSPHRASE = 12
_AES_BITS = 256
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike when read from paper."""

_GROUPS, _GROUP_LETTERS = 5, 4


def new_passphrase() -> str:
    """A passphrase that can be read aloud and typed: five groups of four, some 99 bits.

    The format derives its key by a thousand rounds only (WinZip's AE-2), so it has to be long.
    """
    groups = (
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def check_passphrase(passphrase: str) -> None:
    """Raise ``BadInput`` for one that is too short."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadInput(f"The passphrase has at least {SHORTEST_PASSPHRASE} characters.")


def check_free(path: Path) -> None:
    """Raise ``AlreadyThere`` where a file stands, ``BadInput`` where none can."""
    if path.exists():
        raise AlreadyThere(f"{path} is there: it is not overwritten.")
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}.")


def write_copy(copy: AccessCopy, path: Path, passphrase: str) -> None:
    """Write the zip, for its owner alone to read, synced to disk.

    A file that could not be written whole is removed. Raises ``AlreadyThere``, ``BadInput``.
    """
    check_passphrase(passphrase)
    check_free(path)
    sealed = _zipped(copy, passphrase)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise AlreadyThere(f"{path} is there: it is not overwritten.") from None
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise BadInput(f"{path}: {error.strerror}.") from None


def _zipped(copy: AccessCopy, passphrase: str) -> bytes:
    held = io.BytesIO()
    with pyzipper.AESZipFile(
        held, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=_AES_BITS)
        archive.writestr(PAGE_NAME, page(copy).encode())
        archive.writestr(JSON_NAME, for_programs(copy).encode())
    return held.getvalue()
