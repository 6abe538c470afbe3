"""The companion's reminders to itself: a timer step, an unanswered question, a check-back.

A timer is a row in the inbox that becomes due later, so that it survives a restart and keeps its
place in the conversation. Its label says what ran out.
"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.messages import Act, ActKind
from bot.services.conversation.desk import Turn


def wake(turn: Turn, label: str, after: timedelta) -> None:
    """Set a timer for this conversation, on the channel that it is on now."""
    act = Act(
        id=turn.desk.ids.new(),
        subject=turn.subject,
        channel=turn.act.channel,
        address_id=turn.act.address_id,
        kind=ActKind.TIMER,
        text=label,
        sent_at=turn.now + after,
        received_at=turn.now,
    )
    turn.work.schedule.append((act, turn.now + after))


def step_label(run_id: str, step: str) -> str:
    """The label of a step's timer."""
    return f"step:{run_id}:{step}"
