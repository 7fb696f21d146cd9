"""What the shipped detector and playbook make of whole turns: options for what it is about, and no wrong name."""

from __future__ import annotations

import pytest

from csr_assist.advice import OptionIndex
from csr_assist.conversation import Speaker, Turn
from csr_assist.detector import OnnxDetector
from csr_assist.shipped import MODEL, Kit

KIT = Kit()
DETECTOR = OnnxDetector(MODEL, threads=2)
INDEX = OptionIndex.build(KIT.playbook, DETECTOR.meanings)
NAMES = [situation.name for situation in KIT.playbook.situations]


@pytest.mark.parametrize(
    "text",
    [
        "This is the third time I call about it.",
        "I've called you five times already!",
        "I have explained this three times already.",
        "This is the third time I've called and nobody helps me.",
        "I'm calling my lawyer, you thieves.",
        "You people are useless, honestly.",
        "I am so tired of this.",
        "What kind of service is this?",
        "Ini sudah ketiga kalinya saya telepon soal ini.",
        "Saya capek banget sama kalian.",
        "Kok begini terus sih, parah.",
        "این سومین باره زنگ می‌زنم.",
        "خسته شدم از دستتون.",
        "این چه وضعشه آخه؟",
    ],
)
def test_anger_without_a_topic_is_given_none(text: str) -> None:
    update = KIT.assistant().hear(Turn("c", "1", Speaker.CUSTOMER, text))
    assert update.prompt is not None
    said = update.prompt.say.casefold()
    named = [name for lines in NAMES for name in (lines.en, lines.id, lines.fa) if name.casefold() in said]
    assert named == []


@pytest.mark.parametrize(
    ("text", "situation"),
    [
        ("Your technician never showed up, I took a day off for nothing.", "technician_no_show"),
        ("You've charged me twice on this invoice.", "wrong_charge"),
        ("My parcel should have been here on Monday and it's Friday.", "late_delivery"),
        ("The mixer arrived with a crack right across the bowl.", "broken_item"),
        ("I ordered blue curtains and you sent me brown ones.", "wrong_item"),
        ("There's been no internet in the whole house since yesterday.", "internet_outage"),
        ("I sent it back four weeks ago and there's still no money.", "refund_missing"),
        ("Paket saya katanya sudah dikirim, tapi hilang di jalan.", "parcel_lost"),
        ("Internetnya lemot banget tiap malam, video saja tidak jalan.", "slow_internet"),
        ("Teknisinya tidak datang-datang, padahal saya sudah menunggu seharian.", "technician_no_show"),
        ("از دیروز تا حالا اینترنتم کلاً قطعه.", "internet_outage"),
        ("بسته‌ام قرار بود دوشنبه برسه، هنوز نرسیده.", "late_delivery"),
        ("دو بار از کارتم پول کم کردین.", "wrong_charge"),
    ],
)
def test_options_are_about_what_was_said(text: str, situation: str) -> None:
    meaning = DETECTOR.meanings([text])[0].tolist()
    found = [match.situation.id for match in INDEX.search([meaning], frozenset())]
    assert situation in found[:3]
