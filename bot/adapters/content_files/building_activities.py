"""From checked files of steps to the domain's activities and skills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.adapters.content_files.files import Found
from bot.adapters.content_files.models import ActivityFile, SkillFile
from bot.adapters.content_files.steps import (
    AnyStep,
    BranchStep,
    BreathingStep,
    ChoiceStep,
    EndStep,
    OptionPart,
    PacePart,
    RatingStep,
    SayStep,
    TimerStep,
)
from bot.domain.activities import Activity, ActivityKind, Case, Option, Pace, Step, StepKind
from bot.domain.content import Need, Pathway, Skill


def skill_of(file: Found[SkillFile], opening: ActivityFile, closing: ActivityFile) -> Skill:
    """A skill with what opens and closes every skill around its own steps."""
    model = file.model
    steps = (*opening.steps, *model.steps, *closing.steps)
    return Skill(
        activity=Activity(
            id=model.id,
            version=model.version,
            kind=ActivityKind.SKILL,
            title=model.title,
            steps=_steps(steps, {}),
            digest=file.source.digest,
        ),
        names=model.names,
        pathway=Pathway(model.pathway),
        module=model.module,
        summary=model.summary,
        why=model.why,
        minutes=model.minutes,
        distress=(model.distress.lowest, model.distress.highest),
        needs=model.needs,
        cautions=model.cautions,
        for_guests=model.for_guests,
        digest=file.source.digest,
    )


def activity_of(file: Found[ActivityFile], needs: Mapping[str, Need]) -> Activity:
    """An activity that is no skill. A choice ``options_from: needs`` gets one option a need."""
    model = file.model
    return Activity(
        id=model.id,
        version=model.version,
        kind=ActivityKind(model.kind),
        title=model.title,
        steps=_steps(model.steps, needs),
        digest=file.source.digest,
    )


def _steps(models: Sequence[AnyStep], needs: Mapping[str, Need]) -> tuple[Step, ...]:
    return tuple(_step(each, needs) for each in models)


def _step(model: AnyStep, needs: Mapping[str, Need]) -> Step:
    if isinstance(model, BranchStep):
        cases = tuple(
            Case(each.next, each.equals, each.at_least, bool(each.missing)) for each in model.cases
        )
        return Step(model.id, StepKind.BRANCH, on=model.on, cases=cases, next=model.next)
    if isinstance(model, EndStep):
        return Step(model.id, StepKind.END, say=model.say or (), buttons=model.buttons)
    if isinstance(model, SayStep):
        return Step(model.id, StepKind.SAY, say=model.say, buttons=model.buttons, next=model.next)
    step = Step(
        id=model.id,
        kind=StepKind(model.kind),
        say=model.say,
        again=model.again,
        save=model.save,
        options=tuple(_option(each) for each in model.options),
        buttons=model.buttons,
        next=model.next,
    )
    if isinstance(model, RatingStep):
        return replace(step, lowest=model.lowest, highest=model.highest, words=model.words)
    if isinstance(model, TimerStep):
        return replace(step, seconds=model.seconds, after=model.after)
    if isinstance(model, BreathingStep):
        return replace(step, pace=_pace(model.pace), after=model.after)
    if isinstance(model, ChoiceStep) and model.options_from:
        named = tuple(Option(each.id, each.label) for each in needs.values())
        return replace(step, options=(*named, *step.options))
    return step


def _option(model: OptionPart) -> Option:
    return Option(model.value, model.label, model.also, model.next)


def _pace(model: PacePart) -> Pace:
    return Pace(model.breathe_in, model.breathe_out, model.rounds, model.hold)
