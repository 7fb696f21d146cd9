from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Thread

import pytest
from databases import rows
from storing import NOW, Pairs, change, heard, keep, raised

from csr_assist.assistant import Update
from csr_assist.conversation import Customer, Language
from csr_assist.errors import StoreError
from csr_assist.state import Answer, Band
from csr_assist.store import About, OutOfDateError, Store
from csr_assist.store.tables import Base, PromptRow

STORY = (
    "C: I've been a customer for 6 years, I referred two friends and I am very upset",
    "A: we can't do that, account number please",
    "S: the call was put through",
    "C: this is the third time, I'm leaving 😡",
    "A: I'm sorry, I see how hard that is. I'll call you tomorrow. What I can do is this",
    "C: کلافه‌ام، یک پرسش «دیگر»",
    "C: enam tahun, saya kecewa",
)
JAKARTA = timezone(timedelta(hours=7))


def without_meaning(update: Update) -> Update:
    state = replace(update.state, meanings=(), trouble=(), answers=(Answer(2, False, "we can't", "a refund"),))
    return replace(update, reading=replace(update.reading, meaning=()), state=state)


def meant(pairs: Pairs) -> Pairs:
    return [
        (
            replace(one, turn=update.turn),
            replace(
                update,
                reading=replace(update.reading, meaning=(0.6, 0.8)),
                state=replace(
                    update.state,
                    meanings=((0.6, 0.8),),
                    trouble=(0.6, 0.8),
                    answers=(Answer(2, False, "we can't", "a refund", (0.6, 0.8)),),
                ),
            ),
        )
        for one, update in pairs
    ]


def corrected(pairs: Pairs, place: int, line: str) -> Pairs:
    """The same with other words in one turn."""
    ((_, other),) = heard(line)
    was, before = pairs[place]
    turn = replace(was.turn, text=other.turn.text)
    better = (replace(was, turn=turn), replace(other, turn=turn, prompt=before.prompt))
    return [better if number == place else pair for number, pair in enumerate(pairs)]


def anything(url: str) -> dict[str, int]:
    """Tables that hold something, with how many rows; the clock always has one."""
    found = {name: len(rows(url, table)) for name, table in Base.metadata.tables.items() if name != "clock"}
    return {name: number for name, number in found.items() if number}


def test_updates_come_back_whole_but_for_their_vectors(store: Store) -> None:
    customer = Customer("C-17", "Rosa", date(2019, 4, 1))
    at = datetime(2026, 3, 1, 16, 30, tzinfo=JAKARTA)
    pairs = [
        (replace(one, turn=(turn := replace(update.turn, at=at, customer=customer))), replace(update, turn=turn))
        for one, update in meant(heard(*STORY))
    ]
    revision = store.conversations.keep(change(pairs))
    number, kept = store.conversations.read("c")
    assert number == revision
    assert [one.heard for one in kept] == [one for one, _ in pairs]
    assert [one.update for one in kept] == [without_meaning(update) for _, update in pairs]
    assert {one.revision for one in kept} == {revision}
    assert any(one.update.prompt for one in kept)
    assert any(one.update.alert for one in kept)
    assert any(one.update.state.promises for one in kept)


def test_an_interim_turn_without_a_place_comes_back_as_such(store: Store) -> None:
    ((one, update),) = heard("C: I am very upset")
    interim = replace(one, sequence=None, final=False, arrival=9)
    store.conversations.keep(change([(interim, update)]))
    assert [kept.heard for kept in store.conversations.read("c")[1]] == [interim]


def test_what_is_not_known_is_empty(store: Store) -> None:
    keep(store, "C: hello")
    conversations = store.conversations
    assert conversations.read("C") == (0, [])
    assert (conversations.revision(""), conversations.summary("d"), conversations.end("d", NOW)) == (0, None, False)
    assert conversations.updates_after(0, "d") == []
    assert conversations.last_updates(["d"]) == {}


