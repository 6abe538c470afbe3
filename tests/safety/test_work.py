"""The net's work is bounded. CPU time of this thread, so that a busy machine changes little."""

from __future__ import annotations

import json
from pathlib import Path
from time import thread_time

import pytest

from bot.domain.safety_net import SafetyNet

HERE = Path(__file__).parent
ORDINARY_P99 = 0.010
AT_MOST = 3.0


def test_an_ordinary_message_takes_little(net: SafetyNet) -> None:
    lines = [
        json.loads(line)["text"]
        for name in ("catalogue.jsonl", "everyday_sample.jsonl")
        for line in (HERE / name).read_text(encoding="utf-8").splitlines()
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
