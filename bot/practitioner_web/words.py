"""Words and colours that rooms share. No colour says how somebody is."""

from __future__ import annotations

from bot.domain.concerns import Task, TaskKind
from bot.domain.people import PersonState
from bot.domain.summaries import Standing

STANDING_TAGS = {
    Standing.AGREED: ("Agreed", "green"),
    Standing.OVERDUE: ("Review overdue", "yellow"),
    Standing.OFFERED: ("Offered", "blue"),
    Standing.DRAFT: ("Being written", "blue"),
    Standing.DECLINED: ("Said no for now", "grey"),
    Standing.MISSING: ("None yet", "white"),
}

STATES = {
    PersonState.INVITED: "Invited, has not joined yet",
    PersonState.ACTIVE: "",
    PersonState.PAUSED: "Has paused messages",
    PersonState.IN_HOSPITAL: "In hospital",
    PersonState.IN_CUSTODY: "In custody",
    PersonState.MOVING_TEAM: "Moving to another team",
    PersonState.ENDED: "Has left",
    PersonState.DIED: "Has died",
}

TASKS = {
    TaskKind.UNANSWERED_ASK: "Did not answer a safety question",
    TaskKind.LEAVING: "Would like to leave",
    TaskKind.UNANSWERABLE: "A message could not be answered here",
    TaskKind.NOT_DELIVERED: "A message could not be delivered to them",
    TaskKind.BACK_FROM: "Is back: look at the plan together",
    TaskKind.HANDOVER: "Is moving to another team: hand over",
    TaskKind.WROTE_AFTER: "A message came from their account",
    TaskKind.LOOKING_BACK: "Would like to look back on a hard time together",
    TaskKind.RIGHTS: "Has asked about their record",
}

REASONS = {
    "cover": "I am covering for a colleague",
    "concern": "I am answering a concern",
    "supervision": "For supervision",
    "asked": "They, or someone with them, asked for me",
    "other": "Another reason, which I will write in their record",
}
"""Why somebody looks at a person who is not on their caseload."""


def task_words(task: Task) -> str:
    """What a task asks for."""
    return TASKS[task.kind]
