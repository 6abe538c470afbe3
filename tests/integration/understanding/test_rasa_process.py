"""The supervised Rasa: fenced in, started again, ended in time, never left behind.

What is started here reads its command line, its token and its parent's death with the project's
own ``serve.py``, and speaks on the port in Rasa's place. Rasa itself is started elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import structlog

from bot.adapters.understanding_rasa import RasaProcess, model_for, train
from bot.adapters.understanding_rasa.process import ENVIRONMENT, PROJECT, fenced_environment
from bot.adapters.understanding_rasa.training import TrainingFailed

CHECKOUT = Path(__file__).parents[3]

SERVE = f"""
import http.server, importlib.util, json, os, pathlib, signal, sys, time

spec = importlib.util.spec_from_file_location("serve", {str(PROJECT / "serve.py")!r})
serve = importlib.util.module_from_spec(spec)
spec.loader.exec_module(serve)

given = serve.arguments()
serve.end_with_parent(given.parent)
token = serve.token()
here = pathlib.Path(__file__).parent
way = (here / "way").read_text()
about = {{
    "pid": os.getpid(), "argv": sys.argv[1:], "port": given.port, "token": token,
    "environment": dict(os.environ), "cwd": os.getcwd(), "group": os.getpgrp(),
}}
with (here / "starts.jsonl").open("a") as starts:
    starts.write(json.dumps(about) + "\\n")
print("said by the one who stands in", flush=True)
if way == "ends":
    sys.exit(1)
if way == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if way == "silent":
            time.sleep(60)
        loaded = way != "loading" or (here / "loaded").exists()
        self.send_response(200 if loaded else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", given.port), Answers).serve_forever()
"""

TRAIN = """
import json, os, pathlib, sys, time

here = pathlib.Path(__file__).parent
(here / "trained.json").write_text(json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]))
way = (here / "way").read_text()
if way == "slow":
    (here / "pid").write_text(str(os.getpid()))
    time.sleep(60)
