from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify_doubles import NOON, NOTICE, QUOTE, Web, web_server

from csr_assist.notify import Channel, DeliveryError, Slack, Teams, Webhook
from csr_assist.notify import http as sending
from csr_assist.notify.http import _wait, origin, post

PATH = "/services/hidden-path?key=hidden-key"


@pytest.fixture(name="web")
def _web() -> Iterator[Web]:
    with web_server() as web:
        yield web


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_taken(web: Web, status: int) -> None:
    web.status = status
    post(web.url + PATH, b"{}", NOON, {"webhook-id": "n-1"})
    assert (web.heard[0].path, web.heard[0].body) == (PATH, b"{}")
    assert web.heard[0].headers["content-type"] == "application/json"
    assert web.heard[0].headers["webhook-id"] == "n-1"


@pytest.mark.parametrize(
    ("status", "again"),
    [
        (302, False),
        (308, False),
        (400, False),
        (401, False),
        (404, False),
        (408, True),
        (410, False),
        (413, False),
        (425, True),
        (429, True),
        (500, True),
        (503, True),
        (599, True),
    ],
)
def test_not_taken(web: Web, status: int, again: bool) -> None:
    web.status, web.headers = status, {"location": web.url + "/elsewhere"}
    with pytest.raises(DeliveryError) as caught:
        post(web.url + PATH, b"{}", NOON)
    assert caught.value.again is again
    assert str(caught.value) == f"{web.url} answered {status}"
    assert len(web.heard) == 1


@pytest.mark.parametrize(
    ("status", "value", "after"),
    [
        (429, "120", timedelta(minutes=2)),
        (503, "0", timedelta(0)),
        (429, "Mon, 02 Mar 2026 12:01:30 GMT", timedelta(seconds=90)),
        (429, "Mon, 02 Mar 2026 11:00:00 GMT", timedelta(0)),
        (429, "soon", None),
        (429, "-5", None),
        (429, "1.5", None),
        (404, "120", None),
    ],
)
def test_retry_after(web: Web, status: int, value: str, after: timedelta | None) -> None:
    web.status, web.headers = status, {"retry-after": value}
    with pytest.raises(DeliveryError) as caught:
        post(web.url, b"{}", NOON)
    assert caught.value.after == after


@given(st.one_of(st.text(), st.text(st.sampled_from("0123456789 ,:+-MonMarGT"))))
def test_any_retry_after_is_a_span_or_nothing(value: str) -> None:
    assert (_wait(value, NOON) or timedelta()) >= timedelta()


@pytest.mark.parametrize(
    "channel",
    [
        lambda url: Slack(url + PATH),
        lambda url: Teams(url + PATH),
        lambda url: Webhook(url + PATH, "whsec_" + "QUJD" * 8),
    ],
)
def test_no_channel_shows_its_address_or_secret(
    web: Web, channel: type[Slack], caplog: pytest.LogCaptureFixture
) -> None:
    sender: Channel = channel(web.url)
    web.status = 403
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError) as caught:
        sender.send(NOTICE)
    seen = f"{sender!r} {caught.value} {caught.value!r} {caplog.text}"
    assert web.url in caplog.text
    assert not any(word in seen for word in ("hidden", "QUJD", QUOTE, "Mara"))


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DeliveryError, match=rf"^http://127\.0\.0\.1:{port} gave no answer \(ConnectError\)$") as caught:
        post(f"http://127.0.0.1:{port}{PATH}", b"{}", NOON)
    assert caught.value.again
    assert caught.value.__cause__ is None


def test_somebody_who_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "TIMEOUT", 0.1)
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        pytest.raises(DeliveryError, match="ReadTimeout") as caught,
    ):
        post(f"http://127.0.0.1:{mute.getsockname()[1]}", b"{}", NOON)
    assert caught.value.again


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://hooks.example/services/T/B/x", "https://hooks.example"),
        ("https://me:word@hooks.example:8443/x?y#z", "https://hooks.example:8443"),
        ("http://[::1]:80/x", "http://[::1]"),
    ],
)
def test_origin(url: str, seen: str) -> None:
    assert origin(url) == seen
