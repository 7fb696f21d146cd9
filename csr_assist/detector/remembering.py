"""A detector that does not read the same words twice: corrections and late turns make a conversation be heard anew."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from csr_assist.cues import Reading
from csr_assist.detector.base import Detector, Utterance


class Remembering:
    """Reads by another detector and remembers the last ``size`` readings; any number of threads may ask."""

    def __init__(self, detector: Detector, size: int = 4096) -> None:
        self._detector = detector
        self._size = size
        self._known: OrderedDict[Utterance, Reading] = OrderedDict()
        self._lock = Lock()

    def read(self, utterances: Sequence[Utterance]) -> list[Reading]:
        """Readings in the order of the utterances; what is not known is read in one batch."""
        with self._lock:
            known = {one: self._known[one] for one in utterances if one in self._known}
        unknown = [one for one in dict.fromkeys(utterances) if one not in known]
        if unknown:
            known |= zip(unknown, self._detector.read(unknown), strict=True)
        with self._lock:
            for one in utterances:
                self._known[one] = known[one]
                self._known.move_to_end(one)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return [known[one] for one in utterances]
