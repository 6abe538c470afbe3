"""Everything that can be done about a person's rights, over one record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.services.ports import Clock, ContentSource, Ids, Secrets
from bot.services.privacy.access import Access
from bot.services.privacy.archive import Archive
from bot.services.privacy.asking import Asking
from bot.services.privacy.correcting import Correcting
from bot.services.privacy.erasing import Erasing
from bot.services.privacy.holds import Holds
from bot.services.privacy.retaining import Retention


@dataclass(frozen=True)
class Rights:
    """The services of this package."""

    asking: Asking
    access: Access
    correcting: Correcting
    erasing: Erasing
    retention: Retention
    holds: Holds

    @classmethod
    def over(
        cls,
        archive: Archive,
        clock: Clock,
        ids: Ids,
        secrets: Secrets,
        content: ContentSource,
        ledger: Path,
    ) -> Rights:
        """The services over a record; ``ledger`` is the file of erasures outside it."""
        erasing = Erasing(archive, clock, ids, ledger)
        return cls(
            asking=Asking(archive, clock, ids),
            access=Access(archive, clock, ids, secrets, content),
            correcting=Correcting(archive, clock, ids),
            erasing=erasing,
            retention=Retention(archive, clock, secrets, erasing),
            holds=Holds(archive, clock, ids),
        )
