"""Settings: what is in force without any, what each takes, and a clear word for the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.domain.errors import SettingsError
from bot.settings import Mode, Settings

NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def in_force(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_without_any_setting_it_is_live_at_home_on_loopback() -> None:
    settings = Settings()
    assert settings.companion_mode is Mode.LIVE
    assert settings.companion_home == Path("var")
    assert settings.key_file == Path("var/master.key")
    assert settings.database == f"sqlite:///{Path('var/companion.sqlite').absolute()}"
    assert (settings.web_host, settings.web_port) == ("127.0.0.1", 8080)
    assert settings.practitioner_address == "http://127.0.0.1:8080"
    assert settings.rasa_url == ()
    assert settings.rasa_timeout_seconds == 5
    assert settings.telegram_token is None
    assert settings.companion_content == Path("skills_content")
    assert settings.companion_region == "derbyshire"


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert in_force(monkeypatch, **{name: ""}) == Settings()


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = in_force(
        monkeypatch,
        COMPANION_HOME="/srv/home",
        COMPANION_MODE="demo",
        COMPANION_KEY_FILE="/srv/keys/ring",
        DATABASE_URL="postgresql+psycopg://user:sesame@db/companion",
        PRACTITIONER_URL="https://team.example/",
        WEB_PORT="0",
    )
    assert settings.companion_mode is Mode.DEMO
    assert settings.key_file == Path("/srv/keys/ring")
    assert settings.database == "postgresql+psycopg://user:sesame@db/companion"
    assert settings.practitioner_address == "https://team.example"
    assert settings.web_port == 0


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().web_port = 81  # type: ignore[misc]


def test_what_is_not_ours_in_the_environment_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_force(monkeypatch, COMPANION_OTHER="x", PATH="/usr/bin") == Settings()


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = in_force(
        monkeypatch,
        TELEGRAM_TOKEN="123:sesame",
        DATABASE_URL="postgresql+psycopg://user:sesame@db/companion",
    )
    for shown in (repr(settings), str(settings), str(settings.model_dump(mode="json"))):
        assert "sesame" not in shown
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == "123:sesame"


def test_several_rasa_servers_are_parted_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = in_force(monkeypatch, RASA_URL=" http://127.0.0.1:5005/ ,, https://rasa-2:5005,")
    assert settings.rasa_url == ("http://127.0.0.1:5005", "https://rasa-2:5005")


@pytest.mark.parametrize(
    "value", ["127.0.0.1:5005", "rasa", "ftp://rasa:5005", "http://one, two", "http://u:p@rasa"]
)
def test_a_rasa_address_that_cannot_be_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    with pytest.raises(ValidationError, match="give scheme, host and port") as caught:
        in_force(monkeypatch, RASA_URL=value)
    assert caught.value.errors()[0]["loc"] == ("rasa_url",)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("https://api.example", "https://api.example"),
        ("http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
        (" HTTPS://api.example:443 ", "https://api.example:443"),
        ("http://[::1]:8081", "http://[::1]:8081"),
    ],
)
def test_an_address_is_scheme_host_and_port(
    monkeypatch: pytest.MonkeyPatch, value: str, kept: str
) -> None:
    settings = in_force(monkeypatch, TELEGRAM_API_URL=value, PRACTITIONER_URL=value)
    assert settings.telegram_api_url == kept
    assert settings.practitioner_address == kept


@pytest.mark.parametrize(
    "value",
    [
        "api.example",
        "api.example:443",
        "https://",
        "https://:443",
        "https://user:sesame@api.example",
        "https://api.example/bot",
        "https://api.example/?x=1",
        "https://api.example/#top",
        "https://api.example:port",
        "https://api.example:0",
        "https://api.example:70000",
        "https://[::1",
        "ftp://api.example",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("name", ["TELEGRAM_API_URL", "PRACTITIONER_URL"])
def test_any_other_address_is_refused_by_name_without_showing_a_password(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        in_force(monkeypatch, **{name: value})
    assert caught.value.errors()[0]["loc"] == (name.lower(),)
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COMPANION_MODE", "LIVE!"),
        ("COMPANION_MODE", "test"),
        ("WEB_PORT", "http"),
        ("WEB_PORT", "-1"),
        ("WEB_PORT", "65536"),
        ("RASA_TIMEOUT_SECONDS", "0"),
        ("RASA_TIMEOUT_SECONDS", "-5"),
        ("RASA_TIMEOUT_SECONDS", "nan"),
        ("RASA_TIMEOUT_SECONDS", "inf"),
        ("RASA_TIMEOUT_SECONDS", "soon"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        in_force(monkeypatch, **{name: value})
    assert caught.value.errors()[0]["loc"] == (name.lower(),)


def test_a_web_on_an_ipv6_address_has_a_link_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_force(monkeypatch, WEB_HOST="::1").practitioner_address == "http://[::1]:8080"


def test_the_file_of_an_sqlite_database_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().database_file == Path("var/companion.sqlite").resolve()
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/c.sqlite")
    assert Settings().database_file == Path("/srv/c.sqlite")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://host/c")
    assert Settings().database_file is None
    monkeypatch.setenv("DATABASE_URL", "nonsense")
    with pytest.raises(SettingsError, match="DATABASE_URL") as refused:
        _ = Settings().database_file
    assert "nonsense" not in str(refused.value)


@pytest.mark.parametrize("token", ["short", "-begins-with-a-dash-", "with a space in it all"])
def test_a_token_for_rasa_is_letters_and_digits(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("RASA_TOKEN", token)
    with pytest.raises(ValidationError, match="letters and digits"):
        Settings()
    monkeypatch.setenv("RASA_TOKEN", "a1" * 8)
    assert "a1" * 8 not in repr(Settings())


@pytest.mark.parametrize("address", ["nobody", "A <a@b.example>", "a@b.example\nBcc: c@d.example"])
def test_the_sender_of_alerts_is_a_bare_address(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SMTP_FROM", address)
    with pytest.raises(ValidationError):
        Settings()


def test_what_opens_the_senders_of_alerts_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://user:secretword@mail.example")
    monkeypatch.setenv("NOTIFY_API_KEY", "secretword")
    shown = {name: str(value) for name, value in Settings().model_dump().items()}
    assert "secretword" not in str(shown) + repr(Settings())
