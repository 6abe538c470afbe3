"""A year of engagement for ``bench store``: sealed events, loaded many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.adapters.records.driver import Driver
from bot.adapters.records.engines import BEGIN, SQLITE, connect_to
from bot.adapters.records.entities import mapped
from bot.adapters.records.sealing.encryption import DataKeys, WrappedKey
from bot.adapters.records.statements import insert_into
from bot.adapters.records.tables import events, subject_keys
from bot.bootstrap import Companion
from bot.cli.bench.store_figures import BenchFailed
from bot.cli.bench.store_people import Made, made_people
from bot.domain.engagement import EngagementEvent, EventKind, Result
from bot.domain.people import Person

YEAR = timedelta(days=365)
_SKILLS = ("stop", "paced_breathing", "wise_mind", "opposite_action", "self_soothe")
_MOODS = ("flat", "wound up", "all right", "low", "hopeful")
_KINDS = (
    EventKind.CONTACT,
    EventKind.PRACTICE,
    EventKind.CONTACT,
    EventKind.MOOD,
    EventKind.PRACTICE,
    EventKind.CONTACT,
    EventKind.FEEDBACK,
    EventKind.PLAN_OPENED,
)


@dataclass(frozen=True)
class Year:
    """A record with people and their events; ``seconds`` to build it, 0 where it was there."""

    companion: Companion
    made: Made
    events: int
    seconds: float


async def year(companion: Companion, people: int, each: int) -> Year:
    """Fill a record with ``each`` events a person over the last year, unless it is filled.

    Raises ``BenchFailed`` where it is filled in part.
    """
    began = companion.clock.now()
    made = await made_people(companion, people)
    found = await companion.record.find(EngagementEvent, subject=made.people[-1].id)
    if len(found) == each:
        return Year(companion, made, people * each, 0.0)
    if found:
        raise BenchFailed("The kept records are of another size, or half made: remove the folder.")
    _load(companion, made.people, each)
    took = (companion.clock.now() - began).total_seconds()
    return Year(companion, made, people * each, took)


def _load(companion: Companion, people: tuple[Person, ...], each: int) -> None:
    start = companion.clock.now() - YEAR + timedelta(hours=1)
    engine = connect_to(companion.settings.database)
    mapping, statement = mapped(EngagementEvent), insert_into(events)
    with engine.connect() as connection:
        driver = Driver(connection)
        data_keys = DataKeys(companion.keys, room=len(people))
        keys = {
            row.subject: data_keys.unwrapped(WrappedKey(row.subject, row.key_id, row.wrapped))
            for row in connection.execute(select(subject_keys))
        }
        for number in range(each):
            # As they come in life: everybody's in turn, so that nobody's lie side by side.
            at = start + (YEAR - timedelta(hours=2)) * number / each
            made = (_event(companion.ids.new(), person, number, at) for person in people)
            rows = [mapping.to_row(event, keys[event.subject]) for event in made]
            driver.run(BEGIN[driver.dialect])
            driver.write(statement, rows)
            driver.run("COMMIT")
        driver.run("ANALYZE")
        if driver.dialect == SQLITE:
            driver.run("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _event(event_id: str, person: Person, number: int, at: datetime) -> EngagementEvent:
    kind = _KINDS[number % len(_KINDS)]
    details: dict[str, str | int] = {}
    if kind is EventKind.PRACTICE:
        details = {
            "skill": _SKILLS[number % len(_SKILLS)],
            "before": 4 + number % 6,
            "after": number % 8,
            "result": list(Result)[number % len(Result)].value,
            "finished": "yes",
        }
    elif kind is EventKind.MOOD:
        details = {"mood": _MOODS[number % len(_MOODS)]}
    elif kind is EventKind.FEEDBACK:
        details = {"result": Result.HELPED.value, "skill": _SKILLS[number % len(_SKILLS)]}
    return EngagementEvent(event_id, person.id, kind, at, details)
