from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from doubles import PHRASES, turns

from csr_assist.conversation import Customer, Speaker, Turn
from csr_assist.detector import PhraseDetector, Utterance
from csr_assist.labels import Family, Label
from csr_assist.state import ENTER, LEAVE, WEIGHTS, Band, CallState, Trend, after

DETECTOR = PhraseDetector(PHRASES)


def fold(*lines: str) -> CallState:
    state = CallState()
    for turn in turns(*lines):
        reading = DETECTOR.read([Utterance(turn.speaker, turn.text)])[0]
        state = after(state, turn, reading, None)
    return state


@pytest.mark.parametrize(
    ("lines", "band"),
    [
        (("C: hello",), Band.CALM),
        (("C: I'm very upset.",), Band.WATCH),
        (("C: I'm very upset. This is the third time.",), Band.WATCH),
        (("C: I'm leaving.",), Band.AT_RISK),
        (("C: I'm very upset. third time. your manager!",), Band.AT_RISK),
        (("C: I'm very upset.", "A: I'm sorry. What I can do is this.", "C: ok", "C: fine by me", "C: bye"), Band.CALM),
    ],
)
def test_bands(lines: tuple[str, ...], band: Band) -> None:
    assert fold(*lines).band is band


def test_every_dissatisfaction_label_has_a_weight() -> None:
    assert set(WEIGHTS) == {label for label in Label if label.family is Family.DISSATISFACTION}
    assert all(0 < weight < 1 for weight in WEIGHTS.values())


def test_a_band_is_left_lower_than_it_is_entered() -> None:
    assert all(LEAVE[band] < ENTER[band] for band in ENTER)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("C: I'm very upset.", "A: I'm sorry."), ("C: I'm very upset.", "A: hm")),
        (("C: I'm very upset.", "A: What I can do is this."), ("C: I'm very upset.", "A: we can't.")),
        (("C: I'm very upset.", "A: we can't."), ("C: I'm very upset.", "A: calm down.")),
        (("C: I'm very upset.", "A: I'm sorry.", "C: ok"), ("C: I'm very upset.", "A: hm", "C: ok")),
    ],
)
def test_good_answers_lower_the_risk_more_than_bad_ones(better: tuple[str, ...], worse: tuple[str, ...]) -> None:
    assert fold(*better).level < fold(*worse).level


def test_an_agents_conduct_raises_nothing_in_a_call_without_trouble() -> None:
    assert fold("C: hello", "A: we can't", "A: calm down").level == 0.0


@pytest.mark.parametrize(
    ("lines", "unanswered", "in_all"),
    [
        (("A: we can't",), 1, 1),
        (("A: we can't", "A: against policy"), 2, 2),
        (("A: we can't", "A: what I can do is this"), 0, 1),
        (("A: we can't, but what I can do is this", "A: we can't"), 1, 2),
        (("C: we can't",), 0, 0),
        (("C: in blue?", "A: we can't", "C: no worries, grey is fine"), 0, 1),
        (("C: I'm very upset.", "A: we can't", "C: and now?"), 1, 1),
        (("C: in blue?", "A: we can't", "C: I'm very upset."), 1, 1),
    ],
)
def test_noes_are_counted(lines: tuple[str, ...], unanswered: int, in_all: int) -> None:
    state = fold(*lines)
    assert (state.refusals, state.refusals_in_all) == (unanswered, in_all)


def test_noes_and_offers_are_remembered_in_order_with_what_was_asked_before_them() -> None:
    state = fold(
        "A: we can't", "C: in blue?", "A: we can't, but what I can do is this", "C: thanks", "A: what I can do is this"
    )
    assert [(one.turn, one.offers, one.words, one.asked) for one in state.answers] == [
        (1, False, "we can't", ""),
        (3, False, "we can't", "in blue?"),
        (3, True, "what I can do", "in blue?"),
        (5, True, "what I can do", "thanks"),
    ]
    assert "blue" not in repr(state)


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (("C: I'm very upset.", "A: account number?"), True),
        (("C: I'm very upset.", "A: I'm sorry. Your account number?"), False),
        (("C: hello", "A: account number?"), False),
        (("C: I'm very upset.", "A: I'm sorry.", "A: account number?"), False),
    ],
)
def test_data_before_empathy_is_noticed(lines: tuple[str, ...], first: bool) -> None:
    assert fold(*lines).data_first is first


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ("I'm sorry.", True),
        ("how hard that is.", True),
        ("I'm sorry, we can't.", False),
        ("I'm sorry, we can't, but what I can do is this.", True),
        ("how hard that is, we can't.", True),
        ("how hard that is, but calm down.", False),
        ("I'm sorry, calm down.", False),
        ("what I can do is this.", False),
    ],
)
def test_a_hurt_is_met_by_empathy_or_by_an_apology_that_is_no_no(words: str, met: bool) -> None:
    state = fold("C: I'm very upset.", f"A: {words}")
    assert (state.acknowledged, not state.hurts) == (met, met)


