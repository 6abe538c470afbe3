"""What the record holds, as the items of a person's copy: who they are and what they agreed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from bot.domain.access_copy import Item, Line, Section, in_order
from bot.domain.access_copy_after_danger import after_danger
from bot.domain.access_copy_exchanges import exchanges
from bot.domain.access_copy_words import day, moment, plain
from bot.domain.crisis_plan import CrisisPlan, PlanContents, PlanPerson, PlanStep
from bot.domain.held import Held
from bot.domain.sharing import PLAN, USE


def items_of(held: Held) -> tuple[Item, ...]:
    """All items, by section and time."""
    parts = (_about, _choices, _sharing, _at_work, _plans, exchanges, after_danger)
    return in_order(item for part in parts for item in part(held))


def lines(*pairs: tuple[str, object]) -> tuple[Line, ...]:
    """Lines for what is there; what is empty has none."""
    return tuple(Line(label, _words(value)) for label, value in pairs if value not in ("", None))


def _words(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def _about(held: Held) -> Iterator[Item]:
    person = held.person
    yield Item(
        f"person:{person.id}",
        Section.YOU,
        person.created_at,
        "Your details",
        lines(
            ("Name", person.name),
            ("What you like to be called", person.chosen_name),
            ("NHS number", person.nhs_number),
            ("Date of birth", person.born),
            ("Code that staff use for you", person.code),
            ("How you stand with the companion", plain(person.state.value)),
            ("Since", person.state_since),
            ("Team", held.team(person.team)),
            ("Key worker", held.name(person.key_worker) if person.key_worker else ""),
            ("Put into the record", person.created_at),
            ("Joined", person.joined_at),
        ),
    )
    for address in held.addresses:
        yield Item(
            f"address:{address.id}",
            Section.YOU,
            address.created_at,
            f"How we reach you: {plain(address.channel)}",
            lines(("Your number or name there", address.value)),
        )
    for invitation in held.invitations:
        yield Item(
            f"invitation:{invitation.id}",
            Section.YOU,
            invitation.created_at,
            "A code to join with",
            lines(
                ("Made by", held.name(invitation.by)),
                ("Good until", invitation.expires_at),
                ("Used", invitation.used_at),
            ),
        )
    for need, words in sorted(person.needs.items()):
        yield Item(
            f"need:{need}", Section.NEEDS, None, plain(need).capitalize(), lines(("", words))
        )


def _choices(held: Held) -> Iterator[Item]:
    for name, answer in sorted(held.person.joining.items()):
        about = name.removeprefix("caution.")
        title = plain(about) if about == name else f"Health question: {plain(about)}"
        words = lines(("You said", plain(answer)))
        yield Item(f"joining:{name}", Section.CHOICES, held.person.joined_at, title, words)
    for each in held.consents:
        yield Item(
            f"consent:{each.id}",
            Section.CHOICES,
            each.at,
            f"You were asked: {plain(each.about)}",
            lines(
                ("You said", plain(each.answer.value)),
                ("What you were told", each.said),
                ("Mark of the exact words", each.said_digest),
                ("Taken back", each.withdrawn_at),
            ),
        )


def _sharing(held: Held) -> Iterator[Item]:
    carers = {each.id: each.name for each in held.carers}
    for carer in held.carers:
        yield Item(
            f"carer:{carer.id}",
            Section.SHARING,
            carer.since,
            carer.name,
            lines(
                ("Who they are to you", carer.relationship),
                ("How to reach them", carer.contact),
                ("From", carer.since),
                ("Until", carer.until),
            ),
        )
    for share in held.shares:
        yield Item(
            f"share:{share.id}",
            Section.SHARING,
            share.since,
            f"Shared: {_shared(share.item)}",
            lines(
                ("With", carers.get(share.with_id) or held.name(share.with_id)),
                ("Written down by", held.name(share.by)),
                ("From", share.since),
                ("Until", share.until),
            ),
        )


def _shared(item: str) -> str:
    part, _, field = item.partition(".")
    if part != PLAN or not field:
        return {PLAN: "your plan", USE: "that you use the companion"}.get(item, plain(item))
    return f"“{_PLAN_LABELS.get(field, plain(field).capitalize())}” in your plan"


def _at_work(held: Held) -> Iterator[Item]:
    for each in held.caseload:
        yield Item(
            f"caseload:{each.id}",
            Section.PEOPLE_AT_WORK,
            each.since,
            held.name(each.staff_id),
            lines(("Works with you from", each.since), ("Until", each.until)),
        )


def _plans(held: Held) -> Iterator[Item]:
    for plan in held.plans:
        yield Item(
            f"plan:{plan.id}",
            Section.PLANS,
            plan.created_at,
            f"Version {plan.version}: {plain(plan.status.value)}",
            (*_agreed(held, plan), *_contents(plan.contents)),
        )


def _agreed(held: Held, plan: CrisisPlan) -> tuple[Line, ...]:
    return lines(
        ("Put into the record by", held.name(plan.author)),
        ("You agreed on", plan.agreement.person_on),
        ("Your practitioner agreed on", plan.agreement.practitioner_on),
        ("Practitioner", plan.agreement.practitioner),
        ("How it was agreed", plan.agreement.how),
        ("To be looked at again by", plan.review_due),
    )


_PLAN_LABELS = {
    "matters_to_me": "What matters to me",
    "early_signs": "Early signs",
    "late_signs": "Late signs",
    "different_for_me": "What would be different for me",
    "steps": "What I do myself",
    "distractions": "What takes my mind off it",
    "people": "People I can ask",
    "professionals": "Professionals",
    "making_safer": "Making things safer",
    "helps_from_staff": "What helps from staff",
    "makes_it_worse": "What makes it worse",
    "service_will": "What the service will do",
    "declined_because": "Why I did not agree",
}


def _contents(contents: PlanContents) -> Iterator[Line]:
    for name, value in vars(contents).items():
        label = _PLAN_LABELS.get(name, plain(name).capitalize())
        for each in value if isinstance(value, tuple) else (value,):
            if each:
                yield Line(label, _of_plan(each))


def _of_plan(value: str | PlanStep | PlanPerson) -> str:
    if isinstance(value, PlanStep):
        return _joined(
            (value.text, ""),
            (value.skill or "", "skill: "),
            (value.gets_in_the_way, "gets in the way: "),
        )
    if isinstance(value, PlanPerson):
        return _joined((value.name, ""), (value.reach, ""), (value.helps_by, "helps by: "))
    return str(value)


def _joined(parts_: tuple[str, str], *more: tuple[str, str]) -> str:
    parts: Iterable[tuple[str, str]] = (parts_, *more)
    return "; ".join(f"{before}{words}" for words, before in parts if words)
