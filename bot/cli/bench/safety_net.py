"""``bench safety-net``: how long the net takes, with its model and by rules alone."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.adapters.sentence_model.examples import load_examples
from bot.adapters.sentence_model.training import EXAMPLES
from bot.bootstrap import net_of_rules, with_model
from bot.cli.bench.long_texts import long_texts
from bot.cli.bench.rows import catalogue_of, safety_rows
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import as_json, console, say
from bot.cli.people import AsJson
from bot.domain.safety_net import SafetyNet, Tier
from bot.settings import Settings

P99_BELOW = 25.0
LONGEST_AT_MOST = 60.0
"""Milliseconds: the bounds for ordinary rows and for any input."""
TIMES = 3
"""Each long text is judged so often, and the middle time counts."""


@dataclass(frozen=True)
class Took:
    """Milliseconds of a set of messages."""

    messages: int
    p50: float
    p99: float
    max: float


@dataclass(frozen=True)
class LongTook:
    """Milliseconds of one long text, with the model and by rules alone."""

    text: str
    characters: int
    net: float
    rules: float


def safety_net(
    everyday: Annotated[
        Path | None, typer.Option(help="Everyday rows (JSON lines); else our own examples")
    ] = None,
    json: AsJson = False,
) -> None:
    """Time the net over the catalogue and everyday rows, and over the longest inputs."""
    keep_logs_quiet()
    settings = settings_in_force()
    by_rules = net_of_rules(settings)
    net = with_model(by_rules)
    catalogue = [row.text for row in catalogue_of(settings).values()]
    ordinary = _messages([*catalogue, *_everyday(settings, everyday)])
    took = {"net": _took(net, ordinary), "rules only": _took(by_rules, ordinary)}
    long = [
        LongTook(name, len(text), _one(net, text), _one(by_rules, text))
        for name, text in long_texts(catalogue)
    ]
    longest = max(long, key=lambda each: each.net)
    bounds = {
        f"p99 below {P99_BELOW:.0f} ms": took["net"].p99 < P99_BELOW,
        f"any input within {LONGEST_AT_MOST:.0f} ms": max(longest.net, took["net"].max)
        <= LONGEST_AT_MOST,
    }
    if json:
        as_json(
            {
                "model": net.has_model,
                **{name: asdict(each) for name, each in took.items()},
                "long": [asdict(each) for each in long],
                "bounds": bounds,
            }
        )
        return
    table = Table("what", "messages", "p50 ms", "p99 ms", "max ms")
    for name, each in took.items():
        table.add_row(
            name, str(each.messages), *(f"{ms:.2f}" for ms in (each.p50, each.p99, each.max))
        )
    console.print(table)
    table = Table("long text", "characters", "net ms", "rules only ms")
    for one in long:
        table.add_row(one.text, str(one.characters), f"{one.net:.1f}", f"{one.rules:.1f}")
    console.print(table)
    for bound, kept in bounds.items():
        say(f"{bound}: {'yes' if kept else 'NO'}")


def _everyday(settings: Settings, file: Path | None) -> list[str]:
    if file is not None:
        return [row.text for row in safety_rows(file)]
    examples = load_examples(settings.companion_content / EXAMPLES)
    return [each.text for each in examples if each.tier is Tier.NONE]


def _messages(texts: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Every message, with those before it."""
    messages = []
    for text in texts:
        said = tuple(text.split("\n"))
        messages += [(message, said[:place]) for place, message in enumerate(said)]
    return messages


def _took(net: SafetyNet, messages: Sequence[tuple[str, tuple[str, ...]]]) -> Took:
    times = []
    for message, earlier in messages:
        began = time.perf_counter()
        net.judge(message, earlier)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    p50, p99 = (times[int(len(times) * part)] for part in (0.50, 0.99))
    return Took(len(times), *(round(each, 3) for each in (p50, p99, times[-1])))


def _one(net: SafetyNet, text: str) -> float:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        net.judge(text)
        times.append((time.perf_counter() - began) * 1000)
    return round(sorted(times)[TIMES // 2], 2)
