"""Numbers that come in pieces, as people say them: cut off in an interim result, or split over turns by a pause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from csr_assist.conversation import Language, Speaker, Turn
from csr_assist.privacy.masking import at_source, find, mask, masked
from csr_assist.privacy.masking_kinds import Found, Kind
from csr_assist.privacy.masking_numbers import RUN
from csr_assist.privacy.masking_text import fold, hide_plain_numbers
from csr_assist.privacy.masking_words import HESITATION, called, is_reference

FEWEST = 4
"""Digits of a piece that is masked in an interim result, or as the rest of a number."""
_MANY = 6
"""Digits that no year, price or count has that stands alone."""
_TAIL = 3
"""Digits of the shortest piece that others follow."""
_BRIEF = 3
"""Words of an answer that only keeps the other one going: "mhm", "go on", "yes please"."""
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:1[34]|19|20)\d\d")
_OVER = re.compile(rf"(?:[\s,.;:!…-]|(?i:{HESITATION})(?!\w))*")
_GO_ON = rf"(?:(?i:{HESITATION}|and|then|next|ok|okay|yes|dan|lalu|terus|ya|و|بعد|بله)(?!\w)[\s,.;:!…-]*)"
_REST = re.compile(rf"\s*{_GO_ON}{{0,4}}(?P<digits>{RUN.pattern})")
_MASK_AT_END = re.compile(r"\[(CARD|IBAN|NUMBER)\][\s,.;:!…-]*$")


def mask_heard(text: str, language: Language | None, final: bool) -> str:
    """A turn's text masked, and with it the start of a number that is still being said.

    In an interim result this is every number of four digits or more that is called a card, a phone or the like, or
    that stands at the end; a year stays, and so does what is called an order. In a final result, whose words count,
    it is the start of what is called a card or an IBAN: six digits or more at the end.
    """
    plain = mask(text, language)
    if not _has_digits(plain):
        return plain
    folded = fold(plain)
    return masked(plain, [at_source(one, folded) for one in _begun(folded.text, final)])


def may_be_rest(text: str) -> bool:
    """Whether a text begins with digits enough to be the rest of a number; seldom so, and quickly told."""
    return _has_digits(text) and _rest(fold(text).text) is not None


def mask_rest(turn: Turn, earlier: Sequence[Turn]) -> str:
    """The text of a turn, already masked, without the rest of a number that its speaker began in their last turn.

    Args:
        turn: what was said.
        earlier: the turns before it, already masked, in order.
    """
    folded = fold(turn.text)
    rest, last = _rest(folded.text), _last(turn.speaker, earlier)
    if rest is None or last is None:
        return turn.text
    kind = _unfinished(fold(last).text, rest["digits"], turn.language)
    if kind is None:
        return turn.text
    found = Found(kind, *rest.span("digits"), 0.6, "goes on with a number that was begun in the turn before")
    return masked(turn.text, [at_source(found, folded)])


def _begun(text: str, final: bool) -> Iterator[Found]:
    for match in RUN.finditer(hide_plain_numbers(text)):
        kind, at_end = called(text, match.start()), _OVER.fullmatch(text, match.end()) is not None
        if final:
            wanted = at_end and kind in (Kind.CARD, Kind.IBAN)
        else:
            plain = _YEAR.fullmatch(match[0]) or is_reference(text, match.start())
            wanted = kind is not None or (at_end and not plain)
        if wanted and _digits(match[0]) >= (_MANY if final else FEWEST):
            yield Found(kind or Kind.NUMBER, *match.span(), 0.5, "is the start of a number that is still being said")


def _rest(text: str) -> re.Match[str] | None:
    """The digits that a folded text begins with, where they are all that it says, or too many for a count."""
    match = _REST.match(hide_plain_numbers(text))
    if match is None:
        return None
    size = _digits(match["digits"])
    whole = _OVER.fullmatch(text, match.end()) is not None
    return match if size >= (FEWEST if whole else _MANY) else None


def _last(speaker: Speaker, earlier: Sequence[Turn]) -> str | None:
    """What the speaker said last, if the others have only kept them going since."""
    for turn in reversed(earlier):
        if turn.speaker is speaker:
            return turn.text
        words = turn.text.split()
        if turn.speaker is not Speaker.SYSTEM and (len(words) > _BRIEF or re.search(r"[\d?؟]", turn.text)):
            return None
    return None


def _unfinished(text: str, rest: str, language: Language | None) -> Kind | None:
    """What the number is that a folded text ends in the middle of, or None."""
    if done := _MASK_AT_END.search(text):
        return Kind(done[1])
    for match in RUN.finditer(hide_plain_numbers(text)):
        if _digits(match[0]) < _TAIL or not _OVER.fullmatch(text, match.end()):
            continue
        if kind := called(text, match.start()):
            return kind
        if is_reference(text, match.start()):
            return None
        seam = len(match[0])
        over = (one.kind for one in find(f"{match[0]} {rest}", language) if one.start < seam < one.end)
        return next(over, None)
    return None


def _has_digits(text: str) -> bool:
    """Most turns have too few to hold a piece of a number: told without folding them."""
    return len(_DIGIT.findall(text)) >= FEWEST


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
