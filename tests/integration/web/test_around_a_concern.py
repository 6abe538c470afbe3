"""A concern shows its message with what was said around it, to who may see it, and nobody else."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from bot.domain.audit import AuditEntry
from bot.domain.looks import looks
from bot.domain.messages import ActKind, Outbound, Reply, ReplyKind, Said
from bot.domain.people import Person, Role
from bot.services.ports import Handled, Work
from tests.integration.web.world import ANSWERED, WORDS, Browser, World

MINUTE = timedelta(minutes=1)


async def _says(world: World, person: Person, words: str, answered: str) -> None:
    """A message and its answer, a minute after what was before."""
    world.clock.move(MINUTE)
    now = world.clock.now()
    entry = AuditEntry(person.id, now, "person", "wrote", "message")
    said = Said("telegram", "chat-1", world.ids.new(), ActKind.TEXT, now, words)
    accepted = await world.record.accept(said)
    ((act,),) = await world.record.claim(5)
    if accepted.subject != person.id:
        moved = Work(move_address=[(act.address_id, person.id)], audit=[entry])
        await world.record.release(accepted.subject)
        await world.record.save(moved)
        ((act,),) = await world.record.claim(5)
    reply = Outbound(
        world.ids.new(),
        person.id,
        act.channel,
        act.address_id,
        Reply(answered),
        ReplyKind.ORDINARY,
        now,
        act.id,
    )
    handled = Handled(act.id, "command", "none", now)
    await world.record.save(Work(send=[reply], handled=handled, audit=[entry]))
    await world.record.release(person.id)
    for sent, _ in await world.record.claim_outgoing("telegram", 5):
        await world.record.sent({sent.id: "sent"})


async def _talk(world: World, person: Person) -> None:
    """Seven messages, of which the fourth opens a concern."""
    for count in (1, 2, 3):
        await _says(world, person, f"before {count}", f"answer {count}")
    await _says(world, person, WORDS, ANSWERED)
    await world.wrote(person)
    for count in (5, 6, 7):
        await _says(world, person, f"after {count}", f"answer {count}")


def _around(page: str) -> list[str]:
    """The lines that are shown around each note."""
    found = re.findall(r"What was said before and after.*?</ol>", page, re.DOTALL)
    return [
        html.unescape(each) for part in found for each in re.findall(r'app-lines">(.*?)</p>', part)
    ]


async def test_three_either_side_of_both_and_no_more(world: World, browser: Browser) -> None:
    wren = await world.person(await world.staff())
    await _talk(world, wren)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    assert _around(browser.page) == [
        "answer 2", "before 3", "answer 3", WORDS, ANSWERED, "after 5", "answer 5",
    ]  # fmt: skip
    for machine in ("immediate_crisis", "intent", "tier", "score"):
        assert machine not in browser.page


async def test_the_look_is_one_that_the_person_can_see(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await world.plan(wren, sam)
    await _talk(world, wren)
    await browser.sign_in()
    await browser.open("/people/wren-1")
    audit = await world.record.audit_of(wren.id)
    (entry,) = [each for each in audit if (each.action, each.thing) == ("see", "message")]
    assert (entry.by, entry.details["reason"]) == (f"staff:{sam.id}", "own_caseload")
    assert {"looked at messages of yours", "looked at your plan"} <= {
        each.did for each in looks(audit)
    }


async def test_without_a_concern_no_message_is_read(world: World, browser: Browser) -> None:
    sam = await world.staff()
    wren = await world.person(sam)
    await _talk(world, wren)
    concern = await world.alerts.concern_of(wren.id)
    assert concern is not None
    await world.alerts.take("wren-1", concern.id, by=sam)
    await world.alerts.close("wren-1", concern.id, by=sam, note="We spoke.")
    await browser.sign_in()
    await browser.open("/people/wren-1")
    assert _around(browser.page) == []
    assert "before 3" not in browser.page
    audit = await world.record.audit_of(wren.id)
    assert ("see", "message") not in {(each.action, each.thing) for each in audit}


async def test_words_that_have_gone_are_not_missed_by_the_page(
    world: World, browser: Browser
) -> None:
    wren = await world.person(await world.staff())
    await world.wrote(wren)
    await browser.sign_in()
    answer = await browser.open("/people/wren-1")
    assert answer.status_code == 200
    assert WORDS in html.unescape(browser.page)
    assert _around(browser.page) == []


async def test_who_may_not_see_the_concern_sees_none_of_it(world: World, browser: Browser) -> None:
    wren = await world.person(await world.staff())
    await _talk(world, wren)
    for username, role, team in (
        ("ada", Role.PRACTITIONER, "South"),
        ("pru", Role.PRIVACY, "North"),
        ("sal", Role.SAFETY_REVIEWER, "North"),
    ):
        await world.staff(username, role, team)
        await browser.sign_in(username)
        await browser.open("/people/wren-1?reason=rang")
        assert "before 3" not in browser.page
        assert WORDS not in html.unescape(browser.page)
        browser.client.cookies.clear()
    audit = await world.record.audit_of(wren.id)
    assert ("see", "message") not in {(each.action, each.thing) for each in audit}
