"""The next words of a safety reply: in the person's own ways, and never the same twice running."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.messages import Button, Press, Reply, ReplyKind
from bot.domain.wording import filled
from bot.services.conversation.circumstances import circumstances
from bot.services.conversation.desk import Turn


def next_words(turn: Turn, key: str, say: Sequence[str], part: str = "", **gaps: str) -> str:
    """The next alternative of a text.

    One that was said last as the same ``part`` ("opening", "ask", ...) is passed over, whatever
    it was said about: two families may ask in the same words.
    """
    said = turn.memory.said
    last = said.get(f"last.{part or key}")
    ways = {**_ways(turn), "name": turn.person.called if turn.person else "", **gaps}
    first = said.get(key, -1) + 1
    turns = [(first + ahead) % len(say) for ahead in range(len(say))]
    texts = {place: filled(say[place], ways) for place in turns}
    place = next((each for each in turns if _mark(texts[each]) != last), turns[0])
    text = texts[place]
    marks = {key: place, f"last.{part or key}": _mark(text)}
    turn.memory = replace(turn.memory, said={**said, **marks})
    return text


def words_of(turn: Turn, key: str, part: str = "", **gaps: str) -> str:
    """The next alternative of one of safety's own texts."""
    name = f"safety.{key}"
    return next_words(turn, name, turn.desk.content.texts[name].say, part, **gaps)


def say(turn: Turn, key: str, *more: str, part: str = "", **gaps: str) -> None:
    """Reply with one of safety's own texts and its buttons; ``more`` are paragraphs after it."""
    buttons = buttons_of(turn, turn.desk.content.texts[f"safety.{key}"].buttons)
    text = paragraphs(words_of(turn, key, part, **gaps), *more)
    turn.replies.append(Reply(text, buttons, ReplyKind.SAFETY))


def paragraphs(*parts: str) -> str:
    """What there is of these, one below the other."""
    return "\n\n".join(each for each in parts if each)


def buttons_of(
    turn: Turn, shown: Sequence[tuple[str, str, str]], ref: str = ""
) -> tuple[Button, ...]:
    """Buttons of the content; ``ref`` binds answers to the direct question to it."""
    labels = turn.desk.content.relay_labels if circumstances(turn).by_relay else {}
    return tuple(
        Button(labels.get(label, label), Press(to, value, ref if to == "ask" else ""))
        for label, to, value in shown
    )


def _ways(turn: Turn) -> dict[str, str]:
    """How this person reaches anybody, for the gaps; with a capital for the start of a sentence."""
    order = circumstances(turn).variants
    ways = {}
    for name, forms in turn.desk.content.ways.items():
        form = next((forms[each] for each in order if each in forms), forms["say"])
        ways[name] = form
        ways[name.capitalize()] = form[:1].upper() + form[1:]
    return ways


def _mark(text: str) -> int:
    return zlib.crc32(text.encode())
