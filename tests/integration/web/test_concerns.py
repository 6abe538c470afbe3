"""Concerns: one a person, taken by name, closed by whoever took it."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from bot.domain.concerns import Concern, ConcernStatus, Task
from bot.domain.errors import BadInput, NotAllowedNow, NotFound, NotPermitted
from tests.integration.web.world import ANSWERED, NOW, WORDS, Browser, World


async def test_later_words_join_the_concern_that_is_open(world: World) -> None:
    wren = await world.person(await world.staff())
    first = await world.wrote(wren)
    world.clock.move(timedelta(minutes=9))
    second = await world.wrote(wren, "are you there")
    assert second.id == first.id
    kept = await world.alerts.concern_of(wren.id)
    assert kept is not None
    assert [(each.at, each.words) for each in kept.notes] == [
        (NOW, WORDS),
        (NOW + timedelta(minutes=9), "are you there"),
    ]
    assert kept.opened_at == NOW
    assert len(await world.record.find(Concern, subject=wren.id)) == 1


async def test_what_joins_a_taken_concern_leaves_it_with_its_owner(world: World) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    concern = await world.wrote(wren)
    await world.alerts.take("wren-1", concern.id, by=sam)
    joined = await world.wrote(wren, "still here")
    assert (joined.owner, joined.status) == (sam.id, ConcernStatus.TAKEN)


async def test_after_closing_a_new_one_opens(world: World) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    first = await world.wrote(wren)
    await world.alerts.take("wren-1", first.id, by=sam)
    await world.alerts.close("wren-1", first.id, by=sam, note="We spoke.")
    second = await world.wrote(wren)
    assert second.id != first.id
    assert second.status is ConcernStatus.OPEN


async def test_taking_and_closing_from_the_page(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    concern = await world.wrote(wren)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    assert WORDS in browser.page.replace("&#39;", "'")
    assert ANSWERED in browser.page
    await browser.send(f"/people/wren-1/concerns/{concern.id}/take", seen_owner="")
    assert "You have this concern now." in browser.page
    assert "You have it." in browser.page
    blank = await browser.send(f"/people/wren-1/concerns/{concern.id}/close", note="  ")
    assert blank.status_code == 422
    assert "Say in a few words what was done." in browser.page
    await browser.send(
        f"/people/wren-1/concerns/{concern.id}/close", note="Rang at 10:40. Jo is with them."
    )
    assert "The concern is closed." in browser.page
    assert "Looked at before" in browser.page
    assert "Rang at 10:40. Jo is with them." in browser.page
    kept = await world.record.get(Concern, concern.id)
    assert kept is not None
    assert (kept.status, kept.owner, kept.closed_at) == (ConcernStatus.CLOSED, sam.id, NOW)
    done = [each.action for each in await world.record.audit_of(wren.id)]
    assert [each for each in done if each in {"open", "take", "close"}] == ["open", "take", "close"]


async def test_a_note_that_is_too_long_comes_back_whole(world: World, browser: Browser) -> None:
    sam = await world.staff()
    concern = await world.wrote(await world.person(sam))
    await world.alerts.take("wren-1", concern.id, by=sam)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    long = "We talked about it. " * 101
    answer = await browser.send(f"/people/wren-1/concerns/{concern.id}/close", note=long)
    assert answer.status_code == 422
    assert "A note can be up to 2000 characters." in browser.page
    assert long in browser.page


async def test_the_newest_words_come_first_and_none_is_left_out(
    world: World, browser: Browser
) -> None:
    wren = await world.person(await world.staff())
    for number in range(5):
        await world.wrote(wren, f"words number {number}")
        world.clock.move(timedelta(minutes=1))
    await browser.sign_in()
    await browser.open("/people/wren-1")
    shown = browser.page.split('id="concern"')[1].split("</section>")[0]
    found = re.findall(r"words number (\d)", shown)
    assert found == ["4", "3", "2", "1", "0"]
    assert shown.index("words number 2") < shown.index("wrote before that")
    assert shown.index("wrote before that") < shown.index("words number 1")


async def test_taking_it_twice_is_taking_it_once(world: World) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    concern = await world.wrote(wren)
    first = await world.alerts.take("wren-1", concern.id, by=sam)
    world.clock.move(timedelta(minutes=5))
    assert await world.alerts.take("wren-1", concern.id, by=sam) == first
    taken = [each for each in await world.record.audit_of(wren.id) if each.action == "take"]
    assert len(taken) == 1


async def test_nobody_has_no_tasks(world: World) -> None:
    await world.task(await world.person(sam := await world.staff()), sam)
    assert await world.alerts.tasks_of([]) == []


async def test_only_who_has_taken_it_closes_it(world: World) -> None:
    sam, ali = await world.staff(), await world.staff("ali")
    concern = await world.wrote(await world.person(sam))
    for somebody in (sam, ali):
        with pytest.raises(NotAllowedNow):
            await world.alerts.close("wren-1", concern.id, by=somebody, note="Done.")
    await world.alerts.take("wren-1", concern.id, by=ali)
    with pytest.raises(NotAllowedNow):
        await world.alerts.close("wren-1", concern.id, by=sam, note="Done.")
    closed = await world.alerts.close("wren-1", concern.id, by=ali, note=" Done. ")
    assert closed.closing_note == "Done."
    with pytest.raises(NotAllowedNow):
        await world.alerts.take("wren-1", concern.id, by=sam, seen_owner=ali.id)


async def test_a_note_with_nothing_in_it_closes_nothing(world: World) -> None:
    sam = await world.staff()
    concern = await world.wrote(await world.person(sam))
    await world.alerts.take("wren-1", concern.id, by=sam)
    for note in ("", " \n\t ", "x" * 2001):
        with pytest.raises(BadInput):
            await world.alerts.close("wren-1", concern.id, by=sam, note=note)


async def test_two_who_press_at_once_do_not_both_have_it(world: World) -> None:
    sam, ali = await world.staff(), await world.staff("ali")
    wren = await world.person(sam)
    concern = await world.wrote(wren)
    results = await asyncio.gather(
        world.alerts.take("wren-1", concern.id, by=sam),
        world.alerts.take("wren-1", concern.id, by=ali),
        return_exceptions=True,
    )
    refused = [each for each in results if isinstance(each, NotAllowedNow)]
    assert len(refused) == 1
    kept = await world.alerts.concern_of(wren.id)
    assert kept is not None
    assert kept in results


async def test_taking_over_from_a_colleague_is_possible_and_noted(
    world: World, browser: Browser
) -> None:
    sam, ali = await world.staff(), await world.staff("ali")
    wren = await world.person(sam)
    concern = await world.wrote(wren)
    await world.alerts.take("wren-1", concern.id, by=ali)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    assert "Ali Example has it." in browser.page
    assert "Take it over from Ali Example" in browser.page
    await browser.send(f"/people/wren-1/concerns/{concern.id}/take", seen_owner=ali.id)
    assert "You have it." in browser.page
    taken = [each for each in await world.record.audit_of(wren.id) if each.action == "take"]
    assert taken[-1].by == f"staff:{sam.id}"
    assert taken[-1].details["from"] == ali.id


async def test_a_page_that_was_open_too_long_takes_nothing_away(
    world: World, browser: Browser
) -> None:
    sam, ali = await world.staff(), await world.staff("ali")
    wren = await world.person(sam)
    concern = await world.wrote(wren)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    await world.alerts.take("wren-1", concern.id, by=ali)
    answer = await browser.send(f"/people/wren-1/concerns/{concern.id}/take", seen_owner="")
    assert answer.status_code == 409
    kept = await world.alerts.concern_of(wren.id)
    assert kept is not None
    assert kept.owner == ali.id


async def test_a_concern_goes_with_its_person(world: World) -> None:
    sam = await world.staff()
    concern = await world.wrote(await world.person(sam))
    await world.person(sam, "robin-1", "Robin")
    task = await world.task(await world.person(sam, "finch-1", "Finch"), sam)
    with pytest.raises(NotFound):
        await world.alerts.take("robin-1", concern.id, by=sam)
    with pytest.raises(NotFound):
        await world.alerts.take("wren-1", "no-such-concern", by=sam)
    with pytest.raises(NotFound):
        await world.alerts.finish_task("robin-1", task.id, by=sam)


async def test_another_team_takes_closes_and_finishes_nothing(world: World) -> None:
    sam, far = await world.staff(), await world.staff("kim", team="South")
    wren = await world.person(sam)
    concern, task = await world.wrote(wren), await world.task(wren, sam)
    with pytest.raises(NotPermitted):
        await world.alerts.take("wren-1", concern.id, by=far)
    with pytest.raises(NotPermitted):
        await world.alerts.close("wren-1", concern.id, by=far, note="Done.")
    with pytest.raises(NotPermitted):
        await world.alerts.finish_task("wren-1", task.id, by=far)


async def test_finishing_a_task_from_the_page(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    task = await world.task(wren, sam)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    assert "It asked twice whether they were safe." in browser.page
    await browser.send(f"/people/wren-1/tasks/{task.id}/finish")
    assert "The task is done." in browser.page
    kept = await world.record.get(Task, task.id)
    assert kept is not None
    assert (kept.done_at, kept.done_by) == (NOW, sam.id)
    assert await world.alerts.tasks_of([wren.id]) == []
    again = await world.alerts.finish_task("wren-1", task.id, by=sam)
    assert again == kept


async def test_no_page_says_tier_family_or_how_many(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    concern = await world.wrote(wren)
    await world.alerts.take("wren-1", concern.id, by=sam)
    await world.alerts.close("wren-1", concern.id, by=sam, note="We spoke.")
    await world.wrote(wren, "again")
    await browser.sign_in()
    today = browser.page
    await browser.open("/people/wren-1")
    for page in (today, browser.page):
        for word in ("immediate", "intent", "risk", "level", "alert", "2 concerns"):
            assert word not in page.lower(), word
