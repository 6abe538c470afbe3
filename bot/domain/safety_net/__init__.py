"""The safety net: every inbound act passes it before anything else.

``SafetyNet`` judges; ``RuleSet`` is what it judges by, compiled from a ``RuleBook`` that an
adapter has read from files.
"""

from bot.domain.safety_net.definitions import (
    AnswerDefinition,
    ContextDefinition,
    ContextKind,
    IdiomDefinition,
    Reach,
    RequestDefinition,
    RuleBook,
    RuleDefinition,
    Source,
)
from bot.domain.safety_net.errors import RulesError
from bot.domain.safety_net.net import MODEL_FAILED, MODEL_RULE, SafetyNet, Score, Thresholds
from bot.domain.safety_net.ruleset import RuleSet, compile_rules
from bot.domain.safety_net.verdict import CALM, Answer, Family, Request, Tier, Verdict
from bot.domain.safety_net.versions import version_of
from bot.domain.safety_net.wording import Wording

__all__ = [
    "CALM",
    "MODEL_FAILED",
    "MODEL_RULE",
    "Answer",
    "AnswerDefinition",
    "ContextDefinition",
    "ContextKind",
    "Family",
    "IdiomDefinition",
    "Reach",
    "Request",
    "RequestDefinition",
    "RuleBook",
    "RuleDefinition",
    "RuleSet",
    "RulesError",
    "SafetyNet",
    "Score",
    "Source",
    "Thresholds",
    "Tier",
    "Verdict",
    "Wording",
    "compile_rules",
    "version_of",
]
