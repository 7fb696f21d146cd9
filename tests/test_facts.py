from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from csr_assist.conversation import Language
from csr_assist.cues import Cue
from csr_assist.facts import Facts, facts_of, known_since
from csr_assist.labels import Label
from csr_assist.numbers import figures

EN, ID, FA = Language.ENGLISH, Language.INDONESIAN, Language.PERSIAN
DAY = date(2024, 5, 15)


def cue(label: Label, span: str, text: str) -> Cue:
    return Cue(label, text.index(span), text.index(span) + len(span), span, 0.9)


def read(label: Label, span: str, language: Language | None = None, on: date | None = DAY) -> Facts:
    return facts_of([cue(label, span, span)], span, on, language)


# Span -> years, since.
TENURE: dict[Language, list[tuple[Any, ...]]] = {
    EN: [
        ("6 years", 6), ("a customer for six years", 6), ("for over six years", 6), ("almost 5 yrs", 5),
        ("6+ years", 6), ("6yrs", 6), ("15ish years", 15), ("nine whole years", 9), ("twelve thirteen years", 12),
        ("a decade", 10), ("two decades", 20), ("half a decade", 5), ("a decade and a half", 15),
        ("half a year", 0.5), ("eighteen months", 1.5), ("a year and a half", 1.5), ("with you for a year", 1),
        ("two and a half years", 2.5), ("2½ years", 2.5), ("2 years and 3 months", 2.25), ("twenty-five years", 25),
        ("thirty one years", 31), ("a dozen years", 12), ("15th year", 15), ("my fifth year", 5),
        ("since 2014", 10, 2014), ("since '09", 15, 2009), ("since ’98", 26, 1998), ("since 98", 26, 1998),
        ("since March 2019", 5, 2019), ("since June 2019", 4, 2019), ("since March 2024", 1 / 6, 2024),
        ("since the shop opened in '03", 21, 2003), ("with you since oh four", 20, 2004),
        ("nineteen ninety nine says the card", 25, 1999), ("from twenty fourteen on", 10, 2014),
        ("had it since two thousand five", 19, 2005), ("since we bought it in seventy six", 48, 1976),
        ("six years, since 2018", 6, 2018), ("since my son was born, he's eleven now", 11),
        ("since she was born and now she is 9", 9), ("every Easter since our eldest was born (she's 19)", 19),
        ("since Luna was 9 weeks old, she turned eleven", 11), ("between 5 and 6 years", 5),
        ("since he was born, he's 6 months", 0.5), ("since 2024", None, 2024), ("number 12, 20 years", 20),
        ("since 12.05.2016", 8, 2016),
        ("20-odd years", 20), ("ten-plus years", 10), ("twenty some years", 20), ("twenty-something years", 20),
        ("for the past decade", 10), ("for the past year", 1), ("a quarter century", 25), ("10 to 20 years", 10),
        ("since April 2024", 1 / 12, 2024), ("since May 2024", None, 2024), ("since May 2023", 1, 2023),
    ],
    ID: [
        ("sudah enam tahun", 6), ("6 thn", 6), ("7 taun", 7), ("sy 8 th", 8), ("8th", 8),
        ("sepuluh tahun lebih", 10), ("dua puluh tahunan", 20), ("tiga puluh satu tahun", 31), ("satu dekade", 10),
        ("lima sampai enam tahun", 5),
        ("setahun", 1), ("setahun setengah", 1.5), ("setengah tahun", 0.5), ("satu setengah tahun", 1.5),
        ("dua setengah tahun", 2.5), ("18 bulan", 1.5), ("setahun 2 bulan", 14 / 12), ("dua atau tiga tahun", 2),
        ("tahun kelima", 5), ("tahun ke-5 saya", 5), ("dari 2014", 10, 2014), ("sejak 2014", 10, 2014),
        ("sejak tahun 2009", 15, 2009), ("sejak Mei 2019", 5, 2019), ("sejak Agustus 2019", 4, 2019),
        ("dari dua ribu sembilan", 15, 2009), ("taun dua rebu tujuh belas", 7, 2017),
        ("dari tahun sembilan delapan", 26, 1998), ("th 98", 26, 1998), ("dari versi pertama, 2017", 7, 2017),
        ("sejak anak saya lahir, sekarang umurnya sebelas", 11), ("dari bayi, skrg udah 4", 4),
    ],
    FA: [
        ("هشت ساله", 8), ("۸ ساله", 8), ("8 سال", 8), ("٨ سال", 8), ("ده ساله که", 10), ("نزدیک پنج ساله", 5),
        ("پنج سالی می‌شه", 5), ("چهارساله", 4), ("شیش ساله", 6), ("نُه ساله مشترکم", 9), ("پونزده سال", 15),
        ("شونزده سال", 16), ("هیفده سال", 17), ("هیجده سال", 18), ("بیست و پنج ساله", 25), ("بيست و شيش ساله", 26),
        ("یک دهه", 10), ("دو دهه", 20), ("یه سال و نیم", 1.5), ("دو و نیم سال", 2.5), ("نیم سال", 0.5),
        ("ربع قرن", 25), ("ربع قرنه", 25), ("بیست‌وپنج سال", 25), ("بیست‌وشیش ساله", 26), ("صدوبیست روز و سه سال", 3),
        ("شش ماه", 0.5), ("هجده ماهه", 1.5), ("دو سه ساله", 2), ("سال پنجم", 5), ("هر سال میایم، سیزده ساله", 13),
        ("از سال ۹۲", 11, 2013), ("از سال ۱۳۹۰", 13, 2011), ("از ۱۳۶۵", 38, 1986), ("از ۲۰۱۵", 9, 2015),
        ("از سال نود و چهار", 9, 2015), ("سال هفتاد و پنجه خانم", 28, 1996), ("از زمستون ۹۷", 6, 2018),
        ("از سال ۰۱", 2, 2022), ("از سال هزار و سیصد و نود", 13, 2011),
        ("از وقتی پسرم به دنیا اومد که الان یازده سالشه", 11),
    ],
}  # fmt: skip
NO_TENURE = {
    EN: [
        "from day one", "since my first car", "since I was 16", "my 6 year old phone", "a two-year contract",
        "every two years", "for nine seasons", "since version 3", "since many years", "four trips a year",
        "twice a year", "since my 2nd year of uni", "since I was at unit 12", "tens of years", "120 years",
        "since 2031", "since 1812", "since 1392", "until 2019", "since season 98 of 120", "since $2014",
        "since 1901", "Every Fourth of July", "since my son was born, she's in grade 5", "renewed 7 times",
        "the seventies", "in the '90s", "since the 2000s", "two thousand years", "since 10am", "a few years",
        "less than a year", "not two years yet", "I've not been with you two years yet", "it isn't even 3 years",
        "with Nimbus for 10 years before I came to you last month", "ten years before joining you in May",
        "I'm 45 years old", "aged 30", "since 14:30", "for 3 weeks", "5 stars", "a couple of years", "dozens of years",
        "since gate 12 opened", "in 2 years from now", "each year", "since the 19th", "6 light years", "20 sites",
    ],
    ID: [
        "belasan tahun", "puluhan tahun", "bertahun-tahun", "tiga puluhan tahun", "dua kali setahun",
        "setahun sekali", "setahun 4x", "tiap dua tahun", "umur 8 tahun", "90an akhir", "dari beta", "dari season 1",
        "dari kartunya masih tiga ratus ribu", "sejak 2031", "sampai 2019", "sejak SMP, sekarang anak dua",
        "sejak anak saya lahir, sekarang kelas 5", "sejak lama", "dari jaman kabel", "dari cabang pertama",
        "ratusan tahun", "usia 20 tahun", "tahun depan", "dari lantai 12 ke sini", "3 minggu",
        "sejak tadi jam 10.30", "tahun lalu", "tahun-tahun susah", "nomor 08123", "setiap 5 tahun",
        "sejak tahun 2010-an", "120 tahun", "kurang dari setahun", "belum dua tahun", "belum genap setahun",
        "setahun aja belum", "sepuluh tahun sebelum saya pindah ke sini",
    ],
    FA: [
        "سال‌هاست", "چندین سال", "ده‌ها سال", "از روز اول", "از نوزده سالگی", "پسر ده ساله‌ام", "سه نسله", "یه عمر",
        "هر دو سال", "پسرم هشت سالشه", "از دوره مدرسه", "از سال ۱۴۲۰", "تا سال ۹۵", "خط ۰۹۱۲", "پارسال",
        "صد و بیست سال", "مشتری قدیمی", "سال اول دانشگاه", "بچه م میره کلاس دوم", "از ۲۰۳۱",
        "سه هفته", "سال‌های سال", "از دهه هشتاد", "دختر هشت ساله", "از ساعت ۱۰:۳۰", "شعبه ۱۲", "امسال", "سال دیگه",
        "هر سه ماه", "از بیست سالگی", "من چهل سالمه", "۱۲۰ سال", "از ۱۸۱۲", "سال پیش", "نه بابا", "ده نمکی",
        "کمتر از یک سال", "هنوز دو سال نشده",
    ],
}  # fmt: skip


