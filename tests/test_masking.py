from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_assist.conversation import Language
from csr_assist.privacy.masking import Kind, find, mask

EN, ID, FA = Language.ENGLISH, Language.INDONESIAN, Language.PERSIAN

# What is said with the personal data in <>, and what it is.
CARDS = [
    "my number is <4155 5526 7114 11 12> 6 years now", "my number is <4111 11 11 1111 11 11>",
    "my card is <4111 1111 1111 1111> thanks", "<4111111111111111>", "<5104-4451-9568-3231>", "<2223669467234406>",
    "amex <3763 742569 58351>", "diners <3610 349931 5240>", "jcb <3530107488752318>", "it is <4929.7418.4049.4834>",
    "<4111, 1111, 1111, 1111>", "<4111 11 11 1111 11 11> visa", "my card is <4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1>",
    "card <4111 1111 1111 1111> 12 25 123", "kartu saya <5104 4451 9568 3231> kak",
    "nomor kartunya <5104445195683231>", "کارتم <۶۰۳۷ ۹۹۳۴ ۱۶۷۲ ۱۱۰۸> هست", "<۵۸۹۲۱۰۶۸۴۰۳۸۸۵۴۵>",
    "شماره کارت: <٦٢٧٤-١٢٢١-٤٣٠٤-٤٣٢٧>", "<6037\u200e9934\u200f1672\u200c1108>", "<６０３７９９３４１６７２１１０８>",
    "the card number is <4111 1111 1111 1112>", "شماره کارتم <۶۰۳۷ ۹۹۳۴ ۱۶۷۲ ۱۱۰۹>",
    "customer since 2016 <4111 1111 1111 1111>", "order 55, card <4111111111111111>",
]  # fmt: skip
IBANS = [
    "<GB55 WEST 1234 5698 7654 33> is my account", "<gb55west12345698765433>", "pay <DE62 3704 0044 0532 0130 01>.",
    "<IR480120000000003417759021>", "شبا <IR48 0120 0000 0000 3417 7590 21>", "<ir48-0120-0000-0000-3417-7590-21>",
    "شبای من <۴۸ ۰۱۲۰ ۰۰۰۰ ۰۰۰۰ ۳۴۱۷ ۷۵۹۰ ۲۱> است", "<IR۴۸۰۱۲۰۰۰۰۰۰۰۰۰۳۴۱۷۷۵۹۰۲۱>", "IBAN: <GB55WEST12345698765433>",
    "شماره شبا <480120000000003417759022>",
]  # fmt: skip
PHONES = [
    "call <+1 415 555 2671>", "<(415) 555-2671> any time", "<415-555-2671>", "<4155552672>", "<415.555.2671>",
    "<1 800 555 0199> is free", "text me at <415 555 2671> 6 years with you", "customer since 2016 <415 555 2672>",
    "<020 7946 0958>", "<+44 20 7946 0958>", "<07911 123456>", "<0044 7911 123456>", "it's <07911 123 456> or e-mail",
    "my number is <555 0143>", "my phone is <07911 12345>", "phone number for the order is <4155552671>",
    "<0812-3456-7890>", "<081234567890>", "<+62 812 3456 7890>", "<6281234567890>", "hp<081234567890> ya kak",
    "wa.me/<6281234567890>", "nomor saya <81234567890>", "telp <021 5551234>", "pesanan atas <0812 3456 7890>",
    "<0912 345 67 89>", "<۰۹۱۲۳۴۵۶۷۸۹>", "<٠٩١٢ ٣٤٥ ٦٧٨٩>", "<+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹>", "<0098 912 345 6789>",
    "<989123456789>", "<۰۹۱۲\u200f۳۴۵\u200e۶۷۸۹> سال‌هاست مشتری‌ام", "<021-88776655>", "شماره تلفنم <۸۸۷۷۶۶۵۵>",
    "<0 9 1 2 3 4 5 6 7 8 9>", "شماره‌ام <۰۹۱۲ ۳۴۵ ۶۷ ۸۹> ۶ ساله مشتریم", "همراه من <912 345 6789>",
    "<0912 345 67 89> 12", "the order is under <081234567890>", "<+49 30 901820> in Berlin",
    "\u2066<0912 345 6789>\u2069",
]  # fmt: skip
EMAILS = [
    "<ann.lee@example.com>", "write to <ann_lee+shop@mail.example.co.uk>, please", "(<a@b.io>)",
    "mailto:<ann@example.com>.", "my email is <ann dot lee at example dot com> thanks", "e-mail: <ann @ example.com>",
    "my e-mail is <ann at example.com>", "emailku <budi underscore jaya at contoh titik com> kak",
    "ایمیلم <sara at example dot com> هست", "ایمیل من <sara@example.ir>", "<sara＠example.ir>",
    "<budi@contoh.co.id> terima kasih", "<info@نمونه.ایران>",
]  # fmt: skip
NATIONAL_IDS = [
    "<536-90-4399>", "my social is <536904399>", "<536 90 4399>", "ssn: <536.90.4399>", "itin <912-70-1234>",
    "<AB 12 34 56 C>", "<ab123456c>", "NI number <ab 12 34 56 c>", "<JG-10-37-59-A>",
    "national insurance number is <JG103759A>", "NHS number <943 476 5919>", "<3171011708450001>",
    "NIK <3171 0117 0845 0001> ya", "nik saya <3171011708459999>", "<01.300.066.6-091.000>",
    "NPWP: <013000666091000>", "KTP <3171-0117-0845-0001>", "کد ملی من <۱۲۷۵۰۵۴۵۲۸> است", "<1275054528>",
    "<127-505452-8>", "کدملی <۰۰۴۷۰۰۵۱۴۹>", "شماره ملی: <٢٢٨٦٩١٤٩٣١>", "کد ملیم <۱۲۷۵۰۵۴۵۲۹>",
    "کد ملی <127 505 45 28>",
]  # fmt: skip
HITS = [
    (kind, marked)
    for kind, table in {
        Kind.CARD: CARDS, Kind.IBAN: IBANS, Kind.PHONE: PHONES, Kind.EMAIL: EMAILS, Kind.NATIONAL_ID: NATIONAL_IDS
    }.items()
    for marked in table
]  # fmt: skip