@pytest.mark.parametrize(("known", "based_on"), [(True, 0), (True, 1), (True, 3), (False, 1), (False, 2)])
def test_a_step_on_what_is_no_longer_so_is_refused(sqlite_store: Store, known: bool, based_on: int) -> None:
    keep(sqlite_store, "C: hello", conversation="other")
    if known:
        assert keep(sqlite_store, "C: hello") == 2
    with pytest.raises(OutOfDateError, match="'c'"):
        keep(sqlite_store, *STORY, based_on=based_on)
    assert sqlite_store.conversations.revision("c") == (2 if known else 0)
    assert len(sqlite_store.conversations.read("c")[1]) == (1 if known else 0)


def test_a_step_that_fails_at_its_end_leaves_nothing(store: Store, database_url: str) -> None:
    with pytest.raises(StoreError):
        keep(store, *STORY, alerts=[raised(channels=("slack",)), raised("nobody")], prompted=frozenset("1246"))
    assert anything(database_url) == {}
    assert store.conversations.summary("c") is None
    assert keep(store, *STORY) == 1


def test_a_later_step_that_fails_leaves_what_was(store: Store, database_url: str) -> None:
    pairs = heard(*STORY)
    revision = store.conversations.keep(change(pairs[:2], alerts=[raised(channels=("slack",))]))
    before = anything(database_url)
    with pytest.raises(StoreError):
        store.conversations.keep(change(pairs, revision, about=About(agent="desk-4"), alerts=[raised("nobody")]))
    assert anything(database_url) == before
    summary = store.conversations.summary("c")
    assert summary is not None
    assert (summary.revision, summary.turns, summary.agent) == (revision, 2, None)


def test_half_a_character_is_refused_whole(store: Store, database_url: str) -> None:
    with pytest.raises(StoreError) as caught:
        keep(store, "C: I am very upset", "C: secret \ud83d")
    assert "secret" not in str(caught.value)
    assert anything(database_url) == {}