TENURES = [(language, span) for language in TENURE for span in TENURE[language]]
NO_TENURES = [(language, (span, None)) for language in NO_TENURE for span in NO_TENURE[language]]


@pytest.mark.parametrize(("language", "said"), TENURES + NO_TENURES)
def test_how_long_and_since_when(language: Language, said: tuple[Any, ...]) -> None:
    span, years, since = (*said, None)[:3]
    assert read(Label.TENURE, span, language) == Facts(years=years, since=since)


# What is said again, and what only looks like it.
CORRECTED = [
    ("I've been a customer for 6 years, sorry, 8 years", 8), ("6, no, 8 years", 8), ("6 years, I mean 8 years", 8),
    ("6 years... no wait, make that 8 years", 8), ("a year, actually two years", 2), ("not 5 years but 8 years", 8),
    ("6 years, no, 7 years, no, 8 years", 8), ("6 years and 3 months, sorry, 8 years", 8),
    ("6 years, correction, 8 years", 8), ("6 years, make that 8 years", 8), ("6 years, I misspoke, it's 8 years", 8),
    ("6 tahun, eh maksudnya 8 tahun", 8), ("۶ سال، اشتباه گفتم، ۸ سال", 8), ("۶ سال اشتباه کردم ۸ سال", 8),
    ("6 years... I meant to say 8 years", 8), ("6 years, 8 years with the app", 6),
    ("since 2014, sorry, 2016", 8, 2016), ("not 2014, since 2016", 8, 2016), ("bukan 5 tahun tapi 8 tahun", 8),
    ("5 tahun, eh 8 tahun", 8), ("lima tahun, maksud saya delapan tahun", 8), ("شش سال، نه، هشت سال", 8),
    ("شش سال، یعنی هشت سال", 8), ("نه پنج سال بلکه هشت سال", 8),
    ("8 years, not 5 years", 8), ("8 tahun, bukan 5 tahun", 8), ("no less than 8 years", 8), ("8 years, no bills", 8),
    ("a little less than 8 years", 8), ("tidak kurang dari 8 tahun", 8), ("8 years and it isn't fixed yet", 8),
    ("8 years now and no one called me for 2 years", 8), ("8 years but for 2 years it is slow", 8),
    ("you have not answered, 8 years and no refund yet", 8), ("with you 8 years before I came back to you", 8),
    ("since 2016, not 2014", 8, 2016), ("since 2016 and no bill before 2020", 8, 2016),
]  # fmt: skip


