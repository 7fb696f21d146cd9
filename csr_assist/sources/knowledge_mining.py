"""Conversation Knowledge Mining (CKM): a call's file, whose words are one string.

The string is a script in the samples of today, with a title above, and without any speaker in those of before: then
roles are inferred. Only the whole call has a time. Documented by the accelerator's sample data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from csr_assist.sources import script, unlabelled
from csr_assist.sources.platform import Json, Payload, Platform, Said

_TITLE = re.compile(r"(?:#+ .*|\*\*[^*\n:]+\*\*)\s*")


class _Call(Payload):
    ConversationId: str
    Content: str


def fits(value: Json) -> bool:
    """A call has its words in ``Content`` and says when it began."""
    return isinstance(value.get("Content"), str) and "ConversationId" in value and "StartTime" in value


def said(value: Json) -> Iterator[Said]:
    """Turns of a call, numbered."""
    call = _Call.model_validate(value)
    text = "\n".join(line for line in call.Content.splitlines() if not _TITLE.fullmatch(line.strip()))
    inferred = not script.fits(text)
    rows = unlabelled.told(text) if inferred else script.spoken(enumerate(text.split("\n"), 1))
    for number, row in enumerate(rows, 1):
        yield Said(
            turn_id=str(number),
            speaker=str(row.fields.get("speaker", "unknown")),
            text=str(row.fields["text"]),
            conversation_id=call.ConversationId,
            channel="call",
            inferred=inferred and "speaker" in row.fields,
        )


PLATFORM = Platform("knowledge-mining", fits, said)
