"""Notices to Teams, by the workflow "When a Teams webhook request is received" of Power Automate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from csr_assist.notify.channel import Clock, utc_now
from csr_assist.notify.http import json_body, post
from csr_assist.notify.notice import Notice
from csr_assist.notify.text import OPEN, about, shown, title


@dataclass(frozen=True, slots=True)
class Teams:
    """Posts to a workflow; its address is a secret."""

    url: str = field(repr=False)
    clock: Clock = field(default=utc_now, repr=False)

    def send(self, notice: Notice) -> None:
        """Hand over one notice.

        Raises:
            DeliveryError: it was not taken.
        """
        post(self.url, json_body(payload(notice)), self.clock())


def payload(notice: Notice) -> dict[str, Any]:
    """A message with one Adaptive Card. Its texts are text runs, in which no Markdown is read.

    https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run
    """
    body = [_line(title(notice), weight="Bolder", size="Medium")]
    if quote := shown(notice.quote):
        rtl = bool(notice.language and notice.language.rtl)
        body.append({"type": "Container", "style": "emphasis", "rtl": rtl, "items": [_line(quote)]})
    body.append(_line(about(notice), isSubtle=True))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": OPEN, "url": notice.link}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _line(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}