@pytest.mark.parametrize("said", CORRECTED)
def test_what_is_said_last_counts_where_the_first_is_taken_back(said: tuple[Any, ...]) -> None:
    span, years, since = (*said, None)[:3]
    assert read(Label.TENURE, span) == Facts(years=years, since=since)


FIRST_DAYS = [
    (date(2024, 2, 1), date(2024, 5, 15), 0.25), (date(2004, 6, 1), date(2024, 5, 28), 19),
    (date(2004, 6, 1), date(2024, 6, 1), 20), (date(2024, 4, 15), date(2024, 5, 14), None),
    (date(2024, 4, 15), date(2024, 5, 15), 1 / 12), (date(2023, 5, 16), date(2024, 5, 15), 11 / 12),
    (date(2024, 5, 15), date(2024, 5, 15), None), (date(2024, 6, 1), date(2024, 5, 15), None),
    (date(1934, 6, 1), date(2024, 5, 15), 89),
]  # fmt: skip


@pytest.mark.parametrize(("first", "on", "years"), FIRST_DAYS)
def test_how_long_since_a_day(first: date, on: date, years: float | None) -> None:
    assert known_since(on, first.year, first.month, first.day) == Facts(years=years, since=first.year)


def test_a_day_that_cannot_be_the_first_says_nothing() -> None:
    assert known_since(DAY, 1900, 1, 1) == known_since(DAY, 2025, 1, 1) == Facts()
    assert known_since(None, 2025, 1, 1) == Facts(since=2025)


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2040, 1, 1)), st.dates(date(1950, 1, 1), date(2040, 1, 1)))
def test_years_since_a_day_are_above_none(first: date, on: date) -> None:
    years = known_since(on, first.year, first.month, first.day).years
    assert years is None or (0 < years <= 90 and years * 365.25 <= (on - first).days + 2)


