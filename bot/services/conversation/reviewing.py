"""What is kept of the net's word on a message, and which messages a reviewer is to look at."""

from __future__ import annotations

import structlog

from bot.domain.messages import ActKind
from bot.domain.safety_net import Tier
from bot.domain.safety_review import ReviewItem
from bot.domain.safety_sampling import is_new_week, stratum_of
from bot.domain.sharing import Answer, Consent
from bot.services.conversation.desk import Turn

log = structlog.get_logger(__name__)

DRAW = "safety review"
"""The purpose under which act ids are digested for the draw."""

_NO_WORDS = frozenset({ActKind.BUTTON, ActKind.TIMER, ActKind.GROUP})


def kept_of_verdict(turn: Turn) -> dict[str, str]:
    """Tier, rule ids, characters (start-end) and versions: ids and numbers, never words."""
    verdict = turn.verdict
    return {
        "tier": verdict.tier.value,
        "rules": " ".join(verdict.rules),
        "spans": " ".join(f"{start}-{end}" for start, end in verdict.spans),
        "versions": turn.desk.net.version,
    }


def log_verdict(turn: Turn) -> None:
    """A line for the operator; the log gives it its time."""
    if turn.act.kind not in _NO_WORDS:
        log.info("judged", act=turn.act.id, **kept_of_verdict(turn))


async def pick(turn: Turn) -> None:
    """Put this message up for review, if it is one to review and the person was told of it."""
    if turn.person is None or turn.act.kind in _NO_WORDS or not turn.text.strip():
        return
    tier = turn.verdict.tier
    if not turn.judged and tier <= Tier.CHECK:
        return
    sampling = turn.desk.content.review
    stratum = stratum_of(
        sampling.rates_of(turn.person.team),
        tier,
        turn.verdict.rules,
        characters=len(turn.text),
        channel=turn.act.channel,
        answered_by=turn.answered_by,
        is_first_of_week=is_new_week(turn.memory.contact_on, turn.today),
    )
    if not stratum.draws(turn.desk.secrets.digest(DRAW, turn.act.id)):
        return
    if not await _was_told(turn):
        return
    kept = kept_of_verdict(turn)
    turn.work.put.append(
        ReviewItem(
            id=turn.desk.ids.new(),
            subject=turn.subject,
            act_id=turn.act.id,
            at=turn.now,
            tier=kept["tier"],
            stratum=str(stratum),
            family=turn.verdict.family.value if turn.verdict.family else "",
            rules=kept["rules"],
            spans=kept["spans"],
            versions=kept["versions"],
        )
    )


async def _was_told(turn: Turn) -> bool:
    """Whether they joined having read that messages are reviewed."""
    consents = await turn.desk.record.find(Consent, subject=turn.subject)
    told_by = turn.desk.content.review.told_by
    return any(
        each.about.startswith("joining:")
        and each.answer is Answer.YES
        and each.withdrawn_at is None
        and each.said_digest in told_by
        for each in consents
    )
