"""Killed again and again while many write: nothing lost, nothing twice but what may be."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.chatting import chatting
from tests.functional.system.checker import check
from tests.functional.system.conftest import Served, on_telegram
from tests.functional.system.crowd import Crowd
from tests.functional.system.home import PROJECT, Home
from tests.functional.system.kept import read_kept
from tests.functional.system.killing import Killer, kill_by
from tests.functional.system.ready_home import TAGGED_PARTS, Ready, ready_home
from tests.functional.system.serving import Serving

pytestmark = pytest.mark.xdist_group("kills")

PLANS = ("K-1", "K-2", "K-3", "K-4", "K-5", "K-6")
STRANGERS = 6
PAUSE = 1.5
"""Seconds between two lines of one person, on average."""

STAFF_KILLED_EVERY = 4
SETTLES_WITHIN = 120.0


@dataclass
class Figures:
    """What a run came to."""

    seed: int
    kills: int = 0
    at: dict[str, int] = field(default_factory=dict)
    staff_kills: int = 0
    messages: int = 0
    handled: int = 0
    replies: int = 0
    plan_versions: int = 0
    doubled: int = 0
    most_doubled_in_one_conversation: int = 0
    given_up: int = 0
    lost: int = 0
    seconds: float = 0.0


@pytest.fixture
def ready(tmp_path: Path) -> Ready:
    return ready_home(tmp_path / "home", PLANS)


def test_twenty_kills_while_many_write(ready: Ready, telegram: BotApiServer) -> None:
    figures = _run(ready, telegram, kills=20, seed=20)
    assert figures.messages > 100


@pytest.mark.long
@pytest.mark.rasa
def test_two_hundred_kills_while_many_write(
    ready: Ready, served: Served, telegram: BotApiServer
) -> None:
    rasa = f"http://127.0.0.1:{served.serving.rasa_port()}"
    on_rasa = replace(ready, home=ready.home.with_settings(RASA_URL=rasa))
    figures = _run(on_rasa, telegram, kills=200, seed=200)
    assert figures.messages > 1000


def _run(ready: Ready, telegram: BotApiServer, *, kills: int, seed: int) -> Figures:
    chance, figures = random.Random(seed), Figures(seed)
    home = on_telegram(ready.home, telegram)
    crowd, killer = Crowd(telegram, PLANS, STRANGERS), Killer(telegram)
    serving = Serving(home)
    try:
        serving.until_ready()
        crowd.join(ready.codes)
        began = time.monotonic()
        with _staff(home) as staff, _terminal(home), crowd.writing(chance, PAUSE):
            for number in range(kills):
                how = kill_by(chance)
                came = killer.kill(how, serving.pid)
                moment = how.moment.name.lower() if came else "late"
                figures.at[moment] = figures.at.get(moment, 0) + 1
                if number % STAFF_KILLED_EVERY == 0:
                    figures.staff_kills += staff.killed()
                serving.kill()
                assert serving.exit_code == -signal.SIGKILL, serving.said[-3000:]
                serving = Serving(home)
        serving.until(lambda: not telegram.waiting, "told of everything", SETTLES_WITHIN)
        serving.until(lambda: not serving.record.is_busy(), "all answered", SETTLES_WITHIN)
    finally:
        serving.end()
    figures.kills, figures.seconds = kills, round(time.monotonic() - began, 1)
    assert "Traceback" not in serving.said
    _check(home, crowd, figures)
    return figures


def _check(home: Home, crowd: Crowd, figures: Figures) -> None:
    url, key_file = f"sqlite:///{home.path / 'companion.sqlite'}", home.path / "master.key"
    seals = home.path / "audit-seals.log"
    found = asyncio.run(
        check(url, key_file, outside=crowd.outside, kills=figures.kills, seals=seals)
    )
    figures.messages, figures.handled = found.acts, found.handled
    figures.replies, figures.plan_versions = found.replies, found.plan_versions
    figures.given_up, figures.doubled = found.given_up, found.doubled.total()
    figures.most_doubled_in_one_conversation = max(found.doubled.values(), default=0)
    figures.lost = found.acts - found.handled - found.given_up
    sys.stdout.write(json.dumps(asdict(figures)) + "\n")
    assert found.faults == []
    assert figures.lost == 0
    _check_plans(url, key_file, crowd)


def _check_plans(url: str, key_file: Path, crowd: Crowd) -> None:
    """Whoever asked for their plan got their own, in one version from end to end."""
    kept = read_kept(url, key_file)
    for plan in kept.plans:
        tags = Counter(word for word in (plan.contents or "").split() if word.startswith("v"))
        if tags:
            assert sorted(tags.values()) == [TAGGED_PARTS], "parts of two versions in one"
    addresses = {value: each for each, value in kept.addresses.items()}
    for member in crowd.members:
        address = addresses[member.person.address]
        asked = {each.id for each in kept.acts if each.address == address and each.words == "plan"}
        for act in asked if member.has_plan else ():
            words = " ".join(each.words for each in kept.replies if each.in_reply_to == act)
            assert member.marker in words


class _Staff:
    """A member of staff's process that brings in plans; killed, another takes its place."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._said = Path(f"{home.path}.staff")
        self._start()

    def _start(self) -> None:
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.functional.system.plan_writer", *PLANS],
                env=self._home.environment(),
                cwd=PROJECT,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )

    def killed(self) -> int:
        """Kill it and start another; 1, or 0 where it had ended by itself."""
        was_running = self._process.poll() is None
        self.end()
        self._start()
        return int(was_running)

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()


@contextmanager
def _staff(home: Home) -> Iterator[_Staff]:
    staff = _Staff(home)
    try:
        yield staff
    finally:
        staff.end()


@contextmanager
def _terminal(home: Home) -> Iterator[None]:
    """Somebody at a terminal, one line after the answer to the last."""
    over, answered = threading.Event(), threading.Event()
    problems: list[BaseException] = []

    def talk() -> None:
        try:
            with chatting(home) as chat:
                while not over.wait(0.5):
                    assert chat.says("numbers").answered_by == "command"
                    answered.set()
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=talk)
    thread.start()
    # Where nobody serves when it starts, a chat would serve by itself and keep the seat.
    assert answered.wait(SETTLES_WITHIN), "the terminal was not answered"
    try:
        yield
    finally:
        over.set()
        with suppress(RuntimeError):
            thread.join(SETTLES_WITHIN)
    assert problems == []
