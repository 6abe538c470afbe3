"""When something that can wait may be said: not over danger, a question, or the plan."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.concerns import Concern
from bot.domain.ladder import may_write
from bot.domain.messages import Button, Press, Reply, ReplyKind
from bot.domain.person_states import EFFECTS
from bot.domain.safety_net import Tier
from bot.services.conversation.desk import Turn

DANGER = "danger"
"""Among the dates of what was asked about: the last day of danger that is not looked back on."""

ENDS_WELL = frozenset({"rung", "with_someone", "not_now", "here"})
"""Answers to a safety reply after which there is room for something else."""


def is_quiet(turn: Turn) -> bool:
    """Whether this answer leaves room for something small besides."""
    press = turn.press
    if press is not None and press.to in {"concern", "after"} and press.value not in ENDS_WELL:
        return False
    return (
        turn.verdict.tier is Tier.NONE
        and not turn.late
        and turn.memory.ask is None
        and turn.run is None
        and bool(turn.replies)
        and all(each.kind is not ReplyKind.PLAN for each in turn.replies)
    )


def may_begin(turn: Turn, concern: Concern | None) -> bool:
    """Whether the companion may write of itself: by the person's state, and never after abuse."""
    if turn.person is None or not EFFECTS[turn.person.state].prompts:
        return False
    return concern is None or may_write(concern.notes)


async def last_concern(turn: Turn) -> Concern | None:
    """The concern that was opened last, closed or not."""
    if turn.concern is not None:
        return turn.concern
    found = await turn.desk.record.find(Concern, subject=turn.subject, order="-opened_at", limit=1)
    return found[0] if found else None


def say(turn: Turn, key: str, ref: str = "", *, unasked: bool = False, **gaps: str) -> None:
    """Reply with one of these texts; ``ref`` is what its own buttons answer."""
    text = turn.desk.content.texts[f"after.{key}"]
    buttons = tuple(
        Button(label, Press(to, value, ref if to == "after" else ""))
        for label, to, value in text.buttons
    )
    kind = ReplyKind.SAFETY if unasked else ReplyKind.ORDINARY
    turn.replies.append(Reply(turn.wording(f"after.{key}", text.say, **gaps), buttons, kind))


def remember(turn: Turn, cause: str) -> None:
    """Keep today as the day of a cause."""
    asked_on = {**turn.memory.asked_on, cause: turn.today}
    turn.memory = replace(turn.memory, asked_on=asked_on)


def forget(turn: Turn, cause: str) -> None:
    """A cause is over."""
    asked_on = {each: on for each, on in turn.memory.asked_on.items() if each != cause}
    turn.memory = replace(turn.memory, asked_on=asked_on)
