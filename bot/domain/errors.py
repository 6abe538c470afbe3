"""Everything that can go wrong and has a name. Each docstring is the message to the operator."""

from __future__ import annotations

import inspect


class CompanionError(Exception):
    """Something went wrong in the companion."""

    def __str__(self) -> str:
        message = inspect.cleandoc(type(self).__doc__ or "")
        detail = super().__str__()
        return f"{message} {detail}".strip() if detail else message


class SettingsError(CompanionError):
    """A setting is missing or cannot be used."""


class KeyFileMissing(CompanionError):
    """There is no key file: make one with 'companion keys create', or restore yours."""


class KeyFileUnsafe(CompanionError):
    """The key file can be read by others: set its mode to 0600 and ask who has seen it."""


class KeyFileBroken(CompanionError):
    """The key file cannot be understood: restore it from safe keeping."""


class WrongKey(CompanionError):
    """This key file is not this database's: nothing can be read until the right one is back."""


class SealBroken(CompanionError):
    """A stored value did not decrypt where it stood: it was damaged or moved from elsewhere."""


class RecordUnavailable(CompanionError):
    """The record cannot be read or written just now."""


class RecordNewer(CompanionError):
    """The database was made by a newer version of the companion: run that version."""


class RecordOlder(CompanionError):
    """The database needs a migration first: start it once with 'companion serve'."""


class AlreadyRunning(CompanionError):
    """Another companion is serving this home already."""


class AuditMissing(CompanionError):
    """A write came without an audit entry and was not made."""


class AlreadyThere(CompanionError):
    """It exists already."""


class NotFound(CompanionError):
    """There is no such thing in the record."""


class NotPermitted(CompanionError):
    """This person may not do that."""


class NotAllowedNow(CompanionError):
    """This cannot be done in its present state."""


class ChangedMeanwhile(CompanionError):
    """Somebody else changed this after it was read: read it again before you write."""


class ContentBroken(CompanionError):
    """A content file cannot be used."""


class ContentUnsigned(CompanionError):
    """Live mode does not start while this content is unsigned."""


class ContactExpired(CompanionError):
    """Live mode does not start while a national contact is out of date: check it and renew it."""


class PlanFileBroken(CompanionError):
    """The plan file cannot be imported."""


class BadInput(CompanionError):
    """What was given cannot be used."""


class BackupFailed(RecordUnavailable):
    """No backup was made, and nothing half is left; the record is as it was."""


class BackupBroken(BadInput):
    """This backup cannot be used."""


class RecordNotEmpty(AlreadyThere):
    """A backup is restored into an empty place only: what is there already is left alone."""


class LedgerMissing(NotFound):
    """The ledger of erasures is missing: without it, people who were erased would be back."""


class LedgerBroken(BadInput):
    """The ledger of erasures has lines that cannot be read, each perhaps a person who was erased.

    Name another copy of it with --ledger, or go on with --accept-broken-lines.
    """


class ChannelRefused(CompanionError):
    """The channel refused the companion's sign-in: check its token."""


class ChannelUnavailable(CompanionError):
    """The channel cannot be reached just now."""


class SendingRefused(CompanionError):
    """An alert was refused for good: look at its address and at the settings of the sender."""


class SendingUnavailable(CompanionError):
    """The mail server, or GOV.UK Notify, does not take alerts just now."""


class NotReady(CompanionError):
    """Live mode does not start before it is settled who is told of a concern, and how."""
