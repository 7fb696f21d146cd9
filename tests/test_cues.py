from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_assist.cues import Cue, Reading, merge
from csr_assist.labels import Family, Label

TEXT = "I have been with you for six years and now this ridiculous fee, I am leaving."


def cue(label: Label, start: int, end: int, probability: float = 0.9) -> Cue:
    return Cue(label, start, end, TEXT[start:end], probability)


def overlap(a: Cue, b: Cue) -> bool:
    return bool(set(range(a.start, a.end)) & set(range(b.start, b.end)))


def cues_of(*labels: Label) -> st.SearchStrategy[list[Cue]]:
    one = st.builds(
        lambda label, start, length, probability: cue(label, start, start + length, probability),
        st.sampled_from(labels),
        st.integers(0, 30),
        st.integers(1, 12),
        st.sampled_from((0.5, 0.7, 0.9)),
    )
    return st.lists(one, max_size=12)


SOME = cues_of(Label.FRUSTRATION, Label.TENURE, Label.CHURN_THREAT)


@given(SOME)
def test_no_two_cues_of_one_label_overlap(cues: list[Cue]) -> None:
    kept = merge(cues)
    assert not any(a.label is b.label and overlap(a, b) for i, a in enumerate(kept) for b in kept[i + 1 :])


@given(SOME)
def test_a_cue_goes_only_where_one_at_least_as_probable_stays(cues: list[Cue]) -> None:
    kept = merge(cues)
    assert set(kept) <= set(cues)
    for gone in set(cues) - set(kept):
        assert any(k.label is gone.label and overlap(k, gone) and k.probability >= gone.probability for k in kept)


@given(SOME)
def test_merging_twice_is_merging_once(cues: list[Cue]) -> None:
    assert merge(merge(cues)) == merge(cues)


@given(SOME, st.randoms(use_true_random=False))
def test_the_order_of_finding_does_not_matter(cues: list[Cue], rng: random.Random) -> None:
    shuffled = list(cues)
    rng.shuffle(shuffled)
    assert merge(shuffled) == merge(cues)


@given(SOME)
def test_the_result_is_in_the_order_of_the_turn(cues: list[Cue]) -> None:
    places = [(c.start, c.end) for c in merge(cues)]
    assert places == sorted(places)


@given(cues_of(Label.FRUSTRATION), cues_of(Label.CHURN_THREAT, Label.TENURE))
def test_other_labels_do_not_touch_a_label(own: list[Cue], others: list[Cue]) -> None:
    together = [c for c in merge(own + others) if c.label is Label.FRUSTRATION]
    assert together == list(merge(own))


A, B = Label.FRUSTRATION, Label.TENURE


@pytest.mark.parametrize(
    ("cues", "kept"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([cue(A, 0, 5, 0.8), cue(A, 3, 8, 0.9)], [(3, 8)], id="the more probable stays"),
        pytest.param([cue(A, 0, 5, 0.9), cue(A, 3, 8, 0.9)], [(0, 5)], id="tie: the earlier stays"),
        pytest.param([cue(A, 0, 5, 0.9), cue(A, 0, 8, 0.9)], [(0, 8)], id="tie: the longer stays"),
        pytest.param([cue(A, 0, 20, 0.5), cue(A, 4, 6, 0.6)], [(4, 6)], id="a short sure one beats a long one"),
        pytest.param([cue(A, 0, 5), cue(A, 5, 8)], [(0, 5), (5, 8)], id="side by side is no overlap"),
        pytest.param([cue(A, 0, 5), cue(B, 0, 5)], [(0, 5), (0, 5)], id="two labels on the same words"),
        pytest.param(
            [cue(A, 0, 5, 0.7), cue(A, 4, 9, 0.9), cue(A, 8, 12, 0.8)], [(4, 9)], id="one in the middle ends both"
        ),
        pytest.param(
            [cue(A, 0, 5, 0.9), cue(A, 4, 9, 0.8), cue(A, 8, 12, 0.7)], [(0, 5), (8, 12)], id="one gone frees the next"
        ),
    ],
)
def test_overlaps_by_example(cues: list[Cue], kept: list[tuple[int, int]]) -> None:
    assert [(c.start, c.end) for c in merge(cues)] == kept


def test_same_words_stand_in_the_order_of_the_taxonomy() -> None:
    assert [c.label for c in merge([cue(B, 0, 5, 0.95), cue(A, 0, 5, 0.5)])] == [A, B]


def test_a_reading_gives_its_cues_by_family() -> None:
    years, fee, going = cue(Label.TENURE, 2, 34), cue(Label.FRUSTRATION, 47, 57), cue(Label.CHURN_THREAT, 64, 76)
    reading = Reading(cues=(years, fee, going))
    assert reading.of(Family.DISSATISFACTION) == (fee, going)
    assert reading.of(Family.LOYALTY) == (years,)
    assert reading.of(Family.CONDUCT) == ()
    assert reading.labels == {Label.TENURE, Label.FRUSTRATION, Label.CHURN_THREAT}


def test_customers_words_stay_out_of_logs() -> None:
    assert "ridiculous" not in repr(Reading(cues=(cue(Label.FRUSTRATION, 47, 57),)))
