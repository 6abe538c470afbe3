"""Every class comes back from the record as it went in, and is found by what may be asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.adapters.memory.kinds import KINDS
from bot.adapters.records.entities import MAPPINGS
from bot.domain.activities import RunStatus, State
from bot.domain.after_danger import (
    AfterReview,
    RemindersPause,
    ReviewAnswer,
    SafetyChoices,
    SafetyValue,
    TakeOver,
)
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus, Task, TaskKind
from bot.domain.conversations import Conversation, OpenAsk
from bot.domain.crisis_plan import (
    Agreement,
    CrisisPlan,
    PlanContents,
    PlanPerson,
    PlanStatus,
    PlanStep,
)
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.errors import AlreadyThere, BadInput, NotFound
from bot.domain.messages import Button, Press, SubjectId
from bot.domain.night_route import NightPickup, NightRoute
from bot.domain.notices import Notice, NoticeStatus, Rung
from bot.domain.on_call import (
    AlertPoint,
    DutyPlace,
    DutyShift,
    PointChannel,
    PointOf,
    TeamTimes,
)
from bot.domain.people import (
    Address,
    CaseloadEntry,
    Guest,
    Invitation,
    Person,
    PersonState,
    Role,
    Session,
    Staff,
)
from bot.domain.practice import Run
from bot.domain.rights import (
    Erasure,
    ErasureKind,
    Hold,
    RequestKind,
    RequestStatus,
    RightsRequest,
)
from bot.domain.safety_review import Reviewed, ReviewItem, ReviewStatus
from bot.domain.sharing import Answer, Carer, Consent, Share, SharedWith
from bot.domain.sign_offs import SignOff
from bot.domain.structure import (
    Agency,
    AgencyKind,
    Cover,
    Membership,
    Part,
    Region,
    Supervision,
    Team,
)
from bot.services.ports import Work
from tests.integration.records.making import START, AnyRecord, add_person, entry, person

S = SubjectId("subject-1")
DAY = date(2030, 3, 1)

WHOLE = [
    person(
        S,
        chosen_name="Rób’n 🌱",
        nhs_number="943 476 5919",
        born=date(1990, 2, 28),
        key_worker="staff-1",
        joined_at=START,
        joining={"area": "north", "caution.cold": "not_sure"},
        needs={"interpreter": "Polish"},
        state_since=START,
    ),
    Guest(S, START, START + timedelta(hours=72)),
    Address("address-1", S, "telegram", "chat-1", START),
    Invitation("invitation-1", S, "ab" * 32, "staff-1", START, START, used_at=START),
    Staff("staff-1", "ash", "Ash Example", Role.PRACTITIONER, "north", START, "hash", START),
    CaseloadEntry("entry-1", "staff-1", S, START, START),
    Session("session-1", "staff-1", "csrf", START, START),
    Conversation(
        S,
        epoch=3,
        earlier=((START, "first"), (START, "second")),
        buttons=(Button("Yes", Press("ask", "yes", "ref")),),
        said={"menu": 2},
        ask=OpenAsk("ask-1", START, "family", "cause", once=True, times=2),
        asked_on={"cause": "2030-03-01"},
        offered=("stop",),
    ),
    Concern(
        "concern-1",
        S,
        START,
        ConcernStatus.TAKEN,
        "check",
        "family",
        (ConcernNote(START, "words", "answered", "family"),),
        "staff-1",
        START,
        START,
        "closed",
    ),
    Task("task-1", S, TaskKind.LEAVING, START, START, "staff-1", "about", START, "staff-1"),
    EngagementEvent(
        "event-1", S, EventKind.PRACTICE, START, {"skill": "stop", "before": 7, "finished": "yes"}
    ),
    CrisisPlan(
        "plan-1",
        S,
        2,
        PlanStatus.AGREED,
        "staff-1",
        START,
        DAY,
        Agreement(DAY, DAY, "staff-1", "on paper"),
        PlanContents(
            triggers=("one", "two"),
            steps=(PlanStep("walk", "stop", "rain"),),
            people=(PlanPerson("Sam", "07700 900000", "listens"),),
        ),
    ),
    Run(
        "run-1",
        S,
        "stop",
        "ab" * 32,
        RunStatus.OPEN,
        START,
        START,
        State("step", {"before": 7, "why": "seven"}, (("a", "A"),)),
    ),
    SignOff("sign-off-1", "dbt/stop.yml", "ab" * 32, "staff-1", START),
    Agency("trust", "The trust", AgencyKind.HEALTH),
    Region("north", "North"),
    Team("team-1", "The team", "trust", "north", 14),
    Membership("membership-1", "staff-1", "team-1", Part.LEAD, START, START),
    Supervision("supervision-1", "staff-2", "staff-1", START),
    Cover("cover-1", "staff-1", "staff-2", START, START + timedelta(days=3)),
    Carer("carer-1", S, START, "Sam Example", "sister", "07700 900000", START),
    Share("share-1", S, "plan.triggers", SharedWith.CARER, "carer-1", "person", START),
    Consent("consent-1", S, "telegram", Answer.YES, "join", "ab" * 32, START, START),
    RightsRequest(
        "request-1",
        S,
        RequestKind.ACCESS,
        RequestStatus.DRAFTED,
        START,
        START + timedelta(days=30),
        "person",
        "staff-1",
        START,
        "everything, please",
        "released",
        (("concern-1", "third_party"),),
    ),
    Hold("hold-1", S, "staff-1", START, "a complaint is open", START, "staff-2"),
    NightRoute(
        "route-1", "team-1", "intent", NightPickup.ROUND_THE_CLOCK, 20, "staff-1", START, START
    ),
    DutyShift("shift-1", "team-1", "staff-1", DutyPlace.MANAGER, START, START),
    AlertPoint(
        "point-1", PointOf.TEAM, "team-1", PointChannel.EMAIL, "duty@example.org", START, START
    ),
    TeamTimes("team-1", "1234567", "08:30", "18:00", 10, 20, 40, 30),
    Notice(
        "notice-1",
        S,
        "concern-1",
        "team-1",
        Rung.DUTY,
        START,
        NoticeStatus.DELIVERED,
        "point-1",
        "staff-1",
        "email",
        "reference",
        2,
        START,
        START,
        START,
    ),
    SafetyChoices(S, 3, "10:00", START, "staff-1"),
    RemindersPause("pause-1", S, START, START, START),
    AfterReview("review-1", S, "concern-1", START, ReviewAnswer.LATER, START, START, "staff-1"),
    TakeOver("take-over-1", S, "staff-1", START, START),
    SafetyValue("value-1", S, "diary", "urge_self_harm", 5, START, START),
    ReviewItem(
        "item-1",
        S,
        "act-1",
        START,
        "check",
        "check",
        "urge",
        "urge-strong",
        "0-4",
        "rules:abc",
        ReviewStatus.REVIEWED,
        Reviewed.TOO_LOW,
        "staff-1",
        START,
        "should have been intent",
    ),
    Erasure("erasure-1", S, START, "staff-1", "request-1", ErasureKind.REQUESTED),
]


def _key(entity: object) -> str:
    return str(getattr(entity, MAPPINGS[type(entity)].key))


def test_every_class_that_is_kept_is_tried() -> None:
    assert {type(each) for each in WHOLE} == set(MAPPINGS)


def test_every_store_keeps_the_same_classes_in_the_same_way() -> None:
    in_tables = {
        kind: (
            mapping.key,
            mapping.subject,
            set(mapping.plain),
            {*mapping.indexed, *([mapping.digest[0]] if mapping.digest else [])},
        )
        for kind, mapping in MAPPINGS.items()
    }
    in_memory = {
        kind: (each.key, each.subject, set(each.plain), set(each.indexed))
        for kind, each in KINDS.items()
    }
    assert in_memory == in_tables


def test_every_store_has_the_same_things_only_once() -> None:
    in_tables = {
        kind: {
            column.name
            for column in mapping.table.columns
            if column.unique and not column.primary_key
        }
        for kind, mapping in MAPPINGS.items()
    }
    # A database keeps an address under its digest.
    named = {"address": "digest"}
    in_memory = {
        kind: {named.get(name, name) for name in each.unique} for kind, each in KINDS.items()
    }
    assert in_memory == in_tables


@pytest.mark.parametrize("entity", WHOLE, ids=lambda each: type(each).__name__)
async def test_comes_back_as_it_went_in(record: AnyRecord, entity: object) -> None:
    await record.save(Work(new_keys=[S], put=[entity], audit=[entry(S)]))

    assert await record.get(type(entity), _key(entity)) == entity


@pytest.mark.parametrize("entity", WHOLE, ids=lambda each: type(each).__name__)
async def test_removed_is_gone(record: AnyRecord, entity: object) -> None:
    await record.save(Work(new_keys=[S], put=[entity], audit=[entry(S)]))
    await record.save(Work(remove=[entity], audit=[entry(S)]))

    assert await record.get(type(entity), _key(entity)) is None


async def test_what_is_kept_is_nobodys_to_change(record: AnyRecord) -> None:
    joining = {"area": "north"}
    given = await add_person(record, joining=joining, nhs_number="9434765919")
    joining["area"] = "south"
    for read in (
        await record.get(Person, given.id),
        *await record.find(Person),
        *await record.find_by_index(Person, "nhs_number", given.nhs_number),
    ):
        assert read is not None
        assert read.joining == {"area": "north"}
        read.joining["area"] = "east"  # type: ignore[index]

    kept = await record.get(Person, given.id)
    assert kept is not None
    assert kept.joining == {"area": "north"}


async def test_put_again_replaces(record: AnyRecord) -> None:
    before = await add_person(record, nhs_number="9434765919")
    after = replace(before, state=PersonState.PAUSED, nhs_number="", chosen_name="Bird")
    await record.save(Work(put=[after], audit=[entry(before.id)]))

    assert await record.get(Person, before.id) == after
    assert await record.find_by_index(Person, "nhs_number", "9434765919") == []


async def test_finds_by_equal_one_of_and_none(record: AnyRecord) -> None:
    north = await add_person(record, team="north")
    south = await add_person(record, team="south", joined_at=START)
    await add_person(record, team="east")

    assert await record.find(Person, team="south") == [south]
    found = await record.find(Person, order="team", team=["north", "south"])
    assert found == [north, south]
    assert await record.find(Person, team=["north", "south"], joined_at=None) == [north]
    assert await record.find(Person, team=[]) == []
    assert await record.find(Person, state=PersonState.ENDED) == []


async def test_finds_in_order_between_and_so_many(record: AnyRecord) -> None:
    await add_person(record, subject=S)
    events = [
        EngagementEvent(f"event-{each}", S, EventKind.MOOD, START + timedelta(days=each))
        for each in range(5)
    ]
    await record.save(Work(put=events, audit=[entry(S)]))

    span = ("at", START + timedelta(days=1), START + timedelta(days=3))
    assert await record.find(EngagementEvent, between=span, order="at") == events[1:3]
    assert await record.find(EngagementEvent, order="-at", limit=2, subject=S) == events[:2:-1]


async def test_a_sealed_field_cannot_be_asked_for(record: AnyRecord) -> None:
    with pytest.raises(TypeError, match="name"):
        await record.find(Person, name="Robin Example")
    with pytest.raises(TypeError, match="joining"):
        await record.find(Person, order="joining")
    with pytest.raises(TypeError, match="name"):
        await record.find_by_index(Person, "name", "Robin Example")


async def test_finds_by_index(record: AnyRecord) -> None:
    born = date(1990, 2, 28)
    one = await add_person(record, nhs_number="943 476 5919", born=born)
    other = await add_person(record, born=born)

    assert await record.find_by_index(Person, "nhs_number", "9434765919") == [one]
    assert await record.find_by_index(Person, "nhs_number", "9434765910") == []
    both = await record.find_by_index(Person, "born", "1990-02-28")
    assert {each.id for each in both} == {one.id, other.id}


async def test_finds_an_address_by_channel_and_value(record: AnyRecord) -> None:
    known = Address("address-1", S, "telegram", "chat-1", START)
    await record.save(Work(new_keys=[S], put=[known], audit=[entry(S)]))

    assert await record.find_by_index(Address, "address", "telegram:chat-1") == [known]
    assert await record.find_by_index(Address, "address", "sms:chat-1") == []


async def test_two_of_one_code_cannot_be(record: AnyRecord) -> None:
    first = await add_person(record)
    second = person(code=first.code)

    with pytest.raises(AlreadyThere):
        await record.save(Work(new_keys=[second.id], put=[second], audit=[entry(second.id)]))
    assert await record.get(Person, second.id) is None


@pytest.mark.parametrize("odd", ["\0", "a\0b", "\ud800", "x" * 100_000, "'; DROP TABLE persons"])
async def test_odd_texts_find_nothing(record: AnyRecord, odd: str) -> None:
    assert await record.get(Person, odd) is None
    assert await record.find(Person, code=odd) == []
    assert await record.find(Person, code=[odd]) == []
    assert await record.find_by_index(Person, "nhs_number", odd) == []


async def test_what_cannot_be_kept_is_refused_without_its_words(record: AnyRecord) -> None:
    broken = person(name="half \ud800 a character")

    with pytest.raises(BadInput) as raised:
        await record.save(Work(new_keys=[broken.id], put=[broken], audit=[entry(broken.id)]))
    assert "half" not in str(raised.value)
    mistyped = person(name=7)
    with pytest.raises(BadInput):
        await record.save(Work(new_keys=[mistyped.id], put=[mistyped], audit=[entry(mistyped.id)]))


async def test_nothing_is_kept_for_a_subject_without_a_key(record: AnyRecord) -> None:
    stray = person()

    with pytest.raises(NotFound):
        await record.save(Work(put=[stray], audit=[entry(stray.id)]))


async def test_a_class_that_is_not_kept(record: AnyRecord) -> None:
    with pytest.raises(TypeError, match="Button"):
        await record.get(Button, "x")
    with pytest.raises(TypeError, match="Button"):
        await record.save(Work(put=[Button("x", Press("a", "b"))], audit=[entry(S)]))


async def test_facts_of_the_database(record: AnyRecord) -> None:
    assert await record.meta_get("demo") is None
    await record.meta_set("demo", "yes")
    await record.meta_set("demo", "no")
    assert await record.meta_get("demo") == "no"
