"""Notices by e-mail."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from csr_assist.alerts import AlertLevel
from csr_assist.notify.channel import TIMEOUT
from csr_assist.notify.errors import DeliveryError
from csr_assist.notify.notice import Notice
from csr_assist.notify.text import about, shown, title


@dataclass(frozen=True, slots=True)
class Email:
    """Hands mail to the company's server. Addresses are plain, as in ``floor@example.com``."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    starttls: bool = True
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    def send(self, notice: Notice) -> None:
        """Hand over one notice, as one mail to all recipients.

        Raises:
            DeliveryError: the server did not take it, or not for everybody.
        """
        message = message_of(notice, self.sender, self.recipients)
        try:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
            try:
                refused = self._hand_over(server, message)
            finally:
                _leave(server)
        except (OSError, UnicodeError) as error:  # smtplib's errors are OSErrors
            raise self._failure(error) from None  # a server's answer may quote the mail
        if refused:
            names = ", ".join(sorted(refused))
            # Another try would reach a second time those who have it.
            raise DeliveryError(f"{self._server} took the mail, but not for {names}", again=False)

    @property
    def _server(self) -> str:
        return f"mail server {self.host}:{self.port}"

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> set[str]:
        """Send, and return the recipients that the server refused."""
        if self.starttls:
            server.starttls(context=ssl.create_default_context())
        if self.user is not None:
            server.login(self.user, self.password or "")
        return set(server.send_message(message, self.sender, self.recipients))

    def _failure(self, error: Exception) -> DeliveryError:
        codes = _codes(error)
        if codes:
            answer = " and ".join(map(str, sorted(codes)))
            return DeliveryError(f"{self._server} answered {answer}", again=any(code < 500 for code in codes))
        lost = isinstance(error, smtplib.SMTPServerDisconnected)
        again = lost or (isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException))
        return DeliveryError(f"{self._server} could not be used ({error.__class__.__name__})", again)


def message_of(notice: Notice, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """The mail: plain text, the customer's words in the body alone.

    A notice that is sent again keeps its Message-ID.
    """
    address = Address(addr_spec=sender)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = title(notice)
    message["From"] = address
    message["To"] = tuple(Address(addr_spec=recipient) for recipient in recipients)
    message["Date"] = format_datetime(notice.at)
    message["Message-ID"] = f"<{notice.id}@{address.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if notice.level is AlertLevel.URGENT:
        message["Importance"] = "high"
    quote = shown(notice.quote)
    parts = [title(notice), f"The customer said:\n\n{quote}" if quote else "", about(notice), notice.link]
    message.set_content("\n\n".join(part for part in parts if part) + "\n", cte="base64")  # 7 bits will do for it
    return message


def _leave(server: smtplib.SMTP) -> None:
    """Say good-bye; trouble in doing so undoes nothing."""
    with suppress(OSError):
        server.quit()
    server.close()


def _codes(error: Exception) -> set[int]:
    """Reply codes of the server (RFC 5321, 4.2.1: 4xx may pass, 5xx will not)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return {code for code, _ in error.recipients.values()}
    return {error.smtp_code} if isinstance(error, smtplib.SMTPResponseException) else set()
