from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from csr_assist.conversation import Speaker
from csr_assist.detector import Utterance
from csr_assist.detector.manifest import Scale
from csr_assist.evaluation.sets import Item
from csr_assist.labels import Family, Label
from csr_assist.training.calibrate import Vector, f1_curve, gate, held_out, learnt, platt, thresholds

GRID = [round(0.10 + 0.01 * step, 2) for step in range(81)]


def at(curve: Vector, threshold: float) -> float:
    return float(curve[GRID.index(threshold)])


def probabilities(scale: Scale, logits: Vector) -> Vector:
    return np.asarray(1 / (1 + np.exp(-(scale.slope * logits + scale.shift))))


def column(*groups: tuple[float, int, int]) -> tuple[Vector, Vector]:
    """(probability, how many turns carry the label, how many do not) as probabilities and truths."""
    shown = [p for p, there, absent in groups for _ in range(there + absent)]
    truth = [t for _, there, absent in groups for t in [1.0] * there + [0.0] * absent]
    return np.array(shown), np.array(truth)


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (2.0, -1.0), (0.5, 1.5), (3.0, 2.0)])
def test_a_known_logistic_is_found(slope: float, shift: float) -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, 20_000)
    truths = (rng.random(20_000) < probabilities(Scale(slope=slope, shift=shift), logits)).astype(float)
    fitted = platt(logits, truths)
    assert fitted.slope == pytest.approx(slope, rel=0.1)
    assert fitted.shift == pytest.approx(shift, abs=0.15)


def test_overconfident_scores_are_pulled_in() -> None:
    logits = np.array([8.0] * 100 + [-8.0] * 100)
    truths = np.array([1.0] * 80 + [0.0] * 20 + [0.0] * 80 + [1.0] * 20)
    high, low = probabilities(platt(logits, truths), np.array([8.0, -8.0]))
    assert high == pytest.approx(0.8, abs=0.02)
    assert low == pytest.approx(0.2, abs=0.02)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=2, max_size=30))
def test_calibration_keeps_the_order(rows: list[tuple[float, bool]]) -> None:
    logits, truths = np.array([x for x, _ in rows]), np.array([float(t) for _, t in rows])
    scale = platt(logits, truths)
    assert scale.slope > 0
    assert np.all(np.diff(probabilities(scale, np.sort(logits))) >= 0)


@pytest.mark.parametrize("truths", [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], ids=["never", "always"])
def test_one_class_changes_nothing(truths: list[float]) -> None:
    assert platt(np.array([-1.0, 0.0, 1.0]), np.array(truths)) == Scale(slope=1.0, shift=0.0)


def test_the_curve_by_hand() -> None:
    curve = f1_curve(np.array([0.2, 0.5, 0.8, 0.85]), np.array([0.0, 1.0, 0.0, 1.0]))
    assert len(curve) == len(GRID)
    assert at(curve, 0.15) == pytest.approx(4 / 6)  # all four shown, two right
    assert at(curve, 0.30) == pytest.approx(4 / 5)  # three shown, two right
    assert at(curve, 0.60) == pytest.approx(2 / 4)  # two shown, one right
    assert at(curve, 0.83) == pytest.approx(2 / 3)  # one shown, right
    assert at(curve, 0.90) == 0.0  # none shown


@pytest.mark.parametrize(
    ("probability", "threshold", "shown"), [(0.5, 0.5, True), (0.5, 0.51, False), (0.49, 0.5, False), (0.1, 0.1, True)]
)
def test_a_threshold_includes_itself(probability: float, threshold: float, shown: bool) -> None:
    assert at(f1_curve(np.array([probability]), np.array([1.0])), threshold) == float(shown)


@pytest.mark.parametrize(("shown", "truths"), [([], []), ([0.9], [0.0])], ids=["no turn", "no positive"])
def test_the_curve_is_flat_where_nothing_can_be_right(shown: list[float], truths: list[float]) -> None:
    assert not f1_curve(np.array(shown), np.array(truths)).any()


COMMON = column((0.8, 100, 0), (0.5, 0, 100))


@pytest.mark.parametrize(
    ("seen", "low", "high"),
    [
        pytest.param(1, 0.51, 0.80, id="seen once: as the family"),
        pytest.param(100, 0.21, 0.30, id="seen often: its own"),
    ],
)
def test_a_rare_label_gets_the_threshold_of_its_family(seen: int, low: float, high: float) -> None:
    own = column((0.3, seen, 0), (0.2, 0, seen))
    common, chosen = thresholds([COMMON, own])
    assert low <= chosen <= high
    assert 0.51 <= common <= 0.80


def test_a_label_that_was_never_seen_gets_the_threshold_of_its_family() -> None:
    common, never = thresholds([COMMON, column((0.05, 0, 50))])
    assert never == pytest.approx(common)


