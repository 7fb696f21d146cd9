"""Facts: what the loyalty spans of a turn say as data, and the few words a screen needs for it."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import partial
from typing import Any

from csr_assist.conversation import Language
from csr_assist.cues import Cue
from csr_assist.labels import Label
from csr_assist.numbers import (
    MOST_YEARS,
    RANGE,
    SECOND_THOUGHT,
    Figures,
    denied,
    figures,
    lower,
    since_in,
    solar_hijri,
    solar_year_began,
    standing,
    years_in,
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a customer has said of their loyalty; empty where they said nothing.

    ``years`` is above 0 and at most 90; ``since`` a Gregorian year; ``orders`` a frequency or a large order in
    the customer's own words, ``orders_per_year`` its rate; ``products`` and ``referrals`` are counts.
    """

    years: float | None = None
    since: int | None = None
    referred: bool = False
    referrals: int | None = None
    orders: str | None = field(default=None, repr=False)
    orders_per_year: float | None = None
    large_order: bool = False
    products: int | None = None
    always_satisfied: bool = False
    loyal: bool = False
    feedback: bool = False

    def merge(self, later: Facts) -> Facts:
        """What is known after ``later``: its word counts where it says something, and nothing true is unsaid.

        A starting year that the later years contradict is dropped. A large order never hides how often they order.
        """
        known = {f.name: _later(getattr(self, f.name), getattr(later, f.name)) for f in fields(self)}
        if later.years and self.years and later.since is None and abs(later.years - self.years) > 1:
            known["since"] = None
        if self.orders_per_year and not later.orders_per_year:
            known["orders"] = self.orders
        return Facts(**known)

    def to_dict(self) -> dict[str, Any]:
        """Only what is known, by field name."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in values.items() if value is not None and value is not False}

    def years_phrase(self, language: Language) -> str | None:
        """As in "6 years", "18 months", "۶ سال"; from two years on rounded down to the half year."""
        months = round((self.years or 0) * 12)
        if not months:
            return None
        *_, of_month, of_year = _PERIOD_NAMES[language]
        if months < 24 and months % 12:
            return _counted(language, str(months), of_month)
        point = "." if language is Language.ENGLISH else "," if language is Language.INDONESIAN else "٫"
        return _counted(language, f"{months // 12}{f'{point}5' if months % 12 >= 6 else ''}", of_year)

    def since_phrase(self, language: Language) -> str | None:
        """The year as a calendar of the language writes it: "2014", Persian in the Solar Hijri calendar."""
        if self.since is None:
            return None
        year = solar_hijri(self.since) if language is Language.PERSIAN else self.since
        return _digits(str(year), language)

    def summary(self, language: Language) -> tuple[str, ...]:
        """Short phrases for a state bar, the most telling first."""
        say = _SAY[language]
        often = _often(self.orders_per_year, language) if self.orders_per_year else None
        since = self.since_phrase(language)
        others = self.referrals if self.referrals and self.referrals > 1 else None
        phrases = (
            (years := self.years_phrase(language)) and say["years"].format(years),
            not years and since and say["since"].format(since),
            self.referred and (say["referred_n"].format(others) if others else say["referred"]),
            often and say["orders"].format(often),
            self.large_order and say["large_order"],
            self.products and self.products > 1 and say["products"].format(self.products),
            self.always_satisfied and say["always_satisfied"],
            self.loyal and say["loyal"],
            self.feedback and say["feedback"],
        )
        return tuple(_digits(phrase, language) for phrase in phrases if phrase)


def _later(before: Any, after: Any) -> Any:
    return before or after if isinstance(after, bool) else before if after is None else after


_SAY = {
    Language.ENGLISH: {
        "years": "customer for {}", "since": "customer since {}", "referred": "referred others",
        "referred_n": "referred {} others", "orders": "orders {}", "large_order": "large order coming",
        "products": "has {} products", "always_satisfied": "was always satisfied", "loyal": "loyal by their own word",
        "feedback": "helps us improve", "every": "every {1}", "every_n": "every {0} {1}s", "times": "{0} times a {1}",
    },
    Language.INDONESIAN: {
        "years": "sudah {} jadi pelanggan", "since": "pelanggan sejak {}", "referred": "mengajak orang lain",
        "referred_n": "mengajak {} orang", "orders": "pesan {}", "large_order": "akan pesan dalam jumlah besar",
        "products": "punya {} produk", "always_satisfied": "selama ini puas", "loyal": "menyebut diri pelanggan setia",
        "feedback": "memberi masukan", "every": "tiap {1}", "every_n": "tiap {0} {1}", "times": "{0} kali per {1}",
    },
    Language.PERSIAN: {
        "years": "مشتری از {} پیش", "since": "مشتری از سال {}", "referred": "معرف دیگران",
        "referred_n": "معرف {} نفر", "orders": "سفارش {}", "large_order": "سفارش بزرگ در راه",
        "products": "دارای {} محصول", "always_satisfied": "همیشه راضی بوده", "loyal": "خود را وفادار می‌داند",
        "feedback": "برای بهبود نظر داده", "every": "هر {1}", "every_n": "هر {0} {1}", "times": "{0} بار در {1}",
    },
}  # fmt: skip
_PERIOD_NAMES = {
    Language.ENGLISH: ("day", "week", "month", "year"),
    Language.INDONESIAN: ("hari", "minggu", "bulan", "tahun"),
    Language.PERSIAN: ("روز", "هفته", "ماه", "سال"),
}


def _often(rate: float, language: Language) -> str | None:
    """A rate a year in words: "every week", "2 times a month", "every 3 months"."""
    for per_year, unit in zip((365, 52, 12, 1), _PERIOD_NAMES[language], strict=True):
        times, gap = rate / per_year, per_year / rate
        if times >= 1 and times.is_integer():
            return _SAY[language]["every" if times == 1 else "times"].format(int(times), unit)
        if 1 < gap <= 6 and abs(gap - round(gap)) < 1e-6:
            return _SAY[language]["every_n"].format(round(gap), unit)
    return None


def _counted(language: Language, number: str, unit: str) -> str:
    plural = "s" if language is Language.ENGLISH and number != "1" else ""
    return _digits(f"{number} {unit}{plural}", language)


def _digits(text: str, language: Language) -> str:
    return text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) if language is Language.PERSIAN else text


def facts_of(cues: Sequence[Cue], text: str, on: date | None, language: Language | None = None) -> Facts:
    """Read the loyalty cues of one turn.

    Args:
        cues: All cues of the turn: loyalty is read, and what any other cue spans is kept out of it.
        text: The turn. Where a span says nothing exact, the sentence around it is read, more strictly.
        on: The day of the turn; without it "since 2014" gives no ``years``.
        language: Of the turn, where it is known; it decides what "5th" and "'92" mean.
    """
    said = {cue.label for cue in cues}
    facts = Facts(
        referred=Label.REFERRAL in said,
        always_satisfied=Label.PAST_SATISFACTION in said,
        loyal=Label.LOYAL_IDENTITY in said,
        feedback=Label.HELPFUL_FEEDBACK in said,
    )
    tenure = partial(_tenure, on=on, language=language)
    for label, read in ((Label.TENURE, tenure), (Label.REFERRAL, _referrals), (Label.REPEAT_BUSINESS, _business)):
        facts = facts.merge(_read(label, read, cues, text))
    return facts


def told_since(known: Facts, cues: Sequence[Cue], text: str, told: Facts) -> Facts:
    """What a turn says after ``known`` was said: a shorter time is that of something else, unless it corrects.

    "Twelve years with you ... and two years on this plan" are twelve years; "no, ten actually" makes them ten.
    """
    shorter = known.years and (told.years or 0) < known.years
    if not shorter or any(_corrects(cue, text) for cue in cues if cue.label is Label.TENURE):
        return told
    return replace(told, years=None, since=None)


def _corrects(cue: Cue, text: str) -> bool:
    """Whether a time takes an earlier one back: its clause begins so, or the earlier one is denied right after it."""
    before = [part for part in _CLAUSE_END.split(_SENTENCE_END.split(text[: cue.start])[-1]) if part.strip()]
    return any(_CORRECTION.match(part) for part in [*before[-2:], cue.text]) or bool(_NOT_SO.match(text, cue.end))


_CORRECTION = re.compile(
    r"(?i)\W*(?:(?:oh|ah|eh|er|uh|um|well|wait|yes|yeah|ya|آخ|نه)\W+)*"
    rf"(?:{SECOND_THOUGHT}|نه)\b"
)
_NOT_SO = re.compile(r"(?i)[\s,;-]*(?:not|bukan|نه)\b")


def _read(label: Label, read: Callable[[Figures, bool], Facts], cues: Sequence[Cue], text: str) -> Facts:
    own = [cue for cue in cues if cue.label is label]
    facts = Facts()
    for cue in own:
        facts = facts.merge(told_since(facts, [cue], text, read(figures(cue.text), False)))
    around = (clause for cue in own for clause in _around(cue, cues, text)) if facts == Facts() else iter(())
    return next((found for clause in around if (found := read(figures(clause), True)) != Facts()), facts)


_SENTENCE_END = re.compile(r"[.!?؟…](?=\s|$)|\n")
_CLAUSE_END = re.compile(r"[,;:،؛|()—](?!\d)|\b(?:but|tapi|tetapi|ولی|اما)\b")
_FOREIGN = re.compile(
    r"(?i)\b(?:wait|hold\b|queue|old\b|broke|warrant|guarant|contract|loan|delay|late\b|ago\b|nunggu|menunggu|garansi|"
    r"kontrak|cicil|umur|usia|rusak|منتظر|معطل|گارانتی|ضمانت|قرارداد|قسط|وام|خراب)"
)


def _around(cue: Cue, cues: Sequence[Cue], text: str) -> Iterator[str]:
    """The clauses of the span's sentences, less what other cues claim and what a wait or a warranty takes."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    start = max((end for end in ends if end <= cue.start), default=0)
    end = min((end for end in ends if end >= cue.end), default=len(text))
    for other in cues:
        if other.label is not cue.label:
            text = text[: other.start] + "|".ljust(other.end - other.start) + text[other.end :]
    return (clause for clause in _CLAUSE_END.split(text[start:end]) if not _FOREIGN.search(clause))


