"""The example of a plan file that newcomers copy is one that comes in."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.integration.conversation.talk import Talk

EXAMPLE = Path("docs/plan_example.yml")


async def test_the_example_in_the_documents_can_be_brought_in(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    asha.clock.go(days=365)
    plan = await asha.companion.plans.bring_in(yaml.safe_load(EXAMPLE.read_text()), by=dawn)
    assert plan.version == 2
    shown = await asha.says("plan")
    assert "The radio in the bath." in shown.text
    assert "Put the big light on." in shown.text


async def test_a_declined_plan_is_never_shown_as_a_plan(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    plans = asha.companion.plans
    await plans.bring_in(
        {"person": "P-1", "status": "declined", "plan": {"declined_because": "not now"}}, by=dawn
    )
    assert "Put the big light on." in (await asha.says("plan")).text


async def test_an_overdue_plan_is_shown_with_a_note(asha: Talk) -> None:
    asha.clock.go(days=200)
    shown = await asha.says("plan")
    assert "Put the big light on." in shown.text
    assert "due for another look" in shown.text