@pytest.mark.parametrize(
    ("said", "since", "loyal"),
    [
        ("I've been a customer for 6 years", None, True),
        ("I referred friends", None, True),
        ("hello", date(2020, 1, 1), True),
        ("hello", date(2026, 3, 1), False),
        ("I referred friends", date(2026, 3, 1), True),
        ("hello", None, False),
    ],
)
def test_who_is_loyal(said: str, since: date | None, loyal: bool) -> None:
    customer = Customer(since=since) if since else None
    assert heard(CallState(), Turn("c", "1", Speaker.CUSTOMER, said, at=NOON, customer=customer)).loyal is loyal


def test_trend_follows_the_last_turns() -> None:
    assert fold("C: I'm very upset.", "C: I'm leaving").trend is Trend.RISING
    eased = ("C: I'm leaving", "A: I'm sorry. What I can do is this.", "C: ok", "C: yes", "C: good")
    assert fold(*eased).trend is Trend.FALLING
    assert fold("C: hello", "C: yes").trend is Trend.STEADY


def heard(state: CallState, turn: Turn) -> CallState:
    return after(state, turn, DETECTOR.read([Utterance(turn.speaker, turn.text)])[0], None)


NOON = datetime(2026, 6, 1, 12, 0)
KNOWN = Customer(name="Linda", since=date(2020, 6, 2))


@pytest.mark.parametrize("speaker", Speaker)
def test_what_the_customers_record_says_becomes_a_fact_with_whichever_turn_it_comes(speaker: Speaker) -> None:
    first = heard(CallState(), Turn("c", "1", speaker, "hello", at=NOON, customer=KNOWN))
    then = heard(first, Turn("c", "2", Speaker.CUSTOMER, "hello", at=NOON))
    for state, turns_so_far in ((first, 1), (then, 2)):
        assert (state.facts.since, state.facts.years, state.customer) == (2020, 5.0, KNOWN)
        assert state.turns == turns_so_far


def test_years_of_the_record_are_known_as_soon_as_a_turn_has_a_day() -> None:
    first = heard(CallState(), Turn("c", "1", Speaker.SYSTEM, "hello", customer=KNOWN))
    assert (first.facts.since, first.facts.years) == (2020, None)
    assert heard(first, Turn("c", "2", Speaker.AGENT, "hello", at=NOON)).facts.years == 5.0


@pytest.mark.parametrize("speaker", Speaker)
def test_the_record_unsays_nothing_that_the_customer_has_said(speaker: Speaker) -> None:
    said = fold("C: I've been a customer for 6 years")
    later = heard(said, Turn("c", "2", speaker, "hello", at=NOON, customer=Customer(since=date(2010, 1, 1))))
    assert (later.facts.years, later.facts.since) == (6, None)


YEARS = PhraseDetector(
    dict.fromkeys(("12 years", "15 years", "2 years", "10 years", "10 tahun", "۱۰ سال"), Label.TENURE)
)


@pytest.mark.parametrize(
    ("later", "years"),
    [
        ("15 years even, now that I think of it", 15),
        ("and I've been on this plan for 2 years", 12),
        ("no, 10 years actually", 10),
        ("sorry, I meant 10 years", 10),
        ("eh bukan, 10 tahun", 10),
        ("ببخشید ۱۰ سال", 10),
        ("10 years, not twelve", 10),
        ("نه، ۱۰ سال", 10),
        ("melainkan 10 tahun", 10),
        ("I misspoke, it's 10 years", 10),
        ("no change there. with the new contract I have been happy with you for 2 years", 12),
        ("There is no reason for it, 2 years I've been on this plan", 12),
        ("And, um, I've had this plan for 2 years", 12),
        ("I have 9 lines with you and 2 years on this plan", 12),
    ],
)
def test_a_shorter_time_is_that_of_something_else_unless_it_corrects(later: str, years: int) -> None:
    state = CallState()
    for turn in turns("C: I've been with you for 12 years", f"C: {later}"):
        state = after(state, turn, YEARS.read([Utterance(turn.speaker, turn.text)])[0], None)
    assert state.facts.years == years


def test_a_system_turn_changes_nothing_but_the_count_and_the_customer() -> None:
    before = fold("C: I'm very upset.")
    later = heard(before, Turn("c", "2", Speaker.SYSTEM, "I'm leaving", customer=Customer(name="Linda")))
    assert later == replace(before, turns=2, customer=Customer(name="Linda"))


def test_the_context_is_the_other_speakers_last_turn() -> None:
    state = fold("A: first", "A: second", "C: mine")
    assert state.context_for(Speaker.CUSTOMER) == "second"
    assert state.context_for(Speaker.AGENT) == "mine"
    assert CallState().context_for(Speaker.AGENT) == ""


def test_the_earlier_state_is_not_touched() -> None:
    before = fold("C: I'm very upset.")
    kept = repr(before)
    after(before, turns("C: I'm leaving")[0], DETECTOR.read([Utterance(Speaker.CUSTOMER, "I'm leaving")])[0], None)
    assert repr(before) == kept
