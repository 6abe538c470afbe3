"""Loading content: read every file, check it, check the files together, build the content."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bot.adapters.content_files import files
from bot.adapters.content_files.building import (
    buttons_of,
    contacts_of,
    replies_of,
    sampling_of,
    texts_of,
)
from bot.adapters.content_files.building_activities import activity_of, skill_of
from bot.adapters.content_files.files import ContentFolder, read_folder
from bot.adapters.content_files.models import (
    ActivityFile,
    CautionsFile,
    ContactsFile,
    MessagesFile,
    NeedsFile,
    RepliesFile,
    ReviewFile,
    SkillFile,
    StandingWordsFile,
    WordsNeverUsedFile,
)
from bot.adapters.content_files.path_of_steps import placed, reached
from bot.adapters.content_files.problems import Problem, check_none
from bot.adapters.content_files.required_texts import (
    AFTER_TEXTS,
    ALERT_TEXTS,
    BUTTONS,
    JOINING_TEXTS,
    MESSAGE_TEXTS,
)
from bot.adapters.content_files.spoken_words import check_words
from bot.adapters.content_files.step_checks import (
    Around,
    check_activity,
    check_own_ids,
    check_prefixes,
    check_steps,
)
from bot.adapters.content_files.text_checks import check_messages, check_replies
from bot.adapters.content_files.together import (
    check_contacts,
    check_joining,
    check_skills,
    check_standing,
)
from bot.domain.content import Caution, Content, Need

SAFETY = "safety."
"""What the keys of safety texts begin with."""

AT_WORK = frozenset({"alert", "alerts"})
"""Words that staff are told of alerts in, and service users never are."""

ALERTS = "alerts."
"""What the keys of the texts of alerts begin with."""

AFTER = "after."
"""What the keys of the texts after danger begin with."""


def load_content(folder: Path) -> Content:
    """All content of a folder, parsed and checked.

    Raises ``ContentBroken``: one line for each problem, with its file, place and what is wrong.
    """
    found = read_folder(folder)
    check_none(found.problems)
    check_none(list(dict.fromkeys(_problems(found))))
    return _content(found)


def _problems(found: ContentFolder) -> Iterator[Problem]:
    messages = found.one(files.MESSAGES, MessagesFile)
    replies = found.one(files.REPLIES, RepliesFile)
    needs = found.one(files.NEEDS, NeedsFile)
    cautions = found.one(files.CAUTIONS, CautionsFile)
    skills = found.every(SkillFile)
    never = found.one(files.WORDS_NEVER_USED, WordsNeverUsedFile)
    skill_ids = frozenset(each.model.id for each in skills)
    yield from _check_activities(found)
    yield from check_skills(skills, needs, cautions)
    yield from check_joining(found.one(files.JOINING, ActivityFile), cautions)
    yield from check_standing(found.one(files.STANDING_WORDS, StandingWordsFile))
    yield from check_contacts(found.every(ContactsFile))
    yield from check_messages(messages, MESSAGE_TEXTS, skill_ids)
    joining_messages = found.one(files.JOINING_MESSAGES, MessagesFile)
    yield from check_messages(joining_messages, JOINING_TEXTS, skill_ids)
    yield from check_messages(found.one(files.ALERTS, MessagesFile), ALERT_TEXTS, skill_ids)
    yield from check_messages(found.one(files.AFTER_DANGER, MessagesFile), AFTER_TEXTS, skill_ids)
    yield from check_replies(replies, skill_ids)
    for button in sorted(BUTTONS - set(messages.model.buttons)):
        yield messages.source.problem("is missing", "buttons", button)
    for each in found.found.values():
        if each.source.file != never.source.file:
            allowed = AT_WORK if each.source.file == files.ALERTS else frozenset[str]()
            words = [word for word in never.model.words if word not in allowed]
            yield from check_words(each.source, words)


def _check_activities(found: ContentFolder) -> Iterator[Problem]:
    around = _around(found)
    opening = found.one(files.OPENING, ActivityFile)
    closing = found.one(files.CLOSING, ActivityFile)
    first = placed(opening.source, opening.model.steps)
    last = placed(closing.source, closing.model.steps)
    yield from check_steps([*first, *last], [*first, *last], around)
    yield from check_prefixes(first, last)
    come_to: set[str] = set()
    for skill in found.every(SkillFile):
        own = placed(skill.source, skill.model.steps)
        yield from check_own_ids(own)
        steps = [*first, *own, *last]
        problems = check_activity(steps, skill.source.file, around)
        yield from problems
        if not problems:
            come_to |= reached(steps)
    for place in (*first, *last):
        if come_to and place.step.id not in come_to:
            yield place.problem("no step of any skill leads here")
    for file in (files.FIND_SKILL, files.JOINING):
        activity = found.one(file, ActivityFile)
        yield from check_activity(placed(activity.source, activity.model.steps), file, around)


def _around(found: ContentFolder) -> Around:
    words = found.one(files.STANDING_WORDS, StandingWordsFile).model.words
    return Around(
        buttons=frozenset(found.one(files.MESSAGES, MessagesFile).model.buttons),
        cautions=frozenset(found.one(files.CAUTIONS, CautionsFile).model.cautions),
        standing=frozenset(chain.from_iterable(words.values())),
    )


def _content(found: ContentFolder) -> Content:
    messages = found.one(files.MESSAGES, MessagesFile).model
    joining_messages = found.one(files.JOINING_MESSAGES, MessagesFile).model
    alerts = found.one(files.ALERTS, MessagesFile).model
    after = found.one(files.AFTER_DANGER, MessagesFile).model
    replies = found.one(files.REPLIES, RepliesFile).model
    opening = found.one(files.OPENING, ActivityFile).model
    closing = found.one(files.CLOSING, ActivityFile).model
    needs = {
        key: Need(key, each.label, each.emotions)
        for key, each in found.one(files.NEEDS, NeedsFile).model.needs.items()
    }
    cautions = found.one(files.CAUTIONS, CautionsFile).model.cautions
    standing = found.one(files.STANDING_WORDS, StandingWordsFile).model.words
    skills = [skill_of(each, opening, closing) for each in found.every(SkillFile)]
    activities = [
        activity_of(found.one(file, ActivityFile), needs)
        for file in (files.FIND_SKILL, files.JOINING)
    ]
    buttons = buttons_of(messages.buttons)
    of_joining = buttons_of(joining_messages.buttons)
    of_safety = buttons_of(replies.buttons)
    return Content(
        skills={each.id: each for each in skills},
        activities={each.id: each for each in (*activities, *(s.activity for s in skills))},
        texts={
            **texts_of(messages.texts, buttons),
            **texts_of(joining_messages.texts, of_joining),
            **texts_of(replies.texts, of_safety, SAFETY),
            **texts_of(alerts.texts, buttons_of(alerts.buttons), ALERTS),
            **texts_of(after.texts, buttons_of(after.buttons), AFTER),
        },
        standing={words: command for command, said in standing.items() for words in said},
        needs=needs,
        cautions={key: Caution(key, each.label) for key, each in cautions.items()},
        contacts=contacts_of(
            [each for file in found.every(ContactsFile) for each in file.model.contacts]
        ),
        replies=replies_of(replies),
        buttons={**of_safety, **of_joining, **buttons},
        closings={
            name: tuple(of_safety[key] for key in keys) for name, keys in replies.closings.items()
        },
        ways=replies.ways,
        relay_labels={
            replies.buttons[key].label: label for key, label in replies.relay_labels.items()
        },
        typed_closings={
            replies.buttons[key].value: phrases for key, phrases in replies.typed.items()
        },
        review=sampling_of(found.one(files.REVIEW, ReviewFile).model),
        items=tuple(found.items),
    )
