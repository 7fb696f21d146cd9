"""In which language a live conversation begins, and which one is spoken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from doubles import turns
from test_service import live, service

from csr_assist.conversation import Language
from csr_assist.store import About, Store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


LONG = "and I am very upset that nobody has answered my letter"
BEGUN = [
    pytest.param(("C: ok",), Language.INDONESIAN, id="words that show nothing"),
    pytest.param(("C: ok", f"C: {LONG}"), Language.ENGLISH, id="another language"),
    pytest.param(("C: ok", f"C: {LONG}", "C: ok very upset"), Language.ENGLISH, id="and then words that show nothing"),
    pytest.param((f"A: {LONG}", "C: ok"), Language.INDONESIAN, id="the agent's does not count"),
    pytest.param(("S: call connected to the desk", "C: ok"), Language.INDONESIAN, id="nor the system's"),
]


@pytest.mark.parametrize("how", ["one by one", "restarted", "in a batch", "backwards", "interim"])
@pytest.mark.parametrize(("story", "spoken"), BEGUN)
def test_a_conversation_begins_in_the_language_it_was_said_to_be_in(
    story: tuple[str, ...], spoken: Language, how: str, store: Store
) -> None:
    running = service(store)
    running.start("c", About(language=Language.INDONESIAN))
    said = live(turns(*story))
    if how == "in a batch":
        running.take(said)
    for one in {"in a batch": [], "backwards": said[::-1]}.get(how, said):
        running = service(store) if how == "restarted" else running
        if how == "interim":
            running.take([replace(one, final=False)])
        running.take([one])
    _, kept = store.conversations.read("c")
    assert kept[-1].update.state.language == spoken
    summary = store.conversations.summary("c")
    assert summary is not None
    assert (summary.language, summary.begun_in) == (spoken, Language.INDONESIAN)


def test_a_language_that_is_said_late_counts_from_the_next_turn_on(store: Store) -> None:
    running = service(store)
    first, second = live(turns("C: ok", "C: very upset"))
    running.take([first])
    running.start("c", About(language=Language.PERSIAN))
    (took,) = running.take([second])
    assert took.update is not None
    assert took.update.state.language is Language.PERSIAN


def test_a_language_may_come_with_the_first_turn(store: Store) -> None:
    (took,) = service(store).take(live(turns("C: ok")), {"c": About(language=Language.PERSIAN)})
    assert took.update is not None
    assert took.update.state.language is Language.PERSIAN


def test_what_is_spoken_stays_when_a_conversation_is_begun_again(store: Store) -> None:
    running = service(store)
    running.start("c", About(language=Language.INDONESIAN))
    running.take(live(turns(f"C: {LONG}")))
    begun = running.start("c", About(language=Language.INDONESIAN, agent="desk-5"))
    assert (begun.language, begun.begun_in, begun.agent) == (Language.ENGLISH, Language.INDONESIAN, "desk-5")
