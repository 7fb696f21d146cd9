"""What the playbook that ships says, in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from csr_assist.advice.playbook import Playbook, load_playbook, slots
from csr_assist.conversation import Language

SHIPPED = Path(__file__).parent.parent / "data" / "playbook"


@pytest.fixture(scope="module")
def shipped() -> Playbook:
    return load_playbook(SHIPPED)


def test_the_shipped_playbook_is_rich(shipped: Playbook) -> None:
    assert len(shipped.situations) >= 20
    assert len(shipped.options) >= 60


@pytest.mark.parametrize("language", Language)
def test_the_shipped_playbook_speaks_every_language_in_its_own_script(shipped: Playbook, language: Language) -> None:
    texts = [one.of(language) for option in shipped.options for one in (option.text, option.say)]
    texts += [line for lines in shipped.replies.hurts.values() for line in lines.of(language)]
    texts += [line for situation in shipped.situations for line in situation.heard.of(language)]
    persian = [any("\u0600" <= letter <= "\u06ff" for letter in text) for text in texts]
    assert all(persian) if language.rtl else not any(persian)


@pytest.mark.parametrize("language", Language)
def test_no_two_shipped_options_look_alike(shipped: Playbook, language: Language) -> None:
    for situation in shipped.situations:
        names = [option.text.of(language) for option in situation.options]
        assert len(names) == len(set(names)), situation.id


def test_every_hurt_can_be_answered_without_knowing_anything(shipped: Playbook) -> None:
    parts = [*shipped.replies.hurts.values(), *shipped.replies.deserved.values(), shipped.replies.sorry]
    parts += [shipped.replies.ownership, shipped.replies.repair, shipped.replies.thanks]
    for part in parts:
        for language in Language:
            assert any(not slots(line) for line in part.of(language)), part.of(language)


NEVER_SAID = {
    Language.ENGLISH: r"(account|order) number|can'?t\b|cannot|unable|impossible|policy|unfortunately|understand, but",
    Language.INDONESIAN: r"nomor (akun|pesanan|pelanggan)|tidak bisa|tidak mungkin|kebijakan|sayangnya|tenang dulu",
    Language.PERSIAN: r"شماره.?(ی)? (حساب|سفارش)|نمی.?تون|امکان نداره|متأسفانه|طبق قوانین|آروم باش",
}
"""A no, a blame, a "but" and the question for data first."""


@pytest.mark.parametrize("language", Language)
def test_nothing_that_is_said_is_a_no_a_blame_or_a_question_for_data(shipped: Playbook, language: Language) -> None:
    replies = shipped.replies
    groups = [*replies.hurts.values(), *replies.deserved.values(), replies.sorry, replies.ownership, replies.offer]
    groups += [replies.instead, replies.repair, replies.thanks]
    lines = [line for group in groups for line in group.of(language)]
    lines += [words.of(language) for option in shipped.options for words in (option.text, option.say)]
    assert len(lines) > 400
    assert [line for line in lines if re.search(NEVER_SAID[language], line, re.I)] == []
