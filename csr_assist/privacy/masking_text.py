"""The text as the recognisers read it: digits as 0-9, blanks and dashes of one sort, nothing invisible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress

from csr_assist.privacy.masking_kinds import Found

_DROPPED = "\ufffe"
"""Stands for what is left out: a code point that no text may carry."""
_SAME = {
    "ي": "ی",
    "ى": "ی",
    "ك": "ک",
    "＠": "@",
    "＋": "+",
    "．": ".",
    "，": ",",
    "،": ",",
    "٬": ",",
    "٫": ".",
    "−": "-",
}


class _Folding(dict[int, str]):
    """One character for each, worked out when first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") or char == _DROPPED:
        return _DROPPED
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd":
        return "-"
    if char.isspace():
        return " "
    return _SAME.get(char, char)


_FOLDING = _Folding()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text to search; ``text[i]`` came from the source's character ``where[i]``."""

    text: str = field(repr=False)
    where: Sequence[int] = field(repr=False)

    def without(self, found: Sequence[Found]) -> Folded:
        """The text with masks for findings of this text, in order; masks come from nowhere (-1)."""
        parts: list[str] = []
        where: list[int] = []
        at = 0
        for one in found:
            parts += self.text[at : one.start], one.kind.mask
            where += self.where[at : one.start]
            where += [-1] * len(one.kind.mask)
            at = one.end
        return Folded("".join([*parts, self.text[at:]]), [*where, *self.where[at:]])


def fold(source: str) -> Folded:
    """Fold character by character: what one becomes never depends on its neighbours.

    Direction marks, joiners and combining marks are left out, so that they part no number.
    """
    text = source.translate(_FOLDING)
    if _DROPPED not in text:
        return Folded(text, range(len(text)))
    kept = [char != _DROPPED for char in text]
    return Folded(text.replace(_DROPPED, ""), list(compress(range(len(text)), kept)))


_CURRENCY = r"[$€£¥﷼]|\b(?:Rp|IDR|USD|GBP|EUR|IRR)\b\.?"
_MONEY = (
    r"(?:[$€£¥%٪﷼]|(?:toman|rupiah|ribu|rb|juta|jt|dollars?|bucks|euros?|pounds?|percent|persen|"
    r"تومان|تومن|ریال|درصد|هزار|میلیون)(?!\w))"
)
_UNIT = (
    r"(?:years?|yrs?|months?|weeks?|days?|hours?|minutes?|mins?|times|orders|"
    r"tah?un(?:an)?|thn|bulan|bln|minggu|hari|jam|menit|kali|"
    r"سال(?:ه|ی|ست|هاست)?|ماه(?:ه|ی)?|هفته|روز(?:ه)?|ساعت|دقیقه|بار|دفعه|تا|نفر)(?!\w)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:1[34]|19|20)\d\d"
_PLAIN = re.compile(
    rf"(?:{_CURRENCY})\s?\d[\d.,]*"
    rf"|(?<![\d.,])\d[\d.,]*\s?{_MONEY}"
    rf"|(?<![\d.-])\d{{1,2}}(?:[.,]5)?\s?-?{_UNIT}"
    rf"|(?<![\d./-])(?:{_YEAR}([./-]){_MONTH}\1{_DAY}|{_DAY}([./-]){_MONTH}\2(?:{_YEAR}|\d\d)"
    rf"|{_MONTH}([./-]){_DAY}\3(?:{_YEAR}|\d\d))(?![./-]?\d)"
    r"|(?<![\d.])(?<!\d )(?:[01]?\d|2[0-3])[.:][0-5]\d(?::[0-5]\d)?(?![\d.:])"
    rf"|\b(?:since|from|in|until|sejak|dari|tahun|از|سال|تا)\s(?:سال\s)?{_YEAR}(?![\d-]|[ .]\d{{3}})"
    r"|(?<![\d.,])[1-9]\d{0,2}(?:([.,])\d{3})(?:\4\d{3})+(?![.,-]?\d)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
NO_NUMBER = "\ufffd"


def hide_plain_numbers(text: str) -> str:
    """Put ``NO_NUMBER`` for the digits of amounts, shares, dates, times, spans of time and years.

    They part what stands about them: the "6" of "6 years" never joins the phone number before it.
    """
    return _PLAIN.sub(lambda match: _DIGIT.sub(NO_NUMBER, match[0]), text)
