"""A conversation with the safety net and its model: raising, broken, missing."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.sentence_model import MODEL
from bot.bootstrap import net_of_rules, with_model
from bot.domain.safety_net import RulesError, SafetyNet, Thresholds, Tier
from bot.settings import Settings
from tests.integration.conversation.talk import Talk
from tests.unit.adapters.sentence_model.made import coefficients

Spans = Sequence[tuple[int, int]]


class Score:
    """Says always the same; remembers what it was asked."""

    def __init__(self, danger: float) -> None:
        self.danger = danger
        self.asked: list[str] = []

    def __call__(self, text: str, hits: Spans) -> float:
        self.asked.append(text)
        return self.danger


def give(talk: Talk, score: Score) -> None:
    talk.desk = replace(talk.desk, net=talk.desk.net.scored_by(score, Thresholds(0.5, 0.9)))


async def test_what_the_model_raises_is_answered_by_the_net(asha: Talk) -> None:
    score = Score(0.95)
    give(asha, score)
    answer = await asha.says("the bus was late and the lake was cold")
    assert answer.answered_by == "safety_net"
    assert score.asked == ["the bus was late and the lake was cold"]
    assert len(await asha.concerns()) == 1


async def test_standing_words_and_numbers_never_reach_the_model(asha: Talk) -> None:
    score = Score(1.0)
    give(asha, score)
    for words in ("plan", "numbers", "menu", "7"):
        await asha.says(words)
    assert score.asked == []


async def test_a_broken_model_keeps_the_rules_word_and_tells_the_operator(
    asha: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    give(asha, Score(float("nan")))
    answer = await asha.says("I want to kill myself")
    assert answer.answered_by == "safety_net"
    assert len(await asha.concerns()) == 1
    answer = await asha.says("my marker of a sentence about ducks")
    assert answer.answered_by == "safety_net"
    said = capsys.readouterr()
    assert "safety_net_model_failed" in said.out + said.err
    assert "ducks" not in said.out + said.err


def test_without_a_model_rules_judge_and_the_operator_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = with_model(net_of_rules(Settings()), tmp_path)
    assert not net.has_model
    assert net.judge("I want to kill myself").tier is Tier.IMMEDIATE_CRISIS
    (tmp_path / MODEL).write_bytes(b"damaged")
    assert not with_model(net, tmp_path).has_model
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    assert len([line for line in lines if "safety_net_without_model" in line]) == 2
    assert "companion train" in lines[0]
    coefficients().save(tmp_path / MODEL)
    assert with_model(net, tmp_path).has_model


def test_rules_broken_while_running_change_nothing_and_at_a_start_stop_it(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(Settings().companion_content, content)
    settings = Settings(companion_content=content)
    net: SafetyNet = net_of_rules(settings)
    (content / "safety" / "rules" / "intent.yml").write_text("kind: nonsense\n", "utf-8")
    assert net.judge("I want to kill myself").tier is Tier.IMMEDIATE_CRISIS
    with pytest.raises(RulesError, match=r"intent\.yml"):
        net_of_rules(settings)
