"""Which of the three languages is spoken."""

from __future__ import annotations

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from csr_assist.conversation import Language, Turn

ENOUGH = 12
"""Letters that are needed to judge; "ok" and "hm" belong to every language."""
CLEAR = 20.0
"""By how much (log-likelihood) one language must lead before it takes the place of the one spoken so far.

Names, addresses and borrowed words lead by less, a sentence of five words by twice as much.
"""


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([language.value for language in Language])
    return identifier


def language_of(turn: Turn, before: Language | None) -> Language | None:
    """The turn's language: as the source says, else as its words show clearly, else as ``before``."""
    if turn.language:
        return turn.language
    letters = [character for character in turn.text[:2000] if character.isalpha()]
    if len(letters) > 1 and sum("\u0600" <= letter <= "\u06ff" for letter in letters) > len(letters) / 2:
        return Language.PERSIAN  # the only one of the three that is written so
    if len(letters) < ENOUGH:
        return before
    (best, lead), (_, second), *_ = _identifier().rank(turn.text[:2000])
    return Language(best) if before is None or lead - second >= CLEAR else before
