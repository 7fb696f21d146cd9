"""The company's settings of the live service, from one YAML file that ``CSR_ASSIST_SETTINGS`` names.

Everything has a default: without a file the service runs for this machine alone and tells nobody of alerts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, SecretStr, ValidationError

from csr_assist.errors import InputError
from csr_assist.notify import NotifyError, NotifySettings, load_settings
from csr_assist.sources import Named, named
from csr_assist.strict import Strict

VARIABLE = "CSR_ASSIST_SETTINGS"
"""Environment variable that names the file."""
Role = Literal["csr", "supervisor", "trainer", "admin"]


def _roles(given: tuple[str, ...]) -> tuple[str, ...]:
    try:
        named(given)
    except InputError as error:
        raise ValueError(str(error)) from None
    return given


class PlatformSettings(Strict):
    """A platform that posts to the webhook of its name."""

    secret: SecretStr | None = None
    """What its signature is made with: Twilio's auth token, Zendesk's signing secret."""
    url: str | None = None
    """The webhook's address as the platform calls it, where a proxy stands between."""
    roles: Annotated[tuple[str, ...], AfterValidator(_roles)] = ()
    """``NAME=ROLE`` each, as ``inbound_track=customer``."""

    @property
    def named(self) -> Named:
        """Who is who."""
        return named(self.roles)


class PrivacySettings(Strict):
    """What is kept, and for how long."""

    retention_days: int = Field(default=365, ge=1, le=36_500)


class Settings(Strict):
    """All settings."""

    address: str = Field(default="http://localhost:8501", pattern=r"^https?://[\w.:\[\]-]+$")
    """Where the screens are, for links in alerts."""
    notify: NotifySettings = NotifySettings()
    platforms: Mapping[str, PlatformSettings] = Field(default_factory=dict)
    privacy: PrivacySettings = PrivacySettings()
    roles: Mapping[str, Role] = Field(default_factory=dict)
    """Roles of people by their e-mail address, when they log in."""


def load(path: Path | None = None) -> Settings:
    """Settings from ``path``, else from the file that the environment names, else the defaults.

    Raises:
        InputError: the file cannot be read, or a value is not allowed; names the key.
    """
    given = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if given is None:
        return Settings()
    try:
        data = yaml.safe_load(given.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise InputError(f"{given}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, ValueError):  # ValueError: no UTF-8, or a date that there is not
        raise InputError(f"{given}: this is no YAML") from None
    if not isinstance(data, dict):
        raise InputError(f"{given}: expected keys {', '.join(Settings.model_fields)}")
    return _checked(given, data)


def _checked(path: Path, data: dict[str, Any]) -> Settings:
    try:
        notify = load_settings(data.get("notify") or {})
        return Settings.model_validate({**data, "notify": notify})
    except NotifyError as error:
        raise InputError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{path}: {f'{key}: ' if key else ''}{message}") from None