def test_a_broad_top_is_preferred_to_a_spike() -> None:
    # 0.30 alone would be best by a hair; from 0.60 to 0.80 all is nearly as good
    (chosen,) = thresholds([column((0.80, 48, 0), (0.30, 3, 0), (0.29, 0, 30))])
    assert 0.31 < chosen <= 0.80


def test_a_threshold_lies_where_on_the_plateau_it_is_told_to() -> None:
    low, middle = (thresholds([COMMON], end)[0] for end in (0.0, 0.5))
    assert 0.51 <= low < 0.6 < middle < 0.7, "right at every threshold from 0.51 to 0.80"


@given(st.lists(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=20), min_size=1, max_size=4))
def test_every_label_gets_a_threshold_of_the_grid(labels: list[list[tuple[float, bool]]]) -> None:
    columns = [(np.array([p for p, _ in rows]), np.array([float(t) for _, t in rows])) for rows in labels]
    chosen = thresholds(columns)
    assert len(chosen) == len(labels)
    assert all(limit in GRID for limit in chosen)


@pytest.mark.parametrize(
    ("shown", "truths", "within", "limit"),
    [
        pytest.param([1, 1, 1, 1], [1, 1, 0, 0], [0.9, 0.8, 0.3, 0.2], 0.7, id="all wrong ones lie below"),
        pytest.param([1, 1, 1, 1], [1, 1, 0, 0], [0.9, 0.5, 0.3, 0.2], 0.5, id="as high as the right ones allow"),
        pytest.param([1, 1], [1, 1], [0.1, 0.02], 0.0, id="nothing wrong, nothing to lose"),
        pytest.param([1, 1, 1, 1], [0, 0, 1, 1], [0.9, 0.8, 0.1, 0.1], 0.1, id="the wrong ones are the sure ones"),
    ],
)
def test_a_gate_keeps_what_is_right(shown: list[int], truths: list[float], within: list[float], limit: float) -> None:
    assert gate(np.array(shown) > 0, np.array(truths), np.array(within)) == pytest.approx(limit)


# ---- halves ---------------------------------------------------------------------------------------------------


def labelled(turns: int, rng: np.random.Generator) -> tuple[list[Item], NDArray[np.bool_]]:
    """Customers' turns that carry frustration, tenure, both or nothing, by lot; and which, (turns, labels)."""
    truth = np.zeros((turns, len(Label)), dtype=bool)
    for label in (Label.FRUSTRATION, Label.TENURE):
        truth[:, list(Label).index(label)] = rng.random(turns) < 0.3
    cues = [frozenset(label for label, there in zip(Label, row, strict=True) if there) for row in truth]
    return [Item(str(i), Utterance(Speaker.CUSTOMER, "x"), None, own) for i, own in enumerate(cues)], truth


def heads(logits: Vector) -> Vector:
    """Logits of labels with those of the two families beside them."""
    families = [logits[:, [label.family is family for label in Label]].max(1) for family in list(Family)[:2]]
    return np.column_stack([logits, *families])


def test_what_is_known_for_sure_holds_on_the_other_half() -> None:
    items, truth = labelled(200, np.random.default_rng(1))
    found = held_out(items, heads(np.where(truth, 4.0, -4.0)), halvings=5)
    assert found == [1.0] * 10


def test_thresholds_that_fit_by_chance_do_not_hold_on_the_other_half() -> None:
    rng = np.random.default_rng(2)
    items, truth = labelled(200, rng)
    logits = heads(rng.normal(0, 1, truth.shape) + 0.3 * truth)
    assert 0.0 < float(np.mean(held_out(items, logits))) < 0.35


def test_every_halving_measures_both_halves_and_is_repeatable() -> None:
    rng = np.random.default_rng(3)
    items, truth = labelled(60, rng)
    logits = heads(rng.normal(0, 1, truth.shape) + 2.0 * truth)
    found = held_out(items, logits, halvings=3)
    assert len(found) == 6
    assert found == held_out(items, logits, halvings=3)
    assert found != held_out(items, logits, halvings=3, seed=9)


def test_turns_on_which_readers_differ_do_not_move_a_familys_scale() -> None:
    rng = np.random.default_rng(3)
    items, truth = labelled(60, rng)
    logits = np.where(rng.random((60, len(Label) + 2)) < 0.5, 1.0, -1.0)
    logits[:, len(Label)] = np.where(truth[:, list(Label).index(Label.FRUSTRATION)], 2.0, -2.0)
    unsure = Item("u", Utterance(Speaker.CUSTOMER, "x"), cues=frozenset(), unsure=frozenset({Label.RESIGNATION}))
    high = np.full((20, len(Label) + 2), 6.0)
    family = Family.DISSATISFACTION.value
    alone = learnt(items, logits)[0][family]
    assert learnt([*items, *[unsure] * 20], np.vstack([logits, high]))[0][family] == alone
    wrong = replace(unsure, unsure=frozenset())
    assert learnt([*items, *[wrong] * 20], np.vstack([logits, high]))[0][family] != alone
