"""The commands of the safety net: ``evaluate safety-net``, ``evaluate families``, ``bench``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import _app
from bot.cli.bench import safety_net as bench
from bot.domain.errors import BadInput
from tests.unit.adapters.sentence_model.made import write_examples

SHIPPED = Path(__file__).parents[3] / "skills_content" / "safety"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped rules and catalogue, with a handful of examples."""
    safety = tmp_path / "content" / "safety"
    shutil.copytree(SHIPPED / "rules", safety / "rules")
    shutil.copy(SHIPPED / "catalogue.jsonl", safety)
    write_examples(safety / "examples")
    monkeypatch.setenv("COMPANION_CONTENT", str(tmp_path / "content"))
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    return tmp_path / "content"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


def run(*words: str) -> Result:
    return CliRunner().invoke(_app, list(words))


def write(file: Path, *rows: dict[str, object]) -> None:
    file.write_text("".join(json.dumps(each) + "\n" for each in rows), "utf-8")


def test_what_was_said_of_each_row_is_written(content: Path, rows: Path, tmp_path: Path) -> None:
    write(
        rows,
        {"id": "a", "text": "I want to kill myself", "expected": "crisis", "colour": "blue"},
        {"id": "b", "text": "what time is group", "expected": "none"},
        {"id": "c", "text": "i want\nto kill\nmyself"},
        {"id": "d", "text": "yes", "after_check": True},
        {"id": "e", "text": "no", "after_check": True},
    )
    out = tmp_path / "out.jsonl"
    done = run("evaluate", "safety-net", str(rows), "--out", str(out))
    assert done.exit_code == 0, done.output
    said = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [set(each) for each in said] == [{"id", "tier", "family", "rules", "ms"}] * 5
    assert [each["tier"] for each in said] == [
        "immediate_crisis", "none", "immediate_crisis", "immediate_crisis", "none",
    ]  # fmt: skip
    assert said[1]["family"] is None
    assert all(each["ms"] > 0 for each in said)


def test_a_miss_elsewhere_is_told_and_one_of_the_catalogue_ends_with_1(
    content: Path, rows: Path
) -> None:
    write(rows, {"id": "x", "text": "hello", "expected": "crisis"})
    done = run("evaluate", "safety-net", str(rows))
    assert done.exit_code == 0
    assert "missed: x, expected crisis, judged none" in done.stdout
    write(rows, {"id": "01-01", "text": "hello"})
    done = run("evaluate", "safety-net", str(rows))
    assert done.exit_code == 1
    assert "01-01" in done.stdout
    write(rows, {"id": "01-01", "text": "I want to kill myself"})
    assert run("evaluate", "safety-net", str(rows)).exit_code == 0


def test_the_figures_are_for_programs_too(content: Path, rows: Path) -> None:
    write(
        rows,
        {"id": "a", "text": "I want to kill myself", "expected": "crisis", "category": "01_x"},
        {"id": "b", "text": "hello", "expected": "none"},
    )
    done = run("evaluate", "safety-net", str(rows), "--json")
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["rows"] == 2
    assert found["recall"]["crisis"]["count"] == 1
    assert found["false_alarms"]["check"]["count"] == 0
    assert found["categories"] == {"01_x": {"rows": 1, "met": 1}}
    assert (found["missed"], found["lost"]) == ([], [])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: this is not JSON"),
        ('{"text": "x"}', "line 2: its id is missing"),
        ('{"id": "x"}', "line 2: its text is missing"),
        ('{"id": "x", "text": "y", "expected": "bad"}', "line 2: 'bad' was expected"),
        ("[1]", "line 2: this is not an object"),
    ],
)
def test_bad_input_is_named_by_its_line(content: Path, rows: Path, line: str, says: str) -> None:
    rows.write_text(f'{{"id": "a", "text": "b"}}\n{line}\n', "utf-8")
    done = run("evaluate", "safety-net", str(rows))
    assert isinstance(done.exception, BadInput)
    assert says in str(done.exception)


def test_no_file_and_no_rows_are_bad_input(content: Path, rows: Path) -> None:
    assert isinstance(run("evaluate", "safety-net", str(rows)).exception, BadInput)
    rows.write_text("\n\n", "utf-8")
    assert isinstance(run("evaluate", "safety-net", str(rows)).exception, BadInput)
    write(rows, {"id": "a", "text": "b"})
    nowhere = str(rows.parent / "no" / "out.jsonl")
    done = run("evaluate", "safety-net", str(rows), "--out", nowhere)
    assert isinstance(done.exception, BadInput)


def test_families_are_left_out_one_by_one(content: Path) -> None:
    found = json.loads(run("evaluate", "families", "--json").stdout.splitlines()[-1])
    assert set(found) == {"intent", "urge"}
    assert found["intent"]["lines"] == found["intent"]["rules"] == found["intent"]["net"] == 3
    assert "net: " in run("evaluate", "families").stdout


def test_the_bench_says_whether_its_bounds_are_kept(
    content: Path, rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "long_texts", lambda _: iter([("cheerful", "good " * 2_000)]))
    write(rows, {"id": "a", "text": "hello\nyou"})
    done = run("bench", "safety-net", "--everyday", str(rows), "--json")
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["net"]["messages"] > 147
    assert found["rules only"]["p50"] > 0
    assert [each["characters"] for each in found["long"]] == [10_000]
    assert len(found["bounds"]) == 2
