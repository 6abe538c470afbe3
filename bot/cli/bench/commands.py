"""``evaluate`` and ``bench``: figures that anyone can repeat."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.cli.bench import hearing
from bot.cli.bench.rasa import measured_rasa
from bot.cli.bench.review import review
from bot.cli.bench.rows import read_lines
from bot.cli.bench.safety_net import safety_net
from bot.cli.bench.store import store
from bot.cli.bench.turn import Figures, bench_turn
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import as_json, console, say
from bot.cli.people import AsJson
from bot.services.evaluation import Understood, evaluate_understanding, utterance_of

evaluate_app = typer.Typer(no_args_is_help=True)
bench_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(evaluate_app, name="evaluate", help="How well it understands.")
    app.add_typer(bench_app, name="bench", help="How quickly it answers.")


@evaluate_app.callback()
def _evaluate() -> None:
    """How well it understands."""


@bench_app.callback()
def _bench() -> None:
    """How quickly it answers."""


@evaluate_app.command("understanding")
def understanding(file: Path, json: AsJson = False) -> None:
    """Understand every row of FILE (JSON lines: text, intent) and count."""
    keep_logs_quiet()
    rows = read_lines(file, utterance_of)
    settings = settings_in_force()

    async def measure() -> Understood:
        async with measured_rasa(settings) as rasa:
            return await evaluate_understanding(rows, rasa.intent_of)

    found = asyncio.run(measure())
    if json:
        as_json(
            {
                "rows": found.rows,
                "accuracy": round(found.accuracy, 4),
                "interval": [round(each, 4) for each in found.interval],
                "intents": {
                    each.intent: {
                        "rows": each.rows,
                        "right": each.right,
                        "not_understood": each.not_understood,
                    }
                    for each in found.intents
                },
                "mixed_up": [list(each) for each in found.mixed_up],
            }
        )
        return
    table = Table("meant", "rows", "understood", "not understood")
    for each in found.intents:
        table.add_row(each.intent, str(each.rows), f"{each.recall:.2f}", str(each.not_understood))
    console.print(table)
    for meant, taken, count in found.mixed_up[:20]:
        say(f"  {meant} taken for {taken}: {count}")
    low, high = found.interval
    say(f"accuracy {found.accuracy:.3f} of {found.rows} rows (95%: {low:.3f} to {high:.3f})")


@bench_app.command("turn")
def turn(
    rounds: Annotated[int, typer.Option(min=1, max=50)] = 5,
    messages: Annotated[int, typer.Option(min=16, max=5000, help="In each round and kind")] = 160,
    json: AsJson = False,
) -> None:
    """A whole durable turn against the same model's bare webhook, in turns, alone and at 16."""
    keep_logs_quiet()
    figures = asyncio.run(bench_turn(settings_in_force(), rounds=rounds, messages=messages))
    if json:
        as_json(figures.as_object())
    else:
        _show(figures)


bench_app.command("store")(store)
bench_app.command("safety-net")(safety_net)
evaluate_app.command("safety-net")(hearing.safety_net)
evaluate_app.command("families")(hearing.families)
evaluate_app.command("review")(review)


def _show(figures: Figures) -> None:
    table = Table("what", "at once", "p50 ms", "p95 ms", "p99 ms", "per second")
    for each in figures.rows:
        table.add_row(
            each.what,
            str(each.at_once),
            f"{each.p50:.2f}",
            f"{each.p95:.2f}",
            f"{each.p99:.2f}",
            f"{each.per_second:.0f}",
        )
    console.print(table)
    for name, ratio in figures.ratios().items():
        say(f"{name}: {ratio:.2f}")
