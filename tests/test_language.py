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
    right = [language_of(turn(e.text), e.language) is e.language for e in examples]
    assert sum(right) / len(right) >= 0.98
