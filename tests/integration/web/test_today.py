"""The caseload at a glance, and whom to look at first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.crisis_plan import PlanStatus
from bot.domain.engagement import EventKind
from bot.domain.errors import BadInput, NotPermitted
from bot.domain.people import Role
from tests.integration.web.world import NOW, WORDS, Browser, World


async def test_a_caseload_at_a_glance(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    robin = await world.person(sam, "robin-1", "Robin")
    finch = await world.person(sam, "finch-1", "Finch")
    await world.person(sam, "lark-1", "Lark")
    await world.plan(wren, sam)
    await world.plan(robin, sam, review_due=date(2026, 5, 31))
    await world.plan(finch, sam, status=PlanStatus.DECLINED, because="Not now")
    late = datetime(2026, 5, 30, 23, 30, tzinfo=UTC)
    await world.happened(wren, EventKind.CONTACT, late)
    await browser.sign_in()
    rows = browser.page.split("<tbody")[1].split("<tr")[1:]
    assert [name in row for name, row in zip(["Finch", "Lark", "Robin", "Wren"], rows, strict=True)]
    assert "Said no for now" in rows[0]
    assert "None yet" in rows[1]
    assert "Review overdue" in rows[2]
    assert "31 May 2026" in rows[2]
    assert "Agreed" in rows[3]
    assert "3 September 2026" in rows[3]
    assert "31 May 2026" in rows[3], "half past midnight in Derby is the next day"
    assert "Not yet" in rows[0]


async def test_concerns_come_first_then_tasks(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    robin = await world.person(sam, "robin-1", "Robin")
    finch = await world.person(sam, "finch-1", "Finch")
    await world.task(wren, sam)
    await world.wrote(robin)
    world.clock.move(timedelta(minutes=5))
    await world.wrote(finch)
    caseload = await world.caseloads.of(by=sam)
    assert [each.person.called for each in caseload.to_look_at] == ["Robin", "Finch", "Wren"]
    await browser.sign_in()
    look = browser.page.split('id="look"')[1].split("</section>")[0]
    assert look.index("Robin") < look.index("Finch") < look.index("Wren")
    assert "Nobody has it yet" in look
    assert "1 June 2026, 10:30" in look
    assert "Did not answer a safety question" in look
    assert WORDS not in browser.page.replace("&#39;", "'"), "words wait for the person's page"


async def test_nothing_to_look_at_and_nobody_here_are_said_kindly(
    world: World, browser: Browser
) -> None:
    await world.staff()
    await browser.sign_in()
    assert "Nothing on your caseload is waiting to be looked at." in browser.page
    assert "Nobody is on your caseload yet." in browser.page


async def test_what_waits_elsewhere_in_the_team_is_shown_to_the_team_alone(world: World) -> None:
    sam, ali = await world.staff(), await world.staff("ali")
    far = await world.staff("kim", team="South")
    concern = await world.wrote(await world.person(ali))
    task = await world.task(await world.person(ali, "robin-1", "Robin"), ali)
    elsewhere = (await world.caseloads.of(by=sam)).elsewhere
    assert [(each.person.called, each.concern, each.tasks) for each in elsewhere] == [
        ("Wren", concern, ()),
        ("Robin", None, (task,)),
    ]
    assert (await world.caseloads.of(by=ali)).elsewhere == ()
    assert (await world.caseloads.of(by=far)).elsewhere == ()


async def test_a_closed_concern_and_a_finished_task_no_longer_wait(world: World) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    concern, task = await world.wrote(wren), await world.task(wren, sam)
    await world.alerts.take("wren-1", concern.id, by=sam)
    await world.alerts.close("wren-1", concern.id, by=sam, note="Rang, and we talked.")
    await world.alerts.finish_task("wren-1", task.id, by=sam)
    assert (await world.caseloads.of(by=sam)).to_look_at == ()


async def test_putting_a_person_on_a_colleagues_caseload(world: World) -> None:
    sam, ali = await world.staff(), await world.staff("ali")
    await world.person(sam)
    assert not (await world.caseloads.of(by=ali)).lines
    entry = await world.assignments.put("wren-1", on=ali, by=sam)
    assert [each.person.code for each in (await world.caseloads.of(by=ali)).lines] == ["wren-1"]
    assert await world.assignments.put("wren-1", on=ali, by=sam) == entry


async def test_who_may_put_whom_on_a_caseload(world: World) -> None:
    sam, reviewer = await world.staff(), await world.staff("rev", Role.REVIEWER)
    far = await world.staff("kim", team="South")
    await world.person(sam)
    with pytest.raises(NotPermitted):
        await world.assignments.put("wren-1", on=far, by=far)
    with pytest.raises(BadInput):
        await world.assignments.put("wren-1", on=reviewer, by=sam)
    assert not (await world.caseloads.of(by=far)).lines


async def test_the_look_at_a_caseload_is_in_the_audit(world: World, browser: Browser) -> None:
    sam = await world.staff()
    await browser.sign_in()
    entries = await world.record.audit_of("service")
    last = entries[-1]
    assert (last.by, last.action, last.thing) == (f"staff:{sam.id}", "see", "caseload")
    assert last.at == NOW
