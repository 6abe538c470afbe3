"""Plain words for the codes of a record, as its person reads them in their copy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from bot.domain.access_copy import Because, Section
from bot.domain.opening_hours import LOCAL

HEADINGS: Mapping[Section, str] = {
    Section.YOU: "About you",
    Section.NEEDS: "What helps us talk with you",
    Section.CHOICES: "What you chose and agreed to",
    Section.SHARING: "Who you share things with",
    Section.PEOPLE_AT_WORK: "People at work with you",
    Section.PLANS: "Your crisis plans",
    Section.PRACTICES: "What you practised",
    Section.EVENTS: "What you did here, day by day",
    Section.CONCERNS: "Messages that staff were asked to look at",
    Section.TASKS: "Things that staff were asked to do",
    Section.MESSAGES: "Messages",
    Section.REMINDERS: "What the program remembers and will do next",
    Section.LOOKS: "Who looked at your record, or changed it",
    Section.REQUESTS: "Your requests about your record",
}

LEFT_OUT: Mapping[Because, str] = {
    Because.THIRD_PARTY: "Some things are about somebody else, or were told to us by somebody else "
    "who has not agreed that you may see them.",
    Because.SERIOUS_HARM: "A health professional thinks that some things could do serious harm to "
    "you or to somebody else if they were in this copy.",
}

_WORDS = {
    # States of a person.
    "invited": "invited",
    "active": "using the companion",
    "paused": "paused",
    "in_hospital": "in hospital",
    "in_custody": "in custody",
    "moving_team": "moving to another team",
    "ended": "finished with the pathway",
    "died": "recorded as having died",
    # Channels.
    "telegram": "Telegram",
    "webchat": "web chat",
    "email": "e-mail",
    "sms": "text message",
    "whatsapp": "WhatsApp",
    # What was asked at joining.
    "area": "Where you live",
    "age_band": "Your age",
    "others_see_phone": "Whether others see your phone",
    "safe_times": "When it is safe to write to you first",
    "derby_city": "Derby city",
    "under_18": "under 18",
    "18_to_34": "18 to 34",
    "35_and_over": "35 or over",
    # Practice and events.
    "contact": "You wrote to the companion",
    "practice": "You practised a skill",
    "feedback": "You said how something went",
    "plan_opened": "You opened your plan",
    "mood": "You said how you felt",
    "joined": "You joined",
    "no_difference": "made no difference",
    "worse": "made it worse",
    "open": "open",
    "set_aside": "put aside for later",
    "finished": "finished",
    "stopped": "stopped before the end",
    # Tasks.
    "unanswered_ask": "A safety question that you had not answered",
    "leaving": "You asked to leave",
    "unanswerable": "A message that the program could not answer",
    "not_delivered": "A message that could not be sent to you",
    "back_from": "To look at your plan with you after you were away",
    "handover": "Your move to another team",
    "wrote_after": "A message from your account after you were recorded as having died",
    "looking_back": "To look back on a hard time with you",
    "rights": "A request about your record",
    # Where a value came from.
    "diary": "your diary",
    "core10": "the ten questions about how you have been",
    # Kinds of request, and how they stand.
    "access": "A copy of your record",
    "correction": "A correction",
    "erasure": "To have your record erased",
    "drafted": "being read before you are given it",
    "released": "given to you",
    "done": "done",
    "refused": "not done",
    "withdrawn": "withdrawn",
    "superseded": "replaced by a newer version",
    # Who answered a message.
    "safety_net": "the check for danger",
    "command": "a standing word",
    "activity": "a practice",
    "rasa": "the part that reads whole sentences",
    "fallback": "the menu",
    # What the check for danger made of a message.
    "none": "nothing worrying",
    "check": "it was not sure, and asked you",
    "safeguarding": "somebody may not be safe",
    "immediate_crisis": "you may be in danger",
    "immediate_medical": "you may need medical help",
    # What was done with the record.
    "see": "looked at",
    "write": "changed",
    "add": "added",
    "invite": "invited you:",
    "import": "put into your record:",
    "take": "took on",
    "close": "closed",
    "finish": "finished",
    "change": "changed",
    "end": "ended",
    "ask": "asked for",
    "agree": "wrote down with you",
    "resume": "turned back on",
    "renew": "stayed longer in",
    "give_back": "left",
    "say": "sent you",
    "safety_choices": "what you agreed on for hard times",
    "safety_value": "a number of yours that may mean danger",
    "reminders": "your reminders",
    "after_review": "looking back on a hard time",
    "conversation": "your conversation",
    "crisis_plan": "your crisis plan",
    "summary": "the summary of what you did here",
    "concern": "a message that staff were asked to look at",
    "notice": "a call for staff to look",
    "person": "your details",
    "task": "a task",
    "state": "how you stand with the companion",
    "caseload": "who works with you",
    "key_worker": "your key worker",
    "access_copy": "your record, to answer your request for a copy",
    "rights_request": "a request about your record",
    "own_caseload": "you are on their caseload",
}


def plain(code: str) -> str:
    """A code in plain words; one that has none of its own without its underscores."""
    return _WORDS.get(code, code.replace("_", " ").replace(".", ": "))


def day(at: date) -> str:
    """A local day: "3 March 2030"."""
    return f"{at.day} {at:%B %Y}"


def moment(at: datetime) -> str:
    """A local day and time: "3 March 2030, 14:05". ``at`` is UTC."""
    local = at.replace(tzinfo=at.tzinfo or UTC).astimezone(LOCAL)
    return f"{day(local)}, {local:%H:%M}"
