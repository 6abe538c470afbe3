"""Reading a backup file, once it is sure that it is whole and this key ring's."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from base64 import b64decode
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.adapters.records.backups.manifest import Manifest, parse_manifest
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.domain.errors import BackupBroken

_LONGEST_LINE = 64 * 1024 * 1024


@dataclass(frozen=True)
class StoredTable:
    """A table in a backup. ``rows`` is read before the next table is; sealed values are bytes."""

    name: str
    columns: Sequence[str]
    rows: Iterator[list[Any]]

    def without(self, column: str, values: Collection[str]) -> StoredTable:
        """The same without the rows that have one of these values: they touch no disk again."""
        place = self.columns.index(column)
        return replace(self, rows=(row for row in self.rows if row[place] not in values))


@dataclass(frozen=True)
class Backup:
    """A backup file that is whole."""

    path: Path
    manifest: Manifest

    def tables(self) -> Iterator[StoredTable]:
        """Its tables, one after the other."""
        with _reporting(self.path):
            lines = _lines(self.path)
            for line in lines:
                read = json.loads(line)
                if "manifest" in read:
                    return
                places = [read["columns"].index(each) for each in read["sealed"]]
                number = self.manifest.rows[read["table"]]
                rows = _rows(lines, number, places)
                yield StoredTable(read["table"], read["columns"], rows)
                # What the caller left unread.
                for _ in rows:
                    pass


def open_backup(path: Path, masters: MasterKeys, kind: str) -> Backup:
    """A backup file, read through once and found whole.

    Raises ``BackupBroken`` for what is none, half a one, a changed one or one of another kind;
    ``WrongKey`` for another ring's.
    """
    sha256, last = hashlib.sha256(), b""
    with _reporting(path):
        for line in _lines(path):
            sha256.update(last)
            last = line
    manifest = parse_manifest(last, masters, str(path))
    if manifest.sha256 != sha256.hexdigest():
        raise BackupBroken(f"{path}: its content was changed.")
    if manifest.kind != kind:
        raise BackupBroken(f"{path} holds the {manifest.kind}, where the {kind} was expected.")
    return Backup(path, manifest)


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        while line := file.readline(_LONGEST_LINE):
            yield line


def _rows(lines: Iterator[bytes], number: int, places: Sequence[int]) -> Iterator[list[Any]]:
    for _ in range(number):
        row: list[Any] = json.loads(next(lines))
        for place in places:
            if row[place] is not None:
                row[place] = b64decode(row[place])
        yield row


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BackupBroken(f"There is no file {path}.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise BackupBroken(f"{path} is damaged, or half a file.") from None
    except OSError as error:
        raise BackupBroken(f"{path}: {error.strerror}.") from None
