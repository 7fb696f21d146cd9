"""Text as it is searched: one form for what readers take as the same word."""

from __future__ import annotations

import unicodedata

_SAME = str.maketrans("يىكة٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ییکه01234567890123456789", "ـ")
_PASSED_OVER = frozenset({"Mn", "Cf"})
"""Marks on letters, and what has no shape of its own, such as the joiners of Persian."""


def folded(text: str) -> str:
    """``text`` without case, marks and joiners, with one letter for those that keyboards write in two ways.

    Databases fold letters each in their own way, and SQLite those of ASCII alone, so it is done before they see them.
    """
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_SAME)
    return "".join(letter for letter in plain if unicodedata.category(letter) not in _PASSED_OVER)
