"""The ledger of erasures: a file outside the database, one signed line for each person erased.

The line is on disk before the database forgets the person. So an erasure that was cut short is
completed at the next start, and a backup from before it, once restored, forgets them again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bot.adapters.records.mapping import from_micros, to_micros
from bot.adapters.records.on_disk import sync
from bot.adapters.records.sealing.encryption import MasterKeys
from bot.domain.messages import SubjectId
from bot.domain.rights import Erasure, ErasureKind

LEDGER_FILE = "erasures.log"
"""Its name in the home."""

_PURPOSE = "erasure"
_SIGNATURE_BYTES = 32


def append_erasure(path: Path, erasure: Erasure, masters: MasterKeys) -> None:
    """Add a line, synced to disk. To be done before the database's transaction, never after.

    A line that an earlier kill left half-written is ended first, so that it spoils itself alone.
    Raises ``OSError``: then nothing may be erased.
    """
    _append(path, [_line(erasure, masters)])


def read_ledger(path: Path, masters: MasterKeys) -> tuple[list[Erasure], list[int]]:
    """The erasures, in order, and the numbers (from 1) of lines that are none of this ring's.

    One that was begun twice counts once. A line written by half is among the broken ones. Raises
    ``FileNotFoundError``.
    """
    erasures: dict[str, Erasure] = {}
    broken: list[int] = []
    for number, line in enumerate(_lines(path), start=1):
        erasure = _parse(line, masters)
        if erasure is None:
            broken.append(number)
        else:
            erasures[erasure.id] = erasure
    return list(erasures.values()), broken


def carry_over(source: Path, target: Path) -> None:
    """Add to a ledger the lines that only another copy of it has. Neither needs to be there.

    An empty one is made where nobody was erased, so that it can be told from a lost one.
    """
    known = set(_lines(target)) if target.exists() else set()
    _append(
        target, [line for line in _lines(source) if line not in known] if source.exists() else []
    )


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            yield line.rstrip("\n")


def _append(path: Path, lines: Sequence[str]) -> None:
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "rb+", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        is_half = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
        text = ("\n" if is_half and lines else "") + "".join(f"{line}\n" for line in lines)
        left = memoryview(text.encode("ascii", "replace"))
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    if is_new:
        sync(path.parent)


def _line(erasure: Erasure, masters: MasterKeys) -> str:
    return json.dumps([*_fields(erasure), _signature(erasure, masters)])


def _fields(erasure: Erasure) -> list[str]:
    at = from_micros(to_micros(erasure.at)).isoformat()
    return [erasure.id, erasure.subject, at, erasure.by, erasure.request, erasure.kind.value]


def _signature(erasure: Erasure, masters: MasterKeys) -> str:
    signed = json.dumps(_fields(erasure)).encode()
    return masters.sign(_PURPOSE, signed, _SIGNATURE_BYTES).hex()


def _parse(line: str, masters: MasterKeys) -> Erasure | None:
    try:
        id_, subject, at, by, request, kind, signature = map(str, json.loads(line))
        # What was signed is in whole microseconds, UTC.
        moment = from_micros(to_micros(datetime.fromisoformat(at)))
        about = SubjectId(subject)
        erasure = Erasure(id_, about, moment, by, request, ErasureKind(kind))
    except (ValueError, TypeError):
        return None
    return erasure if signature == _signature(erasure, masters) else None
