"""What the agent has said no to, in the playbook's terms: an option that gives just that would be a mockery."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product

from csr_assist.advice.playbook import Named
from csr_assist.conversation import Language
from csr_assist.state import Answer

NEAR = 6
"""Words of an entry lie within so many of each other: "billing" and "off" far apart are two things."""
_ALIKE = str.maketrans({"\u200c": " ", "ي": "ی", "ك": "ک", "’": "'"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CLAUSE = re.compile(r"[.,;:!?؛،؟\n]|\b(?:but|and|tapi|tetapi|dan|ولی|اما)\b")
_OTHERWISE = re.compile(
    r"\b(?:only|however|instead|except|has to be|without|until|unless|before|"
    r"namun|hanya|cuma|kecuali|tanpa|sebelum|sampai|فقط|مگر|بدون|قبل از|تا وقتی)\b"
)
"""What comes after is another way or a condition, not what is refused."""
_IN_PLACE_OF = re.compile(r"\b(?:instead of|rather than|in place of|daripada|bukan|به جای|بجای)\b")
_TIDAK = "tidak|tak|gak?|ngga|e?nggak"
"""The ways to write an Indonesian no."""
_NO = re.compile(rf"n't\b|\b(?:cannot|cant|not|no|non|never|unable|{_TIDAK}|gabisa|belum|bukan|نه|نیست)\b|نمی|ندار")
_FOR_NOW = re.compile(r"\b(?:without|until|unless|yet|tanpa|sebelum|بدون|هنوز|تا وقتی)\b")
_UNWANTED = re.compile(rf"\b(?:don't|do not|not) (?:want|need)\b|\b(?:{_TIDAK}) (?:mau|butuh)\b|نمی ?خوا")
_BARE = re.compile(
    rf"""(?x)
    sorry|afraid|unfortunately|regret|i|i'm|im|am|we|we're|you|sir|madam|me|our|my|us|
    can|can't|cant|cannot|could|couldn't|not|no|nope|possible|able|unable|allowed|do|did|don't|be|done|will|won't|let|
    that|that's|it|it's|this|is|isn't|aren't|are|to|help|with|for|the|a|an|at|on|of|in|here|there|there's|any|way|case|
    option|policy|system|right|now|moment|today|nothing|really|just|
    maaf|mohon|sayangnya|{_TIDAK}|bisa|dapat|boleh|belum|kami|saya|ya|kak|kakak|pak|bu|
    bapak|ibu|mas|mbak|itu|ini|untuk|hal|begitu|(?:di)?lakukan|diproses|memang|sudah|udah|dong|sih|nih|deh|kok|yang|di|
    dari|sini|sistem|aturan|kebijakan|ketentuan|mungkin|(?:di|me)mungkinkan|
    متأسفانه|متاسفانه|نه|نمی|نمیشه|شه|شود|تونم|تونیم|توانم|توانیم|نمیتونم|نمیتونیم|میسر|مقدور|ممکن|امکان|امکانش|پذیر|
    نیست|نداره|ندارد|نداریم|ندارم|این|اون|رو|را|که|ما|من|شرمنده|عذر|می|خوام|خواهم|ببخشید|واقعا|الان|فعلا|کار|کاری|
    انجام|بدم|بدیم|طبق|قوانین|سیستم|اجازه|دست|از|برای|شما|به
    """
)
"""A no of such words alone names nothing itself: it is to what was asked for."""
_PREFIX = r"(?:di|ke|ber|ter|me|pe|(?:me|pe)(?:m|n|ng|ny))?"
_SWALLOWED = {"k": "ng", "t": "n", "p": "m", "s": "ny"}
"""Of an Indonesian root the first letter, and what stands for it after me- and pe-: "kirim", "mengirim"."""


def refused(remedies: Mapping[str, Named], answers: Sequence[Answer], language: Language) -> frozenset[str]:
    """Keys of the remedies that are refused after these answers, by the words of the call's language.

    A no adds what it names, an offer takes it back; a no for now ("not without the receipt") counts until the agent
    answers again.
    """
    found: set[str] = set()
    for answer in answers:
        said = _plain(answer.words)
        if answer.offers:
            found -= _offered(remedies, said, language)
        elif answer.turn == answers[-1].turn or not _for_now(said):
            found |= _denied(remedies, said, language) or _asked(remedies, answer, language)
    return frozenset(found)


def _denied(remedies: Mapping[str, Named], no: str, language: Language) -> set[str]:
    """What a no names, less another way or a condition beside it: "only repair it, we can't replace it"."""
    clauses = [part for clause in _CLAUSE.split(no) for part in _OTHERWISE.split(clause) if _NO.search(part)]
    if named := {key for clause in clauses for key in _named(remedies, clause, language)}:
        return named
    first = _OTHERWISE.split(no)[0]
    return _named(remedies, first if _NO.search(first) else no, language)


def _offered(remedies: Mapping[str, Named], offer: str, language: Language) -> set[str]:
    """What an offer names, less what it is made in place of."""
    clauses = (clause for clause in _CLAUSE.split(_IN_PLACE_OF.split(offer)[0]) if not _NO.search(clause))
    return {key for clause in clauses for key in _named(remedies, clause, language)}


def _for_now(no: str) -> bool:
    """Whether a condition follows the no."""
    denied = _NO.search(no)
    return bool(_FOR_NOW.search(no, denied.end() if denied else 0))


def _asked(remedies: Mapping[str, Named], answer: Answer, language: Language) -> set[str]:
    """What the customer had asked for, where the no itself names nothing at all."""
    if not all(_BARE.fullmatch(word) for word in _WORD.findall(_plain(answer.words))):
        return set()
    wanted = (clause for clause in _CLAUSE.split(_plain(answer.asked)) if not _UNWANTED.search(clause))
    return {key for clause in wanted for key in _named(remedies, clause, language)}


def _named(remedies: Mapping[str, Named], said: str, language: Language) -> set[str]:
    words = _WORD.findall(said)
    return {key for key, named in remedies.items() if any(_heard(one, words, language) for one in named.of(language))}


def _heard(entry: str, words: Sequence[str], language: Language) -> bool:
    places = [[i for i, word in enumerate(words) if part.match(word)] for part in _parts(entry, language)]
    return any(max(some) - min(some) < NEAR for some in product(*places))


@cache
def _parts(entry: str, language: Language) -> tuple[re.Pattern[str], ...]:
    """One pattern for the beginning of every word of an entry."""
    parts = _WORD.findall(_plain(entry))
    if language is not Language.INDONESIAN:
        return tuple(re.compile(re.escape(part)) for part in parts)
    return tuple(re.compile(f"{_PREFIX}{re.escape(part)}{_swallowing(part)}") for part in parts)


def _swallowing(root: str) -> str:
    nasal = _SWALLOWED.get(root[0])
    return f"|(?:me|pe){nasal}{re.escape(root[1:])}" if nasal else ""


def _plain(text: str) -> str:
    return text.casefold().translate(_ALIKE)
