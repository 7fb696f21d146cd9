"""What the shipped detector and playbook make of whole turns: options for what it is about, and no wrong name."""

from __future__ import annotations

import pytest

from csr_assist.advice import OptionIndex
from csr_assist.advice.options import Match
from csr_assist.conversation import Speaker
from csr_assist.detector import OnnxDetector, Utterance
from csr_assist.shipped import MODEL, Kit

KIT = Kit()
DETECTOR = OnnxDetector(MODEL, threads=2)
INDEX = OptionIndex.build(KIT.playbook, DETECTOR.meanings)


@pytest.mark.parametrize(
    "text",
    [
        "This is the third time I call about it.",
        "I've called you five times already!",
        "I have explained this three times already.",
        "This is the third time I've called and nobody helps me.",
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
    """At most the situation that fits all trouble is named: "how this has gone so far"."""
    first = found(text)[0]
    assert not first.sure or first.situation.id == KIT.playbook.company.fallback


@pytest.mark.parametrize(
    ("text", "situation"),
    [
        ("Your technician never showed up, I took a day off for nothing.", "technician_no_show"),
        ("You've charged me twice on this invoice.", "wrong_charge"),
        ("My parcel should have been here on Monday and it's Friday.", "late_delivery"),
        ("The mixer arrived with a crack right across the bowl.", "broken_item"),
        ("I ordered blue curtains and you sent me brown ones.", "wrong_item"),
        ("There's been no internet in the whole house since yesterday.", "internet_outage"),
        ("I returned it a month ago and I'm still waiting for my refund.", "refund_missing"),
        ("Paket saya hilang, kurirnya bilang sudah diantar.", "parcel_lost"),
        ("Internetnya lemot banget tiap malam, video saja tidak jalan.", "slow_internet"),
        ("Teknisinya tidak datang-datang, padahal saya sudah menunggu seharian.", "technician_no_show"),
        ("از دیروز تا حالا اینترنتم کلاً قطعه.", "internet_outage"),
        ("بسته‌ام قرار بود دوشنبه برسه، هنوز نرسیده.", "late_delivery"),
        ("دو بار از کارتم پول کم کردین.", "wrong_charge"),
        (
            "I've been with you twelve years and you charged me twice for October, this is ridiculous.",
            "wrong_charge",
        ),
        ("۵ ساله مشتریتونم و دو بار از کارتم پول کم کردین، واقعا که", "wrong_charge"),
    ],
)
def test_options_are_about_what_was_said(text: str, situation: str) -> None:
    assert situation in [match.situation.id for match in found(text)[:3]]


def found(text: str) -> list[Match]:
    (reading,) = DETECTOR.read([Utterance(Speaker.CUSTOMER, text)])
    return INDEX.search([reading.meaning], frozenset())
