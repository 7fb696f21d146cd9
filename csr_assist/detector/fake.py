"""A detector of fixed phrases: for tests of what lies around the model, and for nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from csr_assist.cues import Cue, Reading, merge
from csr_assist.detector.base import Utterance
from csr_assist.labels import Family, Label, labels_for


class PhraseDetector:
    """Finds each given phrase, in any case, with probability 0.9."""

    def __init__(self, phrases: Mapping[str, Label]) -> None:
        self._phrases = [(re.compile(re.escape(phrase), re.IGNORECASE), label) for phrase, label in phrases.items()]

    def read(self, utterances: Sequence[Utterance]) -> list[Reading]:
        """One reading an utterance, in order."""
        return [self._one(utterance) for utterance in utterances]

    def _one(self, utterance: Utterance) -> Reading:
        found = [
            Cue(label, *match.span(), match[0], 0.9)
            for phrase, label in self._phrases
            if label.speaker is utterance.speaker and (match := phrase.search(utterance.text))
        ]
        cues = merge(found)
        carried = {cue.label for cue in cues}
        families = {label.family for label in carried}
        return Reading(
            cues=cues,
            scores={label: 0.9 if label in carried else 0.05 for label in labels_for(utterance.speaker)},
            dissatisfaction=0.9 if Family.DISSATISFACTION in families else 0.0,
            loyalty=0.9 if Family.LOYALTY in families else 0.0,
        )
