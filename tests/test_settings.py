from __future__ import annotations

from pathlib import Path

import pytest

from csr_assist.errors import InputError
from csr_assist.settings import VARIABLE, Settings, load
from csr_assist.sources import named

WHOLE = """
address: https://desk.example:8443
notify:
  slack: {url: https://hooks.example/services/s3cret, levels: [urgent]}
  per_hour: 5
platforms:
  twilio: {secret: s3cret, url: https://calls.example/hook, roles: [inbound_track=customer, Desk 4=agent]}
  zendesk: {}
privacy: {retention_days: 30}
roles: {ann@company.example: supervisor}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.yaml"


@pytest.fixture(autouse=True)
def _no_file_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_everything_has_a_default() -> None:
    settings = load()
    assert settings == Settings()
    assert (settings.address, settings.privacy.retention_days) == ("http://localhost:8501", 365)
    assert (settings.notify.targets, settings.platforms, settings.roles) == ([], {}, {})


def test_a_whole_file_is_read_from_the_path_or_the_environment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    settings = load(path)
    assert settings.address == "https://desk.example:8443"
    assert ([name for name, _ in settings.notify.targets], settings.notify.per_hour) == (["slack"], 5)
    twilio = settings.platforms["twilio"]
    assert twilio.secret is not None
    assert twilio.secret.get_secret_value() == "s3cret"
    assert twilio.named == named(["inbound_track=customer", "Desk 4=agent"])
    assert settings.platforms["zendesk"].roles == ()
    assert (settings.privacy.retention_days, settings.roles) == (30, {"ann@company.example": "supervisor"})
    monkeypatch.setenv(VARIABLE, str(path))
    assert load() == settings
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize("text", ["", "---", "# nothing yet\n", "{}", "notify:\nplatforms: {}"])
def test_what_is_not_said_stays_as_it_is(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    assert load(path) == Settings()


def test_an_empty_variable_names_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert load() == Settings()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("adress: http://x", "'adress' is not known; allowed: address, notify"),
        ("address: desk.example", "address: "),
        ("address: ftp://desk.example", "address: "),
        ("address: http://desk.example/", "address: "),
        ("address: http://desk.example/screens", "address: "),
        ("address: 'http://desk.example?a=b'", "address: "),
        ("address: 'http://desk>.example'", "address: "),
        ('address: "http://desk.example\\n"', "address: "),
        ("address: http://", "address: "),
        ("address: 8501", "address: "),
        ("address:", "address: "),
        ("privacy: {retention_days: 0}", "privacy.retention_days: "),
        ("privacy: {retention_days: forever}", "privacy.retention_days: "),
        ("privacy: {retention_days: 99999999999}", "privacy.retention_days: "),
        ("privacy: {days: 3}", "privacy: 'days' is not known; allowed: retention_days"),
        ("privacy: 30", "privacy: "),
        ("roles: {ann@company.example: boss}", "roles.ann@company.example: "),
        ("roles: [ann]", "roles: "),
        (
            "platforms: {twilio: {secrets: s3cret}}",
            "platforms.twilio: 'secrets' is not known; allowed: secret, url, roles",
        ),
        ("platforms: {twilio: {secret: [s3cret]}}", "platforms.twilio.secret: "),
        ("platforms: {twilio: {roles: [inbound]}}", "platforms.twilio.roles: "),
        ("platforms: {twilio: {roles: [inbound=boss]}}", "platforms.twilio.roles: "),
        ("platforms: {twilio: {roles: inbound=customer}}", "platforms.twilio.roles: "),
        ("platforms: s3cret", "platforms: "),
        ("notify: {slack: {url: ftp://hooks.example/s3cret}}", "notify.slack.url: "),
        ("notify: {slack: {url: http://hooks.example/s3cret}}", "notify.slack.url: "),
        ("notify: {per_hour: -1}", "notify.per_hour: "),
        ("notify: {pager: {}}", "notify: 'pager' is not known; allowed: webhooks"),
        ("notify: [slack]", "notify: "),
        ("notify: slack", "notify: "),
        ("1: 2", "'1' is not known; allowed: address"),
        ("- address", "expected keys address, notify, platforms, privacy, roles"),
        ("address", "expected keys"),
        ("a: [", "this is no YAML"),
        ("a: b: c", "this is no YAML"),
        ("a: 2026-13-45", "this is no YAML"),
        ("a: !!python/object:os.system {}", "this is no YAML"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(path: Path, text: str, key: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: {key}")
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x80abc", b"a: \x00"])
def test_a_file_that_is_no_text_is_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match="this is no YAML"):
        load(path)


def test_a_file_that_cannot_be_read_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(path))
    with pytest.raises(InputError, match=r"settings\.yaml: cannot be read \(No such file or directory\)"):
        load()
    with pytest.raises(InputError, match="cannot be read"):
        load(path.parent)