def _tenure(said: Figures, strict: bool, *, on: date | None, language: Language | None) -> Facts:
    years = years_in(said.text, language, strict=strict)
    since = since_in(said.text, on, language, strict=strict)
    if since and since.solar and since.month is None and on:
        on = date(solar_year_began(on), 12, 31)  # years are counted from Nowruz to Nowruz
    known = known_since(on, since.year, since.month) if since else Facts()
    return replace(known, years=years or known.years)


def known_since(on: date | None, year: int, month: int | None = None, day: int = 1) -> Facts:
    """What a first year, month or day with us says on another day.

    Args:
        on: That other day; without it there are no ``years``.
        year: Gregorian. Where it is after ``on``, or further back than anybody is a customer, nothing is known.
        month: Without it ``years`` is the difference of the years; with it months count in the first year.
        day: Of the month. No ``years`` come of less than a whole month.
    """
    if on is None:
        return Facts(since=year)
    if not 0 <= on.year - year <= MOST_YEARS:
        return Facts()
    months = (on.year - year) * 12
    if month is not None:
        months += on.month - month - (on.day < day)
    passed = float(months // 12) if months >= 12 else months / 12
    return Facts(since=year, years=passed if months > 0 else None)


# Words of any ending in Persian and whole words elsewhere: "دوستامو", but no "cartons" for "cars".
_PEOPLE = (
    r"(?:(?:friend|colleague|co-?worker|customer|client|relative|cousin|sister|brother|aunt|uncle|member|guy|"
    r"neighbou?r|mate|other|patient|household)s?|famil(?:y|ies)|people|persons?|ppl|business(?:es)?|compan(?:y|ies)|"
    r"tem[ae]n\w*|orang|nasabah|klien|pelanggan|saudara|sepupu|tetangga|keluarga|kawan|warung)\b|"
    r"دوست|رفیق|نفر|همکار|همسایه|مشتری|فامیل|خواهر|برادر|آشنا|همکلاس|خانواده|خونواده"
)
_VAGUE = r"(?:(?:year|time|star|day|week|month)s?|hundred|thousand|(?:puluh|belas|ratus|ribu)(?:an)?|سال)\b"
_COUNT = rf"(?<![\d.,$£€#'/])(?<!سال )(?P<n>\d{{1,2}}|100){RANGE}(?![\d.,]\d)\+?\s*(?!(?:st|nd|rd|th)\b)"
_REFERRED = re.compile(
    rf"{_COUNT}(?:of (?:my|our) |(?:of (?:the|their) |تا (?:از )?|از |orang )?(?:(?!{_VAGUE})[^\W\d]+ )?(?:{_PEOPLE}))"
)
_BRINGS = re.compile(r"\b(?:brought|sent|refer|recommend|told|signed|got|ajak|ngajak|bawa|rekomen|آورد|معرفی|فرستاد)")


def _referrals(said: Figures, strict: bool) -> Facts:
    """The largest group that is named, of "15 to 20" the lower: groups may hold one another, a sum says too much."""
    if strict and not _BRINGS.search(said.text):
        return Facts()
    counts = [_count(match) for match in _REFERRED.finditer(said.text)]
    return Facts(referrals=max(filter(None, counts), default=None))


def _count(match: re.Match[str]) -> int | None:
    count = int(lower(match.groupdict()))
    return count if 0 < count <= 100 else None


_DAYS = r"(?:mon|tue|wed|thu|fri|sat)(?:s|nes|rs|ur)?(?:days?)?|sundays?"
_PERIODS = (
    (r"days?|nights?|mornings?|evenings?|hari|malam|pagi|روز|شب|صبح|daily|nightly|harian|روزانه", 365),
    (rf"weeks?|weekends?|{_DAYS}|minggu|pekan|senin|selasa|rabu|kamis|jum'?at|sabtu|هفته|جمعه|"
     r"(?:یک|دو|سه|چهار|پنج|\d)?\s?شنبه|weekly|mingguan|هفتگی", 52),
    (r"fortnights?|fortnightly", 26),
    (r"months?|paydays?|bulan|bln|gajian|ماه|monthly|bulanan|ماهی?انه", 12),
    (r"quarters?|seasons?|kuartal|musim|فصل|quarterly", 4),
    (r"years?|summer|winter|spring|autumn|christmas|easter|birthday|tahun|thn|lebaran|سال|عید|نوروز|yearly|annually|"
     rf"tahunan|سالی?انه|{'|'.join(month_name[1:]).lower()}", 1),
)  # fmt: skip
_PERIOD = rf"(?P<period>{'|'.join(names for names, _ in _PERIODS)})(?!\w)"
_TIMES = r"(?:x|times?|nights?|days?|mornings?|orders?|trips?|flights?|visits?|rides?|kali|بار|دفعه|مرتبه|سفارش|شب)\b"
_MANY = rf"(?<![\d.,])(?P<n>\d{{1,3}}){RANGE}"
_SO_MANY = rf"(?:(?P<word>once|twice|thrice)|{_MANY}\s*{_TIMES})"
_OFTEN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_SO_MANY}(?:\s*/\s*|\s+se|\s+(?=\w+ly\b)|"
        rf"\s+(?:in )?(?:an?|the|per|each|every|tiap|setiap|(?:در|تو|توی)(?: هر)?)\s+){_PERIOD}",
        rf"\bse(?P<period>hari|minggu|pekan|bulan|tahun)\s+(?:(?:bisa )?{_MANY}\s*{_TIMES}|sekali)",
        rf"\b(?P<period>روز|هفته|ماه|سال) ?(?:ی|ای)\s+{_MANY}(?:\s*(?P<times>{_TIMES})|(?: تا)? [^\W\d]+)",
        rf"\b(?P<gap>\d\d?)\s+{_PERIOD} (?:sekali|1 ?(?:kali|بار|دفعه|مرتبه))\b",
        rf"\b1 {_PERIOD} (?P<gap>در میان)",
        rf"\b(?:every|each|tiap|setiap|saban|هر)\s+(?:single\s+)?(?:(?P<gap>\d+|other)(?:th|nd|rd)?\s+)?{_PERIOD}"
        rf"(?:\s+{_SO_MANY})?",
        r"\bon (?P<period>(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b",
        r"(?<![\w-])(?<!bi )(?<!\d )(?P<period>(?!july)\w+ly|(?:hari|minggu|bulan|tahun)an|هفتگی|\w+انه)\b",
    )
)
_MUCH = re.compile(rf"(?<!\S)\d\S*\s+(?:\w+\s+){{1,5}}?(?:(?:an?|per)\s+|se)(?!year|tahun){_PERIOD}")
_LARGE = re.compile(
    r"\b(?:(?:this|my|our|the|an?) )?(?:very )?(?:large|big|huge|bulk|massive|sizeable|wholesale) (?:\w+ )?orders?\b|"
    r"\b(?:order|pesan)\w*(?: dalam)?(?: partai| jumlah)? (?:besar|banyak)\b|\b(?:(?:partai|jumlah) besar|borongan)\b|"
    r"(?:سفارش|خرید)\S*(?: ی)?(?: خیلی)? (?:بزرگ|عمده|کلی|کلان|سنگین)\S*"
)
_PRODUCTS = re.compile(
    rf"{_COUNT}(?:تا |buah )?(?:(?!{_VAGUE})[^\W\d]+ )?(?:(?:polic(?:y|ies)|(?:line|account|subscription|product|plan|"
    r"phone|card|car|site|licen[cs]e)s?|nomor|nomer|polis|akun|rekening|kartu|produk|langganan|motor|mobil)\b|"
    r"خط|بیمه|حساب|سیم ?کارت|اشتراک|محصول|دامنه|پنل)"
)
_BUYS = re.compile(
    r"\b(?:(?:order|buy|use|fly|shop|stay|have|get)\b|bought|pes[ae]n|beli|pakai|pake|punya|"
    r"سفارش|خرید|می ?خر|می ?گیر|دار[مدی])"
)


