"""Looking for words in files byte by byte, however they may have been written there."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path


def files_holding(folders: Iterable[Path], words: str) -> set[str]:
    """Names of the files that hold these words, in UTF-8, UTF-16 or base64, anywhere below.

    A folder may be a file. Words are looked for as given; eight letters or more make sense.
    """
    forms = tuple(written_forms(words))
    found = set()
    for folder in folders:
        for path in [folder] if folder.is_file() else folder.rglob("*"):
            # A program at work removes files while they are listed.
            with suppress(FileNotFoundError):
                if path.is_file() and _holds(path.read_bytes(), forms):
                    found.add(path.name)
    return found


def written_forms(words: str) -> Iterator[bytes]:
    """What the words look like in a file."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield words.encode(encoding)
        # In the midst of other text, base64 begins at any of three places in a group.
        for before in range(3):
            whole = base64.b64encode(bytes(before) + words.encode(encoding))
            first = (0, 2, 3)[before]
            last = (before + len(words.encode(encoding))) * 8 // 6
            yield whole[first:last]
            yield whole[first:last].replace(b"+", b"-").replace(b"/", b"_")


def _holds(contents: bytes, forms: Iterable[bytes]) -> bool:
    return any(each in contents for each in forms)