@pytest.mark.parametrize(("kind", "marked"), HITS)
def test_found_and_masked(kind: Kind, marked: str) -> None:
    before, _, rest = marked.partition("<")
    inside, _, after = rest.partition(">")
    text = before + inside + after
    (found,) = find(text)
    assert (found.kind, text[found.start : found.end]) == (kind, inside)
    assert 0.5 <= found.score <= 1
    assert found.why
    assert mask(text) == before + f"[{kind.value}]" + after


NOTHING = [
    "", " ", "I have been with you for 6 years", "customer since 2016",
    "since 2016 and 2017 and 2018 and 2019 and 2020", "order 4155552671", "order number is 12345678901",
    "order #4155552671", "#0812345678901", "invoice no. 2024081500012345", "invoice INV-2024-08123456789",
    "ticket number 117-2209384410", "ref 536-90-4399", "tracking number 123456789012", "tracking 1Z999AA10123456784",
    "serial SN4111111111111111", "imei 356938035643809", "model SM-G991B", "case 1275054528", "€ 1,250.00",
    "$4,155,552,671.00", "1,250,000 and 2,500,000", "1.250.000.000", "£1250000000", "1275054528 dollars",
    "12/25/2024 at 10:30", "2024-05-15 10:30:00", "15.05.2024", "05.12.1403", "2024-05-15T10:30", "20240515",
    "08.30 09.45", "99.99%", "50 %", "version 10.0.19045.3803", "192.168.10.100", "192.168.1.10 192.168.1.11",
    "v1.2.3.4", "10.0.19045.3803 1.250.000", "1234567890", "1111111111", "0000000000", "1234 5678 9012 3456",
    "4111 1111 1111 1112", "123456789", "XXXX XXXX XXXX 1234", "[PII] [NAME] [CARD] [PHONE]", "card ending 1234",
    "**** **** **** 1111", "I paid 3 times 20 and 2 times 40", "1 2 3 4 5 6 7 8", "16, 17, 18, 19, 20, 21, 22, 24",
    "in 1998 1999 2001 2003", "GB82 WEST 1234 5698 7654 33", "DE00370400440532013001", "AB 12 34",
    "at 12 34 56 a day", "GB 12 34 56 A", "i shop at example dot com since 2009", "@brand your app",
    "loyal customer @ example.com", "a@b", "me @ home", "call me at 5", "page 12 of 3456", "rooms 212 and 213", "911",
    "120 Mbps 4K 60 fps", "e3b0c44298fc1c149afb4c8996fb", "Rp 1.250.000", "Rp1250000000", "2500000 rupiah",
    "resi 081234567890", "nomor pesanan 3171011708459999", "pesanan #20240815000123",
    "sudah 6 tahun langganan sejak 2016", "jam 08.30 sampai 17.00", "faktur 01-2024-000123", "2 juta 500 ribu",
    "tanggal 12-05-2024", "hp samsul 128 gb 3500000", "kode booking 1275054528", "۲۵۰۰۰۰ تومان", "۱۲۷۵۰۵۴۵۲۸ ریال",
    "کد سفارش ۱۲۷۵۰۵۴۵۲۸", "شماره سفارشم ۰۹۱۲۳۴۵۶۷۸۹", "کد رهگیری ۱۲۳۴۵۶۷۸۹۰۱۲", "۶ ساله مشتری‌ام",
    "از سال ۱۳۹۵ مشتری شما هستم", "۱۴۰۳/۰۲/۱۵", "ساعت ۱۰:۳۰", "فاکتور ۱۴۰۳۰۲۱۵۰۰۱۲", "٪۵۰", "۱۲۷۵۰۵۴۵۲۹",
    "۱٬۲۵۰٬۰۰۰ تومن", "سه بار زنگ زدم", "شبا", "کارت من", "کد ملی",
]  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_left_alone(text: str) -> None:
    assert find(text) == ()
    assert mask(text) is text or mask(text) == text


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("4155552671", EN, Kind.PHONE),
        ("4155552672", FA, None),
        ("4155552672", ID, None),
        ("1275054528", EN, None),
        ("1275054528", FA, Kind.NATIONAL_ID),
        ("943 476 5919", EN, Kind.NATIONAL_ID),
        ("013000666091000", ID, Kind.NATIONAL_ID),
        ("013000666091000", EN, None),
        ("0912 345 6789", EN, Kind.PHONE),
        ("+98 912 345 6789", ID, Kind.PHONE),
        ("کد ملی ۱۲۷۵۰۵۴۵۲۸", EN, Kind.NATIONAL_ID),
    ],
)
def test_the_language_decides_what_bare_digits_are(text: str, language: Language, kind: Kind | None) -> None:
    assert [found.kind for found in find(text, language)] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("0912 345 67 89 0935 111 22 33", "[PHONE] [PHONE]"),
        ("card 4111 1111 1111 1111 0912 345 6789", "card [CARD] [PHONE]"),
        ("a@b.io, c@d.io and 536-90-4399", "[EMAIL], [EMAIL] and [NATIONAL_ID]"),
        ("+1 415 555 2671 +1 415 555 2672", "[PHONE] [PHONE]"),
        ("GB55WEST12345698765433 IR480120000000003417759021", "[IBAN] [IBAN]"),
        (
            "کد ملی ۱۲۷۵۰۵۴۵۲۸ و موبایل ۰۹۱۲۳۴۵۶۷۸۹ و ۶ ساله مشتریم",
            "کد ملی [NATIONAL_ID] و موبایل [PHONE] و ۶ ساله مشتریم",
        ),
        ("my number is 415 555 2671 6 years now", "my number is [PHONE] 6 years now"),
        ("call 0912 345 67 89 since 2016", "call [PHONE] since 2016"),
    ],
)
def test_several_in_one_turn(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_no_words_of_the_text_in_a_finding() -> None:
    (found,) = find("my card is 4111 1111 1111 1111")
    assert "4111" not in repr(found)


_PIECES = (
    "0 1 4 9 12 00 + +98 +1 ( ) - . , / : @ # ۰ ۹ ٣ \u200f \u200c \ufe0f \u2066 [ ] [CARD] [PHONE] card phone order "
    "کارت تلفن شبا IR GB email dot at com example.com a@b.io since years سال 4111 1111 0912 345 6789 415 555 2671 "
    "1275054528 4111111111111111 536 90 4399 AB C 2016 GB55 WEST 1234 5698 7654 33 \n"
)
PIECES = st.sampled_from(_PIECES.split(" "))
TEXTS = (
    st.text() | st.lists(PIECES | st.just(" "), max_size=30).map("".join) | st.lists(PIECES, max_size=20).map(" ".join)
)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from([None, *Language]))
def test_masking_twice_is_masking_once_and_the_rest_is_untouched(text: str, language: Language | None) -> None:
    masked = mask(text, language)
    assert mask(masked, language) == masked
    at, rest = 0, masked
    for found in find(text, language):
        assert at <= found.start < found.end <= len(text)
        kept = text[at : found.start] + found.kind.mask
        assert rest.startswith(kept)
        at, rest = found.end, rest[len(kept) :]
    assert rest == text[at:]


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Nd"]), max_size=300).filter(
        lambda t: "@" not in t and "＠" not in t
    )
)
def test_without_digits_and_at_signs_there_is_nothing(text: str) -> None:
    assert find(text) == () or any(word in text.lower() for word in ("mail", "surel", "میل"))


def seconds(text: str) -> float:
    start = process_time()
    mask(text)
    return process_time() - start


@pytest.mark.parametrize(
    "piece",
    ["7", "1234567890 ", "1 2 3 4 ", "01 ", "0912 345 67 89 ", "4111 1111 1111 1111 ", "+1 ", "AB12 ", "a@", "a.",
     "email a at ", "card number ", "1,", "1.250."],
)  # fmt: skip
def test_a_hundred_thousand_characters_take_seconds(piece: str) -> None:
    assert seconds(piece * (100_000 // len(piece))) < 10


def test_a_turn_without_numbers_takes_no_time() -> None:
    turn = "I have shopped with you for six years and this is the third time that nobody called me back. " * 2
    assert min(sum(seconds(turn) for _ in range(100)) / 100 for _ in range(3)) < 0.0005