def test_a_nul_is_kept_or_refused_whole(store: Store, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        keep(store, "C: I am very upset", "C: \0secret")
        assert store.conversations.read("c")[1][1].heard.turn.text == "\0secret"
        return
    with pytest.raises(StoreError) as caught:
        keep(store, "C: I am very upset", "C: \0secret")
    assert "secret" not in str(caught.value)
    assert anything(database_url) == {}


def test_changes_after_a_revision_come_in_order(store: Store) -> None:
    first = keep(store, "C: one", "C: two", conversation="a")
    second = keep(store, "C: three", conversation="b")
    pairs = corrected(heard("C: one", "C: two", conversation="a"), 0, "C: I am very upset")
    third = store.conversations.keep(change(pairs, first, changed=frozenset("1")))

    def after(revision: int, conversation: str | None = None) -> list[tuple[str, int]]:
        found = store.conversations.updates_after(revision, conversation)
        return [(one.heard.turn.text, one.revision) for one in found]

    assert after(0) == [("two", first), ("three", second), ("I am very upset", third)]
    assert after(0, "a") == [("two", first), ("I am very upset", third)]
    assert after(first) == [("three", second), ("I am very upset", third)]
    assert after(first, "a") == after(second) == [("I am very upset", third)]
    assert after(second, "b") == after(third) == after(2**62) == []
    assert store.conversations.last_revision() == third


@pytest.mark.parametrize(
    ("limit", "texts"),
    [(1, "0"), (2, "0123"), (3, "0123"), (4, "0123"), (5, "01234"), (99, "01234")],
)
def test_a_limit_never_cuts_one_change_in_two(sqlite_store: Store, limit: int, texts: str) -> None:
    keep(sqlite_store, "C: 0", conversation="a")
    keep(sqlite_store, "C: 1", "C: 2", "C: 3", conversation="b")
    keep(sqlite_store, "C: 4", conversation="c")
    found = sqlite_store.conversations.updates_after(0, limit=limit)
    assert "".join(one.heard.turn.text for one in found) == texts


def test_revisions_grow_and_no_reader_misses_one(store: Store) -> None:
    given: dict[int, list[int]] = {number: [] for number in range(8)}

    def write(number: int) -> None:
        pairs = heard("C: one", "C: two", "C: three", "C: four", conversation=f"c{number}")
        for many in range(1, 5):
            step = change(pairs[:many], ([0] + given[number])[-1], new=frozenset(str(many)))
            given[number].append(store.conversations.keep(step))

    threads = [Thread(target=write, args=(number,)) for number in given]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    while any(thread.is_alive() for thread in threads):
        seen += [one.revision for one in store.conversations.updates_after(seen[-1] if seen else 0)]
    seen += [one.revision for one in store.conversations.updates_after(seen[-1] if seen else 0)]
    assert all(numbers == sorted(set(numbers)) for numbers in given.values())
    assert seen == sorted(number for numbers in given.values() for number in numbers) == list(range(1, 33))


def test_a_prompt_stays_though_its_turn_is_corrected(store: Store, database_url: str) -> None:
    pairs = heard("C: I am very upset", "C: this is the third time")
    shown = frozenset(update.turn.turn_id for _, update in pairs if update.prompt)
    assert shown
    revision = store.conversations.keep(change(pairs, prompted=shown))
    before = rows(database_url, PromptRow.metadata.tables["prompts"])
    calm = heard("C: I am well", "C: thank you")
    store.conversations.keep(change(calm, revision))
    assert rows(database_url, PromptRow.metadata.tables["prompts"]) == before
    assert [row["say"] for row in before] == [update.prompt.say for _, update in pairs if update.prompt]
    assert [one.update.prompt for one in store.conversations.as_heard("c")[1]] == [None, None]
    assert [one.update.prompt for one in store.conversations.read("c")[1]] == [update.prompt for _, update in pairs]


def test_a_turn_that_moves_keeps_one_place(store: Store) -> None:
    pairs = heard("C: one", "C: two", "C: three")
    revision = store.conversations.keep(change([pairs[0], pairs[2]]))
    store.conversations.keep(change(pairs, revision, new=frozenset("2"), changed=frozenset("3")))
    assert [one.heard.turn.text for one in store.conversations.read("c")[1]] == ["one", "two", "three"]


def test_a_summary_says_where_it_stands_and_stood(store: Store) -> None:
    lines = (STORY[0], STORY[3], *("A: I'm sorry, how hard that is", "C: thank you") * 12)
    keep(store, *lines, at=NOW + timedelta(minutes=3), about=About(started_at=NOW, language=Language.PERSIAN))
    summary = store.conversations.summary("c")
    assert summary is not None
    assert (summary.opened_at, summary.touched_at, summary.ended_at) == (NOW, NOW + timedelta(minutes=3), None)
    assert (summary.turns, summary.band, summary.worst_band) == (len(lines), Band.CALM, Band.AT_RISK)
    assert summary.level < 0.2 < 0.65 <= summary.peak
    assert (summary.language, summary.customer, summary.outcome) == (Language.ENGLISH, None, None)


def test_what_is_known_grows_and_is_not_unsaid(store: Store) -> None:
    begin = store.conversations.begin
    first = begin("c", About(channel="call", customer=Customer("17", "Rosa")), NOW)
    assert (first.revision, first.turns, first.band, first.channel) == (1, 0, Band.CALM, "call")
    later = begin("c", About(agent="desk-4", customer=Customer(since=date(2016, 3, 1))), NOW + timedelta(seconds=5))
    assert (later.channel, later.agent, later.customer) == ("call", "desk-4", Customer("17", "Rosa", date(2016, 3, 1)))
    assert (later.opened_at, later.touched_at, later.revision) == (NOW, NOW + timedelta(seconds=5), 2)
    assert store.conversations.summary("c") == later
    assert store.conversations.read("c") == (2, [])
    other = begin("c", About(customer=Customer("18")), NOW)
    assert other.customer == Customer("18")


def test_the_first_end_counts(store: Store) -> None:
    keep(store, "C: hello")
    assert store.conversations.end("c", NOW.astimezone(JAKARTA))
    assert store.conversations.end("c", NOW + timedelta(hours=1))
    summary = store.conversations.summary("c")
    assert summary is not None
    assert summary.ended_at == NOW
    assert summary.ended_at.tzinfo is UTC


def test_the_last_update_of_each(store: Store) -> None:
    keep(store, "C: one", "C: two", conversation="a")
    keep(store, "C: three", conversation="b")
    store.conversations.begin("silent", About(), NOW)
    found = store.conversations.last_updates(["a", "b", "silent", "unknown"])
    assert {key: update.turn.text for key, update in found.items()} == {"a": "two", "b": "three"}
    assert store.conversations.last_updates([]) == {}
