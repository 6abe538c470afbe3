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
    PersonState.ENDED: "Has left",
}

TASKS = {
    TaskKind.UNANSWERED_ASK: "Did not answer a safety question",
    TaskKind.LEAVING: "Would like to leave",
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
