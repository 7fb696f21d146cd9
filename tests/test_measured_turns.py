"""``data/measure``: turns that were written to measure on, kept apart from what is learnt."""

from __future__ import annotations

import re
from itertools import islice

import pytest

from csr_assist.evaluation.sets import MeasuringSet, load_sets
from csr_assist.labels import Label, labels_for
from csr_assist.shipped import CORPUS, MEASURED
from csr_assist.training.corpus import load_corpus

SETS = load_sets(MEASURED)
RUN = 5
"""Words in a row by which two turns are compared."""


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return set(zip(*(islice(words, at, None) for at in range(RUN)), strict=False))


def bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_three_languages_are_measured_on_every_label() -> None:
    languages = ("english", "indonesian", "persian")
    assert [one.name for one in SETS] == [f"{language}-{part}" for language in languages for part in "ab"]
    for one in SETS:
        assert len(one.items) > 140
        told = [label for item in one.items for label in item.cues or ()]
        assert {label: told.count(label) for label in Label if told.count(label) < 2} == {}


@pytest.mark.parametrize("one", SETS, ids=lambda one: one.name)
def test_labels_fit_their_speaker_and_evidence_stands_in_the_text(one: MeasuringSet) -> None:
    assert one.labelled
    assert len({item.id for item in one.items}) == len({item.utterance.text for item in one.items}) == len(one.items)
    for item in one.items:
        cues = item.cues or frozenset()
        assert (cues | item.unsure) <= set(labels_for(item.utterance.speaker)), item.id
        assert not cues & item.unsure, item.id
        assert {label for label, _ in item.evidence} == cues, item.id
        assert all(words in item.utterance.text for _, words in item.evidence), item.id


def test_nothing_that_is_measured_is_learnt() -> None:
    corpus = [example.text for example in load_corpus(CORPUS)]
    learnt_words = {bare(text) for text in corpus}
    learnt_runs = {run for text in corpus for run in runs(text)}
    for one in SETS:
        for item in one.items:
            own = runs(item.utterance.text)
            assert bare(item.utterance.text) not in learnt_words, item.id
            assert len(own & learnt_runs) < max(1.0, 0.5 * len(own)), item.id
