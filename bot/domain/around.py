"""What was said around a message that opened or joined a concern."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.concerns import ConcernNote
from bot.domain.kept_messages import KeptMessage
from bot.domain.wording import safe_text

EITHER_SIDE = 3
"""Messages before and after it, of both sides."""


def around(messages: Sequence[KeptMessage], note: ConcernNote) -> tuple[KeptMessage, ...]:
    """The message of a note with up to three either side, those whose words are still kept.

    ``messages`` are all of one person's, in their order. Nothing where the note's own has gone.
    """
    kept = [each for each in messages if each.words is not None]
    places = [place for place, each in enumerate(kept) if _is_of(each, note)]
    if not places:
        return ()
    place = places[-1]
    return tuple(kept[max(0, place - EITHER_SIDE) : place + 1 + EITHER_SIDE])


def _is_of(message: KeptMessage, note: ConcernNote) -> bool:
    return (
        message.is_theirs
        and message.at <= note.at
        and message.words is not None
        and safe_text(message.words) == note.words
    )
