# ruff: noqa: S101, S603
"""The parts of the pipeline that are ours, run in Rasa's own environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = PROJECT / ".venv" / "bin" / "python"


def _in_rasas_python(code: str) -> str:
    done = subprocess.run(
        [str(PYTHON), "-W", "ignore", "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_sentences_of_like_meaning_lie_close_together() -> None:
    said = _in_rasas_python("""
import numpy as np
from components.minilm import SentenceModel
model = SentenceModel.installed()
plan, same, weather = model.vectors(["show me my crisis plan", "open my safety plan", "is it wet"])
assert plan.shape == (384,) and abs(np.linalg.norm(plan) - 1) < 1e-5
assert np.allclose(model.vectors(["open my safety plan"])[0], same, atol=0.02)
print(plan @ same > plan @ weather + 0.3)
""")
    assert said == "True"


def test_a_long_message_costs_no_more_than_the_bound() -> None:
    said = _in_rasas_python("""
import numpy as np
from components.minilm import SentenceModel
model = SentenceModel.installed()
long, longer = model.vectors(["word " * 200, "word " * 4000])
print(np.allclose(long, longer, atol=0.02))
""")
    assert said == "True"


def test_another_model_file_is_refused() -> None:
    said = _in_rasas_python("""
from components.minilm import WEIGHTS, WrongModelFile, checked
for package, name, sha256 in ((*WEIGHTS, "0" * 64), ("no_such_package", "x", ""),
                              (WEIGHTS[0], "no_such_file", "")):
    try:
        checked(package, name, sha256)
        print("taken")
    except WrongModelFile:
        print("refused")
""")
    assert said.split() == ["refused"] * 3


def test_how_people_type_becomes_plain_english() -> None:
    said = _in_rasas_python("""
from components.plain_english import plain_english
for written in ("WOT av i got on", "ey up duck", "duck", "im at a 4", "noooo", ""):
    print(plain_english(written))
""")
    assert said.splitlines() == ["what have i got on", "ey up", "duck", "i am at a 4", "noo"]


def test_a_long_thread_keeps_what_it_was_about() -> None:
    said = _in_rasas_python("""
import asyncio
import quiet_start
quiet_start.prepare()
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from components.short_threads import ShortThreads

async def talk():
    domain = Domain.load("domain.yml")
    threads = ShortThreads(domain, conversations=2, turns=3)
    events = [ActionExecuted("action_listen"), UserUttered("first"), SlotSet("skill", "cold")]
    for number in range(30):
        events += [ActionExecuted("action_listen"), UserUttered(str(number))]
    for person in "abc":
        await threads.save(DialogueStateTracker.from_events(person, events, domain.slots))
    kept = await threads.retrieve("c")
    said = [event.text for event in kept.events if isinstance(event, UserUttered)]
    print(said, kept.get_slot("skill"), list(await threads.keys()))

asyncio.run(talk())
""")
    assert said == "['27', '28', '29'] cold ['b', 'c']"
