"""Showing what a person always can have: their plan, numbers, people, skills, menu."""

from __future__ import annotations

from bot.domain.contact_places import to_show
from bot.domain.content import Contact
from bot.domain.crisis_plan import CrisisPlan, PlanStatus, current
from bot.domain.engagement import EventKind
from bot.domain.messages import Button, Press, Reply, ReplyKind
from bot.domain.opening_hours import LOCAL, date_words
from bot.domain.plan_text import plan_in_words, tells_of_people
from bot.services.conversation.circumstances import circumstances
from bot.services.conversation.desk import Turn


async def own_plan(turn: Turn) -> CrisisPlan | None:
    """The person's plan as it stands; None for a guest or where there is none."""
    if turn.person is None:
        return None
    plans = await turn.desk.record.find(CrisisPlan, subject=turn.subject)
    return current(tuple(plans))


def wants_names_hidden(turn: Turn) -> bool:
    """Whether somebody else may see this phone; not asked counts as "not sure"."""
    return turn.joining.get("others_see_phone") != "no"


async def show_plan(turn: Turn, *, with_names: bool = False) -> None:
    """The agreed plan in the person's words, or an honest word about there being none."""
    if turn.person is None:
        turn.reply("plan_guest")
        return
    plan = await own_plan(turn)
    if plan is None:
        turn.reply("plan_none")
        return
    if plan.status is PlanStatus.DECLINED:
        turn.reply("plan_declined")
        return
    if plan.status is not PlanStatus.AGREED:
        turn.reply("plan_draft")
        return
    names = with_names or not wants_names_hidden(turn)
    text = turn.desk.content.texts["plan_intro"]
    agreed_on = plan.agreement.person_on
    intro = turn.wording(
        "plan_intro",
        text.say,
        version=str(plan.version),
        agreed_on=date_words(agreed_on) if agreed_on else "",
    )
    parts = [intro]
    if plan.is_overdue(turn.now.astimezone(LOCAL).date()) and plan.review_due:
        overdue = turn.desk.content.texts["plan_overdue"].say
        due = date_words(plan.review_due)
        parts.append(turn.wording("plan_overdue", overdue, review_due=due))
    labels = {
        key: turn.desk.content.texts[f"plan_part.{key}"].say[0]
        for key in (
            "signs",
            "steps",
            "safer",
            "distractions",
            "people",
            "professionals",
            "matters",
            "staff_help",
            "triggers",
            "usual",
            "different",
            "makes_worse",
            "wishes",
            "service_will",
            "hidden_names",
        )
    }
    parts.append(plan_in_words(plan.contents, labels, names=names))
    buttons = tuple(Button(label, Press(to, value)) for label, to, value in text.buttons)
    if not names and tells_of_people(plan.contents):
        buttons = (turn.named_button("plan_names"), *buttons)
    turn.replies.append(Reply("\n\n".join(parts), buttons, ReplyKind.PLAN))
    turn.note(EventKind.PLAN_OPENED)
    turn.audit("see", "crisis_plan", version=str(plan.version))


def contacts_for(turn: Turn, purposes: tuple[str, ...], *, only_open: bool = True) -> list[Contact]:
    """Contacts for this person's area and age, open now; their own ways to reach them in front.

    Somebody who signs, texts or uses relay is not told to ring 999: its other ways are there.
    """
    who = circumstances(turn)
    own = (("deaf",) if who.by_relay else ()) + (("young",) if who.is_young else ())
    found = to_show(
        turn.desk.content.contacts,
        now=turn.now,
        region=who.region,
        age=who.age,
        purposes=(*purposes, *own) if purposes else (),
        first=own,
        only_open=only_open,
    )
    if not who.by_relay or not any("deaf" in each.purposes for each in found):
        return found
    return [each for each in found if "emergency" not in each.purposes or "deaf" in each.purposes]


def contact_lines(contacts: list[Contact]) -> str:
    """One line a contact: name, how to reach it, when."""
    return "\n".join(f"{each.name}: {each.reach} ({each.hours_text})" for each in contacts)


def show_contacts(turn: Turn) -> None:
    """Numbers that are open now."""
    text = turn.desk.content.texts["contacts_intro"]
    note = turn.desk.content.texts["contacts_note"]
    parts = [
        turn.wording("contacts_intro", text.say),
        contact_lines(contacts_for(turn, ())),
        turn.wording("contacts_note", note.say),
    ]
    buttons = tuple(Button(label, Press(to, value)) for label, to, value in text.buttons)
    turn.replies.append(
        Reply("\n\n".join(each for each in parts if each), buttons, ReplyKind.SAFETY)
    )


def show_people(turn: Turn) -> None:
    """Ways to a human being."""
    key = "talk" if turn.person is not None else "talk_guest"
    turn.reply(key, kind=ReplyKind.SAFETY)
    lines = contact_lines(contacts_for(turn, ("crisis",)))
    last = turn.replies.pop()
    turn.replies.append(Reply(f"{last.text}\n\n{lines}", last.buttons, last.kind))
