"""Notices to Slack, or to what takes Slack's incoming webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from csr_assist.notify.channel import Clock, utc_now
from csr_assist.notify.http import json_body, post
from csr_assist.notify.notice import Notice
from csr_assist.notify.text import OPEN, about, shown, title


@dataclass(frozen=True, slots=True)
class Slack:
    """Posts to an incoming webhook; its address is a secret."""

    url: str = field(repr=False)
    clock: Clock = field(default=utc_now, repr=False)

    def send(self, notice: Notice) -> None:
        """Hand over one notice.

        Raises:
            DeliveryError: it was not taken.
        """
        post(self.url, json_body(payload(notice)), self.clock())


def payload(notice: Notice) -> dict[str, Any]:
    """The message: a rich text block, whose texts Slack takes literally, and a fallback in mrkdwn.

    https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
    """
    parts = [_section(_text(title(notice), bold=True))]
    if quote := shown(notice.quote):
        parts.append({"type": "rich_text_quote", "elements": [_text(quote)]})
    parts.append(_section(_text(about(notice))))
    parts.append(_section({"type": "link", "url": notice.link, "text": OPEN}))
    return {
        "text": f"{escaped(title(notice))} <{escaped(notice.link)}|{OPEN}>",
        "blocks": [{"type": "rich_text", "elements": parts}],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def escaped(text: str) -> str:
    """``text`` without the characters that mrkdwn reads as links, mentions and commands.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [element]}


def _text(text: str, bold: bool = False) -> dict[str, Any]:
    return {"type": "text", "text": text} | ({"style": {"bold": True}} if bold else {})