def _business(said: Figures, strict: bool) -> Facts:
    if strict and not _BUYS.search(said.text):
        return Facts()
    large, products, often = _LARGE.search(said.text), _PRODUCTS.search(said.text), _frequency(said.text)
    told = often or large
    return Facts(
        orders=said.words(*told.span()) if told else None,
        orders_per_year=_rate(often.groupdict()) if often else None,
        large_order=large is not None,
        products=_count(products) if products else None,
    )


def _frequency(text: str) -> re.Match[str] | None:
    """The first words that say how often, less what is denied or taken back; failing that, how much in a period."""
    found = [match for pattern in _OFTEN for match in pattern.finditer(text) if _per_year(match["period"])]
    found = sorted((match for match in found if not denied(text, match.start())), key=re.Match[str].start)
    return next(iter(standing(found, text)), None) or _MUCH.search(text)


def _per_year(period: str) -> float | None:
    return next((float(rate) for names, rate in _PERIODS if re.fullmatch(names, period)), None)


def _rate(said: dict[str, str | None]) -> float:
    """Orders a year; of "three or four times" the lower. "ماهی سی تا" is how much they buy: that counts once."""
    times = {"once": 1, "twice": 2, "thrice": 3}.get(said.get("word") or "", lower(said) if said.get("n") else 1)
    gap = 2 if said.get("gap") in ("other", "در میان") else int(said.get("gap") or 1)
    counted = times if said.get("times", "once") else 1
    return (_per_year(said["period"] or "") or 0.0) * (counted or 1) / (gap or 1)
