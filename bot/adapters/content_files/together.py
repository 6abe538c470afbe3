"""Checks of files against each other: skills, needs, cautions, standing words, contacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.adapters.content_files.files import Found
from bot.adapters.content_files.models import (
    ActivityFile,
    CautionsFile,
    ContactsFile,
    NeedsFile,
    SkillFile,
    StandingWordsFile,
)
from bot.adapters.content_files.problems import Problem
from bot.adapters.content_files.required_texts import PURPOSES, SKILLS, STANDING_COMMANDS
from bot.adapters.content_files.steps import BranchStep, EndStep, SayStep

CAUTION = "caution."
"""What the saved name of a question about a health caution begins with."""


def check_skills(
    skills: Sequence[Found[SkillFile]], needs: Found[NeedsFile], cautions: Found[CautionsFile]
) -> Iterator[Problem]:
    """Each skill's own fields, and that every need has a skill."""
    for skill in skills:
        yield from _check_skill(skill, needs.model, cautions.model)
    yield from _check_names(skills)
    served = {need for skill in skills for need in skill.model.needs}
    for need in needs.model.needs:
        if need not in served:
            yield needs.source.problem("no skill is for this need", "needs", need)
    for missing in sorted(SKILLS - {skill.model.id for skill in skills}):
        yield Problem("dbt", "", f"the skill '{missing}' is missing")


def _check_skill(
    skill: Found[SkillFile], needs: NeedsFile, cautions: CautionsFile
) -> Iterator[Problem]:
    source, model = skill.source, skill.model
    if source.file.split("/")[0] != model.pathway:
        yield source.problem("is not the folder that this file is in", "pathway")
    if model.distress.lowest > model.distress.highest:
        yield source.problem("'from' should not be more than 'to'", "distress")
    for at, need in enumerate(model.needs):
        if need not in needs.needs:
            yield source.problem(f"there is no need '{need}' in needs.yml", "needs", at)
    for at, caution in enumerate(model.cautions):
        if caution not in cautions.cautions:
            yield source.problem(f"there is no caution '{caution}' in cautions.yml", "cautions", at)


def _check_names(skills: Sequence[Found[SkillFile]]) -> Iterator[Problem]:
    """One id and one name never mean two skills."""
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for skill in skills:
        source, model = skill.source, skill.model
        if ids.setdefault(model.id, source.file) != source.file:
            yield source.problem(f"{ids[model.id]} has the same id", "id")
        for at, name in enumerate(model.names):
            if names.setdefault(name, source.file) != source.file:
                yield source.problem(f"{names[name]} has the same name", "names", at)


def check_joining(joining: Found[ActivityFile], cautions: Found[CautionsFile]) -> Iterator[Problem]:
    """Every caution is asked about, and nothing is asked that no caution is for."""
    asked: set[str] = set()
    for at, step in enumerate(joining.model.steps):
        if isinstance(step, BranchStep | SayStep | EndStep) or not step.save:
            continue
        prefix, _, caution = step.save.partition(CAUTION)
        if prefix or not caution:
            continue
        asked.add(caution)
        if caution not in cautions.model.cautions:
            yield joining.source.problem(
                f"there is no caution '{caution}' in cautions.yml", "steps", at, "save"
            )
    for caution in cautions.model.cautions:
        if caution not in asked:
            yield cautions.source.problem("joining never asks about it", "cautions", caution)


def check_standing(standing: Found[StandingWordsFile]) -> Iterator[Problem]:
    """Each command is known, and each message means one of them."""
    meaning: dict[str, str] = {}
    for command, messages in standing.model.words.items():
        if command not in STANDING_COMMANDS:
            yield standing.source.problem("is not a standing command", "words", command)
        for at, message in enumerate(messages):
            if meaning.setdefault(message, command) != command:
                yield standing.source.problem(
                    f"'{message}' means '{meaning[message]}' already", "words", command, at
                )
    for missing in sorted(STANDING_COMMANDS - set(standing.model.words)):
        yield standing.source.problem("is missing", "words", missing)


def check_contacts(files: Sequence[Found[ContactsFile]]) -> Iterator[Problem]:
    """Ids, purposes, hours and dates of contacts."""
    seen: set[str] = set()
    for file in files:
        for at, contact in enumerate(file.model.contacts):
            if contact.id in seen:
                yield file.source.problem("this id is there twice", "contacts", at, "id")
            seen.add(contact.id)
            for purpose in contact.purposes:
                if purpose not in PURPOSES:
                    yield file.source.problem(
                        f"'{purpose}' is not a purpose that is known", "contacts", at, "purposes"
                    )
            if contact.hours is not None and contact.hours.opens >= contact.hours.closes:
                yield file.source.problem("closes before it opens", "contacts", at, "hours")
            if contact.verified_on is not None and contact.verified_on >= contact.expires_on:
                yield file.source.problem(
                    "should be after 'verified_on'", "contacts", at, "expires_on"
                )
            if contact.ages[0] > contact.ages[1]:
                yield file.source.problem("the lowest age comes first", "contacts", at, "ages")
