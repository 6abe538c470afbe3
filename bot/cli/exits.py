"""What the exit codes mean."""

from __future__ import annotations

from bot.domain import errors

CODES: tuple[tuple[tuple[type[errors.CompanionError], ...], int], ...] = (
    ((errors.BadInput, errors.SettingsError, errors.PlanFileBroken, errors.AlreadyThere), 2),
    ((errors.KeyFileMissing, errors.KeyFileUnsafe, errors.KeyFileBroken, errors.WrongKey), 3),
    (
        (errors.ContentBroken, errors.ContentUnsigned, errors.ContactExpired, errors.NotReady),
        4,
    ),
    ((errors.NotPermitted, errors.NotAllowedNow), 5),
    ((errors.NotFound,), 6),
    ((errors.RecordUnavailable, errors.RecordNewer, errors.RecordOlder, errors.AlreadyRunning), 7),
    (
        (
            errors.ChannelRefused,
            errors.ChannelUnavailable,
            errors.SendingRefused,
            errors.SendingUnavailable,
        ),
        8,
    ),
)
"""2 what was given · 3 keys · 4 not ready for people · 5 not permitted · 6 not there · 7 the record
or another companion · 8 a channel or sender · 1 anything else."""


def exit_code(error: errors.CompanionError) -> int:
    """The exit code of an error."""
    return next((code for kinds, code in CODES if isinstance(error, kinds)), 1)
