"""Everything that can be set, from the environment. See ``companion doctor``."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import SettingsError


class Mode(StrEnum):
    """Live serves people; demo works only in a database that was made as one."""

    LIVE = "live"
    DEMO = "demo"


class Settings(BaseSettings):
    """Frozen settings. Names in the environment are these in capitals."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    companion_home: Path = Path("var")
    companion_mode: Mode = Mode.LIVE
    database_url: SecretStr | None = None
    companion_key_file: Path | None = None
    companion_key_command: str | None = None
    rasa_url: Annotated[tuple[str, ...], NoDecode] = ()
    rasa_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    rasa_port: Annotated[int, Field(ge=0, le=65535)] = 0
    rasa_token: SecretStr | None = None
    web_host: str = "127.0.0.1"
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    practitioner_url: str | None = None
    telegram_token: SecretStr | None = None
    telegram_api_url: str | None = None
    smtp_url: SecretStr | None = None
    smtp_from: str | None = None
    notify_api_key: SecretStr | None = None
    notify_email_template: str = ""
    notify_sms_template: str = ""
    notify_api_url: str = "https://api.notifications.service.gov.uk"
    companion_content: Path = Path("skills_content")
    companion_hazards: Path = Path("docs/clinical-safety/hazards.yml")
    companion_region: str = "derbyshire"

    @field_validator("rasa_url", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(each.strip().rstrip("/") for each in value.split(",") if each.strip())
        return value

    @field_validator("rasa_url")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            _address(each)
        return value

    @field_validator("rasa_token")
    @classmethod
    def _plain_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9]{16,}", value.get_secret_value()):
            raise ValueError("give 16 letters and digits or more")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
            raise ValueError("give an e-mail address alone, as alerts@trust.example")
        return value

    @field_validator("notify_api_url")
    @classmethod
    def _notify_address(cls, value: str) -> str:
        _address(value)
        return value.strip().rstrip("/")

    @field_validator("telegram_api_url", "practitioner_url")
    @classmethod
    def _bare_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = _address(value)
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("give scheme, host and port only, without a path")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def database(self) -> str:
        """The database's address: SQLite in the home unless set."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.companion_home / 'companion.sqlite').absolute()}"

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for PostgreSQL. Raises ``SettingsError``."""
        try:
            address = make_url(self.database)
        except ArgumentError:
            raise SettingsError("DATABASE_URL is not an address.") from None
        is_file = address.get_backend_name() == "sqlite" and address.database
        return Path(address.database).resolve() if is_file and address.database else None

    @property
    def key_file(self) -> Path:
        """Where the key ring is."""
        return self.companion_key_file or self.companion_home / "master.key"

    @property
    def practitioner_address(self) -> str:
        """The public address of the practitioner web."""
        host = f"[{self.web_host}]" if ":" in self.web_host else self.web_host
        return self.practitioner_url or f"http://{host}:{self.web_port}"


def _address(value: str) -> SplitResult:
    """The parts of a web address. Raises ``ValueError`` without scheme, host or a possible port."""
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError("give scheme, host and port, as in https://host:443")
    if parts.port == 0:
        raise ValueError("give a port from 1 to 65535, or none")
    return parts
