"""Ways to somebody for a person who cannot ring: one at a time."""

from __future__ import annotations

from dataclasses import replace

from bot.services.conversation.circumstances import circumstances
from bot.services.conversation.desk import Turn
from bot.services.conversation.safety.plan_first import called, person_to_ask
from bot.services.conversation.safety.wording import paragraphs, words_of
from bot.services.conversation.showing import contact_lines, contacts_for

_OFFERED = "ways offered"
"""Kept among what was said: how many there were since the safety reply."""


def begin_ways(turn: Turn) -> None:
    """The next "I can't ring" begins with the first way again."""
    said = {key: value for key, value in turn.memory.said.items() if key != _OFFERED}
    turn.memory = replace(turn.memory, said=said)


async def next_way(turn: Turn) -> str:
    """One way at a time to somebody, without ringing; tapped again, the next one."""
    ways = await _ways(turn)
    place = turn.memory.said.get(_OFFERED, -1) + 1
    turn.memory = replace(turn.memory, said={**turn.memory.said, _OFFERED: place})
    return ways[place % len(ways)]


async def _ways(turn: Turn) -> list[str]:
    """Somebody on the plan, text lines, somebody near, A&E, ways for deaf people."""
    person, is_named = await person_to_ask(turn)
    asked = ""
    if person is not None and is_named:
        reach = f"{person.name}: {person.reach}" if person.reach else ""
        asked = paragraphs(words_of(turn, "way_person", person=called(person)), reach)
    elif person is not None:
        asked = words_of(turn, "way_person_hidden")
    contacts = contacts_for(turn, ("crisis", "deaf"))
    deaf = contact_lines([each for each in contacts if "deaf" in each.purposes])
    by_text = contact_lines(
        [each for each in contacts if "text" in each.reach and "deaf" not in each.purposes]
    )
    by_relay = paragraphs(words_of(turn, "way_deaf"), deaf) if deaf else ""
    others = [
        paragraphs(words_of(turn, "way_text"), by_text) if by_text else "",
        words_of(turn, "way_screen"),
        words_of(turn, "way_hospital"),
    ]
    last = [*others, by_relay]
    if circumstances(turn).by_relay:
        last = [by_relay, *others]
    return [each for each in (asked, *last) if each]
