"""Dialogues without names, and who says what in them. Every one is made up."""

from __future__ import annotations

from csr_assist.conversation import Speaker

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
