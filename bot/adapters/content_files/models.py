"""The content files, as authors write them. These models are the schema."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from bot.adapters.content_files.steps import Minutes, Part, Steps
from bot.adapters.content_files.wording import (
    GapName,
    Id,
    Label,
    Name,
    Phrase,
    Say,
    SayOrNothing,
    Sentence,
    TextKey,
    ThreeSayings,
    Typed,
    Value,
)

Weekday = Annotated[int, Field(ge=1, le=7)]

Distress = Annotated[int, Field(ge=0, le=10)]


class ContentFile(Part):
    """What every file begins with."""

    id: Name
    version: PositiveInt
    author: Sentence


class BandPart(Part):
    """Lowest and highest distress that a skill is offered at."""

    lowest: Annotated[Distress, Field(alias="from")]
    highest: Annotated[Distress, Field(alias="to")]


class SkillFile(ContentFile):
    """dbt/*.yml and scm/*.yml: one skill."""

    kind: Literal["skill"]
    title: Label
    names: Annotated[tuple[Typed, ...], Field(min_length=5, max_length=12)]
    pathway: Literal["dbt", "scm"]
    module: Sentence
    summary: Annotated[Sentence, Field(max_length=160)]
    why: Annotated[Sentence, Field(max_length=400)]
    minutes: Minutes
    distress: BandPart
    needs: Annotated[tuple[Value, ...], Field(min_length=1)]
    cautions: tuple[Id, ...] = ()
    for_guests: bool = False
    credit: Sentence
    steps: Steps


class ActivityFile(ContentFile):
    """activities/*.yml: finding, joining, and what opens and closes every skill."""

    kind: Literal["finding", "joining", "opening", "closing"]
    title: Label
    steps: Steps


class ButtonPart(Part):
    """A named button: what it says and what it does."""

    label: Label
    to: Literal["command", "skill", "ask", "concern", "after"]
    value: Name


class TextPart(Part):
    """Something the companion says, and the named buttons below it."""

    say: Say
    buttons: tuple[str, ...] = ()


class MessagesFile(ContentFile):
    """messages.yml and joining_messages.yml."""

    buttons: dict[Name, ButtonPart] = Field(default_factory=dict)
    texts: dict[TextKey, TextPart]


class CheckPart(Part):
    """What is said where danger is only possible."""

    opening: ThreeSayings
    ask: SayOrNothing = ()


class FamilyPart(Part):
    """How one family of danger is answered."""

    opening: ThreeSayings
    ask: SayOrNothing = ()
    plan: bool
    numbers: tuple[Value, ...] = ()
    closing: Name
    sets_aside: bool
    check: CheckPart | None = None


class RepliesFile(ContentFile):
    """safety/replies.yml.

    ``ways``: gap → form ("say" for everybody, a region, "relay", "young") → words.
    ``relay_labels``: button → its label for those who do not ring. ``typed``: button → phrases.
    """

    ways: dict[GapName, dict[Value, Sentence]]
    buttons: dict[Name, ButtonPart]
    relay_labels: dict[Name, Label] = Field(default_factory=dict)
    typed: dict[Name, Annotated[tuple[Phrase, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    closings: dict[Name, Annotated[tuple[str, ...], Field(min_length=1)]]
    texts: dict[TextKey, TextPart]
    families: dict[Name, FamilyPart]


class StandingWordsFile(ContentFile):
    """standing_words.yml: standing command → the messages that are it."""

    words: dict[Name, Annotated[tuple[Typed, ...], Field(min_length=1)]]


class NeedPart(Part):
    """What a person may want help with, and the emotions that point to it."""

    label: Label
    emotions: tuple[Typed, ...] = ()


class NeedsFile(ContentFile):
    """needs.yml."""

    needs: dict[Value, NeedPart]


class RatesPart(Part):
    """One in so many messages is drawn for review."""

    check: PositiveInt = 5
    none: PositiveInt = 200
    none_long: PositiveInt = 50
    none_not_understood: PositiveInt = 100
    none_first_of_week: PositiveInt = 10


class ReviewFile(ContentFile):
    """safety/review.yml: which messages a safety reviewer sees, and who was told of it.

    ``told_by`` are SHA-256 hashes (hex) of joining texts; ``teams`` maps a team's id to its rates.
    """

    told_by: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...]
    rates: RatesPart
    teams: Annotated[dict[str, RatesPart], Field(default_factory=dict)]


class CautionPart(Part):
    """One health caution."""

    label: Sentence


class CautionsFile(ContentFile):
    """cautions.yml."""

    cautions: dict[Id, CautionPart]


class HoursPart(Part):
    """ISO weekdays (1 is Monday) and local times."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: time
    closes: time


class ContactPart(Part):
    """A service to ring or text. One that nobody verified is never shown."""

    id: Name
    name: Sentence
    reach: Sentence
    region: Value
    purposes: Annotated[tuple[Value, ...], Field(min_length=1)]
    hours: HoursPart | None = None
    hours_text: Sentence
    ages: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(le=120)]] = (0, 120)
    verified_on: date | None
    expires_on: date
    owner: Sentence
    order: int
    source: Sentence


class ContactsFile(ContentFile):
    """contacts/*.yml."""

    contacts: Annotated[tuple[ContactPart, ...], Field(min_length=1)]


class WordsNeverUsedFile(ContentFile):
    """words_never_used.yml: words that no text here may hold."""

    words: Annotated[tuple[Sentence, ...], Field(min_length=1)]
