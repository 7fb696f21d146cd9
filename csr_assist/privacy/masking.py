"""Personal data in a turn, found and masked before anything reads or stores it.

Found are payment cards, IBANs (Sheba among them), phone numbers, e-mail addresses and the national ids of the
United States, the United Kingdom, Indonesia and Iran, in any script's digits, solid, grouped, or in the groups
that speech recognition writes. Because the detector reads the masked text, the evidence it names lies where
the reader will see it.

Doubt goes two ways. About a number, towards the mask: one too many costs the reader little, one too few is a
leak. A number that is *called* a card or a phone is masked even when its check digit is wrong (one digit was
misheard), and one that merely passes is masked too, one order number in some ten that look like a card among
them. About words, towards the text: a loyalty statement must never be lost, so "6 years", "since 2016", dates,
amounts and counts never join a number, and an address spoken as words is masked only after "e-mail". What the
speaker calls an order, an invoice, a parcel or a serial number stays, unless it is valid as a card or an IBAN or
begins with a plus sign. Ten bare digits are a US phone in English alone and a kod-e melli in Persian alone (in
both where the language is not known).

Not found: names, addresses, bank accounts other than IBANs, passports, and digits spoken as words. Numbers that
are still being said, or that a pause has split over turns, are for ``masking_live``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from csr_assist.conversation import Language
from csr_assist.privacy.masking_kinds import Found, Kind
from csr_assist.privacy.masking_letters import emails, ibans, national_insurance
from csr_assist.privacy.masking_numbers import numbers
from csr_assist.privacy.masking_text import Folded, fold

__all__ = ["Found", "Kind", "at_source", "find", "mask", "masked"]

_FEWEST_DIGITS = 6
_ADDRESS = re.compile(r"[@＠]|[Mm][Aa][Ii][Ll]|[Ss][Uu][Rr][Ee][Ll]|م[یيى]ل")
_DIGIT = re.compile(r"\d")


def find(text: str, language: Language | None = None) -> tuple[Found, ...]:
    """Personal data in a text: spans in its own characters, in order, none overlapping another.

    Args:
        text: What was said or written, in any mix of scripts and digits.
        language: The turn's language where it is known; it decides what ten bare digits are.
    """
    if not _worth_a_look(text):
        return ()
    found: list[Found] = []
    folded = fold(text)
    # What is masked no longer hides or joins its neighbours, so look again until nothing more is found:
    # this is what makes masking twice the same as masking once.
    while fresh := _pass(folded, language):
        found += (at_source(one, folded) for one in fresh)
        folded = folded.without(fresh)
    return tuple(sorted(found, key=lambda one: one.start))


def mask(text: str, language: Language | None = None) -> str:
    """The text with ``[CARD]``, ``[IBAN]``, ``[PHONE]``, ``[EMAIL]`` and ``[NATIONAL_ID]`` for personal data.

    Everything else stays, character for character; masking what is masked changes nothing.
    """
    return masked(text, find(text, language))


def masked(text: str, found: Iterable[Found]) -> str:
    """The text with masks for findings in it, which are in order."""
    parts: list[str] = []
    at = 0
    for one in found:
        parts += text[at : one.start], one.kind.mask
        at = one.end
    return "".join([*parts, text[at:]])


def _worth_a_look(text: str) -> bool:
    """Most turns hold nothing: told without folding them."""
    return bool(_ADDRESS.search(text)) or len(_DIGIT.findall(text)) >= _FEWEST_DIGITS


def _pass(folded: Folded, language: Language | None) -> list[Found]:
    """What is plain at the first look: addresses and IBANs go before numbers, which they may contain."""
    lettered: tuple[Callable[[str], Iterable[Found]], ...] = (emails, ibans, national_insurance)
    for recogniser in lettered:
        if found := _apart(recogniser(folded.text)):
            return found
    return _apart(numbers(folded.text, language))


def _apart(found: Iterable[Found]) -> list[Found]:
    """In order, the first of those that overlap."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def at_source(one: Found, folded: Folded) -> Found:
    """A finding of the folded text where it lies in the text itself."""
    return Found(one.kind, folded.where[one.start], folded.where[one.end - 1] + 1, one.score, one.why)
