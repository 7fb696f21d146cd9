from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from databases import POSTGRES, new_database
from hypothesis import given
from hypothesis import strategies as st
from storing import NOW, keep

from csr_assist.conversation import Customer
from csr_assist.labels import Label
from csr_assist.state import Band
from csr_assist.store import About, Outcome, Query, Result, Store
from csr_assist.store.folding import folded

LATE = datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
ARABIC_KEYS = "كارت من گم شده، می\u200cخواهم عليه شما شکايت کنم، کلافه‌ام"


def about(name: str | None = None, key: str | None = None, agent: str | None = None) -> About:
    return About(customer=Customer(key, name) if name or key else None, agent=agent)


@pytest.fixture(scope="module", params=["sqlite", POSTGRES])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Six conversations, touched in the order of their names, the last one first in a list."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('search') / 'csr.db'}"
    else:
        url = new_database(request.getfixturevalue("postgres"))
    store = Store(url)
    days = [datetime(2026, 2, 27, 12, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC), LATE, LATE, NOW, NOW]
    days[3] = datetime(2026, 3, 2, tzinfo=UTC)
    days[4] = datetime(2026, 3, 3, 9, tzinfo=UTC)
    days[5] = days[4] + timedelta(minutes=10)
    calls = [
        ("a", ["C: The FORM is broken, 100% of the time", "A: Fine"], about("Rosa Müller", "C-17", "desk-1")),
        ("b", [f"C: {ARABIC_KEYS}", "A: snakeXcase"], about("علی رضایی", "C-18", "desk-1")),
        ("c", ["C: Saya KECEWA sekali", "A: snake_case\\path"], about("İpek Ünal", "c-17", "desk-2")),
        ("d", ["C: CAFÉ İSTANBUL straße", "A: 1000 per cent, [x]* ' \" --"], about("100% Rosa_", None, "Desk-1")),
        ("e", ["C: this is the third time, I'm leaving and I want your manager", "A: the form"], about()),
        ("f", ["C: hello"], about(None, "C-20")),
    ]
    for (name, lines, known), at in zip(calls, days, strict=True):
        keep(store, *lines, conversation=name, about=replace(known, started_at=at - timedelta(hours=2)), at=at)
    for name, result in (("a", Result.SAVED), ("b", Result.LOST), ("c", Result.OPEN)):
        store.reviews.set_outcome(Outcome(name, result, "Ann"), NOW)
    store.conversations.end("f", days[5])
    yield store
    store.close()


ALL = "fedcba"
CASES = [
    (Query(), ALL),
    (Query(words="form"), "ea"),
    (Query(words="FORM"), "ea"),
    (Query(words="  form \n fine "), "a"),
    (Query(words="form fine manager"), ""),
    (Query(words="form manager"), "e"),
    (Query(words="orm bro"), "a"),
    (Query(words="forms"), ""),
    (Query(words="kecewa"), "c"),
    (Query(words="Kecewa Saya"), "c"),
    (Query(words="کلافه"), "b"),
    (Query(words="کلافه‌ام"), "b"),
    (Query(words="کلافهام"), "b"),
    (Query(words="کارت"), "b"),
    (Query(words="كارت"), "b"),
    (Query(words="علیه شکایت میخواهم"), "b"),
    (Query(words="می خواهم"), "b"),
    (Query(words="کارتن"), ""),
    (Query(words="café"), "d"),
    (Query(words="cafe"), "d"),
    (Query(words="istanbul"), "d"),
    (Query(words="İstanbul"), "d"),
    (Query(words="STRASSE"), "d"),
    (Query(words="100%"), "a"),
    (Query(words="100"), "da"),
    (Query(words="۱۰۰۰"), "d"),
    (Query(words="%"), "a"),
    (Query(words="snake_case"), "c"),
    (Query(words="_"), "c"),
    (Query(words="case\\path"), "c"),
    (Query(words="/"), ""),
    (Query(words="[x]*"), "d"),
    (Query(words="' --"), "d"),
    (Query(words="\u200c"), ALL),
    (Query(label=Label.CHURN_THREAT), "e"),
    (Query(label=Label.HELPFUL_FEEDBACK), "a"),
    (Query(label=Label.REFERRAL), ""),
    (Query(band=Band.AT_RISK), "e"),
    (Query(band=Band.WATCH), "cb"),
    (Query(band=Band.CALM), "fda"),
    (Query(outcome=Result.SAVED), "a"),
    (Query(outcome=Result.LOST), "b"),
    (Query(outcome=Result.OPEN), "fedc"),
    (Query(since=date(2026, 3, 1)), "fedcb"),
    (Query(since=date(2026, 3, 2)), "fed"),
    (Query(since=date(2026, 3, 4)), ""),
    (Query(until=date(2026, 3, 1)), "dcba"),
    (Query(until=date(2026, 2, 28)), "ba"),
    (Query(until=date(2026, 2, 26)), ""),
    (Query(since=date(2026, 3, 1), until=date(2026, 3, 1)), "dcb"),
    (Query(since=date.min, until=date.max), ALL),
    (Query(customer="C-17"), "a"),
    (Query(customer="c-17"), "c"),
    (Query(customer="C-1"), ""),
    (Query(customer="rosa"), "da"),
    (Query(customer="MÜLLER"), "a"),
    (Query(customer="muller"), "a"),
    (Query(customer="ipek ü"), "c"),
    (Query(customer="علي"), "b"),
    (Query(customer="a_"), "d"),
    (Query(customer="0%"), "d"),
    (Query(customer="Ros a"), ""),
    (Query(agent="desk-1"), "ba"),
    (Query(agent="desk"), ""),
    (Query(live=True), "e"),
    (Query(live=False), "fdcba"),
    (Query(live=True, words="hello"), ""),
    (Query(limit=2), "fe"),
    (Query(limit=2, offset=2), "dc"),
    (Query(limit=2, offset=5), "a"),
    (Query(limit=2, offset=6), ""),
    (Query(words="form", label=Label.CHURN_THREAT, band=Band.AT_RISK, outcome=Result.OPEN, live=True), "e"),
    (Query(words="form", agent="desk-1", outcome=Result.LOST), ""),
]


