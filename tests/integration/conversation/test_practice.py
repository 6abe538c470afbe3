"""Finding a skill, practising it, and saying how it went."""

from __future__ import annotations

from tests.integration.conversation.talk import Talk


async def test_finding_a_skill_by_need_and_distress(asha: Talk) -> None:
    asked = await asha.says("skills")
    assert asked.answered_by == "command"
    assert "Angry or wound up" in asked.buttons
    asked = await asha.says("angry or wound up")
    assert asked.answered_by == "activity"
    offered = await asha.says("7")
    assert 2 <= len([each for each in offered.buttons if "min" in each]) <= 3
    assert "Not now" in offered.buttons


async def test_a_practice_from_before_to_worse(asha: Talk) -> None:
    asha.rasa.means("do the stop skill", "practise_skill", skill="stop")
    first = await asha.says("do the stop skill")
    assert first.answered_by == "rasa"
    assert "0 to 10" in first.text
    run = await asha.open_run()
    assert run is not None
    assert run.activity == "stop"
    await asha.says("8")
    await _go_through(asha)
    await asha.says("9")
    kind = await asha.taps("It made things worse")
    assert "did nothing wrong" in kind.text or "isn't down to you" in kind.text
    assert "My plan" in kind.buttons
    assert await asha.events("practice") == [
        {"skill": "stop", "finished": "yes", "before": 8, "after": 9, "result": "worse"}
    ]
    assert await asha.open_run() is None


async def test_an_answer_that_is_not_the_steps_is_asked_again(asha: Talk) -> None:
    asha.rasa.means("stop skill", "practise_skill", skill="stop")
    await asha.says("stop skill")
    for wrong in ("11", "minus two", "a lot"):
        again = await asha.says(wrong)
        assert again.answered_by == "activity"
        assert "0 to 10" in again.text or "from 0" in again.text
    run = await asha.open_run()
    assert run is not None
    assert "before" not in run.state.answers


async def test_a_practice_survives_a_restart_of_everything(asha: Talk) -> None:
    asha.rasa.means("stop skill", "practise_skill", skill="stop")
    await asha.says("stop skill")
    await asha.says("6")
    run = await asha.open_run()
    await asha.after(days=7)
    after = await asha.open_run()
    assert after == run


async def test_stop_inside_a_practice_leaves_it_kept(asha: Talk) -> None:
    asha.rasa.means("stop skill", "practise_skill", skill="stop")
    await asha.says("stop skill")
    await asha.says("6")
    left = await asha.says("stop")
    assert left.answered_by == "command"
    assert "kept" in left.text
    assert await asha.events("practice") == [{"skill": "stop", "finished": "no", "before": 6}]
    assert await asha.open_run() is None
    await asha.says("plan")
    menu = await asha.says("stop")
    assert menu.buttons[:3] == ["Practise STOP", "Pause messages", "Leave"]


async def test_a_question_in_the_middle_is_answered_and_the_step_asked_again(asha: Talk) -> None:
    asha.rasa.means("stop skill", "practise_skill", skill="stop")
    asha.rasa.means("does my gp get to read it", "who_reads")
    await asha.says("stop skill")
    answered = await asha.says("does my gp get to read it")
    assert answered.answered_by == "rasa"
    assert "computer program" in answered.text or "No person" in answered.text
    assert "0 to 10" in answered.text or "from 0" in answered.text


async def test_the_plan_in_the_middle_keeps_the_step(asha: Talk) -> None:
    asha.rasa.means("stop skill", "practise_skill", skill="stop")
    await asha.says("stop skill")
    shown = await asha.says("plan")
    assert "Put the big light on." in shown.text
    assert "Carry on where we were" in shown.buttons
    carried_on = await asha.taps("Carry on where we were")
    assert "0 to 10" in carried_on.text or "from 0" in carried_on.text


async def test_a_caution_that_was_not_answered_no_blocks_the_skill(talk: Talk) -> None:
    await talk.joins(health="leave")
    talk.rasa.means("do the cold one", "practise_skill", skill="cold")
    refused = await talk.says("do the cold one")
    assert await talk.open_run() is None
    assert "My plan" in refused.buttons


async def test_at_distress_nine_nothing_more_is_asked(asha: Talk) -> None:
    asha.rasa.means("im at a 9 what do i do", "find_skill", distress="9")
    offered = await asha.says("im at a 9 what do i do")
    assert [each for each in offered.buttons if "min" in each]
    run = await asha.open_run()
    assert run is not None
    assert run.state.step == "offered"


async def _go_through(talk: Talk) -> None:
    """Take the first way through a skill's own steps, up to the closing rating."""
    for _ in range(20):
        run = await talk.open_run()
        assert run is not None
        if run.state.step.startswith("closing_"):
            return
        skill = talk.companion.content.skills[run.activity]
        step = skill.activity.at(run.state.step)
        assert step is not None
        await talk.says(step.options[0].label)
    raise AssertionError("the skill did not end")
