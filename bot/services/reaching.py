"""Writing to a person from outside the conversation: where, and the timer that makes it begin."""

from __future__ import annotations

from datetime import datetime

from bot.domain.messages import Act, ActKind, SubjectId
from bot.domain.people import Address
from bot.services.ports import Record


async def address_of(record: Record, subject: SubjectId) -> Address | None:
    """The address that a person came with last; None for somebody who has none."""
    found = await record.find(Address, subject=subject, order="-created_at", limit=1)
    return found[0] if found else None


def timer(act_id: str, address: Address, label: str, *, now: datetime, due: datetime) -> Act:
    """A timer for a person's conversation. An ``act_id`` that is there already is refused."""
    return Act(
        id=act_id,
        subject=address.subject,
        channel=address.channel,
        address_id=address.id,
        kind=ActKind.TIMER,
        text=label,
        sent_at=due,
        received_at=now,
    )
