from __future__ import annotations

import pytest

from csr_assist.conversation import Speaker
from csr_assist.cues import Cue, Reading
from csr_assist.detector import PhraseDetector, Utterance
from csr_assist.errors import InputError
from csr_assist.evaluation.measure import ANY, OURS, Ranking, Report, judgement, measure, question_of
from csr_assist.evaluation.metrics import Bin, Counts
from csr_assist.evaluation.rivals import Judgement, Keywords, Question
from csr_assist.evaluation.sets import Item, MeasuringSet
from csr_assist.labels import Family, Label

DETECTOR = PhraseDetector(
    {
        "ridiculous": Label.FRUSTRATION,
        "leaving": Label.CHURN_THREAT,
        "six years": Label.TENURE,
        "we can't": Label.REFUSAL,
    }
)


def labelled(
    text: str,
    *cues: Label,
    speaker: Speaker = Speaker.CUSTOMER,
    unsure: tuple[Label, ...] = (),
    shown: str = "",
) -> Item:
    evidence = tuple((cue, shown) for cue in cues) if shown else ()
    return Item(text, Utterance(speaker, text), None, frozenset(cues), frozenset(unsure), evidence)


def binary(text: str, positive: bool, speaker: Speaker = Speaker.CUSTOMER) -> Item:
    return Item(text, Utterance(speaker, text), positive)


def measured(name: str, *items: Item) -> Report:
    return measure(DETECTOR, [MeasuringSet(name, items)])


def ours(report: Report, name: str) -> Ranking:
    return report.rankings[name][OURS]


MIXED = measured(
    "mixed",
    labelled("I am leaving early today"),
    labelled("this is ridiculous", Label.FRUSTRATION, shown="ridiculous"),
    labelled("I am leaving", Label.CHURN_THREAT, shown="I am"),
    labelled("a ridiculous price", Label.VALUE_COMPLAINT, shown="price"),
    labelled("hello"),
    labelled("Sorry, we can't", Label.REFUSAL, speaker=Speaker.AGENT, shown="Sorry, we can't"),
)


@pytest.mark.parametrize(
    ("label", "counts"),
    [
        (Label.FRUSTRATION, Counts(right=1, wrong=1)),
        (Label.CHURN_THREAT, Counts(right=1, wrong=1)),
        (Label.VALUE_COMPLAINT, Counts(missed=1)),
        (Label.REFUSAL, Counts(right=1)),
        (Label.TENURE, Counts()),
    ],
)
def test_labels_are_counted_by_turn(label: Label, counts: Counts) -> None:
    assert MIXED.labelled["mixed"].counts[label] == counts


def test_all_labels_together() -> None:
    assert MIXED.labelled["mixed"].micro == Counts(right=3, wrong=2, missed=1)
    low, high = MIXED.labelled["mixed"].interval
    assert low <= 2 / 3 <= high


def test_a_label_has_an_interval_where_it_is_in_the_set() -> None:
    intervals = MIXED.labelled["mixed"].intervals
    assert set(intervals) == {Label.FRUSTRATION, Label.CHURN_THREAT, Label.VALUE_COMPLAINT, Label.REFUSAL}
    assert intervals[Label.REFUSAL] == (1.0, 1.0)
    assert intervals[Label.VALUE_COMPLAINT] == (0.0, 0.0)
    assert intervals[Label.FRUSTRATION][0] < 2 / 3 < intervals[Label.FRUSTRATION][1]


def test_right_cues_are_held_against_the_evidence() -> None:
    # "ridiculous" and "we can't" are the words themselves, "I am" is beside "leaving", "price" was not found
    assert MIXED.labelled["mixed"].overlap == pytest.approx((1 + 0 + 2 * 8 / (8 + 15)) / 3)
    assert MIXED.labelled["mixed"].touched == pytest.approx(2 / 3)


def test_any_dissatisfaction_is_ranked_over_the_customers_turns() -> None:
    ranking = ours(MIXED, "mixed" + ANY)
    assert (ranking.turns, ranking.positives) == (5, 3)
    assert ranking.auc == pytest.approx(0.75)  # the false alarm ties with all three
    assert ranking.f1 == pytest.approx(6 / 7)
    assert ranking.average_precision == pytest.approx(3 / 4)


def test_a_labelled_set_asks_for_any_dissatisfaction_whatever_its_name() -> None:
    report = measured("churn_calls", labelled("ridiculous", Label.FRUSTRATION), labelled("hello"))
    assert ours(report, "churn_calls" + ANY).auc == 1.0


def test_calibration_is_over_the_customers_turns() -> None:
    # four turns at 0.9 of which three are right, one at 0.0 that is right
    assert MIXED.labelled["mixed"].calibration == pytest.approx(4 / 5 * 0.15)
    assert MIXED.labelled["mixed"].reliability == (Bin(1, 0.0, 0.0), Bin(4, 0.9, 0.75))


