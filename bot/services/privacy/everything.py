"""Reading everything that the record holds about one person."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.after_danger import (
    AfterReview,
    RemindersPause,
    SafetyChoices,
    SafetyValue,
    TakeOver,
)
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern, Task
from bot.domain.content import Content
from bot.domain.conversations import Conversation
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.engagement import EngagementEvent
from bot.domain.held import AfterDanger, Held
from bot.domain.notices import Notice
from bot.domain.people import Address, CaseloadEntry, Invitation, Person, Staff
from bot.domain.practice import Run
from bot.domain.rights import Hold, RightsRequest
from bot.domain.safety_review import ReviewItem
from bot.domain.sharing import Carer, Consent, Share
from bot.domain.structure import Agency, Team
from bot.services.privacy.archive import Archive


async def everything_of(
    archive: Archive, person: Person, content: Content, *, but_request: str
) -> Held:
    """All of it. What was done for the request ``but_request`` itself is left out of the looks."""
    find = archive.find
    subject = person.id
    agencies = {each.id: each.name for each in await find(Agency)}
    staff = {each.id: _who(each) for each in await find(Staff)}
    return Held(
        person=person,
        addresses=tuple(await find(Address, subject=subject)),
        invitations=tuple(await find(Invitation, subject=subject)),
        consents=tuple(await find(Consent, subject=subject)),
        shares=tuple(await find(Share, subject=subject)),
        carers=tuple(await find(Carer, subject=subject)),
        caseload=tuple(await find(CaseloadEntry, subject=subject)),
        plans=tuple(await find(CrisisPlan, subject=subject)),
        runs=tuple(await find(Run, subject=subject)),
        events=tuple(await find(EngagementEvent, subject=subject)),
        concerns=tuple(await find(Concern, subject=subject)),
        tasks=tuple(await find(Task, subject=subject)),
        messages=tuple(await archive.messages_of(subject)),
        timers=tuple(await archive.timers_of(subject)),
        memory=await archive.get(Conversation, subject),
        audit=_without(await archive.audit_of(subject), but_request),
        requests=tuple(await find(RightsRequest, subject=subject)),
        holds=tuple(await find(Hold, subject=subject)),
        after_danger=AfterDanger(
            choices=await archive.get(SafetyChoices, subject),
            values=tuple(await find(SafetyValue, subject=subject)),
            pauses=tuple(await find(RemindersPause, subject=subject)),
            reviews=tuple(await find(AfterReview, subject=subject)),
            take_overs=tuple(await find(TakeOver, subject=subject)),
            notices=tuple(await find(Notice, subject=subject)),
            items=tuple(await find(ReviewItem, subject=subject)),
        ),
        names={**agencies, **staff},
        titles=_titles(content),
        teams={each.id: each.name for each in await find(Team)},
    )


def _who(staff: Staff) -> str:
    return f"{staff.name}, {staff.role.value.replace('_', ' ')}"


def _titles(content: Content) -> Mapping[str, str]:
    skills = {each.id: each.title for each in content.skills.values()}
    return {**{each.id: each.title for each in content.activities.values()}, **skills}


def _without(entries: list[AuditEntry], request: str) -> tuple[AuditEntry, ...]:
    """Reading a draft is itself a look: counted, no draft would ever be as it was read."""
    return tuple(each for each in entries if each.details.get("request") != request)