@pytest.mark.parametrize(("query", "names"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_finds_what_fits_and_nothing_else(found: Store, query: Query, names: str) -> None:
    now = datetime(2026, 3, 3, 9, 12, tzinfo=UTC)
    assert "".join(one.id for one in found.search.find(query, now)) == names
    assert found.search.count(replace(query, limit=1, offset=0), now) == len(names) or query.limit < 100


@pytest.mark.parametrize(("minutes", "names"), [(0, "e"), (29, "e"), (30, "e"), (31, "")])
def test_who_is_quiet_for_long_is_not_live(found: Store, minutes: int, names: str) -> None:
    now = datetime(2026, 3, 3, 9, tzinfo=UTC) + timedelta(minutes=minutes)
    assert "".join(one.id for one in found.search.find(Query(live=True), now)) == names


def test_a_result_says_its_outcome(found: Store) -> None:
    outcomes = {one.id: one.outcome for one in found.search.find(Query(), NOW)}
    assert outcomes == {
        "a": Result.SAVED, "b": Result.LOST, "c": Result.OPEN, "d": None, "e": None, "f": None,
    }  # fmt: skip


def test_the_board_shows_the_highest_risk_first_then_the_latest(store: Store) -> None:
    leaving, upset = "C: I'm leaving", "C: I am very upset"
    for number, (name, line) in enumerate(
        {"calm": "C: hello", "upset": upset, "leaving": leaving, "ended": leaving, "upset later": upset}.items()
    ):
        keep(store, line, conversation=name, at=NOW + timedelta(seconds=number))
    keep(store, upset, conversation="upset at the same time", at=NOW + timedelta(seconds=4))
    keep(store, leaving, conversation="quiet", at=NOW - timedelta(minutes=31))
    store.conversations.end("ended", NOW)
    order = ["leaving", "upset at the same time", "upset later", "upset", "calm"]
    assert [one.id for one in store.search.board(NOW)] == order
    assert [one.id for one in store.search.board(NOW, limit=2)] == order[:2]


def test_a_corrected_turn_is_found_by_its_new_words_alone(sqlite_store: Store) -> None:
    revision = keep(sqlite_store, "C: I am very upset")
    keep(sqlite_store, "C: I want your manager", based_on=revision)
    assert sqlite_store.search.find(Query(words="upset"), NOW) == []
    assert sqlite_store.search.find(Query(label=Label.FRUSTRATION), NOW) == []
    assert len(sqlite_store.search.find(Query(words="manager", label=Label.ESCALATION), NOW)) == 1


def test_pages_cut_nothing_and_repeat_nothing(sqlite_store: Store) -> None:
    for number in range(7):
        keep(sqlite_store, "C: hello", conversation=f"c{number}")
    pages = [sqlite_store.search.find(Query().on_page(page, 3), NOW) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert [one.id for page in pages for one in page] == [f"c{number}" for number in range(6, -1, -1)]


@given(st.text())
def test_folding_is_final_and_blind_to_case(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(text.lower()) == folded(text)


@given(st.text(), st.text())
def test_a_part_is_found_in_the_whole(text: str, more: str) -> None:
    assert folded(text) in folded(f"{more} {text} {more}")
