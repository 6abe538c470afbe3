"""A made-up caseload that has something in every part of every page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.domain.crisis_plan import PlanStatus
from bot.domain.engagement import EventKind
from bot.domain.people import Staff
from tests.integration.web.world import World

LONG_WORDS = (
    "i keep going over what was said on friday and i cant make it stop, "
    "everyone would be better off and i dont think i can do another night of this"
)


async def fill(world: World) -> Staff:
    """Sam's caseload of five, with a colleague's person who wrote something."""
    sam, ali = await world.staff("sam"), await world.staff("ali")
    wren = await world.person(sam)
    robin = await world.person(sam, "robin-2", "Robin")
    finch = await world.person(sam, "finch-3", "Finch")
    await world.person(sam, "lark-4", "Lark Featherstonehaugh-Cholmondeley")
    await world.plan(wren, sam)
    await world.plan(robin, sam, review_due=date(2026, 4, 30))
    await world.plan(finch, sam, status=PlanStatus.DECLINED, because="I don't want it on a phone")
    await world.wrote(await world.person(ali, "martin-5", "Martin"))
    await _a_month_of(world, "wren-1")
    await world.happened(robin, EventKind.CONTACT, world.clock.now() - timedelta(days=19))
    world.clock.move(timedelta(minutes=-50))
    await world.wrote(wren, LONG_WORDS)
    world.clock.move(timedelta(minutes=9))
    await world.wrote(wren, "sorry. i'm ok. just tired")
    await world.task(robin, sam)
    world.clock.move(timedelta(minutes=41))
    return sam


async def _a_month_of(world: World, code: str) -> None:
    person = next(
        each
        for each in [
            line.person
            for line in (await world.caseloads.of(by=await world.accounts.named("sam"))).lines
        ]
        if each.code == code
    )
    practices: list[tuple[int, str, int, int | None, str]] = [
        (6, "stop", 7, 5, "helped"),
        (9, "grounding_five_senses", 6, 4, "helped"),
        (11, "stop", 8, 8, "no_difference"),
        (15, "paced_breathing", 6, 8, "worse"),
        (20, "stop", 7, 4, "helped"),
        (24, "problem_solving", 4, None, ""),
        (29, "stop", 5, 3, "helped"),
    ]
    for day, skill, before, after, result in practices:
        at = datetime(2026, 5, day, 20, 10, tzinfo=UTC)
        details: dict[str, str | int] = {"skill": skill, "before": before}
        if after is not None:
            details |= {"after": after, "finished": "yes"}
        if result:
            details["result"] = result
        await world.happened(person, EventKind.PRACTICE, at, details)
    for day in (7, 15, 16, 30):
        at = datetime(2026, 5, day, 21, 14, tzinfo=UTC)
        await world.happened(person, EventKind.PLAN_OPENED, at)
    for day, mood in ((8, "low"), (21, "good")):
        at = datetime(2026, 5, day, 8, 30, tzinfo=UTC)
        await world.happened(person, EventKind.MOOD, at, {"mood": mood})
    at = datetime(2026, 5, 17, 18, tzinfo=UTC)
    await world.happened(
        person, EventKind.FEEDBACK, at, {"result": "helped", "skill": "grounding_five_senses"}
    )
