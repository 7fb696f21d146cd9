"""What the agent has said no to, in the playbook's terms: an option that gives just that would be a mockery."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from csr_assist.advice.playbook import Named
from csr_assist.conversation import Language
from csr_assist.state import Refusal

BARE = 8
"""A no of at most so many words that names nothing ("I'm afraid that's not possible") is to what was asked for."""
_PREFIXES = {Language.INDONESIAN: r"(?:di|ke|ber|ter|(?:me|pe)\w{0,2})?"}
"""With which a word may begin before its root."""
_ALIKE = str.maketrans({"\u200c": " ", "ي": "ی", "ك": "ک"})


def refused(remedies: Mapping[str, Named], refusals: Sequence[Refusal]) -> frozenset[str]:
    """Keys of the remedies that these noes name, in whatever language."""
    found: set[str] = set()
    for no in refusals:
        named = _named(remedies, no.words)
        if not named and len(no.words.split()) <= BARE:
            named = _named(remedies, no.asked)
        found |= named
    return frozenset(found)


def _named(remedies: Mapping[str, Named], text: str) -> set[str]:
    said = _plain(text)
    return {
        key
        for key, words in remedies.items()
        for language in Language
        if any(all(part.search(said) for part in _parts(entry, language)) for entry in words.of(language))
    }


@cache
def _parts(entry: str, language: Language) -> tuple[re.Pattern[str], ...]:
    prefix = _PREFIXES.get(language, "")
    return tuple(re.compile(rf"\b{prefix}{re.escape(part)}") for part in _plain(entry).split())


def _plain(text: str) -> str:
    return text.casefold().translate(_ALIKE)
