from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from hypothesis import given, settings
from hypothesis import strategies as st
from notify_doubles import NOTICE, QUOTE, notice

from csr_assist.alerts import AlertLevel
from csr_assist.conversation import Language
from csr_assist.notify import DeliveryError, Email, mail
from csr_assist.notify.mail import message_of
from csr_assist.notify.text import one_line

SENDER, FLOOR, LOYALTY = "alerts@meridian.example", "floor@meridian.example", "loyalty@meridian.example"


class Box:
    """Takes mail, or answers as it is told."""

    def __init__(self, data: str = "250 taken", refused: Sequence[str] = (), refusal: str = "550 nobody here") -> None:
        self.taken: list[Envelope] = []
        self.tls: list[bool] = []
        self._data, self._refused, self._refusal = data, refused, refusal

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self._refused:
            return self._refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._data.startswith("250"):
            self.taken.append(envelope)
            self.tls.append(session.ssl is not None)
        return self._data


@contextmanager
def mail_server(box: Box, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(box, "127.0.0.1", port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def email(port: int, recipients: tuple[str, ...] = (FLOOR,), **options: Any) -> Email:
    return Email("127.0.0.1", port, SENDER, recipients, **{"starttls": False, **options})


def read(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    assert isinstance(content, bytes)
    content.decode("ascii")
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_what_arrives() -> None:
    box = Box()
    with mail_server(box) as port:
        email(port, (FLOOR, LOYALTY)).send(NOTICE)
    (envelope,) = box.taken
    message = read(envelope)
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [FLOOR, LOYALTY])
    assert {key: message[key] for key in ("Subject", "From", "To", "Message-ID", "Importance", "Auto-Submitted")} == {
        "Subject": "Urgent: a loyal customer says they may leave",
        "From": SENDER,
        "To": f"{FLOOR}, {LOYALTY}",
        "Message-ID": "<n-1@meridian.example>",
        "Importance": "high",
        "Auto-Submitted": "auto-generated",
    }
    assert message["Date"].datetime == NOTICE.at
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == (
        "Urgent: a loyal customer says they may leave\n\n"
        f"The customer said:\n\n{QUOTE}\n\n"
        "Mara Ilves · customer for 6 years · 2 referrals · 2026-03-02 12:00 UTC\n\n"
        f"{NOTICE.link}\n"
    )


@pytest.mark.parametrize("options", [{}, {"decode_data": False, "enable_SMTPUTF8": False}])
def test_right_to_left_text_survives(options: dict[str, Any]) -> None:
    words = "شش سال است که مشتری شما هستم و دیگر نمی‌خواهم بمانم"
    box = Box()
    with mail_server(box, **options) as port:
        email(port).send(notice(quote=words, language=Language.PERSIAN, customer_name="مینا"))
    text = read(box.taken[0]).get_content()
    assert words in text.splitlines()
    assert "مینا" in text


@settings(max_examples=40)
@given(st.one_of(st.text(), st.text(st.sampled_from("ab\r\n: \x00\ud800م"), max_size=30)))
def test_no_words_get_into_the_headers_and_any_reason_makes_one_line(words: str) -> None:
    said = notice(quote=words, customer_name=words, facts=(words,), reason=f"x {words}\r\nBcc: a@b.example")
    message = message_from_bytes(message_of(said, SENDER, (FLOOR,)).as_bytes(), policy=default)
    assert set(message.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Importance",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert message["To"] == FLOOR
    assert isinstance(message, EmailMessage)
    assert one_line(words).replace("\u200b", "") in message.get_content().replace("\u200b", "")


def test_a_notice_of_no_hurry_and_without_words() -> None:
    message = message_of(notice(level=AlertLevel.NOTICE, quote=""), SENDER, (FLOOR,))
    assert message["Importance"] is None
    assert message["Subject"].startswith("Notice: ")
    assert "The customer said" not in message.get_content()


@pytest.mark.parametrize("sender", ["a@b.example\r\nBcc: c@d.example", "a b", "a@b.example, c@d.example"])
def test_addresses_bring_no_headers(sender: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        message_of(NOTICE, sender, (FLOOR,))


@pytest.mark.parametrize(
    ("data", "again"),
    [("451 busy", True), ("421 closing", True), ("554 looks like spam: six years", False), ("550 no", False)],
)
def test_not_taken(data: str, again: bool) -> None:
    with mail_server(Box(data)) as port, pytest.raises(DeliveryError) as caught:
        email(port).send(NOTICE)
    assert caught.value.again is again
    assert str(caught.value) == f"mail server 127.0.0.1:{port} answered {data[:3]}"


@pytest.mark.parametrize(
    ("refused", "refusal", "again", "message"),
    [
        ((FLOOR, LOYALTY), "550 nobody here", False, "answered 550"),
        ((FLOOR, LOYALTY), "450 later", True, "answered 450"),
        ((LOYALTY,), "450 later", False, f"took the mail, but not for {LOYALTY}"),
    ],
)
def test_refused_recipients(refused: tuple[str, ...], refusal: str, again: bool, message: str) -> None:
    box = Box(refused=refused, refusal=refusal)
    with mail_server(box) as port, pytest.raises(DeliveryError, match=message) as caught:
        email(port, (FLOOR, LOYALTY)).send(NOTICE)
    assert caught.value.again is again
    assert len(box.taken) == (len(refused) < 2)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DeliveryError, match=r"could not be used \(ConnectionRefusedError\)") as caught:
        email(port).send(NOTICE)
    assert caught.value.again


def test_somebody_who_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(DeliveryError) as caught:
        email(mute.getsockname()[1]).send(NOTICE)
    assert caught.value.again


@pytest.fixture(name="certificates")
def _certificates(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    return context, tmp_path / "authority.pem"


def _login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"desk", b"right-word"), handled=False)


@pytest.mark.parametrize(("password", "taken"), [("right-word", True), ("wrong-word", False)])
def test_encrypted_and_logged_in(
    certificates: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch, password: str, taken: bool
) -> None:
    context, authority = certificates
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    box = Box()
    options = {"tls_context": context, "require_starttls": True, "authenticator": _login, "auth_required": True}
    with mail_server(box, **options) as port:
        channel = email(port, starttls=True, user="desk", password=password)
        if taken:
            channel.send(NOTICE)
            assert box.tls == [True]
        else:
            with pytest.raises(DeliveryError, match="answered 535") as caught:
                channel.send(NOTICE)
            assert not caught.value.again
            assert password not in f"{caught.value} {channel!r}"


def test_a_server_that_nobody_vouches_for_gets_nothing(certificates: tuple[ssl.SSLContext, Path]) -> None:
    box = Box()
    with (
        mail_server(box, tls_context=certificates[0]) as port,
        pytest.raises(DeliveryError, match="SSLCertVerificationError"),
    ):
        email(port, starttls=True).send(NOTICE)
    assert not box.taken


def test_a_server_without_encryption_gets_nothing() -> None:
    box = Box()
    with mail_server(box) as port, pytest.raises(DeliveryError, match="SMTPNotSupportedError") as caught:
        email(port, starttls=True, user="desk", password="right-word").send(NOTICE)
    assert not caught.value.again
    assert not box.taken
