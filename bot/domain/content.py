"""Content as the program uses it: skills, texts, contacts, cautions. Read from files elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from bot.domain.activities import Activity
from bot.domain.safety_sampling import Sampling


class Pathway(StrEnum):
    """Which of the two ways of working a skill belongs to."""

    DBT = "dbt"
    SCM = "scm"


@dataclass(frozen=True)
class Skill:
    """One skill: its steps, and what finding, explaining and guarding it needs.

    ``names``: how people ask for it. ``distress``: lowest and highest distress (0–10) it is
    offered at. ``needs``: ids of needs it serves. ``cautions``: ids of health cautions that
    block it unless the person has said no to each. ``for_guests``: offered before joining.
    """

    activity: Activity
    names: tuple[str, ...]
    pathway: Pathway
    module: str
    summary: str
    why: str
    minutes: int
    distress: tuple[int, int]
    needs: tuple[str, ...]
    cautions: tuple[str, ...]
    for_guests: bool
    digest: str

    @property
    def id(self) -> str:
        """The skill's id, also its activity's."""
        return self.activity.id

    @property
    def title(self) -> str:
        """Its name as people see it."""
        return self.activity.title


@dataclass(frozen=True)
class Need:
    """What a person may want help with. ``emotions``: canonical emotions that point to it."""

    id: str
    label: str
    emotions: tuple[str, ...]


@dataclass(frozen=True)
class Caution:
    """One health caution, asked at joining. ``label`` is how staff and the person see it."""

    id: str
    label: str


@dataclass(frozen=True)
class Text:
    """Something the companion says: alternatives of the same meaning, and its buttons.

    ``buttons`` are (label, press target, value) as in ``messages.Press``.
    """

    say: tuple[str, ...]
    buttons: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Hours:
    """When a service answers: ISO weekdays and local times; none given means day and night."""

    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    opens: time = time(0)
    closes: time | None = None


@dataclass(frozen=True)
class Contact:
    """A service to ring or text.

    ``region``: "england" for national ones. ``verified_on`` is when the number was last checked,
    ``expires_on`` when it may no longer be shown. ``ages``: lowest and highest age in years.
    ``purposes``: what it is for ("crisis", "medical", "abuse", "deaf", "young", ...).
    """

    id: str
    name: str
    reach: str
    region: str
    purposes: tuple[str, ...]
    hours: Hours
    hours_text: str
    ages: tuple[int, int]
    verified_on: date | None
    expires_on: date
    owner: str
    order: int


@dataclass(frozen=True)
class SafetyReply:
    """How one family of danger is answered. See ``skills_content/safety/replies.yml``.

    ``opening``: three or more wordings (thanks, takes it seriously, asks or acts). ``plan``:
    whether the person's own plan comes first. ``numbers``: purposes of contacts to show.
    ``closing``: which set of closing buttons. ``sets_aside``: whether an open practice is set
    aside (intent and medical) or left where it is. ``check_opening`` and ``check_ask``: what is
    said where danger is only possible; without any, ``opening`` and ``ask`` are. A check with an
    opening and no question shows people and numbers instead.
    """

    family: str
    opening: tuple[str, ...]
    ask: tuple[str, ...]
    plan: bool
    numbers: tuple[str, ...]
    closing: str
    sets_aside: bool
    check_opening: tuple[str, ...] = ()
    check_ask: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContentItem:
    """One file of content for sign-off: what it is, its hash, and whether live mode needs it."""

    path: str
    group: str
    digest: str
    needed_live: bool


@dataclass(frozen=True)
class Content:
    """All content, parsed and checked.

    ``texts``: message key → Text; those of ``safety/replies.yml`` begin with "safety.".
    ``buttons``: key → (label, press target, value), safety's own among them. ``closings``: key →
    the closing buttons of a safety reply. ``standing``: normalised words → standing command.
    ``replies``: family → SafetyReply, with "default" for a family without its own. ``ways``: gap
    → how somebody is reached, in the form for everybody ("say") and for a region, "relay" or
    "young". ``relay_labels``: a button's label → the one for those who do not ring.
    ``typed_closings``: value of a closing button → phrases that mean it.
    """

    skills: Mapping[str, Skill]
    activities: Mapping[str, Activity]
    texts: Mapping[str, Text]
    standing: Mapping[str, str]
    needs: Mapping[str, Need]
    cautions: Mapping[str, Caution]
    contacts: tuple[Contact, ...]
    replies: Mapping[str, SafetyReply]
    buttons: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    closings: Mapping[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)
    ways: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    relay_labels: Mapping[str, str] = field(default_factory=dict)
    typed_closings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    review: Sampling = field(default_factory=Sampling)
    items: tuple[ContentItem, ...] = field(default=())
