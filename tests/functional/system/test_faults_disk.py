"""The disk is full, or nothing may be written: nothing is lost, and it goes on by itself."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.checker import check
from tests.functional.system.conftest import on_telegram
from tests.functional.system.crowd import NOT_KEPT, Crowd
from tests.functional.system.home import COMPANION, PROJECT, Home, Ran
from tests.functional.system.ready_home import Ready, ready_home
from tests.functional.system.serving import Serving

pytestmark = pytest.mark.xdist_group("faults")

PEOPLE = ("F-1", "F-2")
DISK = 8 * 1024 * 1024
NOTICED_WITHIN = 15.0
GOES_ON_WITHIN = 60.0
"""Seconds: Telegram is asked again after pauses that grow to half a minute."""

STAYS_FOR = 4.0
"""Seconds of trouble: longer than every round that a serving process makes."""

UNAVAILABLE = "The record cannot be read or written just now."

Full = Callable[[Path, int], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    return ready_home(tmp_path_factory.mktemp("made") / "home", PEOPLE)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with a disk of its own where we may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not CAN_MOUNT:
        yield folder
        return
    options = f"size={DISK},mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _can_mount() -> bool:
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return os.geteuid() == 0 and done.returncode == 0


CAN_MOUNT = _can_mount()


@contextmanager
def _ballast(folder: Path, _: int) -> Iterator[None]:
    """The disk has no room left."""
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"\0" * 4096):
            pass
    assert shutil.disk_usage(folder).free == 0
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def _no_growth(_: Path, pid: int) -> Iterator[None]:
    """The system lets the process write to no file beyond its first bytes."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (64, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("full", [*([_ballast] if CAN_MOUNT else []), _no_growth])
@pytest.mark.long
def test_a_full_disk_while_people_write(
    made: Ready, small_disk: Path, telegram: BotApiServer, full: Full
) -> None:
    ready = made.copied_to(small_disk / "home")
    home = on_telegram(ready.home, telegram)
    crowd = Crowd(telegram, PEOPLE, 1)
    with _served(home) as serving:
        crowd.join(ready.codes)
        serving.until(lambda: not serving.record.is_busy(), "answered", 30)
        with full(small_disk, serving.pid):
            kept, wrote = serving.record.accepted(), 0
            end = time.monotonic() + NOTICED_WITHIN
            while serving.health()["telegram"] != "record unavailable":
                # What the file has taken already may be written over: it can take some more.
                for member in crowd.members:
                    member.writes("plan")
                    member.writes("I want to kill myself")
                    wrote += 2
                assert time.monotonic() < end, "it did not say that nothing can be kept"
            time.sleep(STAYS_FOR)
            assert serving.health()["status"] == 200, "it lives"
            for member in crowd.members:
                heard = " ".join(each.text for each in member.person.messages)
                assert NOT_KEPT in heard, "danger is answered, though nothing can be kept"
            not_kept = wrote - (serving.record.accepted() - kept)
            assert telegram.waiting >= not_kept > 0, "what was not kept waits with Telegram"
        serving.until(lambda: not telegram.waiting, "told of everything", GOES_ON_WITHIN)
        serving.until(lambda: not serving.record.is_busy(), "all answered", GOES_ON_WITHIN)
    _nothing_lost(home, crowd)


@pytest.mark.long
def test_a_home_that_turns_read_only_while_people_write(
    made: Ready, tmp_path: Path, telegram: BotApiServer
) -> None:
    """What is open stays open; what would be made anew is not, and does not matter."""
    ready = made.copied_to(tmp_path / "home")
    home = on_telegram(ready.home, telegram)
    crowd = Crowd(telegram, PEOPLE, 1)
    with _served(home) as serving:
        crowd.join(ready.codes)
        with _read_only(home.path):
            for member in crowd.members:
                member.writes("plan")
            time.sleep(STAYS_FOR)
            assert serving.health()["status"] == 200, "it lives"
        for member in crowd.members:
            member.writes("numbers")
        serving.until(lambda: not telegram.waiting, "told of everything", GOES_ON_WITHIN)
        serving.until(lambda: not serving.record.is_busy(), "all answered", GOES_ON_WITHIN)
    _nothing_lost(home, crowd)


@pytest.mark.parametrize("what", ["home", "database"])
@pytest.mark.long
def test_nothing_starts_on_what_is_read_only(made: Ready, tmp_path: Path, what: str) -> None:
    home = made.copied_to(tmp_path / "home").home
    before = (home.path / "companion.sqlite").read_bytes()
    with _read_only(home.path if what == "home" else home.path / "companion.sqlite"):
        for words in (("serve",), ("people", "list", "--by", "dawn")):
            ran = _as_owner(home, *words)
            assert ran.code == 7, f"{words}: {ran.code} {ran.err}"
            assert UNAVAILABLE in ran.err
            assert "Traceback" not in ran.err
    assert (home.path / "companion.sqlite").read_bytes() == before
    assert home.companion("people", "list", "--by", "dawn").well(), "it can be used again"


@contextmanager
def _read_only(path: Path) -> Iterator[None]:
    """Take away the right to write, of a file or of all in a folder."""
    paths = [*path.iterdir(), path] if path.is_dir() else [path]
    modes = {each: each.stat().st_mode for each in paths}
    for each in paths:
        each.chmod(modes[each] & 0o555)
    try:
        yield
    finally:
        for each in reversed(paths):
            if each.exists():
                each.chmod(modes[each])


def _as_owner(home: Home, *words: str) -> Ran:
    """Run a command with an owner's rights only: root would write all the same."""
    done = subprocess.run(
        [*_without_roots_rights(), str(COMPANION), *words],
        capture_output=True,
        env=home.environment(),
        cwd=PROJECT,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def _without_roots_rights() -> list[str]:
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    assert setpriv, "util-linux is on every Debian"
    return [setpriv, "--bounding-set=-dac_override", "--inh-caps=-dac_override"]


@contextmanager
def _served(home: Home) -> Iterator[Serving]:
    serving = Serving(home, program=[*_without_roots_rights(), str(COMPANION)])
    try:
        serving.until_ready()
        yield serving
    finally:
        serving.end()
    assert "Traceback" not in serving.said, serving.said[-3000:]


def _nothing_lost(home: Home, crowd: Crowd) -> None:
    found = asyncio.run(
        check(
            f"sqlite:///{home.path / 'companion.sqlite'}",
            home.path / "master.key",
            outside=crowd.outside,
            seals=home.path / "audit-seals.log",
        )
    )
    assert found.faults == []
    assert found.given_up == 0
