"""Link 1: the safety net. It sees every act first, and its replies never wait for Rasa."""

from bot.services.conversation.safety.answering import answer_ask, read_answer
from bot.services.conversation.safety.asking import ask_buttons, ask_now, open_ask, was_asked_today
from bot.services.conversation.safety.closing import answer_closing, typed_closing
from bot.services.conversation.safety.concern import may_write_first
from bot.services.conversation.safety.judging import UNREAD, asks_for, is_immediate, judge
from bot.services.conversation.safety.replying import answer_immediate, answer_unread
from bot.services.conversation.safety.wording import say, words_of

__all__ = [
    "UNREAD",
    "answer_ask",
    "answer_closing",
    "answer_immediate",
    "answer_unread",
    "ask_buttons",
    "ask_now",
    "asks_for",
    "is_immediate",
    "judge",
    "may_write_first",
    "open_ask",
    "read_answer",
    "say",
    "typed_closing",
    "was_asked_today",
    "words_of",
]