def test_without_a_day_a_starting_year_gives_no_years() -> None:
    assert read(Label.TENURE, "since 2014", on=None) == Facts(since=2014)
    assert read(Label.TENURE, "since '98", on=None) == Facts(since=1998)
    assert read(Label.TENURE, "از سال ۹۲", on=None) == Facts(since=2013)
    assert read(Label.TENURE, "six years", on=None) == Facts(years=6)
    assert (read(Label.TENURE, "az 1392", FA).since, read(Label.TENURE, "az 1392").since) == (2013, None)


@pytest.mark.parametrize(
    ("said", "on", "years"),
    [
        ("از سال ۱۴۰۳", date(2026, 2, 10), 1),
        ("از سال ۱۴۰۳", date(2026, 5, 15), 2),
        ("از سال ۱۴۰۳", date(2025, 3, 19), None),
        ("از سال ۹۲", date(2026, 2, 10), 12),
        ("از سال ۹۲", date(2026, 4, 10), 13),
        ("از ۲۰۱۵", date(2026, 2, 10), 11),
    ],
)
def test_solar_years_are_counted_from_nowruz(said: str, on: date, years: float | None) -> None:
    assert read(Label.TENURE, said, FA, on=on).years == years


REFERRAL = {
    "referred a lot of business": None, "brought five of my friends": 5, "brought 3 people from work": 3,
    "sent two friends and three colleagues": 3, "got 20+ ppl on it": 20, "five companies": 5, "six of my lot": 6,
    "ajak tiga teman": 3, "bawa 6 nasabah KPR": 6, "dua sepupu gue": 2, "sedikitnya dua puluh klien": 20,
    "سه تا از دوستامو آوردم": 3, "پنج نفر از فامیل": 5, "دو تا همکارمو": 2, "ده مشتری خودم": 10, "۵ نفرن": 5,
    "told all my friends": None, "team with 14 seats": None, "signed up on the 3rd": None, "in two talks": None,
    "5 stars to my friends": None, "recommended for 3 years": None, "my third friend": None, "400 ppl": None,
    "referred 15 to 20 people": 15, "2 or 3 friends": 2, "between two and three friends": 2, "dua sampai tiga teman": 2,
    "دو سه تا از دوستام": 2, "15 to 400 ppl": 15, "2 400 ppl": None, "in 12 20 people": 20, "0 or 1 friend": None,
    "2 personal visits": None, "a 50% friends code": None, "temen kantor semua": None, "tiga puluhan orang": None,
    "satu RT": None, "grup 3 tahun": None, "هر سه رو": None, "به همکارام گفتم": None, "ساختمان ۲۴ واحدی": None,
    "نصف فامیل": None, "سال ۸۹ مشتری": None,
}  # fmt: skip


