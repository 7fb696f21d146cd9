"""Azure AI Speech: the result file of a batch transcription (v3) and the answer of a fast transcription.

Nobody says who is the agent: speakers are ``speaker 1`` where they were told apart, else ``channel 0``, else
``unknown``, for the user to name. Older files of v3 have the speaker in the best guess, newer ones beside it.
Batch counts in ticks of 100 ns, fast in milliseconds: ``offset`` in previews, then ``offsetMilliseconds``, and
``offsetInMs`` in the SDK. The ``timestamp`` tells when the transcription was made, not when anyone spoke. What is
behind the ``?`` of a ``source`` may open the recording, so it is left out. All phrases of one channel may stand before
those of the next.
Documented in "Get batch transcription results" with transcriptionresult_v3.schema.json, and in "Use the fast
transcription API".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import AliasChoices, ConfigDict, Field, FiniteFloat
from pydantic.alias_generators import to_camel

from csr_assist.sources.platform import Json, Payload, Platform, Said

_TICKS = 10_000_000
_HOST = re.compile(r"^\w+://[^/]*/")


class _Camel(Payload):
    model_config = ConfigDict(alias_generator=to_camel)


class _Guess(_Camel):
    display: str
    speaker: int | None = None


class _Recognized(_Camel):
    """A phrase of a batch; without a guess where recognition failed."""

    offset_in_ticks: FiniteFloat
    n_best: tuple[_Guess, ...] = ()
    channel: int | None = None
    speaker: int | None = None
    locale: str | None = None


class _Batch(_Camel):
    recognized_phrases: tuple[_Recognized, ...]
    source: str = ""

    @property
    def recording(self) -> str | None:
        """The path of the recording, as no call has an id here."""
        return _HOST.sub("", self.source.partition("?")[0]) or None


class _Phrase(_Camel):
    text: str
    offset: FiniteFloat = Field(validation_alias=AliasChoices("offsetMilliseconds", "offset", "offsetInMs"))
    channel: int | None = None
    speaker: int | None = None
    locale: str | None = None


class _Fast(_Camel):
    phrases: tuple[_Phrase, ...]


def fits(value: Json) -> bool:
    """A batch has ``recognizedPhrases``; a fast answer has ``phrases`` beside ``combinedPhrases`` or the length."""
    fast = "combinedPhrases" in value or "durationMilliseconds" in value
    return isinstance(value.get("recognizedPhrases"), list) or (fast and isinstance(value.get("phrases"), list))


def said(value: Json) -> Iterator[Said]:
    """Turns of a file or an answer."""
    if "recognizedPhrases" in value:
        return _batch(_Batch.model_validate(value))
    return _fast(_Fast.model_validate(value))


def _batch(document: _Batch) -> Iterator[Said]:
    for phrase in document.recognized_phrases:
        for best in phrase.n_best[:1]:
            yield Said(
                turn_id=None,
                speaker=_speaker(best.speaker if phrase.speaker is None else phrase.speaker, phrase.channel),
                text=best.display,
                conversation_id=document.recording,
                start=phrase.offset_in_ticks / _TICKS,
                language=phrase.locale,
                whole=True,
            )


def _fast(document: _Fast) -> Iterator[Said]:
    for phrase in document.phrases:
        yield Said(
            turn_id=None,
            speaker=_speaker(phrase.speaker, phrase.channel),
            text=phrase.text,
            start=phrase.offset / 1000,
            language=phrase.locale,
            whole=True,
        )


def _speaker(speaker: int | None, channel: int | None) -> str:
    if speaker is not None:
        return f"speaker {speaker}"
    return "unknown" if channel is None else f"channel {channel}"


PLATFORM = Platform("azure", fits, said)
