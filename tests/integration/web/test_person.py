"""One person's page: plan, summary, and every look in the audit."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from bot.domain.crisis_plan import PlanStatus
from bot.domain.engagement import EventKind
from bot.domain.errors import BadInput, NotFound, NotPermitted
from bot.domain.people import Person, Role, Staff
from bot.domain.summaries import Period
from tests.integration.web.world import WORDS, Browser, World

MAY = "?from=2026-05-01&to=2026-05-31"


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


async def practised(world: World, person: Person) -> None:
    await world.happened(
        person,
        EventKind.PRACTICE,
        at(3),
        {"skill": "stop", "before": 8, "after": 5, "result": "helped", "finished": "yes"},
    )
    await world.happened(
        person,
        EventKind.PRACTICE,
        at(10),
        {"skill": "stop", "before": 6, "after": 9, "result": "worse", "finished": "yes"},
    )
    await world.happened(person, EventKind.PLAN_OPENED, at(10, 13))
    await world.happened(person, EventKind.MOOD, at(11), {"mood": "low"})
    await world.happened(person, EventKind.FEEDBACK, at(12), {"result": "no_difference"})


def plain(page: str) -> str:
    """A page's text on one line, without its marks."""
    return " ".join(page.replace("&#39;", "'").split())


async def test_the_summary_of_a_chosen_period(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await practised(world, wren)
    await browser.sign_in()
    await browser.open(f"/people/wren-1{MAY}")
    page = plain(browser.page)
    assert "1 May 2026 to 31 May 2026" in page
    assert "4 <span>of 31, last on 12 May 2026</span>" in page
    assert "twice <span>1 skill</span>" in page
    assert "once <span>last on 10 May 2026, 14:00</span>" in page
    row = page.split("<tbody")[1].split("</tbody>")[0]
    assert [each.strip() for each in re.findall(r'class="app-said">([^<]+)', row)] == [
        "helped (once)",
        "made things worse (once)",
    ]
    assert re.sub("<[^>]+>", "", row).split("last given ")[1].split()[:5] == [
        "distress",
        "before",
        "6",
        "→",
        ",",
    ]
    worse = page.split("made things worse</h3>")[1].split("</div>")[0]
    assert "STOP" in worse
    assert "10 May 2026, 13:00" in worse
    assert "3 May 2026" not in worse
    assert "low, 11 May 2026, 13:00" in page
    assert "Something here made no difference, 12 May 2026" in page


async def test_another_period_leaves_it_out(world: World, browser: Browser) -> None:
    sam = await world.staff()
    await practised(world, await world.person(sam))
    await browser.sign_in()
    await browser.open("/people/wren-1?from=2026-04-01&to=2026-04-30")
    assert "Wren did not write in this period. That says nothing about how they are" in plain(
        browser.page
    )
    assert "STOP" not in browser.page


async def test_without_dates_it_is_the_last_four_weeks(world: World, browser: Browser) -> None:
    sam = await world.staff()
    await world.person(sam)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    assert "5 May 2026 to 1 June 2026" in plain(browser.page)
    assert '<strong aria-current="true">Last 4 weeks</strong>' in browser.page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?from=2026-05-31&to=2026-05-01", "The first day must be the last day or before it"),
        ("?from=31/02/2026", "Enter a real date"),
        ("?from=yesterday", "Enter a real date"),
        ("?to=2026-06-02", "The last day cannot be in the future"),
        ("?from=2026-05-01&to=%00", "Enter a real date"),
        ("?from=2199-12-31&to=2199-12-31", "The last day cannot be in the future"),
        ("?from=0001-01-01", "Enter a real date"),
        ("?to=9999-12-31", "Enter a real date"),
    ],
)
async def test_dates_that_cannot_be_used_are_explained(
    world: World, browser: Browser, query: str, says: str
) -> None:
    sam = await world.staff()
    await world.person(sam)
    await browser.sign_in()
    answer = await browser.open(f"/people/wren-1{query}")
    assert answer.status_code == 200
    assert says in browser.page
    assert "There is a problem" in browser.page


async def test_dates_as_people_write_them(world: World, browser: Browser) -> None:
    sam = await world.staff()
    await world.person(sam)
    await browser.sign_in()
    await browser.open("/people/wren-1?from=1/5/2026&to=3.5.2026")
    assert "1 May 2026 to 3 May 2026" in plain(browser.page)


async def test_the_earliest_days_that_can_be_asked_for(world: World, browser: Browser) -> None:
    sam = await world.staff()
    await world.person(sam)
    await browser.sign_in()
    for query in ("?from=2000-01-01&to=2000-01-01", "?to=2000-01-01"):
        await browser.open(f"/people/wren-1{query}")
        assert "1 January 2000 to 1 January 2000" in plain(browser.page)


