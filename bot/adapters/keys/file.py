"""The key ring's file: read only when it is safe, changed only as a whole."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from bot.adapters.keys.written import RESTORE, Written, fresh, parse
from bot.domain.errors import (
    AlreadyThere,
    KeyFileBroken,
    KeyFileMissing,
    KeyFileUnsafe,
    NotAllowedNow,
    SettingsError,
    WrongKey,
)

_OTHERS = 0o077

Signature = tuple[int, ...]
"""What changes whenever another file is put in a file's place."""


class KeyFile:
    """The file at a path. ``signature`` is that of what was read last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.signature: Signature = ()

    def read(self) -> Written:
        """The ring. Raises ``KeyFileMissing``, ``KeyFileUnsafe``, ``KeyFileBroken``."""
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                self.signature = _signature(status)
                mode = stat.S_IMODE(status.st_mode)
                if mode & _OTHERS:
                    raise KeyFileUnsafe(
                        f"{self.path} has the mode {mode:04o}: chmod 600 {self.path}"
                    )
                text = file.read()
        except FileNotFoundError:
            raise KeyFileMissing(
                f"{self.path} is not there. A database that is there already opens with its own "
                "ring alone: put that one back, and make none."
            ) from None
        except OSError as error:
            raise KeyFileBroken(f"{self.path}: {error.strerror}. {RESTORE}") from None
        return parse(text, str(self.path))

    def has_changed(self) -> bool:
        """Whether there is another file by now than the one that was read last."""
        try:
            return _signature(self.path.stat()) != self.signature
        except OSError:
            return False

    def create(self, now: datetime) -> None:
        """Write a ring with fresh keys. Raises ``AlreadyThere``: no ring is ever written over."""
        self._put(self.path, fresh(now), replace=False)

    def waiting(self) -> str:
        """The key that was made ready and is not in use yet; empty where there is none."""
        return self.read().waiting

    def older(self) -> tuple[str, ...]:
        """The keys that were in use before the active one."""
        return self.read().older

    def prepare(self, now: datetime) -> str:
        """Add a fresh key that is not in use yet, unless one waits already; its id."""
        written = self.read()
        if not written.waiting:
            written = written.with_key(now, in_use=False)
            self._put(self.path, written, replace=True)
        return written.waiting

    def renew(self, now: datetime) -> str:
        """Put the key that waits in use, or else a fresh one; its id."""
        written = self.read()
        if written.waiting:
            written = written.model_copy(update={"active": written.waiting})
        else:
            written = written.with_key(now, in_use=True)
        self._put(self.path, written, replace=True)
        return written.active

    def retire(self, now: datetime) -> Path:
        """Take the keys out that were in use before; the whole ring as it was is kept here."""
        written = self.read()
        kept = self.path.with_name(f"{self.path.name}.retired-{now:%Y%m%dT%H%M%S}")
        self._put(kept, written, replace=False)
        self._put(self.path, written.without_older(), replace=True)
        return kept

    def retired(self) -> list[Path]:
        """Rings as they were before keys were retired from them, that lie here still."""
        return sorted(self.path.parent.glob(f"{self.path.name}.retired-*"))

    def take_from(self, copy: KeyFile) -> tuple[str, ...]:
        """Bring in the keys that another copy has and this one lacks; their ids.

        Raises ``WrongKey`` for another database's ring. The active key stays active.
        """
        written, other = self.read(), copy.read()
        if other.index != written.index:
            raise WrongKey(f"{copy.path} is no copy of {self.path}. Nothing was changed.")
        missing = {key_id: key for key_id, key in other.keys.items() if key_id not in written.keys}
        if missing:
            self._put(self.path, written.with_older(missing), replace=True)
        return tuple(missing)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else changes the ring meanwhile. Raises ``NotAllowedNow``, ``KeyFileMissing``."""
        try:
            folder = os.open(self.path.resolve().parent, os.O_RDONLY)
        except OSError:
            raise KeyFileMissing(f"{self.path} is not there.") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in self.path.resolve().parent.glob(f".{self.path.resolve().name}.*.new"):
                left.unlink(missing_ok=True)
            yield
        except BlockingIOError:
            raise NotAllowedNow("Another 'companion keys' command is at work on it.") from None
        finally:
            os.close(folder)

    def _put(self, path: Path, written: Written, *, replace: bool) -> None:
        """The ring as a whole, or nothing, whenever the power goes."""
        target = path.resolve()
        beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                if replace:
                    _keep_owner(file.fileno(), target)
                file.write(written.as_json())
                file.flush()
                os.fsync(file.fileno())
            if replace:
                beside.rename(target)
            else:
                os.link(beside, target)
        except FileExistsError:
            raise AlreadyThere(str(path)) from None
        except OSError as error:
            raise SettingsError(
                f"{path} cannot be written: {error.strerror}. Nothing was changed."
            ) from None
        finally:
            with suppress(OSError):
                beside.unlink()
        _sync_folder(target.parent)


def _keep_owner(handle: int, before: Path) -> None:
    """A ring that the administrator renews stays its program's to read."""
    owner, ours = before.stat(), os.fstat(handle)
    if (owner.st_uid, owner.st_gid) != (ours.st_uid, ours.st_gid):
        os.fchown(handle, owner.st_uid, owner.st_gid)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _signature(status: os.stat_result) -> Signature:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
