"""What an agent has said no to is not offered: the words of the no, what was asked, and the card that follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from doubles import encode
from playbooks import Change, Files, fee, written

from csr_assist.advice import OptionIndex, load_playbook
from csr_assist.advice.playbook import Situation
from csr_assist.advice.refused import refused
from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.errors import PlaybookError
from csr_assist.shipped import PLAYBOOK, Kit
from csr_assist.state import Answer

BOOK = load_playbook(PLAYBOOK)
INDEX = OptionIndex.build(BOOK, encode)


EN, ID, FA = Language.ENGLISH, Language.INDONESIAN, Language.PERSIAN


def found(language: Language, *answers: str, asked: str = "") -> set[str]:
    """What is refused after these answers; an offer begins with a plus, "&" is in the turn of the answer before."""
    said: list[Answer] = []
    for words in answers:
        turn = said[-1].turn + (not words.startswith("&")) if said else 1
        words = words.removeprefix("&")
        said.append(Answer(turn, words.startswith("+"), words.removeprefix("+"), asked))
    return set(refused(BOOK.remedies, said, language))


@pytest.mark.parametrize(
    ("language", "words", "remedy"),
    [
        (EN, "we can't refund that", "refund"),
        (EN, "these tickets are non-refundable", "refund"),
        (EN, "I'm not able to give you your money back", "refund"),
        (EN, "we can’t reverse the charge", "refund"),
        (EN, "I'm not allowed to waive the late fee", "waiver"),
        (EN, "we're not able to remove that fee", "waiver"),
        (EN, "we don't match other companies' offers", "price_match"),
        (EN, "my manager isn't available", "manager"),
        (EN, "I'm afraid it can't be exchanged", "replacement"),
        (EN, "black is out of stock, so I can't send it", "replacement"),
        (EN, "we cannot repair it under warranty", "repair"),
        (EN, "contracts can't be paused", "pause"),
        (EN, "we don't do instalments", "instalments"),
        (EN, "I can't give you any more time", "due_date"),
        (EN, "the old price is no longer available", "old_terms"),
        (EN, "that offer is only for new customers", "new_customer_deal"),
        (EN, "we don't offer compensation for outages", "credit"),
        (EN, "we don't do same-day delivery", "fast_delivery"),
        (EN, "the return window has closed", "return"),
        (EN, "we can't swap it, it has to be repaired", "replacement"),
        (EN, "we can't refund it, only replace it", "refund"),
        (EN, "we can't exchange it but I can refund you", "replacement"),
        (EN, "we can only offer you store credit, not a refund", "refund"),
        (EN, "we can only repair it, we can't replace it", "replacement"),
        (EN, "no problem, but I can't refund it", "refund"),
        (EN, "I see it's not what you hoped for, but we can't refund that", "refund"),
        (EN, "I can't refund you now without the manager's approval", "refund"),
        (EN, "we can't refund the router", "refund"),
        (ID, "Mohon maaf, uangnya tidak bisa dikembalikan", "refund"),
        (ID, "uangnya, mohon maaf, tidak bisa dikembalikan", "refund"),
        (ID, "barang hanya bisa ditukar, tidak bisa refund", "refund"),
        (ID, "kami tidak bisa mengembalikan uangnya", "refund"),
        (ID, "dendanya tidak dapat dihapus", "waiver"),
        (ID, "biayanya tidak bisa dihapus, silakan hubungi kembali besok", "waiver"),
        (ID, "barangnya nggak bisa ditukar", "replacement"),
        (ID, "kami tidak bisa menukar barangnya", "replacement"),
        (ID, "kami tidak bisa memperbaiki unit itu", "repair"),
        (ID, "tagihannya tidak bisa kami potong", "credit"),
        (ID, "kami tidak bisa memotong tagihan", "credit"),
        (ID, "pembayarannya tidak bisa ditunda", "due_date"),
        (ID, "kami tidak bisa menunda pembayaran", "due_date"),
        (ID, "tidak bisa meminjamkan unit", "loan"),
        (ID, "tidak bisa dicicil ya Bu", "instalments"),
        (ID, "paket lama sudah tidak ada", "old_terms"),
        (FA, "متأسفانه امکان برگشت وجه نداریم", "refund"),
        (FA, "پولی برنمی‌گرده", "refund"),
        (FA, "فقط تعویض داریم، برگشت وجه نداریم", "refund"),
        (FA, "مبلغ رو نمی‌تونم برگردونم", "refund"),
        (FA, "تعویض نداریم", "replacement"),
        (FA, "قسطی نمی‌شه", "instalments"),
        (FA, "جریمه رو نمی‌تونم بردارم", "waiver"),
        (FA, "جنس رو پس نمی‌گیریم", "return"),
        (FA, "مهلت مرجوعی گذشته", "return"),
        (FA, "اون پيشنهاد فقط براي مشتريان جديده", "new_customer_deal"),
    ],
)
def test_a_no_names_what_it_refuses(language: Language, words: str, remedy: str) -> None:
    assert found(language, words) == {remedy}
    assert found(language, words.upper()) == {remedy}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (EN, "we can't promise you any outcome"),
        (EN, "there is nothing I can restore it from"),
        (EN, "we can't hold the plane for you"),
        (EN, "our billing office is closed"),
        (EN, "we can't take a credit card on this account"),
        (EN, "I can't send you a new PIN"),
        (EN, "we can't take credit cards on your account"),
        (EN, "your account is suspended"),
        (EN, "undoubtedly not"),
        (EN, "the exchange rate is fixed"),
        (EN, "I can't approve that myself, only my manager can"),
        (ID, "kamarnya belum siap, Bu"),
        (ID, "PIN tidak bisa kami lihat"),
        (ID, "minggu ini belum buka"),
        (ID, "jadwal pengiriman tidak bisa diubah"),
        (FA, "متأسفانه بدون ضامن نمی‌شه"),
        (FA, "مدیریت اجازه نداده"),
        (FA, "با همین قیمت نمی‌تونم"),
        (FA, "نمی‌شه، فردا دوباره تماس بگیرین"),
        (EN, "barangnya nggak bisa ditukar"),
        (EN, ""),
    ],
)
def test_a_no_to_something_else_refuses_nothing_that_is_offered(language: Language, words: str) -> None:
    assert found(language, words) == set()


@pytest.mark.parametrize(
    ("language", "words", "asked", "expected"),
    [
        (EN, "I'm afraid that's not possible", "I want my money back", {"refund"}),
        (EN, "I can't do that for you", "you promised. I'd like a replacement, please", {"replacement"}),
        (EN, "that's not possible", "I don't want a replacement, I want my money back", {"refund"}),
        (EN, "that's not possible", "my parcel is late", set()),
        (EN, "we can't repair it", "I want my money back", {"repair"}),
        (EN, "I can't cancel it", "cancel it and give me my money back", set()),
        (EN, "I can't unlock your SIM", "or I want a refund", set()),
        (ID, "maaf, tidak bisa ya Kak", "bisa dicicil nggak?", {"instalments"}),
        (ID, "maaf, tidak bisa ya Kak", "saya ga mau diganti baru, uang saya kembalikan", {"refund"}),
        (FA, "نمی‌شه متأسفانه", "تخفیف می‌دین؟", {"discount"}),
    ],
)
def test_a_bare_no_is_to_what_was_asked(language: Language, words: str, asked: str, expected: set[str]) -> None:
    assert found(language, words, asked=asked) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((), set()),
        (("no refunds", "we don't do instalments"), {"refund", "instalments"}),
        (("no refunds", "+I can refund you in full"), set()),
        (("+I can refund you", "no refunds after all"), {"refund"}),
        (("we can't exchange it", "+but I can refund you"), {"replacement"}),
        (("we can't refund it without the receipt",), {"refund"}),
        (("we can't refund it without the receipt", "+I can check the courier"), set()),
        (("we can't refund it yet", "we don't do instalments"), {"instalments"}),
        (("we can't refund it without the receipt", "&+I can give you a voucher"), {"refund"}),
        (("once again, we can't refund that", "we don't do instalments"), {"refund", "instalments"}),
        (("as I told you before, no refunds", "+I can check the courier"), {"refund"}),
        (("we can't refund that", "+I can send you a replacement instead of a refund"), {"refund"}),
        (("we can't refund that", "+I can offer store credit rather than a refund"), {"refund"}),
        (("we can't refund that", "+I can't refund you but I can offer a voucher"), {"refund"}),
    ],
)
def test_noes_add_up_offers_take_back_and_a_no_for_now_passes(answers: tuple[str, ...], expected: set[str]) -> None:
    assert found(EN, *answers) == expected


def test_a_playbook_without_remedies_refuses_nothing() -> None:
    assert refused({}, [Answer(1, False, "no refunds", "")], EN) == frozenset()


def everywhere(remedy: str) -> Callable[[str], set[str]]:
    return lambda _: {remedy}


@pytest.mark.parametrize("situation", BOOK.situations, ids=lambda one: one.id)
def test_no_card_offers_what_was_refused(situation: Situation) -> None:
    matches = INDEX.search([encode([situation.heard.en[0]])[0].tolist()], frozenset())
    plain = INDEX.options(matches)
    for no in {remedy for option in plain for remedy in option.gives}:
        options = INDEX.options(matches, everywhere(no))
        assert not any(no in option.gives for option in options)
        assert {option.id for option in plain if no not in option.gives} <= {option.id for option in options}
        assert len(options) == len({option.id for option in options}) == 3


def test_where_all_is_refused_what_fits_any_trouble_is_left() -> None:
    fallback = next(one for one in BOOK.situations if one.id == BOOK.company.fallback)
    left = tuple(option for option in fallback.options if not option.gives)
    first = next(one for one in BOOK.situations if all(option.gives for option in one.options))
    matches = INDEX.search([encode([first.heard.en[0]])[0].tolist()], frozenset())
    assert INDEX.options(matches[:1], lambda _: BOOK.remedies) == INDEX.options([], lambda _: BOOK.remedies) == left[:3]


def test_no_entry_is_another_in_other_order() -> None:
    for key, named in BOOK.remedies.items():
        for language in Language:
            sorts = [tuple(sorted(entry.split())) for entry in named.of(language)]
            assert len(sorts) == len(set(sorts)), (key, language)


def test_every_remedy_is_given_by_some_option() -> None:
    assert {remedy for option in BOOK.options for remedy in option.gives} == set(BOOK.remedies)


@pytest.mark.parametrize(
    ("customer", "agent", "remedy"),
    [
        ("You charged me twice, I want my money back.", "I'm sorry, we can't refund that charge.", "refund"),
        (
            "Ridiculous, my tablet arrived broken, replace it!",
            "Unfortunately we cannot replace it.",
            "replacement",
        ),
        (
            "You charged me a late fee and I want it gone, this is ridiculous.",
            "I'm afraid I can't waive the late fee.",
            "waiver",
        ),
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
    gives = {option.id: option.gives for option in BOOK.options}
    assert any(remedy in gives[choice.id] for choice in before.options)
    assert not any(remedy in gives[choice.id] for choice in after.options)
    assert len(after.options) == 3


@pytest.mark.parametrize(
    ("later", "anywhere"),
    [
        pytest.param("But I paid on time, this late fee is ridiculous.", True, id="the same trouble"),
        pytest.param("Hello? Are you still there?", True, id="nothing new"),
        pytest.param("Twelve years a customer and this is how you treat me?", True, id="how they are treated"),
        pytest.param("Your colleague promised me last week that it would be waived!", True, id="what was promised"),
        pytest.param("And the internet has been down since Monday on top of it.", False, id="another trouble"),
    ],
)
def test_a_no_is_to_the_trouble_that_it_was_said_of(later: str, anywhere: bool) -> None:
    """With the shipped detector and playbook."""
    assistant = Kit().assistant()
    assistant.hear(Turn("c", "1", Speaker.CUSTOMER, "You charged me a late fee and I paid on time."))
    assistant.hear(Turn("c", "2", Speaker.AGENT, "I'm afraid we can't waive the late fee, and we give no credit."))
    update = assistant.hear(Turn("c", "3", Speaker.CUSTOMER, later))
    refusals = Kit().advisor.refusals(update.state)
    assert refusals("late_fee") >= {"waiver"}
    assert bool(refusals("internet_outage")) == anywhere
    gives = {option.id: option.gives for option in BOOK.options}
    assert not any("waiver" in gives[choice.id] for choice in (update.prompt.options if update.prompt else ()))


def _named(files: Files) -> None:
    fee(files)["options"][0]["gives"] = ["waiver"]
    files["remedies.yaml"] = {"waiver": {"en": ["waiv"], "id": ["hapus"], "fa": ["بخش"]}}


def _unknown(files: Files) -> None:
    _named(files)
    fee(files)["options"][0]["gives"] = ["waver"]


def _without_file(files: Files) -> None:
    fee(files)["options"][0]["gives"] = ["waiver"]


def _without_persian(files: Files) -> None:
    _named(files)
    del files["remedies.yaml"]["waiver"]["fa"]


def test_a_playbook_names_its_remedies(tmp_path: Path) -> None:
    book = load_playbook(written(tmp_path, _named))
    assert refused(book.remedies, [Answer(1, False, "we cannot waive it", "")], EN) == {"waiver"}


def _all_refusable(files: Files) -> None:
    _named(files)
    for option in files["situations/other.yaml"][0]["options"]:
        option["gives"] = ["waiver"]


def _blank(files: Files) -> None:
    _named(files)
    files["remedies.yaml"]["waiver"]["en"] = ["   "]


def _wordless(files: Files) -> None:
    _named(files)
    files["remedies.yaml"]["waiver"]["en"] = ["--"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_all_refusable, "other.yaml: any_trouble: one option must be without 'gives', for when all else is refused"),
        (_blank, "remedies.yaml: waiver: en.0: String should have at least 2 characters"),
        (_wordless, "remedies.yaml: waiver: en.0: String should match pattern"),
        (_unknown, "fees.yaml: waive_fee: gives: 'waver' is not known; allowed are waiver"),
        (
            _without_file,
            "waive_fee: gives: 'waiver' is not known; allowed are none: there is no remedies.yaml",
        ),
        (_without_persian, "remedies.yaml: waiver: fa: Field required"),
        (lambda f: f.update({"remedies.yaml": ["waiver"]}), "remedies.yaml: remedies by their keys are needed"),
    ],
)
def test_a_wrong_remedy_is_named(change: Change, said: str, tmp_path: Path) -> None:
    with pytest.raises(PlaybookError) as caught:
        load_playbook(written(tmp_path, change))
    assert said in str(caught.value)
