"""``evaluate safety-net`` and ``evaluate families``: what the safety net hears, and what not."""

from __future__ import annotations

import json as json_format
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.bootstrap import families_left_out, net_of_rules, with_model
from bot.cli.bench.rows import catalogue_of, safety_rows
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import as_json, console, say
from bot.cli.people import AsJson
from bot.domain.errors import BadInput
from bot.services.safety_evaluation import Heard, Judged, Share, completed, evaluate

SHOWN = 50
"""Missed rows that are listed."""


def safety_net(
    file: Path,
    out: Annotated[
        Path | None, typer.Option(help="Write what was said of each row here, as JSON lines")
    ] = None,
    json: AsJson = False,
) -> None:
    """Judge every row of FILE (JSON lines: id, text; expected, after_check) and count.

    Ends with 1 where a row of our own catalogue misses its tier.
    """
    keep_logs_quiet()
    settings = settings_in_force()
    catalogue = catalogue_of(settings)
    rows = [completed(row, catalogue) for row in safety_rows(file)]
    net = with_model(net_of_rules(settings))
    heard = evaluate(net, rows, time.perf_counter)
    lost = [each for each in heard.missed if each.row.id in catalogue]
    if out is not None:
        _write(out, heard)
    if json:
        as_json({**_as_object(heard), "model": net.has_model, "lost": [e.row.id for e in lost]})
    else:
        _show(heard)
        for each in lost:
            say(f"LOST from the catalogue: {each.row.id}, judged {each.tier}")
    if lost:
        raise typer.Exit(1)


def families(json: AsJson = False) -> None:
    """Recall on our own examples of risk, each family by a model that has not seen it."""
    keep_logs_quiet()
    left_out = families_left_out(settings_in_force())
    if json:
        as_json(
            {
                each.family: {
                    "lines": each.lines,
                    "net": each.net,
                    "model": each.model,
                    "rules": each.rules,
                }
                for each in left_out
            }
        )
        return
    table = Table("family left out", "lines", "net", "model only", "rules only")
    for each in left_out:
        parts = (f"{count / each.lines:.2f}" for count in (each.net, each.model, each.rules))
        table.add_row(each.family, str(each.lines), *parts)
    console.print(table)
    for name in ("net", "model", "rules"):
        lines = sum(each.lines for each in left_out)
        say(f"{name}: {_part(Share(lines, sum(getattr(each, name) for each in left_out)))}")


def _write(out: Path, heard: Heard) -> None:
    try:
        with out.open("w", encoding="utf-8") as file:
            for each in heard.judged:
                file.write(json_format.dumps(_said_of(each)) + "\n")
    except OSError as error:
        raise BadInput(f"{out}: {type(error).__name__}.") from None


def _said_of(each: Judged) -> dict[str, Any]:
    return {
        "id": each.row.id,
        "tier": each.tier.value,
        "family": each.family.value if each.family else None,
        "rules": list(each.rules),
        "ms": round(each.ms, 2),
    }


def _as_object(heard: Heard) -> dict[str, Any]:
    return {
        "rows": len(heard.judged),
        "recall": {name: _numbers(share) for name, share in heard.recall.items()},
        "false_alarms": {tier.value: _numbers(share) for tier, share in heard.false_alarms.items()},
        "categories": {
            name: {"rows": share.of, "met": share.count}
            for name, share in heard.by_category.items()
        },
        "missed": [_said_of(each) | {"expected": each.row.expected} for each in heard.missed],
        "slowest": [{"id": each.row.id, "ms": round(each.ms, 2)} for each in heard.slowest],
    }


def _numbers(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"rows": share.of, "count": share.count, "interval": [round(low, 4), round(high, 4)]}


def _show(heard: Heard) -> None:
    table = Table("what", "rows", "of them", "part", "95% from", "to")
    for name, share in heard.recall.items():
        table.add_row(f"heard: {name}", *_cells(share))
    for tier, share in heard.false_alarms.items():
        table.add_row(f"false alarm: {tier}", *_cells(share))
    console.print(table)
    if heard.by_category:
        table = Table("category", "rows", "as expected")
        for name, share in heard.by_category.items():
            table.add_row(name, str(share.of), str(share.count))
        console.print(table)
    for each in heard.missed[:SHOWN]:
        say(f"missed: {each.row.id}, expected {each.row.expected}, judged {each.tier}")
    if len(heard.missed) > SHOWN:
        say(f"and {len(heard.missed) - SHOWN} more missed")
    say("slowest: " + ", ".join(f"{each.row.id} {each.ms:.1f} ms" for each in heard.slowest))


def _cells(share: Share) -> tuple[str, ...]:
    low, high = share.interval
    part = f"{share.count / share.of:.3f}"
    return str(share.of), str(share.count), part, f"{low:.3f}", f"{high:.3f}"


def _part(share: Share) -> str:
    low, high = share.interval
    return (
        f"{share.count} of {share.of} heard, {share.count / share.of:.3f} ({low:.3f} to {high:.3f})"
    )
