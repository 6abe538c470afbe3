"""Ids rise, codes can be read aloud, tokens cannot be guessed."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import CODE_LETTERS, SystemIds


class SetClock:
    def __init__(self) -> None:
        self.at = datetime(2030, 3, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def test_ids_are_url_safe_and_sort_by_time() -> None:
    clock = SetClock()
    ids = SystemIds(clock)
    made = []
    for _ in range(100):
        made += [ids.new() for _ in range(50)]
        clock.at += timedelta(milliseconds=1)
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert all(re.fullmatch("[0-9a-z]{26}", each) for each in made)


def test_ids_rise_when_the_clock_goes_back() -> None:
    clock = SetClock()
    ids = SystemIds(clock)
    before = ids.new()
    clock.at -= timedelta(hours=1)
    assert ids.new() > before


def test_two_makers_do_not_meet() -> None:
    clock = SetClock()
    made = {SystemIds(clock).new() for _ in range(1000)}
    assert len(made) == 1000


def test_ids_of_many_threads_differ() -> None:
    ids = SystemIds(SetClock())
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.extend([ids.new() for _ in range(2000)]))
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(made)) == 8000


def test_codes_are_eight_letters_and_digits_hard_to_mistake() -> None:
    codes = {SystemIds(SystemClock()).code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(each) == 8 and set(each) <= set(CODE_LETTERS) for each in codes)
    assert not set(CODE_LETTERS) & set("01OILAEU")


def test_tokens_cannot_be_guessed() -> None:
    ids = SystemIds(SystemClock())
    assert len(ids.token()) >= 43
    assert ids.token() != ids.token()


def test_the_clock_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC
