"""Numbers, spans of time and years as customers say them, in English, Indonesian and Persian.

Words are first turned into figures ("twenty-five", "dua puluh lima", "بیست و پنج" -> "25"), so that what
follows reads digits alone. The languages are read together: callers mix them, and their number words do
not clash.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple

import dateparser
from convertdate import persian  # type: ignore[import-untyped]
from num2words import num2words

from csr_assist.conversation import Language

MOST_YEARS = 90
"""Nobody is a customer for longer; a larger number is something else."""
EARLIEST, LATEST = 1900, 2039
"""Years that a customer can mean. Without a day to compare with, two digits mean one of the hundred to LATEST."""

_SAME = str.maketrans("يىكةۀ’‘‌–½", "ییکهه'' --") | {ord("½"): ".5", ord("ـ"): ""}
# What is spoken and num2words does not write.
_SPOKEN = {
    "یک": ("یه",), "شش": ("شیش",), "چهار": ("چار",), "پانزده": ("پونزده",), "شانزده": ("شونزده",),
    "هفده": ("هیفده", "هیوده"), "هجده": ("هیجده", "هیژده", "هژده"), "پانصد": ("پونصد",), "ششصد": ("شیشصد",),
    "ribu": ("rebu",), "belas": ("blas",), "forty": ("fourty",),
}  # fmt: skip
_MORE = {"a dozen": "12", "half a dozen": "6", "selusin": "12"} | {
    f"{oh} {num2words(n)}": f"0{n}" for n in range(1, 10) for oh in ("oh", "o")
}
_TOKEN = re.compile(r"[^\W\d_]+")
_GLUED = re.compile(r"(\w+?)((?:سال|ماه|تا|نفر|بار).*)")


@dataclass(frozen=True, slots=True)
class Figures:
    """A text in lower case with figures for number words; ``origin[i]`` is where ``text[i]`` came from."""

    text: str = field(repr=False)
    source: str = field(repr=False)
    origin: tuple[tuple[int, int], ...] = field(repr=False)

    def words(self, start: int, end: int) -> str:
        """The speaker's own words behind ``text[start:end]``, a slice that is not empty."""
        return self.source[self.origin[start][0] : self.origin[end - 1][1]].strip()


def figures(source: str) -> Figures:
    """Turn number words into figures ("5"; "5th" or "ke-5" for ordinals) and all digits into 0-9."""
    text, origin = _fold(source)
    out: list[str] = []
    where: list[tuple[int, int]] = []
    at = 0
    for start, end, figure in _number_words(text):
        out += text[at:start], figure
        where += origin[at:start] + [(origin[start][0], origin[end - 1][1])] * len(figure)
        at = end
    return Figures("".join([*out, text[at:]]), source, tuple(where + origin[at:]))


def _fold(source: str) -> tuple[str, list[tuple[int, int]]]:
    out: list[str] = []
    origin: list[tuple[int, int]] = []
    for i, char in enumerate(source):
        same = "" if unicodedata.combining(char) else char.translate(_SAME).lower()
        plain = "".join(str(unicodedata.digit(c, c)) for c in same)
        out.append(plain)
        origin += [(i, i + 1)] * len(plain)
    return "".join(out), origin


def _number_words(text: str) -> Iterator[tuple[int, int, str]]:
    """The longest number words from left to right, as (start, end, figure)."""
    table, longest = _table()
    tokens = [(m.start(), m.end(), m[0]) for m in _TOKEN.finditer(text)]
    i = 0
    while i < len(tokens):
        run = _run(text, tokens[i : i + longest])
        taken = next((k for k in range(len(run), 0, -1) if run[:k] in table), 0)
        if taken:
            yield tokens[i][0], tokens[i + taken - 1][1], table[run[:taken]]
        elif (glued := _GLUED.fullmatch(run[0])) and (glued[1],) in table:
            yield tokens[i][0], tokens[i][0] + len(glued[1]), table[glued[1],] + " "
        i += taken or 1


def _run(text: str, tokens: list[tuple[int, int, str]]) -> tuple[str, ...]:
    """The words up to the first that is parted from the last by more than spaces and hyphens."""
    run = [tokens[0][2]]
    for (_, end, _), (start, _, word) in pairwise(tokens):
        if text[end:start].strip(" -\t"):
            break
        run.append(word)
    return tuple(run)


@cache
def _table() -> tuple[Mapping[tuple[str, ...], str], int]:
    """Figures by number words, and how many words the longest has; built once, in a third of a second."""
    pairs = [pair for language in Language for pair in _phrases(language)] + list(_MORE.items())
    table = {tuple(re.findall(r"\w+", spoken)): figure for said, figure in pairs for spoken in _ways(said)}
    del table["سیم",]  # "30th", but every customer means the SIM
    return table, max(map(len, table))


def _phrases(language: Language) -> Iterator[tuple[str, str]]:
    for n in range(1, 1000):
        yield num2words(n, lang=language), str(n)
    for n in range(1, 61):
        yield num2words(n, lang=language, to="ordinal"), f"ke-{n}" if language is Language.INDONESIAN else f"{n}th"
    for n in (*range(1300, 1430), *range(EARLIEST, LATEST + 1)):
        yield num2words(n, lang=language, to="year"), str(n)
        yield num2words(n, lang=language), str(n)


def _ways(said: str) -> Iterator[str]:
    """The phrase, and as it is said or written in haste."""
    yield said.replace(" and ", " ")
    ways = [said]
    for written, spoken in _SPOKEN.items():
        if re.search(rf"\b{written}\b", said):
            ways += [re.sub(rf"\b{written}\b", one, said) for one in spoken]
    for way in ways:
        yield way
        if " و " in way:
            for joined in (way, way.replace(" و ", " و")):  # "بیست‌وپنج": the joiner reads as a space
                yield from (joined, f"{joined}ه")  # "سال هفتاد و پنجه": it is the year 75


# ---- ranges and second thoughts ------------------------------------------------------------------------------

RANGE = r"(?:\s*(?P<to>-|to|or|and|atau|sampai|sampe|hingga|تا|یا|\s)\s*(?P<upper>\d+))?"
"""Follows a number ``n``: the upper end, as in "5 to 6", "between 5 and 6", "5 6"."""
_DENIED = re.compile(
    r"(?:(?:\bnot|n't)(?: (?:even|quite|yet|been))*|\b(?:bukan|belum)(?: (?:ada|sampai|sampe|genap))?|"
    r"(?<!no )(?<!not )(?<!little )(?<!bit )\bless than|(?<!tidak )(?<!tak )\bkurang dari|\bکمتر از)\s+$"
)
_BEFORE = 60
"""Characters before a number that may say what it means."""
SECOND_THOUGHT = (
    r"sorry|no|nope|i meant?(?: to say)?|i misspoke|correction|actually|rather|make (?:it|that)|scratch that|"
    r"maaf|maksud(?: saya| aku|ku|nya| gue)?|salah|ralat|bukan|melainkan|یعنی|منظورم|ببخشید|"
    r"اشتباه(?: (?:گفتم|کردم))?|بلکه"
)
"""Words with which one takes back what one has just said."""
# As figures have it: the Persian no is the word for nine.
_TAKES_BACK = rf"{SECOND_THOUGHT}|wait|er|eh|uh|um|9"
_BESIDE = (
    r"now|it'?s|it is|that'?s|i'?ve been|been|for|since|about|almost|over|more like|closer to|or|"
    r"sudah|udah|hampir|sejak|dari|yang ben[ae]r|(?:lebih )?tepatnya|الان|حدود|از"
)
_BETWEEN = re.compile(rf"\W*(?:(?:{_BESIDE})\b\W*)*\b(?:{_TAKES_BACK})\b\W*(?:(?:{_TAKES_BACK}|{_BESIDE})\b\W*)*")


def lower(said: Mapping[str, str | None]) -> float:
    """Of a range the lower end; of two numbers that only stand together, as in "flat 12 20 years", the second."""
    low = float((said["n"] or "").replace(",", "."))
    upper = float(said["upper"] or low)
    near = 5 if (said["to"] or "").strip() in ("", "and") else float("inf")
    return low if 0 <= upper - low <= near else upper


def denied(text: str, at: int) -> bool:
    """Whether what is said from ``at`` on is said not to be so: "not weekly", "less than a year", "bukan 5 tahun"."""
    return _DENIED.search(text, max(0, at - _BEFORE), at) is not None


def standing(found: Sequence[re.Match[str]], text: str) -> list[re.Match[str]]:
    """What is found in ``text``, in order, less what is taken back for the next: "6 years, sorry, 8 years"."""
    return [
        match
        for match, then in zip_longest(found, found[1:])
        if then is None or not _BETWEEN.fullmatch(text, match.end(), then.start())
    ]


# ---- spans of time -------------------------------------------------------------------------------------------

_MONTHS = (
    (r"years?|yrs?|tah?un(?:an)?|taon|thn|(?<=\s)th|سال(?:ه|ی|یه|ست)?", 12),
    (r"months?|mths?|bulan|bln|ماهه?", 1),
    (r"decades?|dekade|dasawarsa|دهه", 120),
    (r"centur(?:y|ies)|abad|قرن(?:ه|ی|یه)?", 1200),
)
_UNIT = "|".join(unit for unit, _ in _MONTHS)
_BEFORE_A = r"(?:^|\b(?:for|over|about|almost|nearly|around|been|after|than|only|just|you|us|guys|here|half|and))"
_ARTICLES = tuple(
    (re.compile(pattern), figure)
    for pattern, figure in (
        (r"(?<!and a )\bhalf (?:an? )?(?=year|decade|century)|(?<!\d )\bsetengah (?=tahun|dekade|abad)", "0.5 "),
        (r"\bquarter (?:of )?(?:a )?(?=century)", "0.25 "),
        (r"(?<!و )\bنیم (?=سال|قرن)", "0.5 "),
        (r"\bربع (?=قرن)", "0.25 "),
        (r"\b(?:the|this) (?:past|last) (?=decade|century)", "1 "),
        (r"\bfor the (?:past|last) (?=year)", "for 1 "),
        (r"\ban? (?=decade|century)", "1 "),
        (rf"({_BEFORE_A}\W*)an? (?=year)", r"\g<1>1 "),
        (r"(?<!kali )(?<!x )\bse(?=(?:tahun|taun|dekade|abad)\b(?!\s+(?:sekali|\d+\s*(?:x|kali))))", "1 "),
    )
)
_DURATION = re.compile(
    rf"(?<![\d.,/'])(?P<n>\d+(?:[.,]\d+)?|\.5){RANGE}"
    r"(?P<half>\s+(?:and a half|setengah|و نیم))?"
    r"(?:\s*(?:\+|-?plus|-?ish)|"
    r"(?:[\s-]+(?:some|odd|or so|something|good|long|whole|full|straight|solid|happy|loyal|consecutive)){1,2})?"
    rf"[\s-]*(?P<unit>{_UNIT})(?!\w)(?P<and_half>\s+(?:and a half|setengah|و نیمه?))?"
    r"(?:\s*(?:,|and|dan|و)?\s*(?P<months>\d{1,2})\s*(?:months?|bulan|bln|ماه)(?!\w))?"
    r"(?![\s-]*(?:old\b|contract|plan\b|warrant|guarantee|deal\b|loan|term\b|agreement|from now|later|into the))"
)
# "every two years", "aged 9", "پسر ده ساله": the number says something else.
_OTHER = re.compile(r"(?:\b(?:every|each|tiap|setiap|aged?|umur\w*|usia\w*|هر)|(?:پسر|دختر|بچه)\S*)\s*$")
# "I've not been here two years yet", "دو سال نشده": less than it says.
_NOT = re.compile(r"(?:\bnot|n't)\b[^.,;!?]{0,40}$")
_YET = re.compile(r"(?:\s+\w+){0,3}?\s+yet\b")
_UNREACHED = re.compile(r"\s+(?:هم )?(?:نشده|نمی ?شه|نمی ?شود)|\s+(?:aja|saja|pun) belum\b")
# "with Nimbus for 10 years before I came to you": with somebody else.
_ELSEWHERE = re.compile(
    r"\s+before (?:(?:i|we) )?(?:c[ao]m|mov|switch|chang|join)\w*(?: over)?(?: to)? (?:you|here)\b|"
    r"\s+sebelum (?:(?:saya|aku|gue) )?(?:pindah|gabung|beralih|masuk) ke (?:sini|kalian|anda)\b"
)
_INTRODUCED = re.compile(
    r"\b(?:for|been|over|almost|nearly|already|now|these|the last|sudah|udah|udh|selama|hampir|lebih dari|sekitar|"
    r"حدود|نزدیک|بیش از|تقریبا|الان)\s+(?:\w+\s+)?$"
)
_NTH = re.compile(
    r"(?P<a>\d{1,2})(?:st|nd|rd|th)[\s-]+(?:straight |consecutive )?(?:year|yr|سال)\b"
    r"|(?:tahun|taun|سال)\s+(?:ke[\s-]?(?P<b>\d{1,2})|(?P<c>\d{1,2})th)\b"
)
_SINCE = r"since|from|as of|sejak|dari|dr|از"
_BORN = re.compile(
    r"\b(?:born|birth|baby|puppy|kitten|(?:weeks|months) old|lahir|bayi|دنیا)\b.{0,60}?"
    r"(?:\b(?:(?:he|she|they|who|it)(?:'?s|'?re| is| are)?|turn(?:s|ed)|now|already|nearly|almost|"
    r"umurnya|umur|usianya|usia|sekarang|skrg|sudah|udah|الان|حالا)\s+)+(\d{1,2})"
    r"(?![\d:%]|\s*(?:months?|weeks?|bulan|bln|minggu|ماه|هفته))"
)


def years_in(text: str, language: Language | None = None, *, strict: bool = False) -> float | None:
    """How many years a phrase of :func:`figures` says: 6.0, 1.5, above 0 and at most ``MOST_YEARS``.

    Of a range the lower end counts, of "my fifth year" the running one, of "6 years, sorry, 8 years" the second.
    ``None`` where nothing exact is said ("puluhan tahun", "سال‌هاست", "less than a year"). With ``strict`` a bare
    "2 years" is not enough: "for 2 years" or "2 ساله" is.
    """
    if language is Language.INDONESIAN:
        text = re.sub(r"(?<=\d)th\b", " thn", text)
    for pattern, figure in _ARTICLES:
        text = pattern.sub(figure, text)
    told = [m for m in _DURATION.finditer(text) if _belongs(m, text, strict=strict)]
    found = [_length(m) for m in standing(told, text)]
    found += [] if strict else [float(m["a"] or m["b"] or m["c"]) for m in _NTH.finditer(text) if _counts(m, text)]
    found += [float(m[1]) for m in _BORN.finditer(text)]
    return next((years for years in found if 0 < years <= MOST_YEARS), None)


def _belongs(match: re.Match[str], text: str, *, strict: bool) -> bool:
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    if _OTHER.search(before) or denied(text, match.start()) or _ELSEWHERE.match(text, match.end()):
        return False
    if _UNREACHED.match(text, match.end()) or (_YET.match(text, match.end()) and _NOT.search(before)):
        return False
    if not strict or match["unit"] == "ساله":
        return True
    return bool(_INTRODUCED.search(before)) and not re.fullmatch(_MONTHS[1][0], match["unit"])


def _counts(match: re.Match[str], text: str) -> bool:
    """Whether an ordinal counts years with us; "since my second year at college" does not."""
    return not re.search(rf"\b(?:{_SINCE})\s+(?:\w+\s+)?$", text[: match.start()])


def _length(match: re.Match[str]) -> float:
    number = lower(match.groupdict())
    number += 0.5 if match["half"] or match["and_half"] else 0.0
    unit = next(months for names, months in _MONTHS if re.fullmatch(names.replace(r"(?<=\s)", ""), match["unit"]))
    return (number * unit + int(match["months"] or 0)) / 12


# ---- years ---------------------------------------------------------------------------------------------------

_END = r"(?=\s*(?:$|[.,;!?؟،)](?!\d)|(?:and|when|with|for|so|dan|مشتری|عضو|با|اینجا|که|تا)\b))"
_SEASON = "بهار|تابستو?[اون]+|پاییز|زمست[اون]+|فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند"
_YEAR = re.compile(
    rf"(?<![\d$£€#])(?P<full>(?:19|20|13|14)\d\d)(?!\d|[.,:]\d|s\b|-?an\b|\s*(?:{_UNIT})(?!\w))"
    r"|(?<!\w)'(?P<short>\d\d)(?!\d|s\b)"
    rf"|\b(?:since|from|in|sejak|dari|dr|از)\s+(?:the year\s+)?(?P<bare>\d\d){_END}"
    rf"|\b(?:tah?un|thn?|سال|دوره|{_SEASON})\s+(?P<year>\d\s?\d)(?!\d|an\b|[.,:]\d|\s*(?:{_UNIT})(?!\w))"
)
_UNTIL = re.compile(r"\b(?:until|till?|sampai|hingga|تا)\s+(?:tahun\s+|سال\s+)?$")
_SINCE_BEFORE = re.compile(rf"\b(?:{_SINCE})\s+(?:\w+\s+){{0,3}}$")
_PERSIAN = re.compile(r"[؀-ۿ]")
_MONTH_NAMED = {"REQUIRE_PARTS": ["month", "year"], "PREFER_DAY_OF_MONTH": "first"}


class Start(NamedTuple):
    """From when on: a Gregorian year, its month where that is named, and whether it was said as a Solar Hijri year."""

    year: int
    month: int | None
    solar: bool


def since_in(
    text: str, on: date | None = None, language: Language | None = None, *, strict: bool = False
) -> Start | None:
    """What a phrase of :func:`figures` starts from.

    In Persian 1390, ۹۲ and the like are Solar Hijri years; "'09" is the last such year up to ``on``. A year that is
    denied or taken back does not count. ``None`` for years after ``on`` or before ``EARLIEST``. With ``strict`` a
    word like "since" must lead to the year.
    """
    hijri = language is Language.PERSIAN or bool(_PERSIAN.search(text))
    told = [match for match in _YEAR.finditer(text) if not denied(text, match.start())]
    for match in standing(told, text):
        before = text[: match.start() + len(match[0]) - len(match[0].lstrip("'"))]
        year = _written(match, on, hijri=hijri)
        solar = hijri and year < 1500
        year = int(persian.to_gregorian(year, 1, 1)[0]) if solar else year
        led = match["full"] is None or not strict or _SINCE_BEFORE.search(before)
        if led and not _UNTIL.search(before) and EARLIEST <= year <= (on.year if on else LATEST):
            return Start(year, _month(before, year) if match["full"] else None, solar)
    return None


def _written(match: re.Match[str], on: date | None, *, hijri: bool) -> int:
    """The year with all its digits, in the calendar that it was said in."""
    digits = next(group for group in match.groups() if group).replace(" ", "")
    year = int(digits)
    if len(digits) == 2:
        latest = on.year if on else LATEST
        latest = latest - 621 if hijri else latest
        year = latest - (latest - year) % 100
    return year


def solar_year_began(on: date) -> int:
    """The Gregorian year in which the Solar Hijri year of a day began: until Nowruz it is the one before."""
    return int(persian.to_gregorian(persian.from_gregorian(on.year, on.month, on.day)[0], 1, 1)[0])


@lru_cache(256)
def solar_hijri(year: int) -> int:
    """The Solar Hijri year that begins in a Gregorian year (2013 -> 1392)."""
    return int(persian.from_gregorian(year, 7, 1)[0])


def _month(before: str, year: int) -> int | None:
    word = re.search(r"([^\W\d]+)\.?\s+$", before)
    return _named_month(word[1], year) if word else None


@lru_cache(64)
def _named_month(word: str, year: int) -> int | None:
    found: datetime | None = dateparser.parse(f"{word} {year}", languages=["en", "id"], settings=_MONTH_NAMED)
    return found.month if found else None
