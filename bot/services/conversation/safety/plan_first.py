"""The first steps and people of somebody's own plan, as a safety reply shows them."""

from __future__ import annotations

from bot.domain.crisis_plan import CrisisPlan, PlanPerson, PlanStatus
from bot.domain.plan_text import first_steps
from bot.services.conversation.desk import Turn
from bot.services.conversation.safety.wording import words_of
from bot.services.conversation.showing import own_plan, wants_names_hidden


async def plan_steps(turn: Turn) -> str:
    """First steps and people of the agreed plan; an honest line where there is none.

    A guest has no plan here, and gets nothing. Names are left out where others see the phone.
    """
    if turn.person is None:
        return ""
    plan = await _agreed(turn)
    hidden = wants_names_hidden(turn)
    steps = first_steps(plan.contents, names=not hidden) if plan else ""
    if plan is None or not (steps or plan.contents.people):
        return words_of(turn, "no_plan")
    turn.audit("see", "crisis_plan", version=str(plan.version))
    lines = [words_of(turn, "plan_first"), steps] if steps else []
    if hidden and plan.contents.people:
        lines.append(words_of(turn, "plan_people_hidden"))
    return "\n".join(lines)


async def person_to_ask(turn: Turn) -> tuple[PlanPerson | None, bool]:
    """The first person on the plan, and whether their name may be shown on this phone."""
    plan = await _agreed(turn) if turn.person is not None else None
    people = plan.contents.people if plan else ()
    return (people[0] if people else None), not wants_names_hidden(turn)


def called(person: PlanPerson) -> str:
    """A name as it stands in a sentence: without what was put beside it in brackets."""
    return person.name.partition("(")[0].strip() or person.name


async def _agreed(turn: Turn) -> CrisisPlan | None:
    plan = await own_plan(turn)
    return plan if plan is not None and plan.status is PlanStatus.AGREED else None
