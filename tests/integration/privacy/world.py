"""Made-up people, and everything that the record can hold of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord
from bot.domain.activities import RunStatus, State
from bot.domain.after_danger import (
    AfterReview,
    RemindersPause,
    ReviewAnswer,
    SafetyChoices,
    SafetyValue,
    TakeOver,
)
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus, Task, TaskKind
from bot.domain.content import Content
from bot.domain.conversations import Conversation
from bot.domain.crisis_plan import Agreement, CrisisPlan, PlanContents, PlanPerson, PlanStatus
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import Reply, SubjectId
from bot.domain.notices import Notice, NoticeStatus, Rung
from bot.domain.people import CaseloadEntry, Invitation, Person, PersonState, Role, Staff
from bot.domain.practice import Run
from bot.domain.safety_review import ReviewItem, ReviewStatus
from bot.domain.sharing import Answer, Carer, Consent, Share, SharedWith
from bot.domain.structure import Team
from bot.services.ports import Work
from bot.services.privacy.rights import Rights
from tests.integration.records.making import (
    START,
    SetClock,
    answer,
    claim_one,
    entry,
    reply_to,
    said,
    timer,
)

WROTE = "The moss is loud tonight"
ANSWERED = "Thank you for telling me about the moss"
CHAT = "chat-of-asha"


@dataclass(frozen=True)
class Loaded:
    """Content that was read once."""

    content: Content

    def current(self) -> Content:
        return self.content


@dataclass(frozen=True)
class World:
    """One record with Asha in it, who has a row in every table that can hold one."""

    record: SqlRecord
    clock: SetClock
    rights: Rights
    ledger: Path
    asha: Person
    dawn: Staff
    pru: Staff

    async def reload(self) -> Person:
        """Asha as the record has her now."""
        person = await self.record.get(Person, self.asha.id)
        assert person is not None
        return person


def rights_over(
    record: SqlRecord, key_file: Path, clock: SetClock, content: Content, ledger: Path
) -> Rights:
    ids, ring = SystemIds(clock), KeyRing.load(key_file)
    return Rights.over(record, clock, ids, ring, Loaded(content), ledger)


async def fill(
    record: SqlRecord, key_file: Path, clock: SetClock, content: Content, ledger: Path
) -> World:
    dawn = Staff("dawn", "dawn", "Dawn Made-Up", Role.PRACTITIONER, "north", START)
    pru = Staff("pru", "pru", "Pru Made-Up", Role.PRIVACY, "north", START)
    asha = Person(
        id=SubjectId("subject-asha"),
        code="P-1",
        state=PersonState.ACTIVE,
        team="north",
        created_at=START,
        name="Asha Lichen",
        chosen_name="Ash",
        nhs_number="9434765919",
        born=date(1990, 2, 3),
        key_worker="dawn",
        joined_at=START,
        joining={"area": "derby_city", "caution.heart": "not_sure"},
        needs={"large_print": "Big letters on yellow paper"},
        state_since=START,
    )
    await record.save(
        Work(
            new_keys=[asha.id],
            put=[dawn, pru, asha, Team("north", "North team"), *_rows(asha)],
            audit=[
                entry(asha.id),
                AuditEntry(asha.id, START, "staff:dawn", "see", "crisis_plan"),
            ],
        )
    )
    await write(record, asha)
    return World(
        record,
        clock,
        rights_over(record, key_file, clock, content, ledger),
        ledger,
        asha,
        dawn,
        pru,
    )


async def write(record: SqlRecord, person: Person) -> None:
    """A message and its answer, and a reminder that waits."""
    accepted = await record.accept(said(WROTE, address=CHAT))
    address = (await claim_one(record))[0].address_id
    await record.release(accepted.subject)
    await record.save(Work(move_address=[(address, person.id)], audit=[entry(person.id, "joined")]))
    (act,) = await claim_one(record)
    work = answer(act, reply_to(act, reply=Reply(ANSWERED)))
    work.schedule.append((timer(act, "ask:1"), act.received_at + timedelta(days=400)))
    await record.save(work)
    await record.release(person.id)
    ((sent, _),) = await record.claim_outgoing("telegram", 5)
    await record.sent({sent.id: "sent"})


def _rows(person: Person) -> list[object]:
    subject = person.id
    note = ConcernNote(START, "I can hear the moss again", "Are you safe?", "voices")
    closed = Concern(
        "concern-1",
        subject,
        START,
        ConcernStatus.CLOSED,
        "immediate_crisis",
        "voices",
        (note,),
        "dawn",
        START,
        START,
        "Rang, and the moss was quiet",
    )
    contents = PlanContents(
        matters_to_me=("The fern house",),
        people=(PlanPerson("Jo Bracken", "07700 900111", "comes round"),),
    )
    plan = CrisisPlan(
        "plan-1",
        subject,
        1,
        PlanStatus.AGREED,
        "dawn",
        START,
        date(2030, 9, 1),
        Agreement(date(2030, 2, 1), date(2030, 2, 1), "Dawn Made-Up", "on paper"),
        contents,
    )
    answers = State("end", {"before": 7, "note": "Counted spores"})
    details = {"skill": "stop", "before": 7, "after": 4}
    return [
        CaseloadEntry("caseload-1", "dawn", subject, START),
        Invitation("invitation-1", subject, "digest", "dawn", START, START + timedelta(days=14)),
        Consent("consent-1", subject, "what_you_choose", Answer.YES, "joining.text", "ab12", START),
        Carer("carer-1", subject, START, "Sam Hornwort", "sister", "07700 900222"),
        Share("share-1", subject, "plan.people", SharedWith.CARER, "carer-1", "person", START),
        plan,
        Run("run-1", subject, "stop", "d", RunStatus.FINISHED, START, START, answers),
        EngagementEvent("event-1", subject, EventKind.PRACTICE, START, details),
        closed,
        Task("task-1", subject, TaskKind.LEAVING, START, START, "dawn", "Talk about the moss"),
        Conversation(subject, earlier=((START, WROTE),)),
        *_after_danger(subject),
    ]


def _after_danger(subject: SubjectId) -> list[object]:
    sent = NoticeStatus.SENT
    return [
        SafetyChoices(subject, 3, "10:15", START, "dawn"),
        SafetyValue("value-1", subject, "diary", "urge_self_harm", 5, START, START),
        RemindersPause("pause-1", subject, START, START + timedelta(hours=72)),
        AfterReview("review-1", subject, "concern-1", START, ReviewAnswer.LATER, START),
        TakeOver("take-over-1", subject, "dawn", START, START + timedelta(hours=1)),
        Notice(
            "notice-1", subject, "concern-1", "north", Rung.OWNER, START, sent, staff_id="dawn",
            channel="email", sent_at=START,
        ),
        ReviewItem(
            "item-1", subject, "act-1", START, "immediate_crisis", "immediate", family="voices",
            rules="voices.moss", note="The moss is a voice here",
            status=ReviewStatus.REVIEWED,
        ),
    ]  # fmt: skip


MARKERS = (
    "Lichen",
    "yellow paper",
    "9434765919",
    "moss",
    "fern house",
    "Bracken",
    "spores",
    "Hornwort",
    "900222",
    CHAT,
)
"""Words of Asha's own, each in another row."""