print("\\n".join(f"line {number}" for number in range(40)), flush=True)
print("trained: companion.tar.gz", file=sys.stderr if way == "fails" else sys.stdout)
sys.exit(1 if way == "fails" else 0)
"""


@dataclass(frozen=True)
class Project:
    """A folder with the program that stands in for Rasa, and what it told of itself."""

    folder: Path

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def model(self) -> Path:
        return self.folder / "models" / "companion.tar.gz"

    def behaves(self, way: str) -> None:
        (self.folder / "way").write_text(way)

    def starts(self) -> list[dict[str, Any]]:
        told = self.folder / "starts.jsonl"
        return [json.loads(each) for each in told.read_text().splitlines()] if told.exists() else []

    def process(self, *, model: bool = True, python: Path = Path(sys.executable)) -> RasaProcess:
        there = self.model if model else None
        return RasaProcess(self.work, lambda: there, project=self.folder, python=python)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "rasa project")
    made.model.parent.mkdir(parents=True)
    made.model.write_bytes(b"a model")
    (made.folder / "serve.py").write_text(SERVE)
    (made.folder / "train.py").write_text(TRAIN)
    made.behaves("well")
    return made


@asynccontextmanager
async def running(process: RasaProcess) -> AsyncIterator[asyncio.Event]:
    """The process, kept running until the end of the block; gives the event that stops it."""
    stop = asyncio.Event()
    task = asyncio.create_task(process.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, 15)


async def until(holds: Callable[[], object], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def states(logged: list[Any]) -> list[str]:
    return [each["state"] for each in logged if each["event"] == "rasa"]


async def test_it_starts_and_says_where_it_is_once_it_answers(project: Project) -> None:
    project.behaves("loading")
    process = project.process()
    assert (process.state(), process.pid, process.addresses) == ("starting", None, [])
    async with running(process):
        await until(project.starts)
        await asyncio.sleep(0.6)
        assert (process.state(), process.addresses) == ("starting", [])
        process.changed.clear()
        (project.folder / "loaded").touch()
        await asyncio.wait_for(process.changed.wait(), 5)
        [start] = project.starts()
        assert process.state() == "ready"
        assert process.addresses == [f"http://127.0.0.1:{start['port']}"]
        assert process.pid == start["pid"]


async def test_it_is_started_as_its_launcher_expects(project: Project) -> None:
    process = project.process()
    async with running(process):
        await until(lambda: process.state() == "ready")
    [start] = project.starts()
    assert start["argv"] == [
        "--port",
        str(start["port"]),
        "--model",
        str(project.model),
        "--work",
        str(project.work),
        "--parent",
        str(os.getpid()),
    ]
    assert start["cwd"] == str(project.work)
    assert start["group"] == start["pid"], "a key press at the terminal is not for Rasa"
    assert start["token"] == process.parse_token
    assert len(process.parse_token) >= 20


async def test_its_environment_is_the_listed_one_and_holds_no_secret(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {
        "TELEGRAM_TOKEN": "123:sesame",
        "DATABASE_URL": "postgresql+psycopg://user:sesame@db/companion",
        "COMPANION_KEY_FILE": "/srv/sesame",
        "COMPANION_KEY_COMMAND": "open sesame",
        "COMPANION_HOME": "/srv/home",
        "RASA_URL": "http://127.0.0.1:1",
        "PYTHONPATH": "/srv",
        "HTTPS_PROXY": "http://sesame@proxy",
        "SOMETHING_ELSE": "sesame",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    process = project.process()
    async with running(process):
        await until(lambda: process.state() == "ready")
    [start] = project.starts()
    environment = start["environment"]
    added_by_python = {"LC_CTYPE"}
    assert set(environment) - added_by_python == set(ENVIRONMENT) | {"PATH", "HOME", "LANG"}
    assert not set(environment) & set(secrets)
    everything = json.dumps([environment, start["argv"]])
    assert "sesame" not in everything
    assert process.parse_token not in everything
    assert environment["HOME"] == str(project.work)


def test_its_home_is_the_same_wherever_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/usr")
    assert fenced_environment(Path("var/rasa"))["HOME"] == "/usr/var/rasa"


async def test_what_it_prints_is_kept_in_its_working_folder(project: Project) -> None:
    process = project.process()
    async with running(process):
        await until(lambda: process.state() == "ready")
    assert "said by the one who stands in" in (project.work / "rasa.log").read_text()


async def test_it_is_started_again_after_it_was_killed(project: Project) -> None:
    process = project.process()
    with structlog.testing.capture_logs() as logged:
        async with running(process):
            await until(lambda: process.state() == "ready")
            first = process.pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            await until(lambda: process.state() == "down")
            assert (process.pid, process.addresses) == (None, [])
            await until(lambda: process.state() == "ready")
            second = process.pid
            assert second not in {None, first}
    assert states(logged) == ["ready", "down", "starting", "ready", "down"]
    assert [each["pid"] for each in project.starts()] == [first, second]
    assert {each["token"] for each in project.starts()} == {process.parse_token}


async def test_a_rasa_that_ends_at_once_is_tried_again_with_growing_pauses(
    project: Project,
) -> None:
    project.behaves("ends")
    process = project.process()
    async with running(process):
        await until(lambda: len(project.starts()) == 2)
        await asyncio.sleep(1)
        assert len(project.starts()) == 2
        assert process.state() == "down"
        project.behaves("well")
        await until(lambda: process.state() == "ready")


async def test_one_that_never_gets_ready_is_ended_and_tried_again(project: Project) -> None:
    project.behaves("loading")
    process = RasaProcess(
        project.work,
        lambda: project.model,
        project=project.folder,
        python=Path(sys.executable),
        start_seconds=1.5,
    )
    async with running(process):
        await until(lambda: len(project.starts()) == 2)
        first, second = (start["pid"] for start in project.starts())
        assert not is_alive(first)
        assert process.pid == second


async def test_it_is_ended_on_stop(project: Project) -> None:
    process = project.process()
    async with running(process) as stop:
        await until(lambda: process.state() == "ready")
        pid = process.pid
        assert pid is not None
        stop.set()
        await until(lambda: process.state() == "down", 3)
    assert not is_alive(pid)
    assert (process.pid, process.addresses) == (None, [])


async def test_it_is_ended_on_stop_while_it_still_starts(project: Project) -> None:
    project.behaves("loading")
    process = project.process()
    async with running(process) as stop:
        await until(project.starts)
        stop.set()
        await until(lambda: process.state() == "down", 3)
    assert not is_alive(project.starts()[0]["pid"])


async def test_one_that_does_not_listen_to_the_end_is_killed(project: Project) -> None:
    project.behaves("deaf")
    process = project.process()
    async with running(process) as stop:
        await until(lambda: process.state() == "ready")
        pid = process.pid
        assert pid is not None
        stop.set()
        await asyncio.sleep(1)
        assert is_alive(pid)
    assert not is_alive(pid)


async def test_it_is_ended_when_its_keeper_is_cancelled(project: Project) -> None:
    process = project.process()
    task = asyncio.create_task(process.run(asyncio.Event()))
    await until(lambda: process.state() == "ready")
    pid = process.pid
    assert pid is not None
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_alive(pid)
    assert process.state() == "down"


async def test_one_that_takes_a_connection_and_says_nothing_is_not_ready(project: Project) -> None:
    project.behaves("silent")
    process = project.process()
    async with running(process):
        await until(project.starts)
        await asyncio.sleep(2.5)
        assert process.state() == "starting"


async def test_without_a_model_nothing_is_started(project: Project) -> None:
    process = project.process(model=False)
    async with running(process) as stop:
        await until(lambda: process.state() == "down")
        stop.set()
    assert project.starts() == []


async def test_without_its_environment_it_is_down_until_that_is_there(project: Project) -> None:
    """Everything else goes on: only understanding is missing."""
    python = project.folder / "python"
    process = project.process(python=python)
    async with running(process):
        await until(lambda: process.state() == "down")
        assert process.pid is None
        python.symlink_to(sys.executable)
        await until(lambda: process.state() == "ready")


async def test_two_homes_have_a_rasa_each(project: Project, tmp_path: Path) -> None:
    one = project.process()
    other = RasaProcess(
        tmp_path / "other",
        lambda: project.model,
        project=project.folder,
        python=Path(sys.executable),
    )
    async with running(one), running(other):
        await until(lambda: one.state() == other.state() == "ready")
        assert one.addresses != other.addresses
        assert one.parse_token != other.parse_token


PARENT = """
import asyncio, sys
from pathlib import Path
from bot.adapters.understanding_rasa import RasaProcess

