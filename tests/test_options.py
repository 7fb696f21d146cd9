from __future__ import annotations

import numpy as np
import pytest
from doubles import encode
from numpy.typing import NDArray

from csr_assist.advice import OptionIndex, load_playbook
from csr_assist.advice.options import AGE, heard
from csr_assist.labels import Label
from csr_assist.shipped import PLAYBOOK

BOOK = load_playbook(PLAYBOOK)
INDEX = OptionIndex.build(BOOK, encode)


@pytest.mark.parametrize("place", range(0, len(heard(BOOK)), 37))
def test_a_situation_is_found_by_its_own_sentences(place: int) -> None:
    owner, text = heard(BOOK)[place]
    found = INDEX.search([encode([text])[0].tolist()], frozenset())
    assert found[0].situation is BOOK.situations[owner]
    assert found[0].fits
    assert found[0].ahead > 0.1


def test_nothing_like_it_gives_the_fallback() -> None:
    of_everything = encode([text for _, text in heard(BOOK)]).mean(axis=0)
    matches = INDEX.search([of_everything.tolist()], frozenset())
    fallback = next(s for s in BOOK.situations if s.id == BOOK.company.fallback)
    assert not matches[0].fits
    assert not matches[0].sure
    assert INDEX.options(matches) == fallback.options[:3]
    assert INDEX.options([]) == fallback.options[:3]
    assert INDEX.options(INDEX.search([], frozenset())) == fallback.options[:3]


def test_cues_break_ties_between_situations() -> None:
    situation = next(s for s in BOOK.situations if s.labels)
    other = next(s for s in BOOK.situations if s.labels and not set(s.labels) & set(situation.labels))
    both = encode([situation.heard.en[0]])[0] + encode([other.heard.en[0]])[0]
    query = (both / np.linalg.norm(both)).tolist()
    scores = {m.situation.id: m.score for m in INDEX.search([query], frozenset(situation.labels))}
    plain = {m.situation.id: m.score for m in INDEX.search([query], frozenset())}
    assert scores[situation.id] > plain[situation.id]
    assert scores[other.id] == plain[other.id]


def test_the_latest_turn_weighs_more_than_the_one_before() -> None:
    first, second = BOOK.situations[0], BOOK.situations[5]
    one, other = (encode([s.heard.en[0]])[0].tolist() for s in (first, second))

    def similarity(*meanings: list[float]) -> float:
        found = INDEX.search(meanings, frozenset())
        return next(match.similarity for match in found if match.situation is first)

    assert similarity(one, other) == pytest.approx(similarity(one))
    assert similarity(other, one) == pytest.approx(AGE * similarity(one))


def test_a_card_has_at_most_three_options_each_once() -> None:
    for _, text in heard(BOOK)[::23]:
        options = INDEX.options(INDEX.search([encode([text])[0].tolist()], frozenset({Label.FRUSTRATION})))
        assert 2 <= len(options) <= 3
        assert len({option.id for option in options}) == len(options)


def test_only_what_is_ahead_of_all_others_is_named() -> None:
    first, second = BOOK.situations[0], BOOK.situations[5]
    alone = encode([first.heard.en[0]])[0]
    both = alone + encode([second.heard.en[0]])[0]
    assert INDEX.search([alone.tolist()], frozenset())[0].sure
    found = INDEX.search([(both / np.linalg.norm(both)).tolist()], frozenset())
    assert {found[0].situation, found[1].situation} == {first, second}
    assert found[0].ahead == pytest.approx(found[0].similarity - found[1].similarity)
    assert not found[0].sure
    assert all(match.ahead <= 0 for match in found[1:])


def test_where_none_leads_the_first_option_fits_any_trouble() -> None:
    first, second = BOOK.situations[0], BOOK.situations[7]
    both = encode([first.heard.en[0]])[0] + encode([second.heard.en[0]])[0]
    found = INDEX.search([(both / np.linalg.norm(both)).tolist()], frozenset())
    assert (found[0].fits, found[0].leads) == (True, False)
    any_trouble = next(s for s in BOOK.situations if s.id == BOOK.company.fallback).options[0]
    guessed = {match.situation.options[0].id for match in found[:2]}
    one, *others = INDEX.options(found)
    assert one.id == any_trouble.id
    assert {option.id for option in others} == guessed
    alone = INDEX.search([encode([first.heard.en[0]])[0].tolist()], frozenset())
    assert alone[0].leads
    assert INDEX.options(alone)[0] == first.options[0]


def test_how_sentences_of_one_situation_differ_does_not_count() -> None:
    """Tones lie in three large directions, topics in many small ones: a new turn in another tone has its topic."""
    rng = np.random.default_rng(1)
    owner = np.array([place for place, _ in heard(BOOK)])
    topics = rng.normal(0, 1, (len(BOOK.situations), 32))
    tones = rng.normal(0, 1, (3, 32))

    def said(places: NDArray[np.int_]) -> NDArray[np.float32]:
        tone = rng.normal(0, 2, (len(places), 3)) @ tones
        vectors = topics[places] + tone + rng.normal(0, 0.2, (len(places), 32))
        return np.asarray(vectors, dtype=np.float32)

    index, fresh = OptionIndex(BOOK, said(owner)), said(every := np.arange(len(BOOK.situations)))
    right = [
        index.search([one.tolist()], frozenset())[0].situation is BOOK.situations[i] for i, one in enumerate(fresh)
    ]
    known, asked = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (said(owner), fresh))
    nearest = owner[(asked @ known.T).argmax(1)] == every
    assert np.mean(right) > 0.9
    assert np.mean(nearest) < 0.6


def test_a_playbook_of_one_situation_is_searched() -> None:
    book = BOOK.model_copy(update={"situations": BOOK.situations[:1]})
    index = OptionIndex.build(book, encode)
    found = index.search([encode([book.situations[0].heard.en[0]])[0].tolist()], frozenset())
    assert [match.situation for match in found] == [book.situations[0]]
    assert found[0].sure


def test_vectors_of_another_playbook_are_refused() -> None:
    with pytest.raises(ValueError, match="vectors for"):
        OptionIndex(BOOK, np.zeros((3, 8), dtype=np.float32))
