"""``companion bench store``: a small run, with figures that can be true."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bot.cli.bench.store_figures import BenchFailed, at_least, at_most, dev_package, percentile
from bot.cli.bench.store_shares import Shares
from tests.functional.system.home import Home

pytestmark = pytest.mark.xdist_group("bench")

RUN = 600.0
"""Seconds that a small run may take on a busy machine; alone it takes less than one minute."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a small run of all parts printed for programs."""
    home = Home(tmp_path_factory.mktemp("bench"))
    ran = home.companion("bench", "store", "--quick", "--json", within=RUN).well()
    made: dict[str, Any] = ran.json
    return made


def _figures(report: dict[str, Any], start: str) -> list[dict[str, Any]]:
    return [each for each in report["figures"] if each["name"].startswith(start)]


@pytest.mark.long
def test_says_of_which_machine_the_figures_are(report: dict[str, Any]) -> None:
    machine = report["machine"]
    assert machine["cores"] >= 1
    assert len(machine["load"]) == len(machine["load_after"]) == 3
    assert 0 < machine["sync_p50_ms"] <= machine["sync_p99_ms"]
    assert report["quick"]
    assert report["rounds"] == 3


@pytest.mark.long
def test_every_figure_has_what_was_asked_of_it(report: dict[str, Any]) -> None:
    for each in report["figures"]:
        assert each["asked"] in {"at least", "at most"}
        assert len(each["rounds"]) == report["rounds"]
        assert each["value"] == sorted(each["rounds"])[1] > 0
        is_more = each["value"] >= each["limit"]
        assert each["reached"] == (is_more if each["asked"] == "at least" else not is_more)
    assert report["reached"] == all(each["reached"] for each in report["figures"])


@pytest.mark.long
def test_inserts_are_of_both_kinds_on_both_databases(report: dict[str, Any]) -> None:
    inserts = _figures(report, "sealed insert")
    assert [each["database"] for each in inserts] == ["SQLite"] * 3 + ["PostgreSQL"] * 3
    for each in inserts:
        assert 0.1 < each["value"] < 10
        assert each["details"]["sealed_a_second"] > 10
        assert each["details"]["plain_a_second"] > 10


@pytest.mark.long
def test_the_outbox_is_measured_against_a_worker_that_did_all(report: dict[str, Any]) -> None:
    (outbox,) = _figures(report, "outbox")
    assert outbox["details"]["outbox_a_second"] > 20
    assert outbox["details"]["procrastinate_a_second"] > 20


@pytest.mark.long
def test_summaries_and_caseloads_are_of_the_whole_year(report: dict[str, Any]) -> None:
    for each in _figures(report, "summary"):
        assert each["details"]["events_a_summary"] == 100
        assert each["details"]["p50_ms"] <= each["value"]
    names = [each["name"] for each in _figures(report, "caseload")]
    assert names == ["caseload of 25 people, p95", "caseload at 5000 events to 50"] * 2


@pytest.mark.long
def test_the_second_worker_works_only_in_its_rounds(report: dict[str, Any]) -> None:
    (workers,) = _figures(report, "turns")
    alone, both = (workers["details"][f"cores_used_with_{each}"] for each in ("one", "two"))
    assert alone["worker 1"] > 0.02
    assert alone["worker 2"] <= 0.02
    assert min(both["worker 1"], both["worker 2"]) > 0.02


@pytest.mark.long
def test_an_unknown_part_is_refused(tmp_path: Path) -> None:
    ran = Home(tmp_path).companion("bench", "store", "--only", "nothing")
    assert ran.code != 0
    assert "There is no part 'nothing'. Parts are: insert, outbox, reading, workers." in ran.err


@pytest.mark.long
def test_a_package_that_is_missing_is_named_with_what_installs_it() -> None:
    with pytest.raises(BenchFailed, match="not-there is not installed: 'make setup' installs it"):
        dev_package("not_there")


@pytest.mark.long
def test_the_middle_round_counts() -> None:
    assert not at_least("", "", [0.4, 9.0, 0.45], 0.5).reached
    assert at_most("", "", [60.0, 10.0, 12.0], 50.0, "ms").reached
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.95) == 5.0


@pytest.mark.long
def test_a_process_that_works_fills_its_share() -> None:
    shares = Shares({"this": os.getpid()})
    sum(number * number for number in range(3_000_000))
    used = shares.cores()

    assert 0.05 < used["this"] <= 1.5
    assert set(used) == {"this", "others", "idle"}