@pytest.mark.parametrize(("span", "referrals"), REFERRAL.items())
def test_whom_they_brought(span: str, referrals: int | None) -> None:
    assert read(Label.REFERRAL, span) == Facts(referred=True, referrals=referrals)


# Span -> own words, rate a year; a large order has none.
ORDERS = [
    ("I order every week", "every week", 52), ("I fly with you Twice a Month", "Twice a Month", 24),
    ("monthly for work", "monthly", 12), ("every other week to Rome", "every other week", 26),
    ("in every Saturday", "every Saturday", 52), ("a top on Mondays", "on Mondays", 52),
    ("thirty parcels weekly", "weekly", 52), ("یک هفته در میان میام", "یک هفته در میان", 26),
    ("I order not weekly but monthly", "monthly", 12), ("every week, sorry, every month", "every month", 12),
    ("thrice weekly and never late", "thrice weekly", 156), ("bukan tiap minggu tapi tiap bulan", "tiap bulan", 12),
    ("ماهی دو بار میام", "ماهی دو بار", 24), ("ماهی سی تا دریل می‌برم", "ماهی سی تا دریل", 12),
    ("not sure about this large order", "this large order", None), ("a bulk order for June", "a bulk order", None),
    ("pesanan besar nih", "pesanan besar", None), ("سفارش عمده داریم", "سفارش عمده", None),
]  # fmt: skip
ALL_WORDS = [
    ("four nights a week", 208), ("daily", 365), ("every three months", 4), ("twice in the month", 24),
    ("30 times a year", 30), ("every July", 1), ("ninety boxes of honey a month", 12), ("tiap bulan", 12),
    ("twice weekly", 104), ("three times weekly", 156), ("once daily", 365), ("2 orders every month", 24),
    ("every week twice", 104), ("هر هفته دو بار", 104), ("tiap minggu dua kali", 104), ("2 to 3 times a month", 24),
    ("tiga sampai empat kali sebulan", 36), ("دو هفته یک بار", 26), ("هر دو هفته یک بار", 26),
    ("dua minggu satu kali", 26), ("هر شش ماه یه بار", 2),
    ("seminggu bisa 4 kali", 208), ("bulanan", 12), ("dua kali sebulan", 24), ("Seminggu sekali", 52),
    ("dua minggu sekali", 26), ("every 2nd week", 26), ("3x/week", 156), ("300 paket sebulan", 12), ("هر هفته", 52),
    ("هر ماه", 12), ("هفته‌ای سه چهار بار", 156), ("دو بار در ماه", 24), ("هر پنجشنبه", 52), ("ماهانه", 12),
]  # fmt: skip
NO_ORDERS = [
    "a bi-weekly box", "every time", "back again", "70 nights", "in July", "twice already", "I supply only",
    "not weekly", "less than once a month", "twice early", "3 times only", "دو هفته بار",
    "a 2 week wait", "in two weeks", "a week ago", "once", "day and night", "everyone", "next week", "tiap ke Jogja",
    "minggu depan", "bulan lalu", "ratusan transaksi", "امسال هم", "این ماه", "ماهی تازه", "برای بار چندم",
    "a large house", "this order", "in a big disorder", "rumah besar", "خونه‌ی بزرگ",
]  # fmt: skip
ALL_ORDERS = [*ORDERS, *[(span, span, rate) for span, rate in ALL_WORDS], *[(span, None, None) for span in NO_ORDERS]]


@pytest.mark.parametrize(("span", "words", "rate"), ALL_ORDERS)
def test_how_often_and_how_much(span: str, words: str | None, rate: float | None) -> None:
    large = words is not None and rate is None
    assert read(Label.REPEAT_BUSINESS, span) == Facts(orders=words, orders_per_year=rate, large_order=large)


PRODUCTS = {
    "three policies": 3, "two lines": 2, "2 or 3 lines": 2, "3 lines and 2 phones": 3,
    "two savings accounts": 2, "tiga nomor": 3, "aku punya 3 polis": 3,
    "lima nomor pascabayar": 5, "دو تا خط": 2, "۴ تا سیم کارت": 4, "سی تا خط داریم": 30, "سه تا بیمه‌نامه": 3,
    "هر دوازده دامنه": 12, "my third policy": None, "3 cartons": None, "two hundred": None, "1,200 lines": None,
    "motor keempat": None, "tiga anak": None, "خط خودم": None, "بار سوم": None,
}  # fmt: skip


