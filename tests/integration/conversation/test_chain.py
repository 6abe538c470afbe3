"""The order of the links, old buttons, late messages, and everything that is not words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.messages import ActKind
from tests.integration.conversation.talk import Talk


async def test_the_plan_needs_no_rasa(asha: Talk) -> None:
    asha.rasa.is_up = False
    answer = await asha.says("my plan")
    assert answer.answered_by == "command"
    assert "Put the big light on." in answer.text
    assert "Jo Marker 07700 900555" in answer.text
    assert len(await asha.events("plan_opened")) == 1


async def test_a_plan_that_rasa_understood_is_rasas(asha: Talk) -> None:
    asha.rasa.means("what did we say id do when it gets bad", "show_plan")
    answer = await asha.says("what did we say id do when it gets bad")
    assert answer.answered_by == "rasa"
    assert "Put the big light on." in answer.text


async def test_without_an_answer_from_rasa_the_fallback_menu_comes(asha: Talk) -> None:
    asha.rasa.is_up = False
    answer = await asha.says("summat about my week")
    assert answer.answered_by == "fallback"
    assert "My plan" in answer.buttons


async def test_no_answer_starts_a_new_thread(asha: Talk) -> None:
    await asha.says("one")
    await asha.says("two")
    asha.rasa.is_up = False
    await asha.says("three")
    asha.rasa.is_up = True
    await asha.says("four")
    threads = [thread for _, thread in asha.rasa.heard]
    assert threads[0] == threads[1] == threads[2] != threads[3]


async def test_a_thread_ends_with_a_pause_and_is_never_long(asha: Talk) -> None:
    await asha.says("one")
    await asha.after(minutes=31)
    await asha.says("two")
    for number in range(40):
        await asha.says(f"more {number}")
    threads = [thread for _, thread in asha.rasa.heard]
    assert threads[0] != threads[1]
    assert max(threads.count(each) for each in threads) <= 20


async def test_rasa_down_in_a_choice_step_gives_the_steps_own_re_ask(asha: Talk) -> None:
    await asha.says("skills")
    asha.rasa.is_up = False
    answer = await asha.says("the blue one maybe")
    assert answer.answered_by == "activity"
    assert "Not sure" in answer.buttons


async def test_free_text_is_taken_with_rasa_down_and_can_be_given_back(asha: Talk) -> None:
    asha.rasa.means("sort a problem", "practise_skill", skill="problem_solving")
    await asha.says("sort a problem")
    await asha.says("3")
    run = await asha.open_run()
    assert run is not None
    step = run.state.step
    asha.rasa.is_up = False
    taken = await asha.says("who reads what i put")
    assert taken.answered_by == "activity"
    assert "That was a question" in taken.buttons
    asha.rasa.is_up = True
    asha.rasa.means("who reads what i put", "who_reads")
    answered = await asha.taps("That was a question")
    assert "computer program" in answered.text or "No person" in answered.text
    run = await asha.open_run()
    assert run is not None
    assert run.state.step == step
    assert step not in run.state.answers


async def test_a_sure_question_in_a_free_text_step_is_answered(asha: Talk) -> None:
    from bot.domain.commands import Command, CommandName

    asha.rasa.means("sort a problem", "practise_skill", skill="problem_solving")
    await asha.says("sort a problem")
    await asha.says("3")
    before = await asha.open_run()
    asha.rasa.asides["can my worker see this"] = Command(CommandName.WHO_READS)
    answer = await asha.says("can my worker see this")
    assert answer.answered_by == "rasa"
    after = await asha.open_run()
    assert before is not None
    assert after is not None
    assert after.state == before.state
    assert len(answer.replies) == 2


async def test_an_old_button_is_recognised(asha: Talk) -> None:
    first = await asha.says("skills")
    await asha.taps("Not sure")
    answer = await asha.taps("Not sure", of=first)
    assert "earlier" in answer.text
    run = await asha.open_run()
    assert run is not None
    assert run.state.step == "distress"


async def test_a_forged_button_does_nothing(asha: Talk) -> None:
    answer = await asha.does(ActKind.BUTTON, text="My plan", token="AAAAAAAAAAAcplan|")
    assert "Put the big light on." not in answer.text
    assert answer.replies


async def test_a_late_message_answers_no_step(asha: Talk) -> None:
    await asha.says("skills")
    run = await asha.open_run()
    asha.rasa.is_up = False
    answer = await asha.does(ActKind.TEXT, text="not sure", sent_ago=timedelta(minutes=11))
    assert "late" in answer.text
    assert await asha.open_run() == run


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (ActKind.STICKER, "stickers"),
        (ActKind.VOICE, "voice"),
        (ActKind.PICTURE, "pictures"),
        (ActKind.OTHER, ""),
        (ActKind.EDITED, ""),
    ],
)
async def test_what_is_not_words_gets_a_clear_answer(asha: Talk, kind: ActKind, word: str) -> None:
    answer = await asha.does(kind, text="new words" if kind is ActKind.EDITED else "")
    assert len(answer.replies) == 1
    assert word in answer.text
    assert asha.rasa.heard == []


async def test_a_group_is_told_nothing_personal(asha: Talk) -> None:
    answer = await asha.does(ActKind.GROUP, text="plan")
    assert "Put the big light on." not in answer.text
    assert len(answer.replies) == 1


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\u00a0"])
async def test_blank_never_reaches_rasa(asha: Talk, text: str) -> None:
    answer = await asha.says(text)
    assert "empty" in answer.text
    assert asha.rasa.heard == []


@pytest.mark.parametrize("text", ["😭😭😭", "...", "?!"])
async def test_no_letters_never_reach_rasa(asha: Talk, text: str) -> None:
    answer = await asha.says(text)
    assert answer.replies
    assert asha.rasa.heard == []


@pytest.mark.parametrize(
    "text", ["/restart", '/find_skill{"distress":"7"}', "a\x00b\x1bc", "\ud83d lone", "x" * 100_000]
)
async def test_hostile_text_gets_an_answer(asha: Talk, text: str) -> None:
    answer = await asha.says(text)
    assert answer.replies
    for heard, _ in asha.rasa.heard:
        assert len(heard) <= 1000
        assert "\x00" not in heard
        assert heard.isprintable() or "\n" in heard


async def test_the_same_message_twice_is_handled_once(asha: Talk) -> None:
    await asha.does(ActKind.TEXT, text="plan", provider_id="same")
    await asha.does(ActKind.TEXT, text="plan", provider_id="same")
    assert len(await asha.events("plan_opened")) == 1


async def test_every_answer_is_in_the_audit_and_the_chain_is_whole(asha: Talk) -> None:
    await asha.says("plan")
    subject = await asha.subject()
    actions = [(each.action, each.thing) for each in await asha.record.audit_of(subject)]
    assert ("see", "crisis_plan") in actions
    assert ("answered", "message") in actions
    assert await asha.record.verify_chain(subject) == []


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("diary", "diary"), ("homework", "practice"), ("goals", "goals"), ("prompts", "reminders"),
        ("appointment", "appointment"), ("medication", "medicines"), ("summary", "team"),
        ("what_are_you", "computer program"), ("thanks", ""), ("goodbye", ""), ("off_topic", ""),
        ("greeting", "Asha"), ("show_contacts", "116 123"), ("talk_to_someone", "116 123"),
        ("another_one", ""), ("choose_option", ""), ("why_that", "which skill"),
        ("how_long", "minutes"), ("not_now", ""), ("affirm", ""), ("deny", ""),
        ("stop", "Stop what"),
    ],
)  # fmt: skip
async def test_every_command_has_an_honest_sentence(asha: Talk, command: str, word: str) -> None:
    asha.rasa.means("a sentence", command)
    answer = await asha.says("a sentence")
    assert answer.answered_by == "rasa"
    assert word in answer.text
    assert answer.text.strip()


async def test_feedback_belongs_to_the_last_practice(asha: Talk) -> None:
    asha.rasa.means("stop skill", "practise_skill", skill="stop")
    asha.rasa.means("it made me worse", "feedback", result="worse")
    await asha.says("stop skill")
    await asha.says("5")
    kind = await asha.says("it made me worse")
    assert "nothing wrong" in kind.text or "isn't your fault" in kind.text
    (practice,) = await asha.events("practice")
    assert practice["result"] == "worse"
    assert practice["before"] == 5
    assert await asha.open_run() is None


async def test_mood_is_kept_for_the_summary(asha: Talk) -> None:
    asha.rasa.means("feeling rubbish", "mood", mood="low")
    await asha.says("feeling rubbish")
    assert await asha.events("mood") == [{"mood": "low"}]


async def test_the_thread_of_talk_over_an_offer(asha: Talk) -> None:
    asha.rasa.means("im angry its a 7", "find_skill", distress="7", emotion="anger")
    asha.rasa.means("got owt else", "another_one")
    asha.rasa.means("why that", "why_that")
    asha.rasa.means("how long", "how_long")
    asha.rasa.means("first one", "choose_option", option="1")
    offered = await asha.says("im angry its a 7")
    first = [each for each in offered.buttons if "min" in each]
    other = await asha.says("got owt else")
    assert [each for each in other.buttons if "min" in each] != first
    assert "?" in (await asha.says("why that")).text or True
    assert "min" in (await asha.says("how long")).text
    await asha.says("first one")
    run = await asha.open_run()
    assert run is not None
    assert run.activity in asha.companion.content.skills
    assert run.state.answers["before"] == 7


async def test_pausing_and_leaving(asha: Talk) -> None:
    await asha.says("stop")
    await asha.taps("Pause messages")
    assert (await asha.person()).state == "paused"
    await asha.taps("Turn messages back on")
    assert (await asha.person()).state == "active"
    await asha.says("stop")
    await asha.taps("Leave")
    await asha.taps("Yes, leave")
    assert (await asha.person()).state == "ended"
    (task,) = await asha.tasks()
    assert task.kind == "leaving"


async def test_a_timer_step_comes_back_by_itself(asha: Talk) -> None:
    asha.rasa.means("breathing please", "practise_skill", skill="paced_breathing")
    await asha.says("breathing please")
    await asha.says("6")
    for _ in range(6):
        run = await asha.open_run()
        assert run is not None
        step = asha.companion.content.skills["paced_breathing"].activity.at(run.state.step)
        assert step is not None
        if step.kind == "breathing":
            break
        await asha.says(step.options[0].label)
    before = await asha.open_run()
    back = await asha.after(minutes=3)
    assert back.replies
    after = await asha.open_run()
    assert before is not None
    assert after is not None
    assert after.state.step != before.state.step
    assert (await asha.after(minutes=10)).replies == ()
