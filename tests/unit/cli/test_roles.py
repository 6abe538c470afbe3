"""What may be asked of a serving process."""

from __future__ import annotations

import pytest

from bot.cli.roles import ALL, NOT_BUILT, ServingRole, check_roles, roles_in, supervises_rasa
from bot.domain.errors import SettingsError
from bot.settings import Settings

ELSEWHERE = {"rasa_url": "http://127.0.0.1:5005"}


def test_roles_are_parted_by_commas() -> None:
    assert roles_in(" workers, rasa ,") == {ServingRole.WORKERS, ServingRole.RASA}
    assert roles_in(",".join(ServingRole)) == ALL


@pytest.mark.parametrize("words", ["", " , ", "worker", "workers,everything", *NOT_BUILT])
def test_any_other_word_is_refused_by_name(words: str) -> None:
    with pytest.raises(SettingsError, match="--roles") as refused:
        roles_in(words)
    if words in NOT_BUILT:
        assert "does not have it yet" in str(refused.value)
    else:
        assert all(each in str(refused.value) for each in ServingRole)


@pytest.mark.parametrize(
    ("roles", "settings", "says"),
    [
        ("workers", {}, "RASA_URL"),
        ("rasa", {}, "RASA_PORT"),
        ("rasa", ELSEWHERE, "another Rasa"),
        ("workers", ELSEWHERE, ""),
        ("workers,rasa", {}, ""),
        ("workers,rasa", ELSEWHERE, ""),
        ("rasa", {"rasa_port": 5005}, ""),
        ("practitioner-web", {}, ""),
        ("channels,scheduler", {}, ""),
    ],
)
def test_roles_have_to_fit_the_settings(roles: str, settings: dict[str, object], says: str) -> None:
    given = Settings.model_validate(settings)
    if says:
        with pytest.raises(SettingsError, match=says):
            check_roles(roles_in(roles), given)
    else:
        check_roles(roles_in(roles), given)


def test_rasa_is_looked_after_where_the_role_is_and_no_other_is_set() -> None:
    assert supervises_rasa(ALL, Settings())
    assert not supervises_rasa(ALL, Settings.model_validate(ELSEWHERE))
    assert not supervises_rasa(roles_in("workers"), Settings())
