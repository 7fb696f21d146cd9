"""Recognisers of what carries letters: e-mail addresses, IBANs and UK National Insurance numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban
from stdnum.iso7064 import mod_97_10

from csr_assist.privacy.masking_kinds import Found, Kind
from csr_assist.privacy.masking_words import called

_LOCAL = r"\w.!#$%&'*+/=?^`{|}~-"
_EMAIL = re.compile(rf"(?<![{_LOCAL}])[{_LOCAL}]++@(?:[\w-]++\.)+[^\W\d_]{{2,}}")
_DOT = r"(?:\s(?:dot|titik|دات|نقطه)\s|\s?\.\s?)"
_SAID_EMAIL = re.compile(
    r"(?<!\w)(?:e-?mail|surel|ایمیل)\w{0,3}(?:[\s:]+(?:address|is|it's|my|to|at|alamat|saya|adalah|ku|nya|من|هست|اینه|آدرس))*[\s:]+"
    rf"(?P<address>\w{{1,40}}(?:(?:{_DOT}|\s(?:underscore|dash|garis\sbawah|خط\sتیره|آندرلاین)\s|[-_])\w{{1,40}}){{0,4}}"
    rf"\s?(?:\s(?:at|et|ات|ت)\s|@)\s?\w{{1,40}}(?:{_DOT}[^\W\d_]{{2,20}}){{1,3}})(?!\w)",
    re.IGNORECASE,
)
_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9_\[])[A-Za-z]{2}[ -]?\d[ -]?\d(?=[ .-]?[A-Za-z0-9])")
_IBAN_CHAR = re.compile(r"[ .-]{0,2}([A-Za-z0-9])")
_IBAN_LENGTHS = range(15, 35)
_SHEBA = re.compile(r"IR\d{24}")
# Letters that are used, and pairs that are not: HMRC, National Insurance Manual NIM39110.
_NINO = re.compile(
    r"(?<![A-Za-z0-9_])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][ .-]?[A-CEGHJ-NPR-TW-Z]"
    r"(?P<gap>[ .-]?)\d\d[ .-]?\d\d[ .-]?\d\d[ .-]?[A-D](?![A-Za-z0-9_])",
    re.IGNORECASE,
)


def emails(text: str) -> Iterator[Found]:
    """Addresses as they are typed; as they are spoken ("ann dot lee at example dot com") after "e-mail" alone.

    Without that word "I shop at example dot com" would lose what was said.
    """
    for match in _EMAIL.finditer(text):
        yield Found(Kind.EMAIL, match.start(), match.end(), 0.95, "has the form of an e-mail address")
    for match in _SAID_EMAIL.finditer(text):
        yield Found(Kind.EMAIL, match.start("address"), match.end("address"), 0.7, "is spoken as an e-mail address")


def ibans(text: str) -> Iterator[Found]:
    """International account numbers, Sheba (IR) among them, solid or in any groups."""
    for head in _IBAN_HEAD.finditer(text):
        end = _iban_end(text, head.start())
        if end:
            yield Found(Kind.IBAN, head.start(), end, 0.95, "has an IBAN's country, length and check digits")


def _iban_end(text: str, start: int) -> int | None:
    """The end of the IBAN that begins at ``start``; the words after it join no group."""
    number = ""
    at = start
    while (char := _IBAN_CHAR.match(text, at)) and len(number) < _IBAN_LENGTHS[-1]:
        number += char[1].upper()
        at = char.end()
        ends = not text[at : at + 1].isascii() or not text[at : at + 1].isalnum()
        if ends and len(number) in _IBAN_LENGTHS and _checks(number):
            return at
    return None


def _checks(number: str) -> bool:
    """Mod 97 first: it is quick and seldom right by chance. stdnum's registry lacks Iran, whose Sheba is 24 digits."""
    if not mod_97_10.is_valid(number[4:] + number[:4]):
        return False
    return iban.is_valid(number, check_country=False) or bool(_SHEBA.fullmatch(number))


def national_insurance(text: str) -> Iterator[Found]:
    """UK National Insurance numbers. In small letters and groups ("at 12 34 56 a") only where they are announced."""
    for match in _NINO.finditer(text):
        solid = not re.search(r"[ .-]", match[0])
        if match[0].isupper() or solid or called(text, match.start()) is Kind.NATIONAL_ID:
            yield Found(
                Kind.NATIONAL_ID, match.start(), match.end(), 0.85, "has the form of a National Insurance number"
            )
