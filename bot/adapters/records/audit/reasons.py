"""Reasons that staff typed, in the audit of a person: sealed under that person's key.

A chain outlives the erasure of its person, and holds ids and codes. A reason in somebody's own
words may say anything about them, so it goes with their key; the chain stays whole, its hashes
being over what is sealed.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.adapters.records.sealing.encryption import DataKey, OpenKey, Place
from bot.domain.audit import SERVICE_CHAIN, AuditEntry
from bot.domain.errors import SealBroken, WrongKey
from bot.domain.looks import REASONS

_REASON = "reason"
_LABEL = "audit.reason"
_MARK = "sealed:"


def seal_reason(entry: AuditEntry, place: int, key_of: Callable[[str], object]) -> AuditEntry:
    """The entry with what was typed sealed for its place in the chain; a code stays as it is.

    Where there is no key to seal with, of somebody erased, the words are not kept.
    """
    reason = entry.details.get(_REASON, "")
    if not reason or reason in REASONS or entry.chain == SERVICE_CHAIN:
        return entry
    key = key_of(entry.chain)
    words = ""
    if isinstance(key, DataKey):
        sealed = key.seal(Place(entry.chain, _LABEL, str(place)), reason.encode())
        words = _MARK + b64encode(sealed).decode()
    return replace(entry, details={**entry.details, _REASON: words})


def has_sealed(entries: Iterable[AuditEntry]) -> bool:
    """Whether any reason has to be opened to be read."""
    return any(each.details.get(_REASON, "").startswith(_MARK) for each in entries)


def open_reason(entry: AuditEntry, place: int, key_of: OpenKey) -> AuditEntry:
    """The entry as it was given; without its reason where the key is gone."""
    reason = entry.details.get(_REASON, "")
    if not reason.startswith(_MARK):
        return entry
    try:
        sealed = b64decode(reason.removeprefix(_MARK), validate=True)
        where = Place(entry.chain, _LABEL, str(place))
        words = key_of(entry.chain).open(where, sealed).decode()
    except (SealBroken, WrongKey, binascii.Error):
        words = ""
    return replace(entry, details={**entry.details, _REASON: words})
