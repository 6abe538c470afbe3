"""Who reviewed which content, bound to its hash: a changed file is unsigned again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.content import ContentItem


@dataclass(frozen=True)
class SignOff:
    """One member of staff's review of one file as it was."""

    id: str
    path: str
    digest: str
    by: str
    at: datetime


def unsigned(items: Iterable[ContentItem], sign_offs: Iterable[SignOff]) -> list[ContentItem]:
    """The items whose present content nobody has signed."""
    signed = {(each.path, each.digest) for each in sign_offs}
    return [each for each in items if (each.path, each.digest) not in signed]
