from __future__ import annotations

import pytest

from csr_assist.conversation import Speaker
from csr_assist.labels import Family, Label, labels_for, labels_of

# The order is a format: a model's outputs stand in it.
NAMES = [
    "frustration",
    "disappointment",
    "service_failure",
    "repeat_effort",
    "broken_promise",
    "unannounced_change",
    "value_complaint",
    "unfair_treatment",
    "escalation",
    "churn_threat",
    "competitor",
    "resignation",
    "tenure",
    "referral",
    "repeat_business",
    "past_satisfaction",
    "loyal_identity",
    "helpful_feedback",
    "refusal",
    "data_request",
    "empathy",
    "apology",
    "option",
    "promise",
    "dismissive",
    "appreciation",
]


def test_the_labels_stand_in_the_order_of_the_taxonomy() -> None:
    assert [label.value for label in Label] == NAMES


@pytest.mark.parametrize("label", Label)
def test_every_label_says_what_it_means(label: Label) -> None:
    assert label.speaker in (Speaker.CUSTOMER, Speaker.AGENT)
    assert 1 <= len(label.caption.split()) <= 5
    assert label.meaning[0].isupper()
    assert label.meaning.endswith(".")
    assert len(label.meaning.split()) >= 4


@pytest.mark.parametrize("label", Label)
def test_every_label_shows_what_carries_it_and_what_does_not(label: Label) -> None:
    assert label.examples
    assert label.near_misses
    assert all(words.strip() == words and words for words in label.examples + label.near_misses)
    assert not set(label.examples) & set(label.near_misses)


def test_no_two_labels_share_words_or_a_caption() -> None:
    examples = [words for label in Label for words in label.examples]
    assert len(examples) == len(set(examples))
    assert len({label.caption for label in Label}) == len(Label)
    assert len({label.meaning for label in Label}) == len(Label)


@pytest.mark.parametrize(
    ("family", "count", "first", "last", "speaker"),
    [
        (Family.DISSATISFACTION, 12, Label.FRUSTRATION, Label.RESIGNATION, Speaker.CUSTOMER),
        (Family.LOYALTY, 6, Label.TENURE, Label.HELPFUL_FEEDBACK, Speaker.CUSTOMER),
        (Family.CONDUCT, 8, Label.REFUSAL, Label.APPRECIATION, Speaker.AGENT),
    ],
)
def test_families_hold_their_labels(family: Family, count: int, first: Label, last: Label, speaker: Speaker) -> None:
    labels = labels_of(family)
    assert len(labels) == count
    assert (labels[0], labels[-1]) == (first, last)
    assert family.speaker is speaker
    assert all(label.family is family and label.speaker is speaker for label in labels)


def test_families_partition_the_labels_in_order() -> None:
    assert [label for family in Family for label in labels_of(family)] == list(Label)


@pytest.mark.parametrize(
    ("speaker", "families"),
    [
        (Speaker.CUSTOMER, {Family.DISSATISFACTION, Family.LOYALTY}),
        (Speaker.AGENT, {Family.CONDUCT}),
        (Speaker.SYSTEM, set()),
    ],
)
def test_a_speaker_carries_whole_families(speaker: Speaker, families: set[Family]) -> None:
    assert labels_for(speaker) == tuple(label for label in Label if label.family in families)
