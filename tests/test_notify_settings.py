from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from notify_doubles import NOON, NOTICE, web_server

from csr_assist.alerts import AlertLevel
from csr_assist.notify import Email, NotifyError, Policy, Slack, Teams, Webhook, channels_of, load_settings, takers

SECRET = "whsec_" + "QUJD" * 8
HOOK = {"url": "https://hooks.meridian.example/in/hidden", "secret": SECRET}
MAIL = {"host": "mail.meridian.example", "sender": "alerts@meridian.example", "recipients": ["floor@meridian.example"]}
CHAT = {"url": "https://chat.example/services/hidden"}


def test_nothing_set_is_nobody_told() -> None:
    settings = load_settings({})
    assert channels_of(settings) == {}
    assert takers(settings, AlertLevel.URGENT) == ()
    assert settings.policy == Policy()


def test_all_targets() -> None:
    settings = load_settings(
        {
            "webhooks": [HOOK, {**HOOK, "name": "crm", "levels": ["urgent"]}, HOOK],
            "slack": CHAT,
            "teams": {**CHAT, "levels": ["notice"]},
            "email": {**MAIL, "user": "desk", "password": "hidden", "levels": ["urgent"]},
            "cool_down_minutes": 5,
            "per_hour": 3,
            "reserve": 0,
        }
    )
    channels = channels_of(settings, lambda: NOON)
    assert {name: type(channel) for name, channel in channels.items()} == {
        "webhook-1": Webhook,
        "crm": Webhook,
        "webhook-3": Webhook,
        "slack": Slack,
        "teams": Teams,
        "email": Email,
    }
    assert takers(settings, AlertLevel.NOTICE) == ("webhook-1", "webhook-3", "slack", "teams")
    assert takers(settings, AlertLevel.URGENT) == ("webhook-1", "crm", "webhook-3", "slack", "email")
    assert settings.policy == Policy(timedelta(minutes=5), 3, 0)
    assert channels["email"] == Email(
        "mail.meridian.example", 587, "alerts@meridian.example", ("floor@meridian.example",), True, "desk", "hidden"
    )
    for secret in ("hidden", "QUJD", "desk"):
        assert secret not in f"{settings!r} {channels!r}"


def test_a_channel_of_the_settings_sends() -> None:
    with web_server() as web:
        channels_of(load_settings({"slack": {"url": web.url + "/x"}}))["slack"].send(NOTICE)
    assert web.heard[0].path == "/x"


def hook(**changes: Any) -> dict[str, Any]:
    return {"webhooks": [HOOK | changes]}


def mail(**changes: Any) -> dict[str, Any]:
    return {"email": MAIL | changes}


@pytest.mark.parametrize(
    "data",
    [
        {"slack": {"url": "http://127.0.0.1:9000/x"}},
        {"slack": {"url": "http://localhost/x"}},
        {"slack": {"url": "http://[::1]:9000/x"}},
        hook(name="a-1"),
        mail(starttls=False),
        mail(starttls=False, user="a", password="b", host="127.0.0.1"),
        mail(port=25, host="10.0.0.5"),
        mail(host="::1"),
        {"per_hour": 0, "reserve": 0, "cool_down_minutes": 0},
    ],
)
def test_good_settings(data: dict[str, Any]) -> None:
    assert load_settings(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"slak": CHAT}, "notify: 'slak' is not known; allowed: webhooks, slack, teams, email"),
        ({"slack": {}}, "notify.slack.url: Field required"),
        (
            {"slack": {"url": "http://chat.example/hidden"}},
            "notify.slack.url: must start with https://, as customers' words go there; "
            "http:// is for this machine alone (given: http://chat.example/...)",
        ),
        ({"teams": {"url": "ftp://chat.example/hidden"}}, "starts with https:// (given: ftp://chat.example/...)"),
        ({"teams": {"url": "hidden"}}, "notify.teams.url: must be a web address that starts with https://"),
        ({"teams": {"url": "https:///hidden"}}, "notify.teams.url: must be a web address that starts with https://"),
        ({"teams": {"url": "https://a:b:c/hidden"}}, "notify.teams.url: must be a web address"),
        ({"teams": {"url": "https://a..b/hidden"}}, "notify.teams.url: must be a web address"),
        ({"teams": CHAT["url"]}, "notify.teams: Input should be a valid dictionary"),
        ({"slack": {**CHAT, "levels": ["loud"]}}, "Input should be 'notice' or 'urgent' (given: 'loud')"),
        ({"slack": {**CHAT, "levels": []}}, "notify.slack.levels: "),
        (hook(secret="whsec_hidden"), "notify.webhooks.0.secret: a webhook's secret is 'whsec_' and the base64"),
        (hook(name="No Good"), "(given: 'No Good')"),
        (hook(pasword="hidden"), "notify.webhooks.0: 'pasword' is not known; allowed: "),
        ({"webhooks": [HOOK, HOOK | {"name": "webhook-1"}]}, "notify: the name 'webhook-1' is given to two targets"),
        ({"webhooks": [HOOK | {"name": "slack"}], "slack": CHAT}, "the name 'slack' is given to two targets"),
        (mail(port=0), "notify.email.port: Input should be greater than or equal to 1 (given: 0)"),
        (mail(port="smtp"), "(given: 'smtp')"),
        (mail(host="mail server"), "notify.email.host: "),
        (mail(host="a..b"), "notify.email.host: "),
        (mail(sender="alerts"), "plain mail address such as floor@example.com (given: 'alerts')"),
        (mail(sender="Desk <a@b.example>"), "notify.email.sender: must be a plain mail address"),
        (mail(sender="a@b.example\r\nBcc: c@d.example"), "notify.email.sender: must be a plain mail address"),
        (mail(sender="a@b.example\n"), "notify.email.sender: must be a plain mail address"),
        (mail(sender=""), "notify.email.sender: must be a plain mail address"),
        (mail(sender="@b.example"), "notify.email.sender: must be a plain mail address"),
        (mail(recipients=["ok@b.example", "no@"]), "notify.email.recipients.1: must be a plain mail address"),
        (mail(recipients=["mïna@b.example"]), "notify.email.recipients.0: must be a plain mail address"),
        (mail(recipients=[]), "notify.email.recipients: "),
        (mail(user="desk"), "notify.email: user and password go together"),
        (mail(password="hidden"), "notify.email: user and password go together"),
        (mail(user="desk", password="hïdden hidden"), "notify.email.password: must be ASCII"),
        (mail(user="desk", password="hidden", starttls=False), "notify.email: a password needs starttls"),
        ({"per_hour": -1}, "notify.per_hour: Input should be greater than or equal to 0 (given: -1)"),
        ({"cool_down_minutes": "soon"}, "(given: 'soon')"),
        ({"cool_down_minutes": float("nan")}, "notify.cool_down_minutes: "),
        ([CHAT["url"]], "notify: Input should be a valid dictionary"),
        (None, "notify: Input should be a valid dictionary"),
    ],
)
def test_errors_name_key_and_value_but_no_secret(data: Any, message: str) -> None:
    with pytest.raises(NotifyError) as caught:
        load_settings(data)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hidden" not in str(caught.value)
