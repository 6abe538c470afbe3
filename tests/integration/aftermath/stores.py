"""Which stores a test runs on, where two are not enough; and timers that nothing set."""

from __future__ import annotations

import pytest

from bot.services.ports import Work
from bot.services.reaching import address_of, timer
from tests.integration.conversation.talk import Talk
from tests.integration.records.making import entry

on_every_store = pytest.mark.parametrize("asha", ["sqlite", "memory", "postgresql"], indirect=True)
"""For tests about what is written, and what two writers at once do to each other."""


async def strays(talk: Talk, label: str) -> None:
    """A timer that is there though nothing set it: a second one for the same thing."""
    subject = await talk.subject()
    address = await address_of(talk.record, subject)
    assert address is not None
    now = talk.clock.now()
    act = timer(f"stray-{label}", address, label, now=now, due=now)
    await talk.record.save(Work(schedule=[(act, now)], audit=[entry(subject)]))
