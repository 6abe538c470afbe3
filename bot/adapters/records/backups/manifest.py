"""The last line of a backup file: what the file holds, signed with the key ring."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.adapters.records.sealing.encryption import MasterKeys
from bot.domain.errors import BackupBroken, WrongKey

FORMAT = 1
RECORD, KEYS = "record", "keys"

_PURPOSE = "backup"
_SIGNATURE_BYTES = 32


@dataclass(frozen=True)
class Manifest:
    """What one file holds. ``kind`` is "record" or "keys".

    ``revision`` is of the tables; ``rows`` counts them by table; ``sha256`` is over the file's
    other lines, unpacked; ``heads`` are the audit's, place and hash by chain; ``keys_sha256`` is
    of the file of keys that was made at the same moment; ``ring`` tells key rings apart.
    """

    format: int
    kind: str
    made_at: datetime
    revision: str
    ring: str
    rows: Mapping[str, int]
    sha256: str
    heads: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    keys_sha256: str = ""

    def signed(self, masters: MasterKeys) -> bytes:
        """The line."""
        held = asdict(self) | {"made_at": self.made_at.isoformat()}
        return json.dumps({"manifest": held, "signature": _signature(held, masters)}).encode()


_MANIFEST = TypeAdapter(Manifest)


def parse_manifest(line: bytes, masters: MasterKeys, source: str) -> Manifest:
    """The manifest of a line. ``source`` names the file in errors.

    Raises ``BackupBroken`` for a line that is none or was changed, ``WrongKey`` where another
    ring signed it.
    """
    try:
        read = json.loads(line)
        held, signature = read["manifest"], read["signature"]
        manifest = _MANIFEST.validate_python(held)
    except (ValueError, KeyError, TypeError, ValidationError):
        raise BackupBroken(f"{source} does not end with a manifest: it is half a file.") from None
    if manifest.ring != ring_mark(masters):
        raise WrongKey(f"{source} was made with another key ring.")
    if signature != _signature(held, masters):
        raise BackupBroken(f"{source}: its manifest was changed.")
    if manifest.format != FORMAT:
        raise BackupBroken(f"{source} has the format {manifest.format}, not {FORMAT}.")
    return manifest


def ring_mark(masters: MasterKeys) -> str:
    """What tells this key ring from others, and nothing else."""
    return masters.digest("backup ring", "")[:16]


def _signature(held: Mapping[str, Any], masters: MasterKeys) -> str:
    signed = json.dumps(held, sort_keys=True).encode()
    return masters.sign(_PURPOSE, signed, _SIGNATURE_BYTES).hex()
