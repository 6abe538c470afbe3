"""What a sign of danger does to the chain, by tier."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.activities import RunStatus
from bot.domain.content import Content
from bot.domain.messages import ActKind, ReplyKind
from bot.domain.practice import Run
from bot.domain.safety_net import SafetyNet
from tests.integration.conversation.talk import MONDAY_NIGHT, Talk, begin

INTENT = "i want to kill myself"
CHECK = "cant do this"


async def test_intent_gets_the_own_plan_before_any_number(asha: Talk) -> None:
    answer = await asha.says(INTENT)
    assert answer.answered_by == "safety_net"
    assert answer.tier == "immediate_crisis"
    assert answer.text.index("Put the big light on.") < answer.text.index("116 123")
    assert "Jo Marker" in answer.text
    assert answer.buttons == ["I've rung", "Someone is with me", "I can't ring", "Not now"]
    assert asha.rasa.heard == []


async def test_intent_opens_one_concern_which_later_messages_join(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.says("i really want to kill myself")
    (concern,) = await asha.concerns()
    assert [note.words for note in concern.notes] == [INTENT, "i really want to kill myself"]
    assert "116 123" in concern.notes[0].answered


async def test_a_repeated_statement_never_gets_the_same_text_twice_running(asha: Talk) -> None:
    first = await asha.says(INTENT)
    second = await asha.says(INTENT)
    assert first.text != second.text


async def test_intent_sets_a_practice_aside_and_keeps_it(asha: Talk) -> None:
    asha.rasa.means("stop skill", "practise_skill", skill="stop")
    await asha.says("stop skill")
    await asha.says(INTENT)
    runs = await asha.record.find(Run, subject=await asha.subject(), activity="stop")
    assert [each.status for each in runs] == [RunStatus.SET_ASIDE]


async def test_a_plan_asked_for_in_the_same_breath_is_answered_first(asha: Talk) -> None:
    answer = await asha.says("i want to kill myself, show me my plan")
    assert answer.tier == "immediate_crisis"
    assert "version 1" in answer.replies[0].text


async def test_cant_ring_gets_the_next_way_in_writing(asha: Talk) -> None:
    await asha.says(INTENT)
    answer = await asha.taps("I can't ring")
    assert answer.answered_by == "safety_net"
    assert "Jo Marker" in answer.text
    assert "85258" not in answer.text, "one way at a time"
    assert "85258" in (await asha.taps("Another way")).text
    assert "for me" in (await asha.taps("Another way")).text, "somebody near"
    (concern,) = await asha.concerns()
    assert len(concern.notes) == 4


async def test_silence_after_intent_gets_one_discreet_message(asha: Talk) -> None:
    await asha.says(INTENT)
    later = await asha.after(minutes=11)
    (discreet,) = [each for each in later.replies if each.kind is ReplyKind.SAFETY]
    assert "kill" not in later.text
    assert discreet.buttons[0].label == "I'm here"
    assert (await asha.after(hours=5)).replies == ()


async def test_an_answer_within_ten_minutes_stops_that_message(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.taps("Someone is with me")
    assert (await asha.after(minutes=11)).replies == ()


async def test_check_alone_draws_the_direct_question_and_nothing_else(asha: Talk) -> None:
    answer = await asha.says(CHECK)
    assert answer.tier == "check"
    assert answer.answered_by == "safety_net"
    assert len(answer.replies) == 1
    assert answer.buttons == ["Yes", "No", "Not sure", "My plan"]
    assert await asha.concerns() == []


async def test_check_with_a_request_does_the_request_first(asha: Talk) -> None:
    asha.rasa.means("cant do this, when is my appointment", "appointment")
    answer = await asha.says("cant do this, when is my appointment")
    assert answer.tier == "check"
    assert len(answer.replies) == 2
    assert "appointment" in answer.replies[0].text
    assert answer.replies[1].buttons[0].label == "Yes"


async def test_check_in_a_free_text_step_saves_the_answer_then_asks(asha: Talk) -> None:
    asha.rasa.means("sort a problem", "practise_skill", skill="problem_solving")
    await asha.says("sort a problem")
    await asha.says("4")
    run = await asha.open_run()
    assert run is not None
    before = run.state.step
    answer = await asha.says("the rent, i cant do this")
    assert answer.tier == "check"
    run = await asha.open_run()
    assert run is not None
    assert run.state.step != before
    assert "the rent, i cant do this" in run.state.answers.values()
    assert answer.replies[-1].buttons[0].label == "Yes"


async def test_a_clear_no_closes_the_check(asha: Talk) -> None:
    await asha.says(CHECK)
    answer = await asha.says("no")
    assert answer.tier == "none"
    assert answer.answered_by == "safety_net"
    assert await asha.concerns() == []
    assert (await asha.after(hours=2)).replies == ()


@pytest.mark.parametrize("reply", ["yes", "Yes"])
async def test_yes_to_the_check_is_intent(asha: Talk, reply: str) -> None:
    await asha.says(CHECK)
    answer = await asha.says(reply)
    assert answer.tier == "immediate_crisis"
    assert "Put the big light on." in answer.text
    assert len(await asha.concerns()) == 1


async def test_a_typed_no_answers_the_check_and_not_the_activity(asha: Talk) -> None:
    await asha.says("details")
    run = await asha.open_run()
    assert run is not None
    await asha.says(CHECK)
    await asha.says("no")
    after = await asha.open_run()
    assert after is not None
    assert after.state == run.state


async def test_an_unanswered_check_is_asked_once_more_and_becomes_a_task(asha: Talk) -> None:
    await asha.says(CHECK)
    again = await asha.after(minutes=16)
    assert again.buttons == ["Yes", "No", "Not sure", "My plan"]
    assert (await asha.after(minutes=50)).replies == ()
    (task,) = await asha.tasks()
    assert task.kind == "unanswered_ask"
    dawn = await asha.companion.staff.named("dawn")
    assert task.owner == dawn.id


async def test_after_a_day_a_bare_yes_no_longer_answers(asha: Talk) -> None:
    await asha.says(CHECK)
    await asha.after(hours=25)
    asha.rasa.means("yes", "affirm")
    answer = await asha.says("yes")
    assert answer.tier == "none"
    assert answer.answered_by == "rasa"


@pytest.mark.parametrize("word", ["plan", "contacts", "menu", "skills", "who sees this"])
async def test_bare_standing_words_never_draw_an_ask(asha: Talk, word: str) -> None:
    await asha.says(CHECK)
    answer = await asha.says(word)
    assert answer.answered_by == "command"
    assert answer.tier == "none"
    assert "Not sure" not in answer.buttons or word == "skills"


async def test_a_stranger_opens_no_concern_and_is_told_that_nobody_sees(talk: Talk) -> None:
    answer = await talk.says(INTENT)
    assert answer.tier == "immediate_crisis"
    assert "116 123" in answer.text
    assert "nobody" in answer.text.lower() or "no team" in answer.text.lower()
    assert await talk.concerns() == []


async def test_who_is_reading_is_worked_out_from_the_clock(
    tmp_path: Path, loaded: tuple[Content, SafetyNet]
) -> None:
    talk = await begin(tmp_path, loaded, now=MONDAY_NIGHT)
    await talk.joins(others_see_phone="no")
    night = await talk.says(INTENT)
    assert "Nobody is reading this now" in night.text
    assert "after 9am today" in night.text
    talk.clock.go(hours=9)
    day = await talk.says(INTENT)
    assert "Nobody is reading this now" not in day.text
    await talk.companion.aclose()


async def test_the_net_failing_is_never_silence(
    asha: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: SafetyNet, text: str, earlier: object = ()) -> None:
        raise RuntimeError

    monkeypatch.setattr(SafetyNet, "judge", broken)
    answer = await asha.says("anything at all")
    assert answer.tier == "check"
    assert answer.answered_by == "safety_net"
    assert "116 123" in answer.text
    assert "Yes" not in answer.buttons
    assert await asha.tasks() == []


async def test_danger_in_an_edited_message_is_answered(asha: Talk) -> None:
    answer = await asha.does(ActKind.EDITED, text=INTENT)
    assert answer.tier == "immediate_crisis"


async def test_danger_in_a_late_message_is_answered_and_both_times_are_kept(asha: Talk) -> None:
    from datetime import timedelta

    answer = await asha.does(ActKind.TEXT, text=INTENT, sent_ago=timedelta(hours=2))
    assert "late" in answer.replies[0].text
    assert answer.tier == "immediate_crisis"
