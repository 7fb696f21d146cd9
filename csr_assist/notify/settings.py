"""To whom notices go: targets as the company writes them down, checked when they are read."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

import httpx
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator

from csr_assist.alerts import AlertLevel
from csr_assist.loopback import is_loopback
from csr_assist.notify.channel import Channel, Clock, utc_now
from csr_assist.notify.errors import NotifyError
from csr_assist.notify.http import origin
from csr_assist.notify.mail import Email
from csr_assist.notify.policy import Policy
from csr_assist.notify.slack import Slack
from csr_assist.notify.teams import Teams
from csr_assist.notify.webhook import Webhook, signing_key
from csr_assist.strict import Strict

_SHOWN = frozenset({"name", "levels", "host", "port", "sender", "recipients", "starttls"})
_SHOWN |= {"cool_down_minutes", "per_hour", "reserve"}
"""Keys whose values an error may repeat; what is not named here may be a secret."""


_NAME = r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*"
"""A host's name as name servers take it."""


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _host(given: str) -> str:
    if not re.fullmatch(_NAME, given) and not _ip(given):
        raise ValueError("must be the name of a machine such as mail.example.com, or an IP address")
    return given


def _address(given: SecretStr) -> SecretStr:
    try:
        url = httpx.URL(given.get_secret_value())
        _host(url.raw_host.decode("ascii"))
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if url.scheme not in ("https", "http"):
        raise ValueError("must be a web address that starts with https://")
    if url.scheme == "http" and not is_loopback(url.host):
        raise ValueError("must start with https://, as customers' words go there; http:// is for this machine alone")
    return given


def _secret(given: SecretStr) -> SecretStr:
    try:
        signing_key(given.get_secret_value())
    except NotifyError as error:
        raise ValueError(str(error)) from None
    return given


def _mailbox(given: str) -> str:
    if not re.fullmatch(rf"[A-Za-z0-9._%+-]+@{_NAME}", given):
        raise ValueError("must be a plain mail address such as floor@example.com")
    return given


def _credential(given: SecretStr) -> SecretStr:
    if not given.get_secret_value().isascii():
        raise ValueError("must be ASCII, as SMTP takes no other")
    return given


WebAddress = Annotated[SecretStr, AfterValidator(_address)]
SigningSecret = Annotated[SecretStr, AfterValidator(_secret)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Credential = Annotated[SecretStr, AfterValidator(_credential)]


class Target(Strict):
    """Somewhere that notices go, and how soon they must be to go there."""

    levels: frozenset[AlertLevel] = Field(default=frozenset(AlertLevel), min_length=1)


class WebhookTarget(Target):
    """A program of the company's own."""

    url: WebAddress
    secret: SigningSecret
    name: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9-]{0,39}$")
    """Keeps pending deliveries with their target when the list changes; the place in the list when absent."""

    def channel(self, clock: Clock) -> Channel:
        """The way there."""
        return Webhook(self.url.get_secret_value(), self.secret.get_secret_value(), clock)


class SlackTarget(Target):
    """A channel of Slack, or of what takes its incoming webhooks."""

    url: WebAddress

    def channel(self, clock: Clock) -> Channel:
        """The way there."""
        return Slack(self.url.get_secret_value(), clock)


class TeamsTarget(Target):
    """A channel or chat of Teams."""

    url: WebAddress

    def channel(self, clock: Clock) -> Channel:
        """The way there."""
        return Teams(self.url.get_secret_value(), clock)


class EmailTarget(Target):
    """People, by e-mail."""

    host: Annotated[str, AfterValidator(_host)]
    port: int = Field(default=587, ge=1, le=65535)
    sender: Mailbox
    recipients: tuple[Mailbox, ...] = Field(min_length=1)
    starttls: bool = True
    user: Credential | None = None
    password: Credential | None = None

    @model_validator(mode="after")
    def _consistent(self) -> EmailTarget:
        if (self.user is None) is not (self.password is None):
            raise ValueError("user and password go together")
        if self.password and not self.starttls and not is_loopback(self.host):
            raise ValueError("a password needs starttls")
        return self

    def channel(self, clock: Clock) -> Channel:  # noqa: ARG002  mail is dated by its notice
        """The way there."""
        return Email(
            host=self.host,
            port=self.port,
            sender=self.sender,
            recipients=self.recipients,
            starttls=self.starttls,
            user=self.user.get_secret_value() if self.user else None,
            password=self.password.get_secret_value() if self.password else None,
        )


AnyTarget = WebhookTarget | SlackTarget | TeamsTarget | EmailTarget


class NotifySettings(Strict):
    """All targets, and how much is too much."""

    webhooks: tuple[WebhookTarget, ...] = ()
    slack: SlackTarget | None = None
    teams: TeamsTarget | None = None
    email: EmailTarget | None = None
    cool_down_minutes: float = Field(default=15, ge=0, le=24 * 60)
    per_hour: int = Field(default=30, ge=0)
    reserve: int = Field(default=10, ge=0)

    @property
    def policy(self) -> Policy:
        """Cool-down and budget."""
        return Policy(timedelta(minutes=self.cool_down_minutes), self.per_hour, self.reserve)

    @model_validator(mode="after")
    def _named_apart(self) -> NotifySettings:
        names = [name for name, _ in self.targets]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"the name '{twice[0]}' is given to two targets")
        return self

    @property
    def targets(self) -> list[tuple[str, AnyTarget]]:
        """Every target with its name."""
        single = {"slack": self.slack, "teams": self.teams, "email": self.email}
        webhooks = [(hook.name or f"webhook-{place}", hook) for place, hook in enumerate(self.webhooks, 1)]
        return [*webhooks, *((name, target) for name, target in single.items() if target)]


def load_settings(data: Mapping[str, Any]) -> NotifySettings:
    """Check plain data, as read from YAML or JSON.

    Raises:
        NotifyError: names the key, what is allowed, and the value where it cannot be a secret.
    """
    try:
        return NotifySettings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(("notify", *map(str, first["loc"])))
        message = first["msg"].removeprefix("Value error, ")
        raise NotifyError(f"{key}: {message}{_given(first['loc'], first['input'])}") from None


def channels_of(settings: NotifySettings, clock: Clock = utc_now) -> dict[str, Channel]:
    """Every target's channel by its name: ``slack``, ``teams``, ``email``, ``webhook-1`` or the name it was given."""
    return {name: target.channel(clock) for name, target in settings.targets}


def takers(settings: NotifySettings, level: AlertLevel) -> tuple[str, ...]:
    """Names of the channels that take notices of this level."""
    return tuple(name for name, target in settings.targets if level in target.levels)


def _given(loc: tuple[int | str, ...], value: Any) -> str:
    """The value in an error, as far as it may be seen."""
    key = next((part for part in reversed(loc) if isinstance(part, str)), "")
    if key in _SHOWN and isinstance(value, str | int | float):
        return f" (given: {value!r:.80})"
    if key == "url" and isinstance(value, str) and "://" in value:
        try:
            return f" (given: {origin(value)}/...)"
        except httpx.InvalidURL:
            return ""
    return ""
