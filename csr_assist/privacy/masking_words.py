"""What the words before a number call it: "my card number is", "nomor pesanan", «کد ملی»."""

from __future__ import annotations

import re

from csr_assist.privacy.masking_kinds import Kind

_NOUNS = {
    Kind.CARD: r"(?:credit|debit|bank|visa)?\s?card|kartu(?:\s(?:kredit|debit|atm))?|(?:شماره\s?)?کارت",
    Kind.IBAN: r"(?:iban|sheba|شبا)(?:[\s:]*(?:number|شماره|is|من))*(?:[\s:]*ir)?",
    Kind.PHONE: (
        r"(?:tele|cell\s?)?phone|mobile|cell|land\s?line|tel|whats\s?app|wa(?:\.me)?|sms|fax|text\sme|"
        r"(?:call|reach|ring|phone)\sme(?:\sback)?\s(?:on|at)|my\snumber|callback\snumber|"
        r"te?le?po?n|telp|tlp|hp|ponsel|handphone|nomor\s(?:saya|aku|wa|hp)|nomorku|hubungi(?:\s(?:saya|aku))?(?:\sdi)?|"
        r"تلفن|تلگرام|واتس\s?اپ|واتساپ|موبایل|همراه|تماس|شماره\s?ام|شمارم|شماره\sمن|خط\sمن"
    ),
    Kind.NATIONAL_ID: (
        r"ssn|social(?:\ssecurity)?|itin|national\sinsurance|nino|ni\sn(?:umber|o)|nhs|national\sid|"
        r"nik|e?-?ktp|npwp|nomor\sinduk(?:\skependudukan)?|کد\s?ملی|شماره\s?ملی|کارت\sملی|شناسه\sملی"
    ),
}
_REFERENCES = (
    r"orders?|invoices?|bills?|track(?:ing)?|tickets?|cases?|reference|ref|bookings?|reservation|shipment|parcel|package|"
    r"serial|model|imei|sku|item|product|part|po|transaction|receipt|confirmation|claim|policy|contract|version|build|"
    r"pesanan|pesananku|faktur|tagihan|resi|tiket|laporan|referensi|pengiriman|paket|seri|transaksi|struk|booking|"
    r"سفارش|فاکتور|صورتحساب|قبض|رهگیری|مرسوله|پیگیری|تیکت|سریال|مدل|تراکنش|رسید|ارجاع|بارنامه|کالا|بسته"
)
HESITATION = r"(?:u+h+m*|u+m+|e+r+m*|h+m+|m+h+m+|mm+|a+h+|e+h+m*|ee+|e+m+|anu|اوم+|امم+|اه+|آه+|ااا+)"
"""What people say between the digits while they look for the next ones."""
_SUFFIX = r"(?:nya|ku|mu|ام|اش|ات|م|ش|ت|ه|ی|های?)?"
_FILLER = (
    r"numbers?|num|no|nr|id|code|is|was|are|it'?s|its|my|the|here|it|s|"
    r"nomor|nomer|no|kode|adalah|ini|itu|yaitu|yakni|saya|aku|di|ke|ya|yang|pak|bu|kak|dengan|"
    r"شماره|شمارم|کد|من|ما|هست|است|اینه|این|میشه|می\sشه|هم|رو|را|به|با|ام|اش|بنده|عبارته|عبارت|از|آقا|خانم|لطفا"
)
_ASIDE = (
    r"called|under|on|at|to|of|and|as|also|"
    r"(?:for|on|with)\s(?:the|my|this|that|your)\s\w{1,15}|(?:untuk|برای)\s\w{1,15}"
)
_BETWEEN = r"[\s:;#=.,/()'\"-]*"
_REACH = 80
_ANY_NOUN = "|".join(f"(?P<{kind.value}>{nouns})" for kind, nouns in _NOUNS.items())
_LEAD = re.compile(
    rf"(?<![^\W_])(?<!\[)(?:{_ANY_NOUN}){_SUFFIX}(?![^\W\d_])"
    rf"(?:{_BETWEEN}(?<![^\W_])(?:{_FILLER}|{_ASIDE}|{HESITATION})(?![^\W\d_])){{0,5}}{_BETWEEN}$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    rf"(?:(?<![^\W_])(?:{_REFERENCES}){_SUFFIX}(?![^\W\d_])(?:{_BETWEEN}(?<![^\W_])(?:{_FILLER})(?![^\W\d_])){{0,4}}"
    rf"{_BETWEEN}|#\s?)$",
    re.IGNORECASE,
)


def called(text: str, at: int) -> Kind | None:
    """The kind of data that the words directly before ``text[at]`` announce, or ``None``."""
    match = _LEAD.search(text, max(0, at - _REACH), at)
    return Kind(str(match.lastgroup)) if match else None


def is_reference(text: str, at: int) -> bool:
    """Whether the words directly before ``text[at]`` announce an order, an invoice, a parcel or the like."""
    return bool(_REFERENCE.search(text, max(0, at - _REACH), at))
