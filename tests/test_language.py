from __future__ import annotations

from pathlib import Path

import pytest

from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.language import language_of
from csr_assist.training.corpus import load_corpus


def turn(text: str, language: Language | None = None) -> Turn:
    return Turn("c", "1", Speaker.CUSTOMER, text, language=language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have been waiting for two hours", "en"),
        ("udah dua jam nunggu, gimana sih min", "id"),
        ("دو ساعته منتظرم، چی شد پس", "fa"),
        ("@telko sinyalnya ilang terus nih", "id"),
        pytest.param("خسته شدم", "fa", id="a few Persian letters"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert language_of(turn(text), None) == language


@pytest.mark.parametrize("text", ["ok", "hm", "12345678901234567890", "", "!!! ???", "ok ok"])
def test_too_few_letters_keep_what_was_known(text: str) -> None:
    assert language_of(turn(text), Language.PERSIAN) is Language.PERSIAN
    assert language_of(turn(text), None) is None


def test_the_sources_word_counts() -> None:
    assert language_of(turn("I have been waiting", Language.INDONESIAN), Language.ENGLISH) is Language.INDONESIAN


def test_the_corpus_is_told_apart() -> None:
    examples = load_corpus(Path("data/corpus"))[::20]
    right = [language_of(turn(e.text), None) in (e.language, None) for e in examples]
    assert sum(right) / len(right) >= 0.99


@pytest.mark.parametrize("before", Language)
def test_the_corpus_is_followed_from_any_other_language(before: Language) -> None:
    examples = [e for e in load_corpus(Path("data/corpus"))[::20] if sum(map(str.isalpha, e.text)) >= 20]
    right = [language_of(turn(e.text), before) is e.language for e in examples]
    assert sum(right) / len(right) >= 0.98


NAMES = [
    "Sarah Mendoza", "anna.kowalski@example.com", "Galaxy Tab A52", "Sure, Mandy Adams", "Barbara Kumar",
    "Patel, Ahmedabad", "Maria Santana Kusuma", "Siti Nurhaliza Putri Rahayu", "Ananda Wijaya, Medan",
    "Sarah Mendoza, Santa Barbara, California", "12 Alabama Lane, Tampa", "dewi.lestari@example.com",
    "Wi-Fi hotspot modem reset",
]  # fmt: skip


@pytest.mark.parametrize("before", Language)
@pytest.mark.parametrize("text", NAMES)
def test_a_name_or_a_place_changes_no_language(text: str, before: Language) -> None:
    assert language_of(turn(text), before) is before


@pytest.mark.parametrize(
    "text", ["refund dong kak", "slow response banget", "mau upgrade ke premium plan", "check out error kak"]
)
def test_borrowed_words_change_no_indonesian_call(text: str) -> None:
    assert language_of(turn(text), Language.INDONESIAN) is Language.INDONESIAN


@pytest.mark.parametrize("before", Language)
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you so much", "en"),
        ("my order has not arrived", "en"),
        ("Please speak English with me", "en"),
        ("makasih banyak", "id"),
        ("barang belum sampai", "id"),
        ("bahasa Indonesia aja ya", "id"),
        ("خسته شدم", "fa"),
        ("گوشی Galaxy رو پس می‌دم", "fa"),
    ],
)
def test_a_real_change_of_language_is_followed(text: str, language: str, before: Language) -> None:
    assert language_of(turn(text), before) == language
