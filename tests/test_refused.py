"""What an agent has said no to is not offered: the words of the no, what was asked, and the card that follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles import encode
from playbooks import Change, Files, fee, written

from csr_assist.advice import OptionIndex, load_playbook
from csr_assist.advice.playbook import Situation
from csr_assist.advice.refused import BARE, refused
from csr_assist.conversation import Speaker, Turn
from csr_assist.errors import PlaybookError
from csr_assist.shipped import PLAYBOOK, Kit
from csr_assist.state import Refusal

BOOK = load_playbook(PLAYBOOK)
INDEX = OptionIndex.build(BOOK, encode)


def found(words: str, asked: str = "") -> set[str]:
    return set(refused(BOOK.remedies, [Refusal(words, asked)]))


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("we can't refund that", "refund"),
        ("these tickets are non-refundable", "refund"),
        ("I'm not able to give you your money back", "refund"),
        ("I'm not allowed to waive the late fee", "waiver"),
        ("we're not able to remove that fee", "waiver"),
        ("we don't match other companies' offers", "price_match"),
        ("my manager isn't available", "manager"),
        ("I'm afraid it can't be exchanged", "replacement"),
        ("we cannot repair it under warranty", "repair"),
        ("contracts can't be paused", "pause"),
        ("we don't do instalments", "instalments"),
        ("the old price is no longer available", "old_terms"),
        ("that one is for new customers only", "new_customer_deal"),
        ("we have no technician this week", "visit"),
        ("we don't do same-day delivery", "fast_delivery"),
        ("the return window has closed", "return"),
        ("Mohon maaf, uangnya tidak bisa dikembalikan", "refund"),
        ("dendanya tidak dapat dihapus", "waiver"),
        ("barangnya nggak bisa ditukar", "replacement"),
        ("kami tidak bisa memperbaiki unit itu", "repair"),
        ("tidak bisa dicicil ya Bu", "instalments"),
        ("teknisinya sudah penuh minggu ini", "visit"),
        ("paket lama sudah tidak ada", "old_terms"),
        ("متأسفانه امکان برگشت وجه نداریم", "refund"),
        ("پولی برنمی‌گرده", "refund"),
        ("تعویض نداریم", "replacement"),
        ("قسطی نمی‌شه", "instalments"),
        ("جریمه قابل بخشش نیست", "waiver"),
        ("تكنسين نداريم", "visit"),
        ("مهلت مرجوعی گذشته", "return"),
    ],
)
def test_a_no_names_what_it_refuses(words: str, remedy: str) -> None:
    assert found(words) == {remedy}
    assert found(words.upper()) == {remedy}


@pytest.mark.parametrize(
    "words",
    [
        "we can't promise you any outcome",
        "there is nothing I can restore it from",
        "we can't hold the plane for you",
        "dogs aren't allowed on board",
        "the fee is what it is",
        "I can't lower my voice here",
        "kamarnya belum siap, Bu",
        "PIN tidak bisa kami lihat",
        "متأسفانه بدون ضامن نمی‌شه",
        "این هفته پره",
        "",
    ],
)
def test_a_no_to_something_else_refuses_nothing_that_is_offered(words: str) -> None:
    assert found(words) == set()


@pytest.mark.parametrize(
    ("words", "asked", "expected"),
    [
        ("I'm afraid that's not possible", "I want my money back", {"refund"}),
        ("maaf, tidak bisa ya Kak", "bisa dicicil nggak?", {"instalments"}),
        ("نمی‌شه متأسفانه", "تخفیف می‌دین؟", {"discount"}),
        ("that's not possible", "my parcel is late", set()),
        ("we can't repair it", "I want my money back", {"repair"}),
        (" ".join(["no"] * (BARE + 1)), "I want my money back", set()),
        (" ".join(["no"] * BARE), "I want my money back", {"refund"}),
    ],
)
def test_a_bare_no_is_to_what_was_asked(words: str, asked: str, expected: set[str]) -> None:
    assert found(words, asked) == expected


def test_several_noes_add_up_and_none_is_none() -> None:
    both = refused(BOOK.remedies, [Refusal("no refunds", ""), Refusal("we don't swap", "")])
    assert both == {"refund", "replacement"}
    assert refused(BOOK.remedies, []) == frozenset()
    assert refused({}, [Refusal("no refunds", "")]) == frozenset()


@pytest.mark.parametrize("situation", BOOK.situations, ids=lambda one: one.id)
def test_no_card_offers_what_was_refused(situation: Situation) -> None:
    matches = INDEX.search([encode([situation.heard.en[0]])[0].tolist()], frozenset())
    plain = INDEX.options(matches)
    for no in {option.remedy for option in plain if option.remedy}:
        options = INDEX.options(matches, {no})
        assert no not in {option.remedy for option in options}
        assert next(one for one in plain if one.remedy != no) == options[0]  # what is left keeps its order
        assert len(options) == len({option.id for option in options}) == 3


def test_where_all_is_refused_what_fits_any_trouble_is_left() -> None:
    fallback = next(one for one in BOOK.situations if one.id == BOOK.company.fallback)
    nothing = [one for one in BOOK.remedies if one != "callback"]
    first = next(one for one in BOOK.situations if all(option.remedy in nothing for option in one.options))
    matches = INDEX.search([encode([first.heard.en[0]])[0].tolist()], frozenset())
    assert INDEX.options(matches, nothing) == fallback.options[:3]


def test_every_remedy_is_given_by_some_option() -> None:
    assert {option.remedy for option in BOOK.options} - {None} == set(BOOK.remedies)


@pytest.mark.parametrize(
    ("customer", "agent", "remedy"),
    [
        ("You charged me twice, I want my money back.", "I'm sorry, we can't refund that charge.", "refund"),
        (
            "Ridiculous, my tablet arrived broken, replace it!",
            "Unfortunately we cannot replace it.",
            "replacement",
        ),
        ("This late fee is ridiculous, take it off.", "I'm afraid I can't waive the late fee.", "waiver"),
        (
            "Parah, saya ditagih dua kali, kembalikan uang saya!",
            "Maaf, kami tidak bisa refund Pak.",
            "refund",
        ),
        ("دو بار از کارتم پول کم کردین، پولمو پس بدین!", "متأسفانه امکان برگشت وجه نداریم.", "refund"),
    ],
)
def test_on_the_desk_the_card_after_a_no_has_other_ways(customer: str, agent: str, remedy: str) -> None:
    """With the shipped detector and playbook."""
    assistant = Kit().assistant()
    before = assistant.hear(Turn("c", "1", Speaker.CUSTOMER, customer)).prompt
    after = assistant.hear(Turn("c", "2", Speaker.AGENT, agent)).prompt
    assert before is not None
    assert after is not None
    gives = {option.id: option.remedy for option in BOOK.options}
    assert remedy in {gives[choice.id] for choice in before.options}
    assert remedy not in {gives[choice.id] for choice in after.options}
    assert len(after.options) == 3


def _named(files: Files) -> None:
    fee(files)["options"][0]["remedy"] = "waiver"
    files["remedies.yaml"] = {"waiver": {"en": ["waiv"], "id": ["hapus"], "fa": ["بخش"]}}


def _unknown(files: Files) -> None:
    _named(files)
    fee(files)["options"][0]["remedy"] = "waver"


def _without_file(files: Files) -> None:
    fee(files)["options"][0]["remedy"] = "waiver"


def _without_persian(files: Files) -> None:
    _named(files)
    del files["remedies.yaml"]["waiver"]["fa"]


def test_a_playbook_names_its_remedies(tmp_path: Path) -> None:
    book = load_playbook(written(tmp_path, _named))
    assert refused(book.remedies, [Refusal("we cannot waive it", "")]) == {"waiver"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_unknown, "fees.yaml: waive_fee: remedy: 'waver' is not known; allowed are waiver"),
        (
            _without_file,
            "waive_fee: remedy: 'waiver' is not known; allowed are none: there is no remedies.yaml",
        ),
        (_without_persian, "remedies.yaml: waiver: fa: Field required"),
        (lambda f: f.update({"remedies.yaml": ["waiver"]}), "remedies.yaml: remedies by their keys are needed"),
    ],
)
def test_a_wrong_remedy_is_named(change: Change, said: str, tmp_path: Path) -> None:
    with pytest.raises(PlaybookError) as caught:
        load_playbook(written(tmp_path, change))
    assert said in str(caught.value)
