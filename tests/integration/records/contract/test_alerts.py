"""A concern's alerts: who is told, when, and what happens when nobody picks up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.errors import (
    BadInput,
    NotAllowedNow,
    NotFound,
    NotPermitted,
    SendingRefused,
    SendingUnavailable,
)
from bot.domain.night_route import NightPickup
from bot.domain.notices import Notice, NoticeStatus, Rung
from bot.domain.on_call import AlertPoint, DutyPlace, PointChannel
from bot.domain.people import Staff
from bot.services.alerting.daily import DAILY_AT, slot
from bot.services.alerting.night_routes import route_of
from bot.services.alerting.sending import MOST_TRIES
from bot.services.ports import AlertText, Work
from tests.integration.records.contract.alerting import (
    MONDAY_NIGHT,
    MONDAY_TEN,
    OnCall,
    cover,
    on_call,
)
from tests.integration.records.making import AnyRecord, SetClock, entry


@pytest.fixture
async def case(record: AnyRecord, clock: SetClock) -> OnCall:
    made = await on_call(record, clock)
    for name in ("dawn", "ali", "mona", "nell"):
        await made.at(name)
    await made.line()
    return made


async def test_by_day_each_is_asked_in_turn_until_somebody_picks_up(case: OnCall) -> None:
    await case.on_duty("mona", DutyPlace.MANAGER)
    await case.writes()
    assert await case.after(minutes=0) == ["dawn"]
    assert await case.after(minutes=29) == []
    assert await case.after(minutes=32) == ["line"]
    assert await case.after(minutes=60) == ["mona"]
    assert await case.after(hours=4) == []


async def test_what_is_sent_says_nothing_and_only_that(case: OnCall) -> None:
    await case.writes()
    await case.after(hours=4)
    assert {text for _, text in case.outgoing.sent} == {"alert"}


async def test_once_somebody_has_picked_up_nobody_else_is_asked(case: OnCall) -> None:
    concern = await case.writes()
    await case.after(minutes=10)
    await case.alerts.take("R-1", concern.id, by=await case.staff("ali"))
    assert await case.after(hours=30) == []
    not_needed = [f"{rung} not_needed" for rung in ("cover", "duty", "manager")]
    assert await case.rungs() == ["owner sent", *not_needed]


async def test_who_stands_in_is_asked_at_once_while_the_owner_is_away(case: OnCall) -> None:
    await case.record.save(
        Work(put=[cover("dawn", "ali", case.clock.now())], audit=[entry("service")])
    )
    await case.writes()
    assert await case.after(minutes=1) == ["ali"]


async def test_cover_that_begins_after_the_concern_counts_when_its_rung_is_due(
    case: OnCall,
) -> None:
    await case.writes()
    assert await case.after(minutes=1) == ["dawn"]
    away = cover("dawn", "ali", case.clock.now())
    await case.record.save(Work(put=[away], audit=[entry("service")]))
    assert await case.after(minutes=30) == ["ali"]


async def test_somebody_without_an_address_keeps_nobody_waiting(
    record: AnyRecord, clock: SetClock
) -> None:
    case = await on_call(record, clock)
    await case.line()
    await case.writes()
    assert await case.after(minutes=1) == ["line"]
    assert (await case.rungs())[:3] == ["owner no_address", "cover no_address", "duty sent"]


async def test_who_has_left_is_not_asked(case: OnCall) -> None:
    dawn = await case.staff("dawn")
    gone = replace(dawn, ended_at=case.clock.now())
    await case.record.save(Work(put=[gone], audit=[entry("service")]))
    await case.writes()
    assert "dawn" not in await case.after(hours=4)


async def test_at_night_with_nobody_it_waits_for_the_morning(
    record: AnyRecord, clock: SetClock
) -> None:
    case = await on_call(record, clock, MONDAY_NIGHT)
    await case.at("dawn")
    await case.signs("intent")
    await case.writes()
    assert await case.after(hours=9, minutes=59) == []
    assert await case.after(minutes=1) == ["dawn"]
    assert case.woken == []


async def test_at_night_round_the_clock_the_line_is_asked_and_lateness_told(
    record: AnyRecord, clock: SetClock
) -> None:
    case = await on_call(record, clock, MONDAY_NIGHT)
    for name in ("dawn", "ali", "mona", "nell"):
        await case.at(name)
    await case.line()
    await case.on_duty("nell", DutyPlace.FIRST)
    await case.on_duty("ali", DutyPlace.NEXT)
    await case.signs("intent", within=15)
    await case.writes()
    assert sorted(await case.after(minutes=14)) == ["line", "nell"]
    assert sorted(await case.after(minutes=1)) == ["ali", "mona"]
    assert [each.partition(":")[0] for each in case.woken] == ["tell_person"]
    assert (await case.after(hours=9, minutes=50))[0] == "dawn"


async def test_nobody_who_told_of_abuse_is_written_to_when_it_is_late(
    record: AnyRecord, clock: SetClock
) -> None:
    case = await on_call(record, clock, MONDAY_NIGHT)
    await case.line()
    await case.signs("abuse_now", within=15)
    await case.writes("abuse_now", "safeguarding")
    assert case.woken == []
    assert not await record.find(Notice, rung=Rung.TELL_PERSON)


async def test_what_joins_plans_nothing_new_and_what_is_graver_does(case: OnCall) -> None:
    await case.writes("urge")
    assert await case.after(minutes=5) == ["dawn"]
    await case.writes("urge")
    await case.writes("burden")
    assert await case.after(minutes=5) == []
    await case.writes("attempt")
    assert await case.after(minutes=1) == ["dawn"]
    waiting = await case.record.find(Notice, status=NoticeStatus.WAITING)
    assert sorted(each.rung for each in waiting) == ["cover", "duty", "manager"]
    await case.writes("overdose_on_purpose", "immediate_medical")
    assert await case.after(minutes=1) == ["dawn"]


async def test_a_family_with_another_way_at_night_is_planned_afresh(
    record: AnyRecord, clock: SetClock
) -> None:
    case = await on_call(record, clock, MONDAY_NIGHT)
    await case.line()
    await case.signs("intent")
    await case.signs("burden", within=30)
    await case.writes("intent")
    assert await case.after(minutes=5) == []
    await case.writes("burden")
    assert await case.after(minutes=5) == ["line"]
    await case.writes("burden")
    assert await case.after(minutes=5) == []


async def test_after_all_were_asked_in_vain_another_message_begins_anew(case: OnCall) -> None:
    await case.writes()
    await case.after(hours=5)
    await case.writes()
    assert await case.after(minutes=1) == ["dawn"]


async def test_a_graver_message_opens_a_taken_concern_anew(case: OnCall) -> None:
    concern = await case.writes("urge")
    await case.alerts.take("R-1", concern.id, by=await case.staff("ali"))
    await case.writes("urge")
    assert await case.after(minutes=5) == []
    again = await case.writes("attempt")
    assert (again.id, again.status, again.owner) == (concern.id, ConcernStatus.OPEN, "")
    assert await case.after(minutes=1) == ["dawn"]


async def test_danger_long_after_it_was_taken_is_told_of_again(case: OnCall) -> None:
    concern = await case.writes()
    await case.alerts.take("R-1", concern.id, by=await case.staff("dawn"))
    await case.after(hours=11)
    assert (await case.writes()).status is ConcernStatus.TAKEN
    await case.after(hours=2)
    assert (await case.writes()).status is ConcernStatus.OPEN


async def test_what_is_refused_goes_on_to_the_next_at_once(case: OnCall) -> None:
    case.outgoing.fails["dawn@trust.example"] = SendingRefused()
    await case.writes()
    # Nobody covers, and nobody else has the person: the line is next.
    assert await case.after(minutes=1) == ["line"]
    assert (await case.rungs())[0] == "owner failed"


async def test_a_sender_that_is_down_is_tried_again_and_nothing_is_lost(case: OnCall) -> None:
    case.outgoing.fails["*"] = SendingUnavailable()
    await case.writes()
    assert await case.after(minutes=10) == []
    state = await case.alerting.daily.state()
    assert state.undelivered
    case.outgoing.fails.clear()
    # Each rung's turn came while it was down: all are told now, the owner among them.
    assert sorted(await case.after(minutes=6)) == ["dawn", "line", "mona"]
    assert await case.after(hours=8) == []


async def test_a_fault_of_the_senders_own_is_tried_again_too(case: OnCall) -> None:
    case.outgoing.fails["dawn@trust.example"] = RuntimeError("words")  # type: ignore[assignment]
    await case.writes()
    assert await case.after(seconds=4) == []
    case.outgoing.fails.clear()
    assert await case.after(seconds=10) == ["dawn"]


async def test_after_a_day_of_tries_it_has_failed(case: OnCall) -> None:
    case.outgoing.fails["dawn@trust.example"] = SendingUnavailable()
    await case.writes()
    await case.after(hours=26)
    (owner,) = await case.record.find(Notice, rung=Rung.OWNER, status=NoticeStatus.FAILED)
    assert owner.tries == MOST_TRIES


async def test_one_that_the_provider_could_not_deliver_goes_on_to_the_next(case: OnCall) -> None:
    await case.writes()
    await case.after(minutes=1)
    case.outgoing.outcomes["ref-dawn@trust.example"] = False
    await case.dispatcher.ask_for_outcomes()
    assert await case.after(minutes=1) == ["line"]
    case.outgoing.outcomes["ref-line@trust.example"] = True
    await case.dispatcher.ask_for_outcomes()
    (line,) = await case.record.find(Notice, rung=Rung.DUTY)
    assert (line.status, line.delivered_at) == (NoticeStatus.DELIVERED, case.clock.now())


async def test_killed_between_sending_and_noting_it_goes_twice_and_is_never_lost(
    case: OnCall,
) -> None:
    await case.writes()

    async def killed(work: Work, *, durable: bool = True) -> None:
        if any(isinstance(each, Notice) and each.sent_at for each in work.put):
            raise SystemError
        await real(work, durable=durable)

    real = case.record.save
    case.record.save = killed  # type: ignore[method-assign]
    await case.dispatcher.send_due()
    case.record.save = real  # type: ignore[method-assign]
    await case.after(minutes=1)
    assert case.outgoing.to == ["dawn", "dawn"]
    assert len(set(case.outgoing.ids)) == 1


async def test_a_notice_that_was_planned_anew_while_it_was_under_way_changes_nothing(
    case: OnCall,
) -> None:
    await case.writes("urge")
    real = case.outgoing.send

    async def meanwhile(point: AlertPoint, text: AlertText, notice_id: str) -> str:
        case.outgoing.send = real  # type: ignore[method-assign]
        await case.writes("attempt")
        return await real(point, text, notice_id)

    case.outgoing.send = meanwhile  # type: ignore[method-assign]
    assert await case.after(minutes=1) == ["dawn", "dawn"]
    statuses = [each.status for each in await case.record.find(Notice, rung=Rung.OWNER)]
    assert sorted(statuses) == ["not_needed", "sent"]


async def test_rungs_that_are_due_in_one_moment_ask_nobody_beyond_them(case: OnCall) -> None:
    await case.writes()
    await case.after(minutes=1)
    # Nobody stands in, so that rung goes on to the next: the line, which is due as well.
    case.clock.move(minutes=61)
    assert await case.after(minutes=10) == ["line"]


async def test_a_concern_of_which_nobody_could_be_told_shows(
    record: AnyRecord, clock: SetClock
) -> None:
    case = await on_call(record, clock)
    concern = await case.writes()
    assert await case.after(minutes=1) == []
    assert {each.partition(" ")[2] for each in await case.rungs()} == {"no_address"}
    assert (await case.alerting.daily.state()).undelivered == 1
    await case.alerts.take("R-1", concern.id, by=await case.staff("dawn"))
    assert (await case.alerting.daily.state()).is_well


async def test_without_a_sender_each_notice_says_so(case: OnCall) -> None:
    await case.writes()
    case.dispatcher = replace(case.dispatcher, sender=None)
    await case.after(hours=4)
    assert {each.partition(" ")[2] for each in await case.rungs()} == {"no_address"}


async def test_opening_marks_ones_own_and_the_lines_notices(case: OnCall) -> None:
    await case.writes()
    await case.after(hours=4)
    opening = case.alerting.opening
    assert await opening.opened(by=await case.staff("dawn")) == 2
    assert await opening.opened(by=await case.staff("dawn")) == 0
    opened = await case.record.find(Notice, order="due_at")
    assert [each.rung for each in opened if each.opened_at] == ["owner", "duty"]


async def test_each_line_is_proved_once_a_day_and_its_absence_shows(case: OnCall) -> None:
    daily = case.alerting.daily
    case.clock.at = MONDAY_TEN + timedelta(hours=2)
    await daily.plan()
    await daily.plan()
    assert await case.after(minutes=1) == ["line"]
    assert case.outgoing.sent == [("line", "daily")]
    assert (await daily.state()).is_well
    case.clock.at = MONDAY_TEN + timedelta(days=1, minutes=59)
    assert (await daily.state()).is_well
    case.clock.at = MONDAY_TEN + timedelta(days=1, hours=1)
    assert (await daily.state()).unproved == ("north",)
    await daily.alarm()
    await daily.alarm()
    assert await case.after(minutes=1) == ["mona"]
    assert case.outgoing.sent[-1] == ("mona", "missing")
    await daily.plan()
    await case.after(minutes=1)
    assert (await daily.state()).is_well


async def test_a_daily_alert_that_cannot_go_out_shows(case: OnCall) -> None:
    case.outgoing.fails["*"] = SendingRefused()
    case.clock.at = MONDAY_TEN + timedelta(hours=2)
    await case.alerting.daily.plan()
    await case.after(minutes=1)
    state = await case.alerting.daily.state()
    assert (state.undelivered, state.unproved) == (1, ("north",))


def test_the_daily_alert_is_due_by_the_wall_clock_when_the_clocks_change() -> None:
    assert DAILY_AT.hour == 10
    assert slot(datetime(2030, 3, 31, 12, tzinfo=UTC)) == datetime(2030, 3, 31, 9, tzinfo=UTC)
    assert slot(datetime(2030, 3, 30, 12, tzinfo=UTC)) == datetime(2030, 3, 30, 10, tzinfo=UTC)
    assert slot(datetime(2030, 3, 30, 9, tzinfo=UTC)) == datetime(2030, 3, 29, 10, tzinfo=UTC)


async def test_only_the_manager_of_the_team_signs_its_nights(case: OnCall) -> None:
    routes = case.alerting.night_routes
    for name in ("dawn", "nell"):
        with pytest.raises(NotPermitted):
            await routes.sign("north", ["intent"], NightPickup.NOBODY, by=await case.staff(name))
    elsewhere = replace(await case.staff("mona"), id="s-other", username="other")
    with pytest.raises(NotPermitted):
        await routes.sign("north", ["intent"], NightPickup.NOBODY, by=elsewhere)


async def test_a_new_signature_ends_the_one_before(case: OnCall) -> None:
    await case.signs("intent", "burden")
    case.clock.move(days=1)
    await case.signs("intent", within=20)
    now, record = case.clock.now(), case.record
    intent = await route_of(record, "north", "intent", now)
    burden = await route_of(record, "north", "burden", now)
    assert intent is not None
    assert burden is not None
    assert (intent.within_minutes, burden.pickup) == (20, NightPickup.NOBODY)
    before = await route_of(record, "north", "intent", now - timedelta(hours=1))
    assert before is not None
    assert before.pickup is NightPickup.NOBODY
    assert "attempt" in await case.alerting.night_routes.missing("north")
    assert "intent" not in await case.alerting.night_routes.missing("north")


async def test_a_family_without_its_own_route_goes_by_the_defaults(case: OnCall) -> None:
    assert await route_of(case.record, "north", "something", case.clock.now()) is None
    await case.signs("default", within=5)
    route = await route_of(case.record, "north", "something", case.clock.now())
    assert route is not None
    assert route.family == "default"


async def test_round_the_clock_needs_somebody_to_reach(record: AnyRecord, clock: SetClock) -> None:
    case = await on_call(record, clock)
    with pytest.raises(NotAllowedNow):
        await case.signs("intent", within=15)
    await case.on_duty("nell", DutyPlace.FIRST)
    with pytest.raises(NotAllowedNow):
        await case.signs("intent", within=15)
    await case.at("nell")
    await case.signs("intent", within=15)


@pytest.mark.parametrize(
    ("families", "pickup", "within"),
    [
        (["hunger"], NightPickup.NOBODY, 0),
        ([], NightPickup.NOBODY, 0),
        (["intent"], NightPickup.NOBODY, 10),
        (["intent"], NightPickup.ROUND_THE_CLOCK, 0),
        (["intent"], NightPickup.ROUND_THE_CLOCK, 241),
    ],
)
async def test_what_cannot_be_signed(
    case: OnCall, families: list[str], pickup: NightPickup, within: int
) -> None:
    mona = await case.staff("mona")
    with pytest.raises(BadInput):
        await case.alerting.night_routes.sign("north", families, pickup, within, by=mona)
    assert not await case.alerting.night_routes.of("north")


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("email", "no address"),
        ("email", "a@b"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("email", "Dawn <d@b.example>"),
        ("sms", "0115 496 0000"),
        ("sms", "call me"),
        ("sms", "07700 90012"),
    ],
)
async def test_an_address_has_the_form_of_its_channel(
    case: OnCall, channel: str, address: str
) -> None:
    dawn = await case.staff("dawn")
    with pytest.raises(BadInput):
        await case.alerting.points.add_of_staff(dawn, PointChannel(channel), address, by=dawn)


async def test_ones_own_point_is_ones_own_and_a_lines_the_managers(case: OnCall) -> None:
    points = case.alerting.points
    dawn, ali, mona = [await case.staff(each) for each in ("dawn", "ali", "mona")]
    number = await points.add_of_staff(dawn, PointChannel.SMS, "07700 900123", by=dawn)
    assert number.address == "07700900123"
    with pytest.raises(NotPermitted):
        await points.add_of_staff(ali, PointChannel.SMS, "07700 900124", by=dawn)
    with pytest.raises(NotPermitted):
        await points.add_of_team("north", PointChannel.SMS, "07700 900124", by=dawn)
    with pytest.raises(NotPermitted):
        await points.end(number.id, by=ali)
    await points.end(number.id, by=mona)
    with pytest.raises(NotFound):
        await points.end(number.id, by=dawn)
    assert len(await points.of(number.of, dawn.id)) == 1


async def test_a_point_that_has_ended_gets_nothing(case: OnCall) -> None:
    case.outgoing.fails["dawn@trust.example"] = SendingUnavailable()
    await case.writes()
    await case.after(seconds=1)
    dawn = await case.staff("dawn")
    (point,) = await case.record.find(AlertPoint, of_id=dawn.id)
    await case.alerting.points.end(point.id, by=dawn)
    case.outgoing.fails.clear()
    assert await case.after(minutes=1) == ["line"]


async def test_the_rota_is_the_managers_and_what_cannot_be_is_refused(case: OnCall) -> None:
    duty, now = case.alerting.duty, case.clock.now()
    dawn, mona = await case.staff("dawn"), await case.staff("mona")
    times = {"since": now, "until": now + timedelta(hours=8)}
    with pytest.raises(NotPermitted):
        await duty.add_shift("north", dawn, DutyPlace.FIRST, by=dawn, **times)
    with pytest.raises(NotFound):
        await duty.add_shift("south", dawn, DutyPlace.FIRST, by=mona, **times)
    with pytest.raises(BadInput):
        await duty.add_shift(
            "north", dawn, DutyPlace.FIRST, since=now, until=now + timedelta(days=32), by=mona
        )
    shift = await duty.add_shift("north", dawn, DutyPlace.FIRST, by=mona, **times)
    assert await duty.shifts("north") == [shift]
    await duty.end_shift(shift.id, by=mona)
    assert await duty.shifts("north") == []
    with pytest.raises(NotFound):
        await duty.end_shift(shift.id, by=mona)


@pytest.mark.parametrize(
    "given",
    [
        {"days": "18"},
        {"days": "11"},
        {"days": ""},
        {"opens": "9"},
        {"opens": "18:00"},
        {"closes": "24:00"},
        {"cover_minutes": 61},
        {"manager_minutes": 1441},
        {"ask_minutes": 0},
    ],
)
async def test_times_by_which_no_team_could_work_are_refused(
    case: OnCall, given: dict[str, str | int]
) -> None:
    mona = await case.staff("mona")
    with pytest.raises(BadInput):
        await case.alerting.duty.set_times("north", by=mona, **given)
    changed = await case.alerting.duty.set_times("north", by=mona, days="1234567", closes="20:00")
    assert await case.alerting.duty.times("north") == changed
    assert (changed.opens, changed.closes) == ("09:00", "20:00")


async def test_what_is_missing_for_live_use_is_named(record: AnyRecord, clock: SetClock) -> None:
    case = await on_call(record, clock)
    missing = case.alerting.readiness.missing
    assert [each for each in await missing() if "signed night route" in each]
    routes = case.alerting.night_routes
    mona = await case.staff("mona")
    families = await routes.missing("north")
    await routes.sign("north", families, NightPickup.NOBODY, by=mona)
    (line,) = await missing()
    assert "each key worker" in line
    await case.at("dawn")
    assert await missing() == []
    assert await replace(case.alerting.readiness, has_sender=False).missing() == [
        "a way to send alerts: SMTP_URL or NOTIFY_API_KEY"
    ]


async def test_a_round_the_clock_route_whose_line_has_gone_is_missing(case: OnCall) -> None:
    routes = case.alerting.night_routes
    mona = await case.staff("mona")
    every = await routes.missing("north")
    await routes.sign("north", every, NightPickup.ROUND_THE_CLOCK, 15, by=mona)
    assert await case.alerting.readiness.missing() == []
    (point,) = await case.record.find(AlertPoint, of_id="north")
    await case.alerting.points.end(point.id, by=mona)
    (line,) = await case.alerting.readiness.missing()
    assert "round-the-clock" in line


async def test_whatever_is_wrong_with_a_teams_times_somebody_is_told(
    case: OnCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("bot.services.alerting.planning.times_of", broken)
    await case.writes()
    assert await case.after(minutes=1) == ["dawn"]


async def test_nothing_is_sent_about_somebody_who_was_erased(case: OnCall) -> None:
    await case.writes()
    work = Work(forget=[case.robin.id], audit=[entry("service")])
    await case.record.save(work)
    assert await case.after(hours=4) == []
    assert not await case.record.find(Notice)
    assert not await case.record.find(Concern)
    assert await case.record.find(Staff)
