"""What Rasa may ask for: a closed set of commands, parsed strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.wording import rating


class CommandName(StrEnum):
    """Every command that a Rasa response may name."""

    SHOW_PLAN = "show_plan"
    SHOW_CONTACTS = "show_contacts"
    TALK_TO_SOMEONE = "talk_to_someone"
    FIND_SKILL = "find_skill"
    PRACTISE_SKILL = "practise_skill"
    DIARY = "diary"
    HOMEWORK = "homework"
    GOALS = "goals"
    PROMPTS = "prompts"
    APPOINTMENT = "appointment"
    MEDICATION = "medication"
    SUMMARY = "summary"
    WHO_READS = "who_reads"
    WHAT_ARE_YOU = "what_are_you"
    FEEDBACK = "feedback"
    MOOD = "mood"
    STOP = "stop"
    THANKS = "thanks"
    GREETING = "greeting"
    GOODBYE = "goodbye"
    OFF_TOPIC = "off_topic"
    ANOTHER_ONE = "another_one"
    CHOOSE_OPTION = "choose_option"
    WHY_THAT = "why_that"
    HOW_LONG = "how_long"
    NOT_NOW = "not_now"
    AFFIRM = "affirm"
    DENY = "deny"
    NOT_UNDERSTOOD = "not_understood"


SLOTS = frozenset(
    {
        "distress",
        "emotion",
        "skill",
        "time",
        "person",
        "topic",
        "option",
        "result",
        "mood",
        "need",
    }
)

_UNFILLED = re.compile(r"\{[^}]*\}")

_LONGEST = 80


@dataclass(frozen=True)
class Command:
    """What Rasa understood: one command, with the slots that were filled."""

    name: CommandName
    slots: Mapping[str, str] = field(default_factory=dict)

    @property
    def distress(self) -> int | None:
        """The distress that was named (0–10), in figures or in a word, if it is one."""
        return rating(self.slots.get("distress", ""), 0, 10)


def parse_command(payload: object) -> Command | None:
    """The command in a custom payload, or None where it is none.

    Slots that are not set arrive as "None", blank or as a literal "{slot}": they are left out. An
    unknown command, an unknown slot name or a value that is no text makes the whole payload None.
    A value keeps its first 80 characters.
    """
    if not isinstance(payload, dict):
        return None
    name = payload.get("command")
    if not isinstance(name, str) or name not in CommandName.__members__.values():
        return None
    slots: dict[str, str] = {}
    for key, value in payload.items():
        if key == "command":
            continue
        if key not in SLOTS or not isinstance(value, str | None):
            return None
        said = value.strip() if value is not None else ""
        if said in {"", "None"} or _UNFILLED.search(said):
            continue
        slots[key] = said[:_LONGEST]
    return Command(CommandName(name), slots)
