from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from csr_assist.evaluation.metrics import Counts, auc, average_precision, bootstrap, calibration_error, count

COARSE = st.tuples(st.booleans(), st.integers(0, 4).map(float))
FINE = st.tuples(st.booleans(), st.floats(-1e6, 1e6))
COUNTS = st.builds(Counts, st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))


@given(st.lists(COARSE | FINE, min_size=2, max_size=40))
def test_auc_agrees_with_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    truths, scores = [truth for truth, _ in rows], [score for _, score in rows]
    assume(0 < sum(truths) < len(truths))
    assert auc(truths, scores) == pytest.approx(roc_auc_score(truths, scores))


@pytest.mark.parametrize(
    ("truths", "scores", "expected"),
    [
        pytest.param([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], 1.0, id="perfect"),
        pytest.param([0, 0, 1, 1], [0.9, 0.8, 0.2, 0.1], 0.0, id="upside down"),
        pytest.param([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], 0.5, id="all tied"),
        pytest.param([0, 1, 1], [0.5, 0.5, 0.9], 0.75, id="one tie counts half"),
        pytest.param([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], 0.75, id="three of four pairs"),
    ],
)
def test_auc_by_hand(truths: Sequence[int], scores: Sequence[float], expected: float) -> None:
    assert auc(truths, scores) == expected


@pytest.mark.parametrize(
    ("truths", "words"),
    [
        ([1, 1], "2 positives and 0 negatives"),
        ([0], "0 positives and 1 negatives"),
        ([], "0 positives and 0 negatives"),
    ],
)
def test_auc_of_one_class_is_an_error(truths: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        auc(truths, [0.5] * len(truths))


@pytest.mark.parametrize(
    ("truths", "scores", "expected"),
    [
        pytest.param([1, 0, 1], [0.9, 0.8, 0.7], (1 + 2 / 3) / 2, id="first and third"),
        pytest.param([0, 0, 1], [0.9, 0.8, 0.7], 1 / 3, id="last"),
        pytest.param([1, 0, 0], [0.1, 0.8, 0.9], 1 / 3, id="sorted by score, not by place"),
        pytest.param([1, 0], [0.5, 0.5], 0.5, id="a tie is shown together"),
        pytest.param([0, 1], [0.5, 0.5], 0.5, id="in its other order, too"),
        pytest.param([0, 1, 1, 0], [0.9, 0.5, 0.5, 0.5], 2 / 4, id="behind one that is wrong"),
        pytest.param([1, 1], [0.2, 0.1], 1.0, id="all positive"),
        pytest.param([0, 0], [0.2, 0.1], 0.0, id="none positive"),
        pytest.param([], [], 0.0, id="nothing"),
    ],
)
def test_average_precision_by_hand(truths: list[int], scores: list[float], expected: float) -> None:
    assert average_precision(truths, scores) == pytest.approx(expected)


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_average_precision_agrees_with_scikit_learn(truths: list[bool], rng: random.Random) -> None:
    assume(any(truths))
    scores = [float(rng.randint(0, 8)) for _ in truths]
    assert average_precision(truths, scores) == pytest.approx(average_precision_score(truths, scores))


@pytest.mark.parametrize(
    ("truths", "probabilities", "expected"),
    [
        pytest.param([0, 1], [0.0, 1.0], 0.0, id="certain and right"),
        pytest.param([1, 0], [0.0, 1.0], 1.0, id="certain and wrong"),
        pytest.param([1, 1, 1, 1, 0], [0.8] * 5, 0.0, id="four of five at 0.8"),
        pytest.param([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.75], 0.25, id="a quarter off in both bins"),
        pytest.param([0, 1, 1], [0.05, 0.95, 0.95], 0.05, id="a little off"),
        pytest.param([1, 0, 0, 0], [0.35, 0.35, 0.85, 0.05], (2 * 0.15 + 0.85 + 0.05) / 4, id="bins weigh by size"),
        pytest.param([], [], 0.0, id="nothing"),
    ],
)
def test_calibration_error_by_hand(truths: list[int], probabilities: list[float], expected: float) -> None:
    assert calibration_error(truths, probabilities) == pytest.approx(expected)


def test_fewer_bins_hide_what_more_bins_show() -> None:
    truths, probabilities = [1, 0], [0.3, 0.7]
    assert calibration_error(truths, probabilities, bins=1) == pytest.approx(0.0)
    assert calibration_error(truths, probabilities, bins=2) == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("counts", "precision", "recall", "f1"),
    [
        (Counts(), 0.0, 0.0, 0.0),
        (Counts(right=2), 1.0, 1.0, 1.0),
        (Counts(right=3, wrong=1), 0.75, 1.0, 6 / 7),
        (Counts(right=1, missed=3), 1.0, 0.25, 0.4),
        (Counts(wrong=5), 0.0, 0.0, 0.0),
        (Counts(missed=5), 0.0, 0.0, 0.0),
    ],
)
def test_counts_by_hand(counts: Counts, precision: float, recall: float, f1: float) -> None:
    assert (counts.precision, counts.recall, counts.f1) == pytest.approx((precision, recall, f1))


