from __future__ import annotations

import numpy as np
import pytest
from doubles import encode

from csr_assist.advice import OptionIndex, load_playbook
from csr_assist.advice.options import heard
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
    assert found[0].sure


def test_nothing_like_it_gives_the_fallback() -> None:
    matches = INDEX.search([encode(["zzz qqq"])[0].tolist()], frozenset())
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
    old, new = (encode([s.heard.en[0]])[0].tolist() for s in (first, second))
    assert INDEX.search([new, old], frozenset())[0].situation is second
    assert INDEX.search([old, new], frozenset())[0].situation is first


def test_a_card_has_at_most_three_options_each_once() -> None:
    for _, text in heard(BOOK)[::23]:
        options = INDEX.options(INDEX.search([encode([text])[0].tolist()], frozenset({Label.FRUSTRATION})))
        assert 2 <= len(options) <= 3
        assert len({option.id for option in options}) == len(options)


def test_vectors_of_another_playbook_are_refused() -> None:
    with pytest.raises(ValueError, match="vectors for"):
        OptionIndex(BOOK, np.zeros((3, 8), dtype=np.float32))
