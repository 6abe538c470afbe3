"""Words of messages go when their team has kept them long enough; records only by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.adapters.records.engines import connect_to
from bot.adapters.records.rights import retaining
from bot.domain.audit import SERVICE_CHAIN
from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.conversations import Conversation
from bot.domain.errors import NotAllowedNow, NotPermitted
from bot.domain.messages import SubjectId
from bot.domain.people import Person, PersonState
from bot.domain.retention import Shortened
from bot.domain.safety_review import ReviewItem, ReviewStatus
from bot.domain.structure import Team
from bot.services.ports import Work
from tests.integration.privacy.left import STAYS, tables_with
from tests.integration.privacy.world import CHAT, WROTE, World
from tests.integration.records.making import START, entry, said

BOTH = Shortened(written=1, answers=1)


async def _words(world: World) -> list[str | None]:
    return [each.words for each in await world.record.messages_of(world.asha.id)]


async def _retain(world: World, **after: float) -> Shortened:
    world.clock.at = START + timedelta(**after)
    return await world.rights.retention.retain(world.clock.now())


async def test_words_go_after_thirty_days(world: World) -> None:
    assert await _retain(world, days=30) == Shortened()
    assert None not in await _words(world)
    assert await _retain(world, days=30, seconds=1) == BOTH
    assert await _words(world) == [None, None]
    memory = await world.record.get(Conversation, world.asha.id)
    assert memory is not None
    assert memory.earlier == ()
    assert await _retain(world, days=31) == Shortened()


async def test_a_team_sets_its_own_days(world: World) -> None:
    await world.record.save(
        Work(put=[Team("north", "North team", message_days=7)], audit=[entry("service")])
    )
    assert await _retain(world, days=7) == Shortened()
    assert await _retain(world, days=8) == BOTH


async def test_a_team_that_nobody_has_written_down_keeps_them_thirty_days(world: World) -> None:
    elsewhere = replace(world.asha, team="nowhere")
    await world.record.save(Work(put=[elsewhere], audit=[entry(world.asha.id)]))
    assert await _retain(world, days=29) == Shortened()
    assert await _retain(world, days=31) == BOTH


async def test_a_message_without_words_is_still_known(world: World) -> None:
    again = said("Once more", address=CHAT)
    first = await world.record.accept(again)
    await _retain(world, days=31)
    second = await world.record.accept(again)
    assert (second.act_id, second.new) == (first.act_id, False)


async def test_rows_go_ninety_days_later(world: World, url: str) -> None:
    await _retain(world, days=31)
    assert await _retain(world, days=120) == Shortened()
    assert await _retain(world, days=121) == Shortened(rows=2)
    engine = connect_to(url)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT kind, state FROM inbox")).all()
    engine.dispose()
    # The reminder is due in a year.
    assert [tuple(row) for row in kept] == [("timer", "waiting")]


async def test_a_hold_keeps_them(world: World) -> None:
    await world.rights.holds.place("P-1", by=world.pru, because="inquest")
    assert await _retain(world, days=400) == Shortened()
    assert WROTE in await _words(world)
    await world.rights.holds.lift("P-1", by=world.pru)
    # So old that the rows go at once, too.
    assert await _retain(world, days=400) == Shortened(1, 1, 2)


@pytest.mark.parametrize(
    ("opened_after", "kept"), [(timedelta(hours=23), True), (timedelta(hours=25), False)]
)
async def test_an_open_concern_keeps_what_led_to_it(
    world: World, opened_after: timedelta, kept: bool
) -> None:
    opened_at = START + opened_after
    concern = Concern("c-2", world.asha.id, opened_at, ConcernStatus.TAKEN, "check", "urge", ())
    await world.record.save(Work(put=[concern], audit=[entry(world.asha.id)]))
    assert await _retain(world, days=60) == (Shortened() if kept else BOTH)

    closed = replace(concern, status=ConcernStatus.CLOSED, closed_at=world.clock.now())
    await world.record.save(Work(put=[closed], audit=[entry(world.asha.id)]))
    assert await _retain(world, days=60) == (BOTH if kept else Shortened())


@pytest.mark.parametrize(
    ("change", "closed_for", "kept"),
    [
        ({}, timedelta(days=89), True),
        ({}, timedelta(days=91), False),
        ({"status": ReviewStatus.REVIEWED}, timedelta(days=1), False),
        ({"status": ReviewStatus.GONE}, timedelta(days=1), False),
        ({"tier": "safeguarding"}, timedelta(days=89), True),
        ({"tier": "check"}, timedelta(days=1), False),
        ({"at": START - timedelta(days=3)}, timedelta(days=1), False),
        ({"at": START + timedelta(days=30)}, timedelta(days=1), False),
        ({"subject": SubjectId("somebody-else")}, timedelta(days=1), False),
    ],
)
async def test_a_closed_concern_keeps_its_words_until_they_are_reviewed(
    world: World, change: dict[str, object], closed_for: timedelta, kept: bool
) -> None:
    closed_at = START + timedelta(days=20)
    concern = Concern(
        "c-3", world.asha.id, START + timedelta(hours=1), ConcernStatus.CLOSED,
        "immediate_crisis", "intent", (), closed_at=closed_at,
    )  # fmt: skip
    item = ReviewItem("item-3", world.asha.id, "act-3", START, "immediate_crisis", "all 1/1")
    item = replace(item, **change)  # type: ignore[arg-type]
    keys = [] if item.subject == world.asha.id else [item.subject]
    work = Work(put=[concern, item], new_keys=keys, audit=[entry(world.asha.id)])
    await world.record.save(work)
    days = max(31, (closed_at - START + closed_for) / timedelta(days=1))
    assert await _retain(world, days=days) == (Shortened() if kept else BOTH)


async def test_what_was_written_after_closing_is_not_kept_for_the_review(world: World) -> None:
    concern = Concern(
        "c-3", world.asha.id, START - timedelta(days=4), ConcernStatus.CLOSED,
        "immediate_crisis", "intent", (), closed_at=START - timedelta(days=2),
    )  # fmt: skip
    at = START - timedelta(days=3)
    item = ReviewItem("item-3", world.asha.id, "act-3", at, "immediate_crisis", "all 1/1")
    await world.record.save(Work(put=[concern, item], audit=[entry(world.asha.id)]))
    assert await _retain(world, days=31) == BOTH


async def test_what_waits_is_left(world: World) -> None:
    await world.record.accept(said("Not answered yet", address=CHAT))
    await _retain(world, days=60)
    assert "Not answered yet" in await _words(world)


async def test_the_dry_run_counts_and_does_nothing(world: World) -> None:
    world.clock.move(days=31)
    report = await world.rights.retention.report(by=world.pru)
    assert dict(report.messages) == {"north": BOTH}
    assert (report.records, report.held) == ((), ())
    assert WROTE in await _words(world)
    with pytest.raises(NotPermitted):
        await world.rights.retention.report(by=world.dawn)


async def test_more_than_one_window(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "WINDOW", 1)
    assert await _retain(world, days=31) == BOTH
    entries = await world.record.audit_of(SERVICE_CHAIN)
    assert {each.action for each in entries} == {"shorten"}
    assert sum(int(each.details["written"]) for each in entries) == 1
    assert await _retain(world, days=130) == Shortened(rows=2)


async def _ended(world: World, code: str, state: PersonState, years: int) -> Person:
    since = START.replace(year=START.year - years)
    person = Person(
        SubjectId(f"subject-{code}"), code, state, "north", since, "Old Fern", state_since=since
    )
    await world.record.save(Work(new_keys=[person.id], put=[person], audit=[entry(person.id)]))
    return person


async def test_records_go_only_by_a_person_who_has_read_the_report(world: World, url: str) -> None:
    gone = [
        await _ended(world, "E-20", PersonState.ENDED, 20),
        await _ended(world, "D-10", PersonState.DIED, 10),
    ]
    stay = [
        await _ended(world, "E-19", PersonState.ENDED, 19),
        await _ended(world, "D-9", PersonState.DIED, 9),
        await _ended(world, "A-30", PersonState.ACTIVE, 30),
    ]
    held = await _ended(world, "H-20", PersonState.ENDED, 21)
    await world.rights.holds.place("H-20", by=world.pru, because="inquest")
    retention = world.rights.retention
    await retention.retain(world.clock.now())
    assert len(await world.record.find(Person)) == 7

    report = await retention.report(by=world.pru)
    assert {each.code for each in report.records} == {"E-20", "D-10"}
    assert [each.code for each in report.held] == ["H-20"]
    with pytest.raises(NotPermitted):
        await retention.apply(report.mark, by=world.dawn)
    with pytest.raises(NotAllowedNow, match="dry run"):
        await retention.apply("somewhat", by=world.pru)
    applied = await retention.apply(report.mark, by=world.pru)

    assert set(applied.erased) == {"E-20", "D-10"}
    for each in gone:
        assert tables_with(url, each.id) == STAYS
    kept = {each.id for each in await world.record.find(Person)}
    assert kept == {world.asha.id, held.id, *(each.id for each in stay)}
    with pytest.raises(NotAllowedNow, match="dry run"):
        await retention.apply(report.mark, by=world.pru)
