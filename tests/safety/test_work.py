"""The net's work is bounded. CPU time of this thread, so that a busy machine changes little."""

from __future__ import annotations

import json
from pathlib import Path
from time import thread_time

import pytest

from bot.cli.bench.long_texts import long_texts
from bot.domain.safety_net import SafetyNet

HERE = Path(__file__).parent
CATALOGUE = Path(__file__).parents[2] / "skills_content" / "safety" / "catalogue.jsonl"
pytestmark = pytest.mark.timed

ORDINARY_P99 = 0.010
AT_MOST = 3.0
WITH_MODEL_P99 = 0.025
"""Seconds: the bound of the whole net over ordinary rows."""
LONGEST_AT_MOST = 0.15
"""Seconds for the longest inputs: 0.06 on a quiet machine, with room for a busy one."""


def test_an_ordinary_message_takes_little(net: SafetyNet) -> None:
    lines = [
        json.loads(line)["text"]
        for path in (CATALOGUE, HERE / "everyday_sample.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    took = []
    for line in lines:
        began = thread_time()
        net.judge(line)
        took.append(thread_time() - began)
    assert sorted(took)[int(len(took) * 0.99)] < ORDINARY_P99


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        "i " * 12_000,
        "k i l l " * 3_000,
        "1!1!1a " * 3_400,
        "aabbccdd " * 2_600,
        "😭🔪" * 12_000,
        "ﷺ" * 24_000,
        "我想死" * 8_000,
        "1 2 3 4 " * 3_000,
        "I want to kill myself " * 5_000,
        "not " * 6_000,
        "\n" * 24_000,
        "a.b.c." * 4_000,
        "'" * 24_000,
        "*#@" * 8_000,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_takes_long(text: str, net: SafetyNet) -> None:
    began = thread_time()
    net.judge(text, [text] * 5)
    net.requests(text)
    net.answer_to_ask(text)
    assert thread_time() - began < AT_MOST


def test_an_ordinary_message_takes_little_with_the_model_too(whole: SafetyNet) -> None:
    rows = [
        json.loads(line)["text"]
        for path in (CATALOGUE, HERE / "everyday.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    took = []
    for message in (message for text in rows for message in text.split("\n")):
        began = thread_time()
        whole.judge(message)
        took.append(thread_time() - began)
    assert sorted(took)[int(len(took) * 0.99)] < WITH_MODEL_P99


@pytest.mark.parametrize(
    ("name", "text"),
    list(long_texts(["i feel low", "tea?"])),
    ids=lambda each: each if len(each) < 30 else str(len(each)),
)
def test_the_longest_inputs_are_bounded_with_the_model(
    name: str, text: str, whole: SafetyNet
) -> None:
    took = []
    for _ in range(3):
        began = thread_time()
        whole.judge(text)
        took.append(thread_time() - began)
    assert min(took) < LONGEST_AT_MOST, name
