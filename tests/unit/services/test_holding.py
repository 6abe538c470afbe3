"""One process at a time does a part, over one real record; another takes over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.adapters.records import SqlRecord, open_record
from bot.domain.errors import RecordUnavailable, SettingsError
from bot.services import holding, worker_places
from bot.services.holding import Holder
from bot.services.worker_places import WorkerPlace, somebody_answers
from tests.unit.services.delivering import CLOCK, IDS, SECRETS, until

Open = Callable[[], SqlRecord]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    records: list[SqlRecord] = []

    def open_one() -> SqlRecord:
        url = f"sqlite:///{tmp_path}/c.sqlite"
        records.append(open_record(url, SECRETS, CLOCK, IDS, upgrade=True))
        return records[-1]

    yield open_one
    for each in records:
        await each.aclose()


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "RENEW_EVERY", 0.05)
    monkeypatch.setattr(holding, "SURE_FOR", 0.4)
    monkeypatch.setattr(holding, "ENDS_WITHIN", 0.2)
    monkeypatch.setattr(worker_places, "HOLD_EVERY", 0.05)


class Doing:
    """Work that counts how often it began and ended; if stubborn, not when it is told at first."""

    def __init__(self, *, stubborn: bool = False) -> None:
        self.began = 0
        self.ended = 0
        self._stubborn = stubborn

    async def __call__(self, end: asyncio.Event) -> None:
        self.began += 1
        try:
            await end.wait()
            if self._stubborn and self.began == 1:
                await asyncio.sleep(60)
        finally:
            self.ended += 1

    @property
    def is_going_on(self) -> bool:
        return self.began > self.ended


class Losing:
    """A record that can be cut off."""

    def __init__(self, record: SqlRecord) -> None:
        self._record = record
        self.is_cut_off = False

    async def hold(self, part: str) -> bool:
        if self.is_cut_off:
            raise RecordUnavailable
        return await self._record.hold(part)

    async def let_go(self, part: str) -> None:
        await self._record.let_go(part)


@asynccontextmanager
async def holder(parts: Losing, work: Doing) -> AsyncIterator[Holder]:
    one, stop = Holder("poller", parts), asyncio.Event()
    task = asyncio.create_task(one.run(work, stop))
    try:
        yield one
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await task


async def test_one_does_it_and_the_other_when_it_has_ended(opened: Open) -> None:
    first, second = Doing(), Doing()
    async with holder(Losing(opened()), second) as waits:
        await until(lambda: waits.holds)
        async with holder(Losing(opened()), first) as standing_by:
            await asyncio.sleep(0.3)
            assert not standing_by.holds
            assert first.began == 0
        assert second.is_going_on
    assert second.ended == 1

    async with holder(Losing(opened()), first) as now:
        await until(lambda: now.holds)
    assert (first.began, first.ended) == (1, 1)
    assert await opened().hold("poller"), "it was let go of at the end"


@pytest.mark.parametrize("stubborn", [False, True])
async def test_who_cannot_renew_stops_before_another_may_begin(
    opened: Open, stubborn: bool
) -> None:
    parts, work = Losing(opened()), Doing(stubborn=stubborn)
    async with holder(parts, work) as one:
        await until(lambda: one.holds)
        parts.is_cut_off = True
        cut_at = asyncio.get_running_loop().time()
        await until(lambda: not work.is_going_on)
        assert asyncio.get_running_loop().time() - cut_at < 0.9
        await until(lambda: not one.holds)
        parts.is_cut_off = False
        await until(lambda: work.began == 2)


async def test_what_goes_wrong_in_the_work_is_said(opened: Open) -> None:
    async def breaks(end: asyncio.Event) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Holder("poller", opened()).run(breaks, asyncio.Event())
    assert await opened().hold("poller")


async def test_workers_share_or_one_works_alone(opened: Open) -> None:
    one, two, three = opened(), opened(), opened()
    await WorkerPlace(one, "1", alone=False).take(0)
    await WorkerPlace(two, "2", alone=False).take(0)
    with pytest.raises(SettingsError, match="RASA_URL"):
        await WorkerPlace(three, "3", alone=True).take(0)
    assert await somebody_answers(three)
    assert await three.held_by_others("workers alone") == []


async def test_nobody_joins_one_that_works_alone_until_it_has_left(opened: Open) -> None:
    one, two = opened(), opened()
    place, stop = WorkerPlace(one, "1", alone=True), asyncio.Event()
    await place.take(0)
    keeping = asyncio.create_task(place.keep(stop))
    for alone in (True, False):
        with pytest.raises(SettingsError):
            await WorkerPlace(two, "2", alone=alone).take(0)
    stop.set()
    await keeping
    assert not await somebody_answers(two)
    await WorkerPlace(two, "2", alone=True).take(0)
