# ruff: noqa: S101, S603
"""The server as the companion starts it, with the trained model in models/."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = PROJECT / ".venv" / "bin" / "python"
MODEL = PROJECT / "models" / "companion.tar.gz"
MARKER = "zanzibar"
TOKEN = "made-up-token"  # noqa: S105

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("rasa_server")]


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    log: Path

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            said = response.read()
        finally:
            connection.close()
        return response.status, json.loads(said)

    def say(self, text: str, sender: str | None = None) -> list[dict[str, str]]:
        """The commands for one message, without the slots that are not set."""
        body = {"sender": sender or uuid.uuid4().hex, "message": text}
        _, answer = self.post("/webhooks/rest/webhook", body)
        return [{key: value for key, value in each["custom"].items() if value} for each in answer]


def _command(port: int, work: Path, model: Path = MODEL, *more: str) -> list[str]:
    return [
        *(str(PYTHON), "-W", "ignore", str(PROJECT / "serve.py"), "--port", str(port)),
        *("--model", str(model), "--work", str(work), *more),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_ready(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    work = tmp_path_factory.mktemp("rasa")
    port, log = _free_port(), work / "rasa.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(port, work), stdin=subprocess.PIPE, stdout=output, stderr=output
        )
        assert process.stdin is not None
        process.stdin.write(f"{TOKEN}\n".encode())
        process.stdin.close()
        try:
            _until_ready(port)
            yield Server(process.pid, port, log)
        finally:
            process.terminate()
            process.wait(30)


def test_one_sentence_becomes_one_command(server: Server) -> None:
    assert server.say("I'm at a 7 and about to shout at my mum") == [
        {"command": "find_skill", "distress": "7", "emotion": "anger", "person": "mum"}
    ]


def test_the_thread_of_talk_carries_its_topic_and_nothing_stale(server: Server) -> None:
    sender = uuid.uuid4().hex
    said = {
        "im at a 7 and about to shout at my mum": {
            "command": "find_skill",
            "distress": "7",
            "emotion": "anger",
            "person": "mum",
        },
        "do the cold water one": {"command": "practise_skill", "skill": "cold"},
        "how long does it take": {"command": "how_long", "topic": "skill", "skill": "cold"},
        "show me my plan": {"command": "show_plan"},
        "why that?": {"command": "why_that", "topic": "plan"},
        "something for anxiety": {"command": "find_skill", "emotion": "anxiety"},
        "another one": {"command": "another_one", "topic": "skill"},
        "what's the weather like": {"command": "off_topic"},
        "not now": {"command": "not_now"},
    }
    # Long enough that the beginning is let go of on the way.
    for _ in range(4):
        for text, command in said.items():
            assert server.say(text, sender) == [command]


@pytest.mark.parametrize("text", ["/restart", " /restart", "\ud800 " + MARKER])
def test_what_rasa_cannot_read_gives_nothing(server: Server, text: str) -> None:
    assert server.say(text) == []


@pytest.mark.parametrize(
    "text", ["/" + MARKER, "\x00\x1b[31m", "😀", MARKER * 100, "[x](skill) {topic} %s", "9" * 500]
)
def test_anything_else_gives_one_command(server: Server, text: str) -> None:
    assert len(server.say(text)) == 1


def test_a_body_that_is_too_long_is_refused(server: Server) -> None:
    status, _ = server.post("/webhooks/rest/webhook", {"sender": "x", "message": "a" * 100_000})
    assert status == 413


def test_rasas_own_routes_ask_for_the_token(server: Server) -> None:
    assert server.post("/model/parse", {"text": "who can see this"})[0] == 401
    status, answer = server.post(f"/model/parse?token={TOKEN}", {"text": "who can see this"})
    assert (status, answer["intent"]["name"]) == (200, "who_reads")


def test_the_log_holds_no_words_of_a_message(server: Server) -> None:
    server.say("\ud800 " + MARKER)
    server.say("/" + MARKER)
    log = server.log.read_text(encoding="utf-8", errors="replace")
    assert "rest.message.received.failure" in log
    assert MARKER not in log


def test_memory_stays_within_the_limit(server: Server) -> None:
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
    resident = int(status.split("VmRSS:")[1].split()[0])
    assert resident <= 700 * 1024


def test_what_cannot_be_served_is_said_in_one_line(tmp_path: Path) -> None:
    def said(*command: str) -> tuple[int, str]:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
        )
        return done.returncode, done.stderr.strip().splitlines()[-1]

    broken = tmp_path / "broken.tar.gz"
    broken.write_text("not a model", encoding="utf-8")
    port = _free_port()
    assert said(*_command(port, tmp_path, broken)) == (
        1,
        "The model cannot be loaded. Train it again.",
    )
    assert said(*_command(port, tmp_path, tmp_path / "none"))[0] == 2
    assert said(*_command(port, tmp_path, MODEL, "--interface", "0.0.0.0"))[0] == 2  # noqa: S104
    with socket.create_server(("127.0.0.1", port)):
        status, line = said(*_command(port, tmp_path))
    assert (status, f"Port {port}" in line) == (1, True)


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    port = _free_port()
    starter = f"""
import subprocess, sys, time
child = subprocess.Popen({_command(port, tmp_path)!r}, stdin=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        _until_ready(port)
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not _has_ended(child):
        time.sleep(0.1)
    ended = _has_ended(child)
    if not ended:
        os.kill(child, signal.SIGKILL)
    assert ended


def _has_ended(pid: int) -> bool:
    """Gone, or only waiting for its exit code to be read."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return True
