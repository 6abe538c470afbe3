"""What a serving process does: all of it, or the roles that it is given."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.errors import SettingsError
from bot.settings import Settings


class ServingRole(StrEnum):
    """One thing that ``serve`` does."""

    PRACTITIONER_WEB = "practitioner-web"
    CHANNELS = "channels"
    WORKERS = "workers"
    RASA = "rasa"
    SCHEDULER = "scheduler"


Roles = frozenset[ServingRole]

ALL: Roles = frozenset(ServingRole)

NOT_BUILT = ("person-web", "out-of-hours")
"""Roles that the design names and this version does not have."""


def roles_in(words: str) -> Roles:
    """The roles in a list with commas. Raises ``SettingsError`` for any other word."""
    wanted = [each.strip() for each in words.split(",") if each.strip()]
    for each in wanted:
        if each in NOT_BUILT:
            raise SettingsError(f"--roles {each}: this version does not have it yet.")
        if each not in ALL:
            raise SettingsError(f"--roles {each}: choose from {', '.join(ServingRole)}.")
    if not wanted:
        raise SettingsError(f"--roles names nothing: choose from {', '.join(ServingRole)}.")
    return frozenset(ServingRole(each) for each in wanted)


def check_roles(roles: Roles, settings: Settings) -> None:
    """Raise ``SettingsError`` where these roles cannot work with these settings."""
    has_workers, has_rasa = ServingRole.WORKERS in roles, ServingRole.RASA in roles
    if has_workers and not has_rasa and not settings.rasa_url:
        raise SettingsError("The role workers needs RASA_URL, or the role rasa beside it.")
    if has_rasa and not has_workers:
        if settings.rasa_url:
            raise SettingsError("RASA_URL names another Rasa: unset it where the role rasa is.")
        if not settings.rasa_port:
            raise SettingsError(
                "The role rasa without workers needs RASA_PORT, for others' RASA_URL."
            )


def supervises_rasa(roles: Roles, settings: Settings) -> bool:
    """Whether a process with these roles starts a Rasa and looks after it."""
    return ServingRole.RASA in roles and not settings.rasa_url