@pytest.mark.parametrize(("span", "products"), PRODUCTS.items())
def test_how_many_products(span: str, products: int | None) -> None:
    assert read(Label.REPEAT_BUSINESS, span).products == products


def test_a_long_turn_takes_no_time() -> None:
    text, started = "in 14 five hundred years every week " * 200 + "5" * 4000, perf_counter()
    facts_of([cue(label, text, text) for label in Label], text, DAY)
    assert perf_counter() - started < 3


def test_the_kind_of_a_cue_decides_what_its_number_means() -> None:
    assert read(Label.TENURE, "three policies, five friends, every week") == Facts()
    assert read(Label.REFERRAL, "six years, three policies every week") == Facts(referred=True)
    assert read(Label.REPEAT_BUSINESS, "six years, since 2014, five friends") == Facts()
    assert read(Label.FRUSTRATION, "six years, three policies") == Facts()
    assert read(Label.PAST_SATISFACTION, "happy for 6 years") == Facts(always_satisfied=True)
    assert read(Label.LOYAL_IDENTITY, "a loyal customer") == Facts(loyal=True)
    assert read(Label.HELPFUL_FEEDBACK, "an idea for you") == Facts(feedback=True)


AROUND = [
    ("with you", "I am with you for six years.", Facts(years=6)), ("مشتریتونم", "هشت ساله مشتریتونم.", Facts(years=8)),
    ("here", "Since 2014? I am here.", Facts()), ("here", "I am here since 2014!", Facts(years=10, since=2014)),
    ("pelanggan sini", "Saya pelanggan sini, sudah enam tahun.", Facts(years=6)),
]  # fmt: skip
NOT_AROUND = [
    "I am with you. I waited for six years.", "On hold for two years, I am with you.", "I am with you, it took 2 yrs.",
    "I am with you, the 2 years warranty is over.", "I am with you and my bill of 2014 is open.",
    "I am with you, my loan runs since 2014.", "I am with you and it cost for two months.", "with you since 14:30",
]  # fmt: skip


@pytest.mark.parametrize(("span", "text", "facts"), [*AROUND, *[("with you", text, Facts()) for text in NOT_AROUND]])
def test_a_span_without_a_number_is_read_with_its_sentence(span: str, text: str, facts: Facts) -> None:
    assert facts_of([cue(Label.TENURE, span, text)], text, DAY) == facts


def test_words_of_another_cue_are_not_read() -> None:
    text = "I have been with you, and asking since 2014."
    own, other = cue(Label.TENURE, "been with you", text), cue(Label.REPEAT_EFFORT, "asking since 2014", text)
    assert (facts_of([own], text, DAY).since, facts_of([own, other], text, DAY)) == (2014, Facts())


@settings(deadline=None)
@given(st.integers(1, 60), st.sampled_from(Language))
def test_number_words_are_read_in_every_language(n: int, language: Language) -> None:
    said = {EN: "for {} years", ID: "selama {} tahun", FA: "{} سال است"}[language]
    span = said.format(num2words(n, lang=language))
    assert read(Label.TENURE, span, language) == Facts(years=n)
    assert read(Label.TENURE, span.upper()) == Facts(years=n)


@settings(deadline=None)
@given(st.integers(1, 60), st.sampled_from(["", "I waited {} years. ", "Since 19{} I call. ", "سال‌ها گذشت؟ "]))
def test_other_sentences_change_nothing(n: int, other: str) -> None:
    text = f"{other.format(n)}been a customer for ages. We called {n} years ago, since 2011."
    assert facts_of([cue(Label.TENURE, "a customer for ages", text)], text, DAY) == Facts()


@settings(deadline=None)
@given(st.text(alphabet="aی1۲٣½’ ‌ُİ-و,ßچهارساله six", max_size=30))
def test_figures_know_their_source(source: str) -> None:
    said = figures(source)
    assert len(said.text) == len(said.origin)
    assert said.words(0, len(said.text)) in source if said.text else True


