from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

import pytest
from doubles import PHRASES
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.conversation import Speaker
from csr_assist.cues import Reading
from csr_assist.detector import PhraseDetector, Remembering, Utterance

PLAIN = PhraseDetector(PHRASES)


class Counting:
    """Keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def read(self, utterances: Sequence[Utterance]) -> list[Reading]:
        self.asked.append([one.text for one in utterances])
        return PLAIN.read(utterances)


def said(*texts: str, speaker: Speaker = Speaker.CUSTOMER, context: str = "") -> list[Utterance]:
    return [Utterance(speaker, text, context) for text in texts]


def test_only_what_is_new_is_read_and_in_one_batch() -> None:
    counting = Counting()
    detector = Remembering(counting)
    first = said("I am very upset", "hello", "hello", "I want your manager")
    assert detector.read(first) == PLAIN.read(first)
    again = said("hello", "the third time", "I am very upset", "bye", "hello")
    assert detector.read(again) == PLAIN.read(again)
    assert detector.read(again) == PLAIN.read(again)
    assert counting.asked == [["I am very upset", "hello", "I want your manager"], ["the third time", "bye"]]


def test_nothing_asks_nothing() -> None:
    counting = Counting()
    assert Remembering(counting).read([]) == []
    assert counting.asked == []


@pytest.mark.parametrize(
    "other",
    [
        said("we can't", speaker=Speaker.AGENT, context="a"),
        said("we can't", context="b"),
        said("we can't"),
        said("We can't", context="a"),
    ],
)
def test_another_speaker_context_or_text_is_another_utterance(other: list[Utterance]) -> None:
    counting = Counting()
    detector = Remembering(counting)
    detector.read(said("we can't", context="a"))
    assert detector.read(other) == PLAIN.read(other)
    assert len(counting.asked) == 2


def test_the_longest_unasked_is_forgotten_first() -> None:
    counting = Counting()
    detector = Remembering(counting, size=2)
    for text in ("one", "two", "one", "three", "one", "three", "two"):
        detector.read(said(text))
    assert counting.asked == [["one"], ["two"], ["three"], ["two"]]


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_batch_beyond_its_size_is_read_whole(size: int) -> None:
    batch = said("very upset", "hello", "third time", "hello", "very upset")
    assert Remembering(Counting(), size).read(batch) == PLAIN.read(batch)


def test_an_error_is_not_remembered() -> None:
    class Failing(Counting):
        def read(self, utterances: Sequence[Utterance]) -> list[Reading]:
            super().read(utterances)
            if len(self.asked) == 1:
                raise RuntimeError("no memory")
            return PLAIN.read(utterances)

    detector = Remembering(Failing())
    with pytest.raises(RuntimeError):
        detector.read(said("very upset"))
    assert detector.read(said("very upset")) == PLAIN.read(said("very upset"))


def test_many_threads_get_their_own() -> None:
    detector, wrong = Remembering(Counting(), size=7), list[str]()
    texts = [*PHRASES, "hello", "bye"]

    def ask(start: int) -> None:
        for place in range(200):
            batch = said(*(texts[(start + place + n) % len(texts)] for n in range(5)))
            if detector.read(batch) != PLAIN.read(batch):
                wrong.append(batch[0].text)

    threads = [Thread(target=ask, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@given(st.lists(st.lists(st.sampled_from([*PHRASES, "hello", ""]), max_size=6), max_size=6), st.integers(0, 5))
def test_it_reads_as_the_detector_does(batches: list[list[str]], size: int) -> None:
    detector = Remembering(PLAIN, size)
    for batch in batches:
        assert detector.read(said(*batch)) == PLAIN.read(said(*batch))
