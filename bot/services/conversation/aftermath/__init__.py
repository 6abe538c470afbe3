"""What follows a sign of danger, in the conversation: one function for each moment of a turn.

``follow`` closes an answer, ``ran_out`` takes the timers, ``answer`` the buttons, and
``somebody_reads`` gives way to a member of staff who has stepped in.
"""

from bot.services.conversation.aftermath.following import follow
from bot.services.conversation.aftermath.ringing import TIMERS, ran_out
from bot.services.conversation.aftermath.stepped_in import somebody_reads
from bot.services.conversation.aftermath.tapped import answer

__all__ = ["TIMERS", "answer", "follow", "ran_out", "somebody_reads"]
