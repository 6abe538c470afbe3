"""The conversation's part in alerts: they are planned with it, and it says when nobody came."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.ladder import is_danger, may_write
from bot.domain.messages import AnsweredBy, ReplyKind
from bot.domain.notices import Notice, NoticeStatus
from bot.services.alerting.planning import plan_alerts
from bot.services.conversation.desk import Turn
from bot.services.conversation.waking import wake


async def plan(turn: Turn) -> None:
    """Plan who is told of the concern that this turn opens or adds a sign of danger to."""
    if turn.person is None:
        return
    before = next((each for each in turn.work.expect if isinstance(each, Concern)), None)
    if before is not None and not is_danger(turn.verdict.tier):
        return
    await plan_alerts(
        turn.desk.record,
        turn.work,
        turn.person,
        before,
        now=turn.now,
        ids=turn.desk.ids,
        is_holiday=turn.desk.is_holiday,
        wake=partial(wake, turn),
    )


async def tell_person(turn: Turn, notice_id: str) -> None:
    """Tell the person that nobody has picked up yet, unless somebody has."""
    notice = await turn.desk.record.get(Notice, notice_id)
    if notice is None or notice.status is not NoticeStatus.WAITING:
        return
    concern = await turn.desk.record.get(Concern, notice.about)
    waits = concern is not None and concern.status is ConcernStatus.OPEN
    told = turn.person is not None and waits and concern is not None and may_write(concern.notes)
    if told:
        turn.reply("alerts.nobody_yet", kind=ReplyKind.SAFETY)
        turn.answered_by = AnsweredBy.SAFETY_NET
    status = NoticeStatus.SENT if told else NoticeStatus.NOT_NEEDED
    sent_at = turn.now if told else None
    turn.work.expect.append(notice)
    turn.work.put.append(replace(notice, status=status, sent_at=sent_at))
