"""The texts that the program says, by their keys, and what fills the gaps in each."""

from __future__ import annotations

from collections.abc import Mapping

_NO_GAPS: frozenset[str] = frozenset()

_PLAN_PARTS = (
    "signs", "steps", "safer", "distractions", "people", "professionals", "matters",
    "staff_help", "triggers", "usual", "different", "makes_worse", "wishes", "service_will",
    "hidden_names",
)  # fmt: skip


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _texts(without_gaps: str, **with_gaps: str) -> dict[str, frozenset[str]]:
    gaps = {key: _words(names) for key, names in with_gaps.items()}
    return {**dict.fromkeys(without_gaps.split(), _NO_GAPS), **gaps}


MESSAGE_TEXTS: Mapping[str, frozenset[str]] = {
    **_texts(
        """
        greeting_guest thanks goodbye off_topic what_are_you who_reads who_sees who_sees_guest
        mood_good mood_low affirm_lost deny_lost not_understood fallback_menu menu skills_menu
        medication appointment homework goals diary prompts summary
        feedback_helped feedback_no_difference feedback_worse
        why_lost how_long_lost choose_lost another_lost not_now
        plan_none plan_declined plan_draft plan_guest contacts_intro contacts_note talk talk_guest
        stop_menu paused resumed leave_confirm left_service left_service_guest after_leaving
        who_looked_none
        nothing_to_carry_on skills_none skill_do_it skill_unknown guest_skills
        late_note late_reply_delay old_button expired_button sticker voice picture edited other
        empty too_long group_chat step_again question_kept timer_running could_not_handle unread
        guest_welcome code_wrong code_used code_expired code_ok demo_banner
        """,
        greeting="name",
        who_looked="looks",
        who_looked_more="number",
        wrote_after="numbers",
        why_skill="skill why",
        how_long_skill="skill minutes",
        plan_intro="version agreed_on",
        plan_overdue="review_due",
        contacts_closed_now="name hours",
        stop_left_activity="skill",
        resume_offer="skill",
        skill_not_for_now="skill",
        skill_hard_now="skill distress",
        skill_unsigned="skill",
        step_again_rating="from to",
    ),
    **{f"plan_part.{part}": _NO_GAPS for part in _PLAN_PARTS},
}
"""Of messages.yml: key → the gaps that each wording has to hold."""

JOINING_TEXTS: Mapping[str, frozenset[str]] = _texts(
    "join_not_now already_joined details_menu", joining_text="name", joined="name"
)
"""Of joining_messages.yml."""

ALERT_TEXTS: Mapping[str, frozenset[str]] = _texts(
    "subject daily_subject daily daily_short daily_missing_subject nobody_yet",
    text="address",
    text_short="address",
    daily_missing="address",
)
"""Of safety/alerts.yml."""

AFTER_TEXTS: Mapping[str, frozenset[str]] = _texts(
    """
    value_plans value_self_harm reminders_paused reminders_choice reminders_ask reminders_back_on
    reminders_tomorrow reminders_left_off review_offer review_yes review_later review_no
    """,
    value_urge="value",
    value_urge_suicide="value",
    check_in="name",
    take_over_begins="staff",
    somebody_reads="staff",
    take_over_ends="staff",
    said_by="staff words",
)
"""Of safety/after_danger.yml."""

AFTER_ANSWERS = _words(
    "reminders_on reminders_tomorrow reminders_off review_yes review_later review_no"
)
"""What a button there may answer."""

SAFETY_TEXTS: Mapping[str, frozenset[str]] = _texts(
    """
    plan_first plan_people_hidden no_plan numbers reading_hours reading_guest young_note
    concern_again who_can_be_there plan_person_there_hidden aside_note
    ask ask_again ask_no ask_not_sure closing_rung closing_with_someone closing_cannot_ring
    closing_not_now still_there urge_no passive_no
    way_person_hidden way_text way_screen way_hospital way_deaf could_not_save
    """,
    reading_nobody="when",
    reading_night="minutes",
    reading_takeover="staff",
    plan_person_there="person",
    way_person="person",
)
"""Of safety/replies.yml, besides one ``closing_VALUE`` for each button that answers a concern."""

COMMANDS = _words(
    """
    plan plan_names contacts talk skills menu stop who_sees who_looked details practise_stop another
    not_now resume pause leave leave_yes join join_not_now was_question
    """
)
"""What a button may ask of the program."""

STANDING_COMMANDS = frozenset(
    {"plan", "contacts", "talk", "skills", "menu", "stop", "who_sees", "who_looked", "details"}
)

ASK_ANSWERS = frozenset({"yes", "no", "not_sure"})

BUTTONS = frozenset({"plan", "plan_names", "skills", "carry_on", "was_question"})
"""Buttons of messages.yml that the program names itself."""

SKILLS = frozenset({"stop", "grounding_five_senses"})
"""Skills that the program names itself: what is offered to everyone, and at high distress."""

FAMILIES = _words(
    """
    default intent plan_or_means attempt goodbye urge passive_thoughts self_harm_done
    overdose_on_purpose overdose_by_accident injury abuse_now abuse_past at_risk harm_to_others
    voices eating someone_else bereavement method_request secret unread medical preparation burden
    parent_thoughts unsafe exhausted hopeless calm_after substances denial testing not_heard past
    good_news practice_talk requested
    """
)
"""Families that need words of their own: all that the net knows, and one for want of them."""

CLOSINGS = frozenset({"crisis", "ask"})

PURPOSES = _words("crisis medical emergency abuse deaf young practical children eating")
"""What a contact may be for."""
