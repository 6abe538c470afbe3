"""Who is reading, worked out from route, clock and take-over."""

from __future__ import annotations

from bot.domain.night_route import NightPickup
from bot.domain.people import Staff
from bot.domain.team_hours import is_at_work, next_seen
from bot.services.alerting.duty import times_of
from bot.services.alerting.night_routes import route_of
from bot.services.conversation.desk import Turn
from bot.services.conversation.safety.wording import words_of
from bot.services.take_overs import first_name, who_has


async def who_reads(turn: Turn, family: str) -> str:
    """Somebody who has stepped in; the team at work; a team at night; or nobody, till when."""
    if turn.person is None:
        return words_of(turn, "reading_guest")
    team, record = turn.person.team, turn.desk.record
    stepped_in = await who_has(record, turn.subject, turn.now)
    if stepped_in is not None:
        staff = await record.get(Staff, stepped_in.staff_id)
        return words_of(turn, "reading_takeover", staff=first_name(staff))
    times = await times_of(record, team)
    if is_at_work(times, turn.now, turn.desk.is_holiday):
        return words_of(turn, "reading_hours")
    route = await route_of(record, team, family, turn.now)
    if route is not None and route.pickup is NightPickup.ROUND_THE_CLOCK:
        return words_of(turn, "reading_night", minutes=str(route.within_minutes))
    return words_of(turn, "reading_nobody", when=next_seen(turn.now, times, turn.desk.is_holiday))
