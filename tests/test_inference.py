"""Who says what in texts without names. Every dialogue here is made up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_assist.conversation import Speaker, Turn
from csr_assist.errors import InputError
from csr_assist.sources import parse_text, swapped
from csr_assist.sources.inference import SENTENCES, infer_roles, utterances
from csr_assist.sources.rows import INFERRED

SEEN = {
    "en broadband": """
        A Good morning, thank you for calling Northline Broadband, how can I help you today?
        C Hi, my internet has been down since Sunday and I work from home.
        A I'm sorry to hear that. May I have your account number, please?
        C Sure, it's 4471 2290.
        A Thank you. One moment while I pull that up.
        A I can see an outage in your area.
        C An outage? Nobody told me anything about an outage.
        A I understand how frustrating that must be.
        C It's the third time this year. I've been with you for eight years.
        A Our engineers expect to finish by six this evening.
        C And what am I supposed to do until then?
        A I can send you a mobile hotspot, and I'll credit the four days to your bill.
        C Okay, that would help.
        A Is there anything else I can do for you?
        C No, that's all. Thanks.
        A You're welcome, have a good day.
    """,
    "en chat about a coat": """
        C hello, I ordered a winter coat two weeks ago and it still hasn't arrived
        A Hello and welcome to Fern and Field! Could you give me the order number?
        C FF-20981
        A Thanks, let me check that for you.
        C I was promised three days. Three.
        A It looks like the parcel was returned to our warehouse because of the address.
        C The address is right, your courier never even rang the bell!
        A I apologise for that. Would you like a new one sent, or the money back?
        C Just refund me, I'm done with this shop.
        A Of course. The refund has been processed and takes five business days.
        C five days for my own money, unbelievable
        A I've also added a voucher for the trouble.
        C I don't want a voucher
        A I understand. You'll get an email with the confirmation in a few minutes.
    """,
    "id wifi": """
        A Selamat pagi, terima kasih sudah menghubungi Lintas Data, dengan Rani di sini. Ada yang bisa saya bantu?
        C Pagi mbak, wifi di rumah saya mati dari kemarin sore.
        A Mohon maaf atas ketidaknyamanannya, Pak. Boleh saya minta nomor pelanggannya?
        C 88120045
        A Baik, mohon ditunggu sebentar ya Pak.
        C Iya.
        A Terlihat di sistem ada gangguan jaringan di wilayah Bapak.
        C Kok tidak ada pemberitahuan sama sekali? Saya kerja dari rumah lho.
        A Saya mengerti, Pak. Tim teknisi kami sedang memperbaiki.
        C Kapan selesainya? Ini sudah tiga kali bulan ini.
        A Perkiraan malam ini pukul delapan. Kami akan memberikan potongan tagihan dua hari.
        C Ya sudah, tapi kalau mati lagi saya pindah saja.
        A Baik Pak, ada lagi yang bisa kami bantu?
        C Tidak, cukup.
        A Terima kasih atas waktunya, semoga harinya menyenangkan.
    """,
    "id paket": """
        C Halo min, paket saya kok belum sampai juga?
        A Halo Kak, boleh diinfokan nomor resinya?
        C JX8827110
        A Terima kasih Kak, kami cek dulu ya.
        C Katanya dua hari, ini sudah seminggu
        A Paket Kakak tertahan di gudang transit.
        C Terus gimana dong? Itu kado ulang tahun anak saya
        A Kami mohon maaf, Kak. Kami akan teruskan ke pihak kurir agar diprioritaskan hari ini.
        C Dari kemarin juga bilangnya begitu, percuma
        A Saya paham kekecewaan Kakak. Apakah Kakak berkenan jika ongkirnya kami kembalikan?
        C Boleh, tapi saya tetap mau paketnya sampai besok
        A Siap Kak, sudah saya catat dan akan saya pantau.
        C oke makasih
        A Sama-sama Kak.
    """,
    "fa اینترنت": """
        A سلام، وقت بخیر، از تماس شما با ارتباط نوین سپاسگزارم. چطور می‌توانم کمکتان کنم؟
        C سلام، اینترنتم از دیشب قطع شده و کلی کار دارم.
        A بابت این مشکل عذرخواهی می‌کنم. لطفاً شماره اشتراک خود را بفرمایید.
        C ۴۴۸۱۰۲۷
        A متشکرم، چند لحظه منتظر بمانید.
        C باشه.
        A در سیستم می‌بینم که در منطقه شما اختلال ثبت شده است.
        C چرا هیچ‌کس خبر نداد؟ این بار سوم است در این ماه.
        A حق دارید. همکاران فنی ما در حال رفع مشکل هستند.
        C تا کی باید صبر کنم؟
        A تا ساعت هشت شب وصل می‌شود و دو روز اعتبار به حسابتان اضافه می‌کنیم.
        C ممنون، ولی اگر تکرار شود می‌روم سراغ یک شرکت دیگر.
        A متوجه هستم. امر دیگری هست؟
        C نه، همین.
        A روز خوبی داشته باشید.
    """,
    "fa کفش": """
        C سلام، کفشی که سفارش دادم پاره به دستم رسید.
        A سلام، خیلی متأسفم. ممکن است شماره سفارش را بفرمایید؟
        C ۹۰۲۲۱
        A سپاسگزارم. اجازه بدهید بررسی کنم.
        C من مشتری پنج ساله‌ام و تا حالا این‌طور ندیده بودم.
        A از همراهی شما ممنونیم. می‌توانیم کالا را تعویض کنیم یا مبلغ را برگردانیم.
        C پولم را پس می‌خواهم.
        A درخواست بازگشت وجه ثبت شد و تا سه روز کاری به حساب شما واریز می‌شود.
        C سه روز؟ برای اشتباه شما؟
        A درک می‌کنم. یک کد تخفیف هم برایتان ارسال کردم.
        C باشه، ببینم چه می‌شود.
        A سوال دیگری دارید؟
        C خیر، ممنون.
    """,
}

UNSEEN = {
    "en bank": """
        A Cedar Bank, you're through to Moira.
        C Hello Moira. There's a payment of ninety pounds on the statement that nobody in this house made.
        A Right, let's have a look together. Who is the account holder?
        C That would be me, Harold Finch.
        A And the first line of the address, Mr Finch?
        C Twelve Tanner Row.
        A Lovely. The ninety pounds went to a streaming site on the ninth.
        C We don't even own a television.
        A Then we'll treat it as fraud. The old card stops working today.
        C Hold on, how do I pay for petrol this weekend?
        A A replacement arrives by Friday, and until then the app has a digital one.
        C I've banked with Cedar since 1991 and never had this.
        A That loyalty is noted here, and the ninety pounds is back with you tonight.
        C Good. That's a relief.
        A Anything more?
        C No dear, goodbye.
    """,
    "en airline": """
        C Your airline lost two suitcases and the desk here is closed.
        A That sounds like a horrible start to a trip. Which flight was it?
        C The 7:40 from Lisbon.
        C We have a wedding tomorrow and the suits are in there!
        A Do you have the tag receipts in front of you?
        C Somewhere. Wait. Yes, ends in 889 and 890.
        A Both bags stayed behind in Lisbon and fly out at 21:15.
        C So they get here in the middle of the night?
        A Landing is at 23:50, and a driver brings them to the hotel before seven.
        C And if he doesn't turn up?
        A Then buy what you need for the wedding and keep the receipts, up to three hundred each.
        C Fine. Is this going to be in writing?
        A It's in your inbox now.
        C Got it. Cheers.
    """,
    "id bank": """
        A Bank Cendana, dengan Yuda, selamat sore.
        C Sore, saya lihat ada potongan dua ratus ribu di tabungan, itu apa ya?
        A Sebelumnya, dengan siapa saya berbicara?
        C Lestari.
        A Ibu Lestari, tanggal lahirnya kapan, Bu?
        C Dua belas Mei delapan tujuh.
        A Potongan itu biaya kartu kredit tahunan, Bu.
        C Lho, waktu buka kartu dibilang gratis seumur hidup.
        A Gratisnya berlaku kalau dipakai minimal sekali sebulan.
        C Tidak ada yang pernah jelaskan soal itu. Saya merasa ditipu.
        A Betul, seharusnya dijelaskan sejak awal. Biayanya saya ajukan untuk dihapus.
        C Berapa lama prosesnya?
        A Paling lambat tiga hari, nanti ada SMS.
        C Oke, saya tunggu. Kalau tidak, kartunya saya tutup.
        A Baik Bu Lestari, selamat sore.
    """,
    "id kulkas": """
        C Sore kak, kulkas yang baru dikirim minggu lalu sudah tidak dingin
        A Sore kak, maaf ya jadi tidak nyaman. Tipenya apa kak?
        C yang dua pintu, warna abu
        A Lampu di dalamnya masih menyala?
        C nyala, tapi bagian bawah panas
        C makanan saya busuk semua
        A Waduh, maaf sekali kak. Besok teknisi bisa datang jam sepuluh.
        C besok saya kerja, sore aja bisa gak
        A Bisa kak, jam empat ya.
        C kalau ternyata rusak lagi gimana? saya maunya tukar unit
        A Kalau tidak bisa diperbaiki di tempat, unitnya kami tukar dengan yang baru.
        C nah gitu dong
        A Jadwalnya sudah masuk ya kak, nanti teknisinya telepon dulu.
        C sip, ditunggu
    """,
    "fa بیمه": """
        A بیمه مهرگان، رضایی هستم، بفرمایید.
        C سلام آقای رضایی، خسارت ماشینم را چهل روز است که نداده‌اید.
        A سلام، شماره پرونده همراهتان هست؟
        C بله، ۷۷۱۲.
        A پرونده در انتظار نظر کارشناس مانده است.
        C کارشناس که همان هفته اول آمد و عکس گرفت!
        A گزارشش به دست ما نرسیده بود و همین امروز آن را درخواست می‌کنم.
        C یعنی باز باید صبر کنم؟ من بدون ماشین به محل کارم نمی‌رسم.
        A می‌دانم سخت است. تا پنجشنبه مبلغ را پرداخت می‌کنیم.
        C دفعه قبل هم همین را گفتید.
        A این بار شماره مستقیم خودم را به شما می‌دهم.
        C خوب است، بگویید یادداشت کنم.
        A داخلی ۲۱۴.
        C یادداشت کردم، خداحافظ.
    """,
    "fa هتل": """
        C وقت بخیر، برای جمعه دو شب اتاق گرفته بودم ولی پیامک لغو آمده.
        A وقت شما هم بخیر، به نام چه کسی رزرو شده بود؟
        C نسترن کاویان.
        A خانم کاویان، به خاطر تعمیرات طبقه سوم چند اتاق را بسته‌ایم.
        C و من باید دو روز مانده به سفر بفهمم؟ بلیط قطار خریده‌ام.
        A کاملاً درست می‌گویید، باید زودتر خبر می‌دادیم.
        C حالا من کجا بمانم؟
        A در هتل دیگرمان، دو خیابان آن‌طرف‌تر، اتاقی با منظره باغ برایتان کنار گذاشته‌ام.
        C قیمتش بیشتر نمی‌شود؟
        A خیر، با همان قیمت، و صبحانه هم مهمان ما هستید.
        C خب، این شد یک چیزی.
        A تأییدیه تا چند دقیقه دیگر به دستتان می‌رسد.
        C لطف کردید.
        A سفر خوشی داشته باشید.
    """,
}

DIALOGUES = {**SEEN, **UNSEEN}


def rows(dialogue: str) -> list[tuple[Speaker, str]]:
    roles = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER}
    return [(roles[line.strip()[0]], line.strip()[2:]) for line in dialogue.strip().split("\n")]


def score(dialogues: dict[str, str]) -> tuple[float, str]:
    """Share of lines that are right, and what is wrong as a table."""
    wrong: list[str] = []
    lines = 0
    for name, dialogue in dialogues.items():
        said = rows(dialogue)
        lines += len(said)
        guesses = infer_roles([words for _, words in said])
        wrong += (
            f"{name:24} {guess.role:8} {guess.confidence:.2f}  {words}  ({guess.why})"
            for (role, words), guess in zip(said, guesses, strict=True)
            if guess.role is not role
        )
    return 1 - len(wrong) / lines, "\n".join(["", *wrong])


def test_most_lines_are_given_to_who_says_them() -> None:
    right, table = score(DIALOGUES)
    assert right >= 0.85, table


def test_dialogues_that_the_signs_were_not_made_for_are_mostly_right() -> None:
    right, table = score(UNSEEN)
    assert right >= 0.75, table


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES)
def test_every_guess_has_a_probability_and_a_reason_without_words(dialogue: str) -> None:
    said = rows(dialogue)
    for guess in infer_roles([words for _, words in said]):
        assert 0.5 <= guess.confidence <= 1
        assert guess.why
        assert not any(guess.why in words for _, words in said)


@pytest.mark.parametrize(
    ("line", "role", "why"),
    [
        ("Thank you for calling, how can I help?", Speaker.AGENT, "welcomes a caller"),
        ("my order never came", Speaker.CUSTOMER, "speaks of own things"),
        ("Mohon ditunggu sebentar", Speaker.AGENT, "says what will be done"),
        ("paket saya belum sampai", Speaker.CUSTOMER, "speaks of own things"),
        ("چه کمکی از دستم برمی‌آید؟", Speaker.AGENT, "offers help"),
        ("سفارشم نرسيده", Speaker.CUSTOMER, "speaks of own things"),
        ("THANK  YOU FOR CALLING", Speaker.AGENT, "welcomes a caller"),
        ("I’m calling about my bill", Speaker.CUSTOMER, "speaks of own things"),
    ],
)
def test_one_line_can_tell(line: str, role: Speaker, why: str) -> None:
    (guess,) = infer_roles([line])
    assert (guess.role, guess.why) == (role, why)


def test_lines_that_say_nothing_take_turns_with_those_that_do() -> None:
    found = infer_roles(["hm", "hm", "Thank you for calling, how can I help?", "hm", "hm"])
    roles = [guess.role for guess in found]
    assert roles == [Speaker.AGENT, Speaker.CUSTOMER, Speaker.AGENT, Speaker.CUSTOMER, Speaker.AGENT]
    assert found[2].confidence > found[3].confidence > found[4].confidence
    assert {guess.why for guess in (found[0], found[4])} == {"takes turns with the other side"}


def test_sentences_stay_with_who_spoke_before_more_than_lines_do() -> None:
    words = ["My order never came.", "Two weeks now."]
    assert [guess.role for guess in infer_roles(words, SENTENCES)] == [Speaker.CUSTOMER] * 2
    assert [guess.role for guess in infer_roles(words)] == [Speaker.CUSTOMER, Speaker.AGENT]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("I left. Why? Bye!", ["I left.", "Why?", "Bye!"]),
        ("کجاست؟ نمی‌دانم.", ["کجاست؟", "نمی‌دانم."]),
        ("It is No. 7, Mr. Finch. Yes.", ["It is No. 7, Mr. Finch.", "Yes."]),
        ("It cost 3.50 at a.example. Ok", ["It cost 3.50 at a.example.", "Ok"]),
        ('Really?! "No." Well… fine', ["Really?!", '"No."', "Well…", "fine"]),
        ("no end", ["no end"]),
        ("No. I never did. Rp. 50.000!", ["No.", "I never did.", "Rp. 50.000!"]),
        ("one\ntwo", ["one", "two"]),
        (" ", []),
    ],
)
def test_a_text_is_cut_into_sentences(text: str, parts: list[str]) -> None:
    assert utterances(text) == parts


@settings(deadline=None)
@given(st.lists(st.text() | st.sampled_from(["my order", "how can I help?", "باشه"]), max_size=20))
def test_every_line_has_a_guess(lines: list[str]) -> None:
    found = infer_roles(lines)
    assert [guess.role for guess in found] == [guess.role for guess in infer_roles(lines)]
    assert len(found) == len(lines)
    assert all(0.5 <= guess.confidence <= 1 for guess in found)


NOTES = "Thank you for calling, how can I help?\n\nmy order never came\nOrder: 7, is that yours?\nyes\nLet me check."


def told(text: str, name: str = "notes.txt", source: str | None = None) -> list[str]:
    return [
        f"{item.speaker} {item.turn_id}: {item.text}" if isinstance(item, Turn) else str(item)
        for item in parse_text(text, name, source)
    ]


def test_notes_without_names_are_read_with_one_problem_that_says_so() -> None:
    assert told(NOTES) == [
        f"notes.txt:1: {INFERRED}",
        "agent 1: Thank you for calling, how can I help?",
        "customer 3: my order never came",
        "agent 4: Order: 7, is that yours?",
        "customer 5: yes",
        "agent 6: Let me check.",
    ]


def test_sentences_of_one_line_that_one_side_says_are_one_turn() -> None:
    text = (
        "Thank you for calling. How can I help? My order never came. I paid two weeks ago. Let me check that for you."
    )
    assert told(text)[1:] == [
        "agent 1: Thank you for calling. How can I help?",
        "customer 1.2: My order never came. I paid two weeks ago.",
        "agent 1.3: Let me check that for you.",
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Agent: hi\nmy order\nyes\nno\nok", "agent 1: hi my order yes no ok"),
        ("Tom: hi\nmy order\nyes\nno\nok\nah", "notes.txt:1: speaker is 'Tom'; expected customer, agent, system"),
        ("a\nb\nc\nd\ne\nf\ncustomer: hi", "notes.txt:1: speaker is missing; expected customer, agent, system"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nAgent: hi", "agent 4: hi"),
        ("role,text\nagent,hi", "agent 2: hi"),
    ],
)
def test_a_text_with_names_is_no_notes(text: str, first: str) -> None:
    found = parse_text(text, "notes.txt")
    item = next(found)
    assert (f"{item.speaker} {item.turn_id}: {item.text}" if isinstance(item, Turn) else str(item)) == first


def test_the_user_can_say_that_nobody_is_named() -> None:
    assert told("Total: 7\nmy order never came", source="unlabelled")[0] == f"notes.txt:1: {INFERRED}"


def test_roles_can_be_exchanged() -> None:
    found = list(parse_text(NOTES, "notes.txt"))
    other = list(swapped(found))
    assert other[0] == found[0]
    assert [one.speaker for one in other[1:3] if isinstance(one, Turn)] == [Speaker.CUSTOMER, Speaker.AGENT]
    assert list(swapped(other)) == found
    system = Turn("c", "1", Speaker.SYSTEM, "hi")
    assert list(swapped([system])) == [system]


def call(content: object, **fields: object) -> str:
    known = {"ConversationId": "c9", "StartTime": "2026-01-31 09:30:00", "EndTime": "2026-01-31 09:41:00"}
    return json.dumps({"ClientId": "7", **known, "Content": content, **fields})


def test_a_call_of_one_string_is_read_with_inferred_roles() -> None:
    one = call("Thank you for calling. How can I help? My order never came. I paid two weeks ago.")
    assert told(one, "convo_c9.json") == [
        f"convo_c9.json:1: {INFERRED}",
        "agent 1: Thank you for calling. How can I help?",
        "customer 2: My order never came. I paid two weeks ago.",
    ]
    assert {t.conversation_id for t in parse_text(one, "x.json") if isinstance(t, Turn)} == {"c9"}


def test_a_call_that_names_its_speakers_is_believed() -> None:
    content = "**Call Transcript**\n\n**Agent:** My order system is down.\n\n**Customer:** How can I help you?"
    assert told(call(content), "f.json") == ["agent 1: My order system is down.", "customer 2: How can I help you?"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (call(7, source=1), "no turn found"),
        (call("hello"), "speaker is 'unknown'"),
        (call(""), "no turn found"),
        (json.dumps({"ConversationId": [1], "StartTime": 1, "Content": "a. b."}), "ConversationId: input should be"),
    ],
)
def test_a_call_that_says_too_little_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        told(text, "f.json", "knowledge-mining")
