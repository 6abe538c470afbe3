"""Which skills this person may be offered, and what stands against starting one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.content import Skill
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import Button, Press
from bot.domain.suggest import HIGH_DISTRESS, Past, blocked_by_cautions, past_of, suggest
from bot.services.conversation.desk import Turn

LOOKS_BACK = timedelta(days=365)

FIRST_AID = ("stop", "grounding_five_senses")
"""What a skill gives way to where distress is above its band."""


def may_be_offered(turn: Turn, skill: Skill) -> bool:
    """Signed, not blocked by a health caution, and for guests where the person is one."""
    if skill.id not in turn.desk.signed_skills:
        return False
    if turn.person is None:
        return skill.for_guests
    return not blocked_by_cautions(skill, turn.joining)


async def past(turn: Turn) -> dict[str, Past]:
    """What each skill did for this person in the last year."""
    if turn.person is None:
        return {}
    events = await turn.desk.record.find(
        EngagementEvent,
        subject=turn.subject,
        kind=(EventKind.PRACTICE, EventKind.FEEDBACK),
        between=("at", turn.now - LOOKS_BACK, turn.now + timedelta(seconds=1)),
    )
    return past_of(events)


async def offer_for(turn: Turn, answers: Mapping[str, str | int]) -> list[tuple[str, str]]:
    """(skill id, label) pairs for a need and a distress, not those offered a moment ago."""
    distress = answers.get("distress")
    need = answers.get("need")
    allowed = [each for each in turn.desk.content.skills.values() if may_be_offered(turn, each)]
    before = await past(turn)
    wanted = need if isinstance(need, str) and need in turn.desk.content.needs else None
    level = distress if isinstance(distress, int) else None
    found = suggest(allowed, need=wanted, distress=level, past=before, already=turn.memory.offered)
    if not found:
        found = suggest(allowed, need=wanted, distress=level, past=before)
    return [(each.id, _label(each)) for each in found]


def may_start(turn: Turn, skill: Skill, answers: Mapping[str, str | int], *, named: bool) -> bool:
    """Whether a skill may begin now. Where it may not, the person is told so, with other ways."""
    if skill.id not in turn.desk.signed_skills:
        turn.reply("skill_unsigned", skill=skill.title)
        return False
    if turn.person is None and not skill.for_guests:
        turn.reply("guest_skills")
        return False
    if turn.person is not None and blocked_by_cautions(skill, turn.joining):
        turn.reply("skill_not_for_now", skill=skill.title)
        return False
    distress = answers.get("before")
    too_high = isinstance(distress, int) and distress > skill.distress[1]
    if named and too_high and distress is not None and int(distress) >= HIGH_DISTRESS:
        turn.reply("skill_hard_now", skill=skill.title, distress=str(distress))
        do_it = turn.desk.content.texts["skill_do_it"].say[0]
        turn.add_buttons(
            Button(do_it, Press("skill", skill.id, "anyway")),
            *(_start_button(turn, each) for each in FIRST_AID if each != skill.id),
            turn.named_button("plan"),
        )
        return False
    return True


def first_aid_buttons(turn: Turn) -> tuple[Button, ...]:
    """STOP and one grounding step, for when nothing more should be asked."""
    return tuple(
        _start_button(turn, each)
        for each in FIRST_AID
        if each in turn.desk.content.skills and each in turn.desk.signed_skills
    )


def _start_button(turn: Turn, skill_id: str) -> Button:
    return Button(turn.desk.content.skills[skill_id].title, Press("skill", skill_id))


def _label(skill: Skill) -> str:
    return f"{skill.title} · {skill.minutes} min"
