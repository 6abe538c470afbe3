"""``safety-review`` and ``evaluate review``, as a reviewer types them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.bootstrap import load
from bot.cli import _app
from bot.domain.errors import BadInput, NotPermitted
from bot.domain.people import Role
from bot.settings import Settings
from tests.integration.conversation.talk import begin

WROTE = "I want to kill myself tonight, tell Jo Marker"

Run = Callable[..., Result]


async def _home(home: Path) -> None:
    home.mkdir()
    talk = await begin(home, load(Settings()))
    await talk.joins()
    await talk.says(WROTE)
    await talk.companion.staff.add(
        username="sal",
        name="Sal Reviewer",
        role=Role.SAFETY_REVIEWER,
        team="peak",
        password="a long pass word",
        by=None,
    )
    await talk.companion.aclose()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    asyncio.run(_home(tmp_path / "home"))
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))

    def runs(*words: str, by: str = "sal") -> Result:
        return CliRunner().invoke(_app, [*words, "--by", by])

    return runs


def _json(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_from_the_list_to_a_line_that_is_kept(run: Run, tmp_path: Path) -> None:
    listed = run("safety-review", "list")
    assert "immediate_crisis" in listed.stdout
    assert "kill" not in listed.stdout
    waiting = _json(run("safety-review", "list", "--json"))["waiting"]
    assert len(waiting) >= 1
    item = waiting[0]["id"]
    shown = run("safety-review", "next")
    assert "> I want to kill myself tonight, tell [name]" in shown.stdout
    around = _json(run("safety-review", "show", item, "--around", "--reason", "unclear", "--json"))
    assert around["words"].endswith("tell [name]")
    assert len(around["before"]) == 3
    everything = json.dumps(around)
    for word in ("Marker", "Asha", "P-1"):
        assert word not in everything

    rows = tmp_path / "rows.jsonl"
    decided = run(
        "safety-review", "decide", item, "--finding", "right", "--keep", str(rows), "--json"
    )
    assert decided.exit_code == 0, decided.output
    assert "may still say who it is" in decided.stderr
    assert json.loads(decided.stdout)["finding"] == "right"
    (row,) = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
    assert (row["text"], row["expected"]) == (
        "I want to kill myself tonight, tell [name]", "crisis",
    )  # fmt: skip
    read = CliRunner().invoke(_app, ["evaluate", "safety-net", str(rows), "--json"])
    assert read.exit_code == 0, read.output

    found = _json(run("evaluate", "review", "--json"))
    assert found["precision"]["immediate_crisis"]["part"] == 1
    assert found["recall"] is None
    words = run("evaluate", "review", "--from", "2026-03-01", "--to", "2026-03-04").stdout
    assert "danger was there in 100% of 1 reviewed" in words
    assert "does not mean that none was missed" in words
    assert _json(run("evaluate", "review", "--to", "2026-03-03", "--json"))["precision"] == {}


def test_nothing_is_decided_where_the_line_cannot_be_kept(run: Run, tmp_path: Path) -> None:
    item = _json(run("safety-review", "list", "--json"))["waiting"][0]["id"]
    rows = tmp_path / "rows.jsonl"
    done = run("safety-review", "decide", item, "--finding", "too_high", "--keep", str(rows))
    assert isinstance(done.exception, BadInput)
    assert not rows.exists()
    assert _json(run("safety-review", "list", "--json"))["waiting"][0]["id"] == item


def test_without_keep_nothing_is_written_and_the_queue_gets_shorter(run: Run) -> None:
    before = _json(run("safety-review", "list", "--json"))["waiting"]
    done = run("safety-review", "decide", before[0]["id"], "--finding", "unsure")
    assert done.stdout.strip() == "Kept: unsure."
    assert len(_json(run("safety-review", "list", "--json"))["waiting"]) == len(before) - 1


def test_a_practitioner_may_not(run: Run) -> None:
    for words in (("list",), ("next",), ("show", "x"), ("decide", "x", "--finding", "right")):
        assert isinstance(run("safety-review", *words, by="dawn").exception, NotPermitted)
    assert isinstance(run("evaluate", "review", by="dawn").exception, NotPermitted)
