"""A subject's rows as a whole: an address that becomes another subject's, and forgetting."""

from __future__ import annotations

from sqlalchemy import RowMapping, Table, bindparam, select, update

from bot.adapters.records.entities import MAPPINGS
from bot.adapters.records.queue.queue_tables import inbox, leases, outbox
from bot.adapters.records.queue.sealed_rows import INBOX_BODY, OUTBOX_BODY
from bot.adapters.records.sealing.encryption import Place
from bot.adapters.records.tables import addresses, blind_index
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ACTS
from bot.domain.errors import NotFound

_ADDRESS_VALUE = "address.value"

_BLANK = (
    update(inbox)
    .where(inbox.c.subject == bindparam("the_subject"))
    .values(state="forgotten", body=None, label="")
)


def move_address(group: Group, address_id: str, subject: str) -> None:
    """Give an address, and what still waits in the queues for it, to another subject.

    Raises ``NotFound`` for an unknown address.
    """
    group.make_key(subject)
    row = group.connection.execute(
        select(addresses).where(addresses.c.id == address_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"address {address_id}")
    group.flush()
    _move(group, addresses, "value", _ADDRESS_VALUE, row._mapping, subject)
    for table, label, states in (
        (inbox, INBOX_BODY, ("waiting",)),
        (outbox, OUTBOX_BODY, ("waiting", "claimed")),
    ):
        waiting = group.connection.execute(
            select(table).where(
                table.c.subject == row.subject,
                table.c.address_id == address_id,
                table.c.state.in_(states),
            )
        )
        for each in waiting.all():
            _move(group, table, "body", label, each._mapping, subject)
    group.rings.add(ACTS)


def _move(
    group: Group, table: Table, column: str, label: str, row: RowMapping, subject: str
) -> None:
    sealed = row[column]
    if sealed is not None:
        words = group.key(row["subject"]).open(Place(row["subject"], label, row["id"]), sealed)
        sealed = group.key(subject).seal(Place(subject, label, row["id"]), words)
    group.connection.execute(
        update(table).where(table.c.id == row["id"]).values({"subject": subject, column: sealed})
    )


def forget(group: Group, subject: str) -> None:
    """Destroy a subject's key, index rows and everything it sealed; the audit chain stays.

    Inbox rows are blanked, not deleted: a channel may deliver an act again, and its provider's id
    must still be known then.
    """
    group.destroy_key(subject)
    for mapping in MAPPINGS.values():
        if mapping.subject:
            group.delete(mapping.table, **{mapping.subject: subject})
    for table in (blind_index, outbox, leases):
        group.delete(table, subject=subject)
    group.add(inbox, _BLANK, {"the_subject": subject})
