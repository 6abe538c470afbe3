"""The safety net as it ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.rule_files import load_rules
from bot.bootstrap import with_model
from bot.domain.safety_net import RuleSet, SafetyNet

RULES = Path(__file__).parents[2] / "skills_content" / "safety" / "rules"


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    return load_rules(RULES)


@pytest.fixture(scope="session")
def net(rules: RuleSet) -> SafetyNet:
    return SafetyNet(rules)


@pytest.fixture(scope="session")
def whole(net: SafetyNet) -> SafetyNet:
    """With the model, which `companion train` has made before the tests."""
    found = with_model(net)
    assert found.has_model
    return found