folder = Path(sys.argv[1])

async def keep():
    process = RasaProcess(
        folder / "work",
        lambda: folder / "models" / "companion.tar.gz",
        project=folder,
        python=Path(sys.executable),
    )
    running = asyncio.create_task(process.run(asyncio.Event()))
    while process.state() != "ready":
        await asyncio.sleep(0.01)
    print("pid", process.pid, flush=True)
    await running

asyncio.run(keep())
"""


async def test_it_is_not_left_behind_when_its_parent_is_killed(project: Project) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PARENT,
        str(project.folder),
        stdout=asyncio.subprocess.PIPE,
        cwd=CHECKOUT,
    )
    try:
        assert parent.stdout is not None
        pid = 0
        async with asyncio.timeout(20):
            while not pid:
                line = (await parent.stdout.readline()).decode()
                assert line, "the parent ended by itself"
                pid = int(line.split()[1]) if line.startswith("pid ") else 0
        assert is_alive(pid)
    finally:
        parent.kill()
        await parent.communicate()
    await until(lambda: not is_alive(pid), 5)


def content(project: Project) -> Path:
    return project.folder / "skills_content"


def test_the_model_that_was_trained_last_is_the_one(project: Project) -> None:
    models = project.model.parent
    content(project).mkdir()
    assert model_for(content(project), models / "none") is None
    assert model_for(content(project), models) == project.model
    newer = models / "a.tar.gz"
    newer.write_bytes(b"another")
    later = project.model.stat().st_mtime + 5
    os.utime(newer, (later, later))
    (models / "half.tar.gz.new").write_bytes(b"")
    assert model_for(content(project), models) == newer
    assert model_for(project.folder / "no_content", models) is None


async def test_training_says_its_last_line_and_is_fenced_in_as_well(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:sesame")
    said = await train(
        content(project), project.work, project=project.folder, python=Path(sys.executable)
    )
    assert said == "trained: companion.tar.gz"
    arguments, environment, cwd = json.loads((project.folder / "trained.json").read_text())
    assert arguments == [str(project.folder / "models"), "--content", str(content(project))]
    assert "TELEGRAM_TOKEN" not in environment
    assert cwd == str(project.work)


async def test_training_that_fails_tells_its_last_lines(project: Project) -> None:
    project.behaves("fails")
    with pytest.raises(TrainingFailed, match=r"line 39\ntrained: companion") as caught:
        await train(
            content(project), project.work, project=project.folder, python=Path(sys.executable)
        )
    assert "line 20\n" not in str(caught.value)


async def test_training_without_its_environment_says_how_to_make_it(project: Project) -> None:
    with pytest.raises(TrainingFailed, match="make setup"):
        await train(
            content(project), project.work, project=project.folder, python=project.folder / "none"
        )


async def test_training_that_is_no_longer_waited_for_ends(project: Project) -> None:
    project.behaves("slow")
    training = asyncio.create_task(
        train(content(project), project.work, project=project.folder, python=Path(sys.executable))
    )
    told = project.folder / "pid"
    await until(lambda: told.exists() and told.read_text())
    pid = int(told.read_text())
    assert is_alive(pid)
    training.cancel()
    with pytest.raises(asyncio.CancelledError):
        await training
    assert not is_alive(pid)


async def test_one_that_hangs_is_started_anew_when_told(project: Project) -> None:
    process = project.process()
    async with running(process):
        await until(lambda: process.state() == "ready")
        hung = process.pid
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        process.restart()
        await until(lambda: process.state() == "ready" and process.pid != hung, 30)
        assert not psutil.pid_exists(hung)
        assert len(project.starts()) == 2


async def test_a_given_port_and_token_are_used(project: Project) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = RasaProcess(
        project.work,
        lambda: project.model,
        project=project.folder,
        python=Path(sys.executable),
        port=port,
        token="f" * 16,
    )
    async with running(process):
        await until(lambda: process.state() == "ready")
        assert process.addresses == [f"http://127.0.0.1:{port}"]
        (started,) = project.starts()
        assert (started["port"], started["token"]) == (port, "f" * 16)
