from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from storing import NOW, keep

from csr_assist.labels import Label
from csr_assist.store import Feedback, Mark, MarkVerdict, Outcome, Result, Store, Verdict

TEXT = "C: 😡 kecewa"
END = len(TEXT) - len("C: ")
WORDS = TEXT.removeprefix("C: ")
MARK = Mark("c", "1", Label.DISAPPOINTMENT, 2, END, MarkVerdict.RIGHT, "Ann")
OUTCOME = Outcome("c", Result.LOST, "Ann", "price", 1200.5, "Asked twice for a better tariff.")


@pytest.fixture
def kept(store: Store) -> Store:
    keep(store, TEXT)
    keep(store, "C: hello", conversation="other")
    return store


@pytest.mark.parametrize("verdict", MarkVerdict)
def test_marks_come_back_whole(kept: Store, verdict: MarkVerdict) -> None:
    mark = replace(MARK, verdict=verdict)
    assert kept.reviews.add_mark(mark, NOW)
    assert kept.reviews.marks("c") == kept.reviews.marks() == [replace(mark, words="kecewa", at=NOW)]
    assert kept.reviews.marks("other") == []


def test_marks_come_in_the_order_in_which_they_were_made(kept: Store) -> None:
    given = [MARK, replace(MARK, conversation_id="other", end=3), replace(MARK, start=0), MARK]
    assert all(kept.reviews.add_mark(mark, NOW - timedelta(minutes=place)) for place, mark in enumerate(given))
    assert [replace(mark, words="", at=None) for mark in kept.reviews.marks()] == given
    assert [mark.words for mark in kept.reviews.marks("c")] == ["kecewa", WORDS, "kecewa"]
    assert [mark.start for mark in kept.reviews.marks("c")] == [2, 0, 2]


@pytest.mark.parametrize(
    ("turn", "start", "end", "taken"),
    [
        ("1", 0, END, True),
        ("1", 0, 1, True),
        ("1", END - 1, END, True),
        ("1", 0, END + 1, False),
        ("1", END, END + 1, False),
        ("1", END, END, False),
        ("1", 3, 3, False),
        ("1", 4, 2, False),
        ("1", -1, 2, False),
        ("1", -3, -1, False),
        ("2", 0, 1, False),
        ("", 0, 1, False),
    ],
)
def test_marks_lie_within_the_words(sqlite_store: Store, turn: str, start: int, end: int, taken: bool) -> None:
    keep(sqlite_store, TEXT)
    mark = replace(MARK, turn_id=turn, start=start, end=end)
    assert sqlite_store.reviews.add_mark(mark, NOW) is taken
    assert len(sqlite_store.reviews.marks()) == taken
    assert not sqlite_store.reviews.add_mark(replace(mark, conversation_id="unknown"), NOW)


@pytest.mark.parametrize(
    "outcome", [OUTCOME, Outcome("c", Result.SAVED, "Ben"), Outcome("c", Result.OPEN, "", "", 0.0, "")]
)
def test_outcomes_come_back_whole(kept: Store, outcome: Outcome) -> None:
    assert kept.reviews.outcome("c") is None
    assert kept.reviews.set_outcome(outcome, NOW)
    assert kept.reviews.outcome("c") == replace(outcome, at=NOW)
    assert kept.reviews.outcome("other") is None
    summary = kept.conversations.summary("c")
    assert summary is not None
    assert summary.outcome is outcome.result


def test_a_later_outcome_replaces_the_whole_of_the_earlier(kept: Store) -> None:
    later = Outcome("c", Result.SAVED, "Ben")
    assert kept.reviews.set_outcome(OUTCOME, NOW)
    assert kept.reviews.set_outcome(later, NOW + timedelta(hours=1))
    assert kept.reviews.outcome("c") == replace(later, at=NOW + timedelta(hours=1))


def test_there_is_no_outcome_of_what_is_not_known(kept: Store) -> None:
    assert not kept.reviews.set_outcome(replace(OUTCOME, conversation_id="unknown"), NOW)
    assert kept.reviews.outcome("unknown") is None


def test_the_words_of_notes_stay_out_of_logs() -> None:
    assert "tariff" not in repr(OUTCOME)


def test_personal_data_in_feedback_is_masked(store: Store) -> None:
    said = Feedback("pasted", "1", Verdict.CHOSEN, "So we call you on 0812-3456-7890.", option_id="ann@example.com")
    store.reviews.add_feedback(said, NOW)
    assert store.reviews.feedback() == [replace(said, say="So we call you on [PHONE].", option_id="[EMAIL]", at=NOW)]
