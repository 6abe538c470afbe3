"""Writing a backup file: under another name until its last line is on the disk."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from bot.adapters.records.backups.manifest import FORMAT, Manifest, ring_mark
from bot.adapters.records.on_disk import sync
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.domain.errors import AlreadyThere

PART = ".part"
"""The ending of a file that is being written."""

_LEVEL = 1
_ROWS_AT_ONCE = 500

_encode = json.JSONEncoder(separators=(",", ":")).encode


class BackupWriter:
    """Writes tables to an open file, and its manifest in the end."""

    def __init__(self, file: BinaryIO, kind: str, revision: str, made_at: datetime) -> None:
        self._file = file
        self._kind = kind
        self._revision = revision
        self._made_at = made_at
        self._sha256 = hashlib.sha256()
        self._rows: dict[str, int] = {}

    def table(
        self,
        name: str,
        columns: Sequence[str],
        sealed: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> None:
        """Add a table with its rows, whose ``sealed`` columns hold bytes."""
        self._write([{"table": name, "columns": list(columns), "sealed": list(sealed)}])
        places = [columns.index(each) for each in sealed]
        number, rows = 0, iter(rows)
        while some := [_as_text(row, places) for row in islice(rows, _ROWS_AT_ONCE)]:
            self._write(some)
            number += len(some)
        self._rows[name] = number

    def finish(self, masters: MasterKeys, **more: Any) -> Manifest:
        """Add the manifest."""
        manifest = Manifest(
            format=FORMAT,
            kind=self._kind,
            made_at=self._made_at,
            revision=self._revision,
            ring=ring_mark(masters),
            rows=self._rows,
            sha256=self._sha256.hexdigest(),
            **more,
        )
        self._file.write(manifest.signed(masters) + b"\n")
        return manifest

    def _write(self, values: Sequence[Any]) -> None:
        lines = "".join(f"{_encode(each)}\n" for each in values).encode()
        self._sha256.update(lines)
        self._file.write(lines)


def _as_text(row: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    if not places:
        return list(row)
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = b64encode(values[place]).decode("ascii")
    return values


@contextmanager
def writing(path: Path, kind: str, revision: str, made_at: datetime) -> Iterator[BackupWriter]:
    """A file, mode 0600, that has its name once all of it is on the disk; else it is removed.

    Raises ``AlreadyThere``, ``OSError``.
    """
    part = path.with_name(path.name + PART)
    if path.exists():
        raise AlreadyThere(str(path))
    raw = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        with raw:
            with gzip.GzipFile(path.name, "wb", _LEVEL, raw, mtime=0) as packed:
                yield BackupWriter(packed, kind, revision, made_at)  # type: ignore[arg-type]
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(path)
        sync(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