@pytest.mark.parametrize(
    ("item", "label"),
    [
        pytest.param(labelled("ridiculous", unsure=(Label.FRUSTRATION,)), Label.FRUSTRATION, id="found"),
        pytest.param(
            labelled("hm", Label.FRUSTRATION, unsure=(Label.FRUSTRATION,)), Label.FRUSTRATION, id="marked, not found"
        ),
    ],
)
def test_what_readers_doubted_is_not_counted(item: Item, label: Label) -> None:
    report = measured("doubts", item, *[labelled("leaving", Label.CHURN_THREAT)] * 9)
    assert report.labelled["doubts"].counts[label] == Counts()
    assert report.labelled["doubts"].micro == Counts(right=9)
    assert report.labelled["doubts"].interval == (1.0, 1.0)


def test_a_labelled_set_of_agents_has_no_ranking() -> None:
    report = measured("agents", labelled("we can't", Label.REFUSAL, speaker=Speaker.AGENT))
    assert report.labelled["agents"].micro == Counts(right=1)
    assert report.rankings == {}


@pytest.mark.parametrize(
    ("name", "items", "figure", "f1"),
    [
        pytest.param("tweets", [binary("ridiculous", True), binary("hello", False)], 1.0, 1.0, id="dissatisfaction"),
        pytest.param("tweets", [binary("ridiculous", False), binary("hello", True)], 0.0, 0.0, id="all wrong"),
        pytest.param("churn", [binary("leaving", True), binary("ridiculous", False)], 1.0, 1.0, id="churn alone"),
        pytest.param("tweets", [binary("leaving", True), binary("ridiculous", False)], 0.5, 2 / 3, id="any of them"),
        pytest.param(
            "loyalty_mails", [binary("six years", True), binary("ridiculous", False)], 1.0, 1.0, id="loyalty alone"
        ),
        pytest.param(
            "refusal_calls",
            [binary("we can't", True, Speaker.AGENT), binary("we can", False, Speaker.AGENT)],
            1.0,
            1.0,
            id="refusal",
        ),
    ],
)
def test_a_binary_set_is_ranked_by_what_its_name_asks(name: str, items: list[Item], figure: float, f1: float) -> None:
    ranking = ours(measured(name, *items), name)
    assert ranking.auc == pytest.approx(figure)
    assert ranking.f1 == pytest.approx(f1)
    assert (ranking.turns, ranking.positives) == (2, 1)


def test_a_binary_set_of_one_class_is_named() -> None:
    with pytest.raises(InputError, match=r"^only_good: every turn is negative"):
        measured("only_good", binary("hello", False))


@pytest.mark.parametrize(
    ("name", "score", "shown"),
    [
        ("churn_tweets", 0.11, True),
        ("refusal", 0.22, False),
        ("loyalty", 0.33, False),
        ("complaints", 0.44, True),
    ],
)
def test_the_name_picks_score_and_decision(name: str, score: float, shown: bool) -> None:
    reading = Reading(
        cues=(Cue(Label.CHURN_THREAT, 0, 1, "x", 0.6),),
        scores={Label.CHURN_THREAT: 0.11, Label.REFUSAL: 0.22},
        dissatisfaction=0.44,
        loyalty=0.33,
    )
    assert judgement(reading, question_of(name)) == Judgement(score, shown)


def test_a_calm_set_gives_its_share_of_false_alarms() -> None:
    calm = [Item(text, Utterance(Speaker.CUSTOMER, text)) for text in ("hello", "ridiculous", "six years", "bye")]
    report = measured("calm", *calm)
    assert report.false_alarms == {"calm": {OURS: 0.25}}
    assert report.rankings == {}
    assert report.labelled == {}


def test_sets_are_kept_apart_and_told_as_they_come() -> None:
    told: list[str] = []
    sets = [
        MeasuringSet("a", (binary("leaving", True), binary("hello", False))),
        MeasuringSet("b", (binary("leaving", False), binary("hello", True))),
    ]
    report = measure(DETECTOR, sets, progress=told.append)
    assert told == ["a", "b"]
    assert (ours(report, "a").auc, ours(report, "b").auc) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("chatbot_churn", Label.CHURN_THREAT),
        ("refusal_sentences", Label.REFUSAL),
        ("loyalty_sentences", Family.LOYALTY),
        ("airline_negative", Family.DISSATISFACTION),
    ],
)
def test_a_set_is_asked_by_its_name(name: str, question: Question) -> None:
    assert question_of(name) is question


def test_rivals_answer_the_same_questions_on_the_same_turns() -> None:
    sets = [
        MeasuringSet("tweets", (binary("a terrible, awful day", True), binary("ridiculous", False))),
        MeasuringSet("calm", (Item("a", Utterance(Speaker.CUSTOMER, "hello")),)),
        MeasuringSet("calm_words", (Item("a", Utterance(Speaker.CUSTOMER, "what a ridiculous hat")),)),
    ]
    report = measure(DETECTOR, sets, [Keywords()])
    assert {who: one.auc for who, one in report.rankings["tweets"].items()} == {OURS: 0.0, "keywords": 1.0}
    assert {who: one.f1 for who, one in report.rankings["tweets"].items()} == {OURS: 0.0, "keywords": 2 / 3}
    assert report.false_alarms["calm"] == {OURS: 0.0, "keywords": 0.0}
    assert report.false_alarms["calm_words"] == {OURS: 1.0, "keywords": 1.0}