KNOWN = st.builds(
    Facts, years=st.none() | st.floats(0.1, 90), since=st.none() | st.integers(1950, 2024), loyal=st.booleans(),
    referrals=st.none() | st.integers(1, 9), orders=st.sampled_from([None, "every week", "this large order"]),
)  # fmt: skip


@settings(deadline=None)
@given(KNOWN, KNOWN, KNOWN)
def test_merging_is_associative_and_later_knowledge_wins(a: Facts, b: Facts, c: Facts) -> None:
    left, right = a.merge(b).merge(c), a.merge(b.merge(c))
    assert replace(left, since=None) == replace(right, since=None)
    assert left.years == (c.years or b.years or a.years)
    assert a.merge(Facts()) == a == Facts().merge(a)


def test_merging_keeps_no_contradiction() -> None:
    assert Facts(years=10, since=2014).merge(Facts(years=6)) == Facts(years=6)
    assert Facts(years=10, since=2014).merge(Facts(years=10.5)) == Facts(years=10.5, since=2014)
    weekly, large = Facts(orders="every week", orders_per_year=52), Facts(orders="this large order", large_order=True)
    assert weekly.merge(large) == large.merge(weekly) == replace(weekly, large_order=True)


YEARS_SAID = {
    6.0: ("6 years", "6 tahun", "۶ سال"), 1.0: ("1 year", "1 tahun", "۱ سال"), 1.5: ("18 months", "18 bulan", "۱۸ ماه"),
    0.5: ("6 months", "6 bulan", "۶ ماه"), 1 / 12: ("1 month", "1 bulan", "۱ ماه"), 0.001: (None, None, None),
    2.5: ("2.5 years", "2,5 tahun", "۲٫۵ سال"), 2.25: ("2 years", "2 tahun", "۲ سال"), None: (None, None, None),
}  # fmt: skip


@pytest.mark.parametrize(("years", "phrases"), YEARS_SAID.items())
def test_years_in_words(years: float | None, phrases: tuple[str | None, ...]) -> None:
    assert tuple(Facts(years=years).years_phrase(language) for language in Language) == phrases


def test_the_summary_says_what_is_known() -> None:
    facts = Facts(6, 2018, True, None, "every week", 52, True, 3, True)
    assert facts.summary(EN)[:3] == ("customer for 6 years", "referred others", "orders every week")
    assert facts.summary(EN)[3:] == ("large order coming", "has 3 products", "was always satisfied")
    assert facts.summary(ID)[:3] == ("sudah 6 tahun jadi pelanggan", "mengajak orang lain", "pesan tiap minggu")
    assert facts.summary(FA)[0] == "مشتری از ۶ سال پیش"
    assert Facts(since=2013).summary(FA) == ("مشتری از سال ۱۳۹۲",)
    assert Facts(since=2013, referred=True, referrals=5).summary(EN) == ("customer since 2013", "referred 5 others")
    assert (Facts().summary(EN), Facts().to_dict()) == ((), {})
    assert Facts(years=6.0, referred=True).to_dict() == {"years": 6.0, "referred": True}


RATES: dict[float, str] = {
    365: "every day", 730: "2 times a day", 208: "4 times a week", 26: "every 2 weeks", 24: "2 times a month",
    4: "every 3 months", 1: "every year", 30: "30 times a year", 52 / 6: "every 6 weeks",
}  # fmt: skip


@pytest.mark.parametrize(("rate", "words"), RATES.items())
def test_rates_in_words(rate: float, words: str) -> None:
    assert Facts(orders="x", orders_per_year=rate).summary(EN) == (f"orders {words}",)


@pytest.mark.parametrize(("language", "phrase"), [("en", "2014"), ("id", "2014"), ("fa", "۱۳۹۳")])
def test_a_year_is_written_as_its_calendar_does(language: str, phrase: str) -> None:
    assert Facts(since=2014).since_phrase(Language(language)) == phrase
    assert Facts().since_phrase(Language(language)) is None
