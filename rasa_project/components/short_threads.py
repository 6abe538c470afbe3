"""Where the thread of talk is kept: in memory, short, and for the latest conversations only.

Rasa writes and reads a conversation anew for each message: with all of it kept, the hundredth
message took ten times as long as the first.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class ShortThreads(InMemoryTrackerStore):
    """Keeps between ``turns`` and twice as many of each of the last ``conversations``."""

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        conversations: int = 2000,
        turns: int = 8,
        **_: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self.store: OrderedDict[str, str] = OrderedDict()
        self._conversations = conversations
        self._turns = turns

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation; let go of the one that was silent longest."""
        await super().save(self._shortened(tracker))
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self._conversations:
            self.store.popitem(last=False)

    def _shortened(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """The last turns after what the slots held before them, as after a session's start.

        Cut anywhere else, a turn without its beginning sends Rasa round in circles.
        """
        events = list(tracker.events)
        turns = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
        if len(turns) <= 2 * self._turns:
            return tracker
        cut = turns[-self._turns]
        slots = self.domain.slots
        before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], slots)
        kept = [
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            *(SlotSet(name, value) for name, value in before.current_slot_values().items()),
            ActionExecuted(ACTION_LISTEN_NAME),
            *events[cut:],
        ]
        return DialogueStateTracker.from_events(tracker.sender_id, kept, slots)