@given(COUNTS)
def test_f1_is_the_harmonic_mean(counts: Counts) -> None:
    assume(counts.right)
    assert 2 / counts.f1 == pytest.approx(1 / counts.precision + 1 / counts.recall)


@given(COUNTS, COUNTS)
def test_counts_add_up(a: Counts, b: Counts) -> None:
    both = a + b
    assert (both.right, both.wrong, both.missed) == (a.right + b.right, a.wrong + b.wrong, a.missed + b.missed)


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        ("ab", "ab", Counts(2, 0, 0)),
        ("ab", "bc", Counts(1, 1, 1)),
        ("ab", "", Counts(0, 0, 2)),
        ("", "a", Counts(0, 1, 0)),
        ("aab", "bb", Counts(1, 0, 1)),
    ],
)
def test_sets_are_compared(truth: str, found: str, expected: Counts) -> None:
    assert count(truth, found) == expected


RIGHT, WRONG, MISSED = Counts(1, 0, 0), Counts(0, 1, 0), Counts(0, 0, 1)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([RIGHT] * 30 + [WRONG] * 10, id="mostly right"),
        pytest.param([RIGHT] * 3 + [MISSED] * 20, id="mostly missed"),
        pytest.param([RIGHT, WRONG, MISSED], id="three turns"),
        pytest.param([Counts(2, 1, 1), RIGHT] * 4 + [Counts()] * 40, id="many calm turns"),
    ],
)
def test_the_interval_holds_the_figure(parts: list[Counts]) -> None:
    low, high = bootstrap(parts)
    assert 0 <= low <= sum(parts, Counts()).f1 <= high <= 1
    assert low < high


def test_the_interval_holds_95_of_100_draws() -> None:
    # Of 400 turns, half right: the share p has a standard deviation of 0.025, and F1 = 2p / (1 + p) one of 0.0222.
    assert bootstrap([RIGHT, WRONG] * 200) == pytest.approx((2 / 3 - 1.96 * 0.0222, 2 / 3 + 1.96 * 0.0222), abs=0.01)


def test_more_turns_make_the_interval_narrower() -> None:
    few, many = bootstrap([RIGHT, WRONG] * 10), bootstrap([RIGHT, WRONG] * 200)
    assert many[1] - many[0] < (few[1] - few[0]) / 2


def test_turns_that_are_all_alike_leave_no_doubt() -> None:
    assert bootstrap([Counts(3, 1, 1)] * 12) == pytest.approx((0.75, 0.75))


def test_the_interval_is_the_same_every_time() -> None:
    parts = [RIGHT, WRONG, MISSED, RIGHT]
    assert bootstrap(parts) == bootstrap(parts)
