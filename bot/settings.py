"""Everything that can be set, from the environment. See ``companion doctor``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Mode(StrEnum):
    """Live serves people; demo works only in a database that was made as one."""

    LIVE = "live"
    DEMO = "demo"


class Settings(BaseSettings):
    """Frozen settings. Names in the environment are these in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    companion_home: Path = Path("var")
    companion_mode: Mode = Mode.LIVE
    database_url: SecretStr | None = None
    companion_key_file: Path | None = None
    companion_key_command: str | None = None
    rasa_url: Annotated[tuple[str, ...], NoDecode] = ()
    rasa_timeout_seconds: float = 5.0
    web_host: str = "127.0.0.1"
    web_port: int = 8080
    practitioner_url: str | None = None
    telegram_token: SecretStr | None = None
    telegram_api_url: str | None = None
    companion_content: Path = Path("skills_content")
    companion_region: str = "derbyshire"

    @field_validator("rasa_url", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(each.strip().rstrip("/") for each in value.split(",") if each.strip())
        return value

    @field_validator("telegram_api_url", "practitioner_url")
    @classmethod
    def _bare_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("give scheme, host and port, as in https://host:443")
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
    def key_file(self) -> Path:
        """Where the key ring is."""
        return self.companion_key_file or self.companion_home / "master.key"

    @property
    def models(self) -> Path:
        """Where trained models are kept."""
        return self.companion_home / "models"

    @property
    def practitioner_address(self) -> str:
        """The public address of the practitioner web."""
        return self.practitioner_url or f"http://{self.web_host}:{self.web_port}"