async def test_an_agreed_plan_in_the_persons_words(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await world.plan(wren, sam)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    page = plain(browser.page)
    for words in (
        "Walk to the canal and back",
        "What gets in the way: Rain, or it being dark",
        "I talk fast and don't sleep.",
        "Jo, 07700 900123",
        "Agreed by Wren on 2 March 2026, by Sam Example on 3 March 2026 (on paper).",
        "Review due 3 September 2026.",
    ):
        assert words in page
    assert "The review was due" not in page


async def test_an_overdue_plan_is_shown_whole_with_a_note(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await world.plan(wren, sam, review_due=date(2026, 5, 31))
    await browser.sign_in()
    await browser.open("/people/wren-1")
    page = plain(browser.page)
    assert "<strong>The review was due on 31 May 2026.</strong> This is still Wren’s plan." in page
    assert "Walk to the canal and back" in page


async def test_a_plan_said_no_to_in_their_words(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await world.plan(wren, sam, status=PlanStatus.DECLINED, because="I don't want it on a phone")
    await browser.sign_in()
    await browser.open("/people/wren-1")
    page = plain(browser.page)
    assert "Wren said no to a plan for now." in page
    assert "I don't want it on a phone" in page


async def test_no_plan_yet(world: World, browser: Browser) -> None:
    sam = await world.staff()
    await world.person(sam)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    assert "Wren has no crisis plan yet." in plain(browser.page)


async def test_words_are_shown_as_they_are_and_never_run(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam, called="<b>Wren</b>")
    await world.wrote(wren, "<script>alert(1)</script> 🙂\u202e {{ 7*7 }}")
    await browser.sign_in()
    await browser.open("/people/wren-1")
    assert "<script>" not in browser.page
    assert "<b>Wren" not in browser.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🙂\u202e {{ 7*7 }}" in browser.page


async def test_every_look_is_in_the_persons_chain(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await world.plan(wren, sam)
    await browser.sign_in()
    before = len(await world.record.audit_of(wren.id))
    await browser.open(f"/people/wren-1{MAY}")
    looks = (await world.record.audit_of(wren.id))[before:]
    assert [(each.by, each.action, each.thing) for each in looks] == [
        (f"staff:{sam.id}", "see", "person"),
        (f"staff:{sam.id}", "see", "concern"),
        (f"staff:{sam.id}", "see", "crisis_plan"),
        (f"staff:{sam.id}", "see", "summary"),
    ]
    assert looks[2].details["version"] == "1"
    assert looks[3].details == {"from": "2026-05-01", "to": "2026-05-31", "reason": "own_caseload"}
    assert await world.record.verify_chain(wren.id) == []


async def covering(world: World) -> tuple[Staff, Person]:
    """Sam covers for Ali, whose Wren has a plan and a concern."""
    sam, ali = await world.staff(), await world.staff("ali")
    wren = await world.person(ali)
    await world.plan(wren, ali)
    await practised(world, wren)
    await world.wrote(wren)
    return sam, wren


async def test_a_colleagues_person_asks_why_first(world: World, browser: Browser) -> None:
    _, wren = await covering(world)
    await browser.sign_in()
    before = len(await world.record.audit_of(wren.id))
    await browser.open("/people/wren-1")
    assert "Why are you looking?" in browser.page
    assert "Walk to the canal" not in browser.page
    assert "Wren" not in browser.page
    assert len(await world.record.audit_of(wren.id)) == before
    await browser.open("/people/wren-1?reason=because")
    assert "Choose why you are looking" in browser.page


async def test_with_a_reason_plan_and_concern_and_no_summary(
    world: World, browser: Browser
) -> None:
    sam, wren = await covering(world)
    await browser.sign_in()
    await browser.open("/people/wren-1?reason=cover")
    page = plain(browser.page)
    assert "Walk to the canal" in page
    assert WORDS in page
    assert 'id="summary"' not in page
    assert "Days with contact" not in page
    looks = [each for each in await world.record.audit_of(wren.id) if each.action == "see"]
    assert {each.details["reason"] for each in looks} == {"cover"}
    assert "summary" not in {each.thing for each in looks}
    assert looks[0].by == f"staff:{sam.id}"


async def test_the_services_refuse_what_the_pages_do_not_offer(world: World) -> None:
    sam, _ = await covering(world)
    far = await world.staff("kim", team="South")
    admin = await world.staff("adm", Role.ADMINISTRATOR)
    month = Period(date(2026, 5, 1), date(2026, 5, 31))
    with pytest.raises(NotPermitted):
        await world.summaries.of("wren-1", period=month, by=sam, reason="cover")
    with pytest.raises(BadInput):
        await world.caseloads.look("wren-1", by=sam)
    for outsider in (far, admin):
        with pytest.raises(NotPermitted):
            await world.caseloads.look("wren-1", by=outsider, reason="cover")
    with pytest.raises(NotFound):
        await world.caseloads.look("nobody-1", by=sam)


async def test_somebody_elses_person_and_nobody_look_the_same(
    world: World, browser: Browser
) -> None:
    await world.staff()
    await world.person(await world.staff("kim", team="South"))
    await browser.sign_in()
    known = await browser.open("/people/wren-1?reason=cover")
    known_page = browser.page
    unknown = await browser.open("/people/nobody-1?reason=cover")
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert known_page == browser.page


async def test_a_look_that_cannot_be_noted_shows_nothing(world: World, browser: Browser) -> None:
    sam = await world.staff()
    await world.plan(await world.person(sam), sam)
    await browser.sign_in()
    await world.record.aclose()
    answer = await browser.open("/people/wren-1")
    assert answer.status_code in {500, 503}
    assert "Walk to the canal" not in browser.page
