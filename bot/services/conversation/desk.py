"""What every link of the chain has at hand, and the turn that they pass along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.activities import RunStatus
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern
from bot.domain.content import Content
from bot.domain.conversations import Conversation
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import Act, AnsweredBy, Button, Press, Reply, ReplyKind, SubjectId
from bot.domain.opening_hours import LOCAL
from bot.domain.people import Person
from bot.domain.practice import Run
from bot.domain.safety_net import SafetyNet, Tier, Verdict
from bot.domain.team_hours import IsHoliday, no_holidays
from bot.domain.wording import filled
from bot.services.ports import Clock, Ids, Record, Secrets, Understanding, Work


@dataclass(frozen=True)
class Desk:
    """The ports and the content that links use.

    ``offers_unsigned``: a demonstration may offer skills that nobody has signed;
    ``signed_skills`` are the ids that were signed at the start.
    """

    record: Record
    content: Content
    net: SafetyNet
    understanding: Understanding
    secrets: Secrets
    clock: Clock
    ids: Ids
    region: str
    signed_skills: frozenset[str]
    is_holiday: IsHoliday = no_holidays


@dataclass
class Turn:
    """One act on its way through the chain, and what it has led to so far.

    Links add to ``replies`` and ``work`` and replace ``memory`` and ``run``; nothing reaches the
    record before the chain has ended.
    """

    desk: Desk
    act: Act
    now: datetime
    text: str
    memory: Conversation
    person: Person | None
    run: Run | None
    aside: Run | None
    concern: Concern | None
    person_read: Person | None = None
    """The person as they stood in the record: a change to them expects that."""
    died: Person | None = None
    """Somebody who is recorded as having died: ``person`` is None then."""
    verdict: Verdict = field(
        default_factory=lambda: Verdict(Tier.NONE, None, (), (), ask_once=False)
    )
    judged: bool = False
    """Whether the net looked at the words, and was not spared them as a closed answer."""
    press: Press | None = None
    late: bool = False
    replies: list[Reply] = field(default_factory=list)
    answered_by: AnsweredBy = AnsweredBy.FALLBACK
    work: Work = field(default_factory=Work)
    changed_runs: dict[str, Run] = field(default_factory=dict)

    @property
    def subject(self) -> SubjectId:
        """Whose conversation it is."""
        return self.memory.subject

    @property
    def today(self) -> str:
        """The local date (ISO)."""
        return self.now.astimezone(LOCAL).date().isoformat()

    @property
    def joining(self) -> Mapping[str, str]:
        """What the person chose at joining; nothing for a guest."""
        return self.person.joining if self.person else {}

    def reply(self, key: str, *, kind: ReplyKind = ReplyKind.ORDINARY, **gaps: str) -> None:
        """Say a text of the content, with its buttons."""
        text = self.desk.content.texts[key]
        buttons = tuple(Button(label, Press(to, value)) for label, to, value in text.buttons)
        self.replies.append(Reply(self.wording(key, text.say, **gaps), buttons, kind))

    def wording(self, key: str, say: tuple[str, ...], **gaps: str) -> str:
        """The next alternative of a text, so that the same never comes twice running."""
        place = (self.memory.said.get(key, -1) + 1) % len(say)
        if len(say) > 1:
            self.memory = replace(self.memory, said={**self.memory.said, key: place})
        return filled(say[place], {"name": self.person.called if self.person else "", **gaps})

    def named_button(self, key: str, ref: str = "") -> Button:
        """A named button of the content."""
        label, to, value = self.desk.content.buttons[key]
        return Button(label, Press(to, value, ref))

    def add_buttons(self, *buttons: Button) -> None:
        """Put buttons under the last reply, leaving out those that stand there."""
        last = self.replies[-1]
        shown = {each.label for each in last.buttons}
        more = tuple(each for each in buttons if each.label not in shown)
        self.replies[-1] = replace(last, buttons=(*last.buttons, *more))

    def set_run(self, run: Run) -> None:
        """Keep a run's new state. An open run is the one that answers go to."""
        self.changed_runs[run.id] = run
        if run.status is RunStatus.OPEN:
            self.run = run
        else:
            if self.run is not None and self.run.id == run.id:
                self.run = None
            if run.status is RunStatus.SET_ASIDE:
                self.aside = run
            elif self.aside is not None and self.aside.id == run.id:
                self.aside = None

    def note(self, kind: EventKind, event_id: str = "", **details: str | int) -> None:
        """Keep an engagement event; guests have none."""
        if self.person is None:
            return
        self.work.put.append(
            EngagementEvent(event_id or self.desk.ids.new(), self.subject, kind, self.now, details)
        )

    def audit(self, action: str, thing: str, *, by: str = "person", **details: str) -> None:
        """Add an entry to the audit chain of this subject."""
        self.work.audit.append(AuditEntry(self.subject, self.now, by, action, thing, details))
