"""What follows danger is the person's too: it is in their copy, and goes when they are erased."""

from __future__ import annotations

from bot.adapters.access_copies import page
from bot.adapters.records.entities import MAPPINGS
from bot.domain.after_danger import (
    AfterReview,
    RemindersPause,
    SafetyChoices,
    SafetyValue,
    TakeOver,
)
from bot.domain.notices import Notice
from bot.domain.rights import RequestKind
from bot.domain.safety_review import ReviewItem
from tests.integration.privacy.left import STAYS, tables_with
from tests.integration.privacy.world import World

KINDS = (SafetyChoices, SafetyValue, RemindersPause, AfterReview, TakeOver, Notice, ReviewItem)

TABLES = {MAPPINGS[each].table.name for each in KINDS}


async def test_all_of_it_is_in_the_copy_in_plain_words(world: World) -> None:
    asked, _ = await world.rights.access.draft("P-1", by=world.dawn, words="asked today")
    await world.rights.access.review(asked.request.id, by=world.pru)
    html = page(await world.rights.access.prepare(asked.request.id, by=world.pru))
    for words in (
        "What you agreed on for hard times",
        "3 of 5 on",
        "10:15",
        "How strong an urge to hurt yourself was",
        "your diary",
        "Your reminders were paused",
        "You were offered to look back on a hard time",
        "later",
        "Somebody from your team was in the conversation",
        "A notice to staff that they were needed",
        "whoever works with you",
        "A message picked out to see whether the check for danger was right",
        "The moss is a voice here",
    ):
        assert words in html, words


async def test_none_of_it_is_left_after_erasing(world: World, url: str) -> None:
    assert tables_with(url, world.asha.id) >= TABLES
    asked = await world.rights.asking.ask("P-1", RequestKind.ERASURE, by=None)
    await world.rights.erasing.erase(
        asked.request.id, by=world.pru, because="asked", despite_retention="they insist"
    )
    assert tables_with(url, world.asha.id) == STAYS
    for kind in KINDS:
        found = await world.record.find(kind)
        assert found == []
