"""What a number can be: one function for each kind, from its digits, its groups and what it is called.

Each takes a :class:`Window` and answers with a :class:`Verdict` or ``None``. They know no text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import phonenumbers
from stdnum import luhn
from stdnum.gb import nhs
from stdnum.id import nik, npwp
from stdnum.iso7064 import mod_97_10
from stdnum.us import itin, ssn

from csr_assist.conversation import Language
from csr_assist.privacy.masking_kinds import Kind


@dataclass(frozen=True, slots=True)
class Window:
    """Some neighbouring groups of digits.

    ``first`` and ``last`` say whether nothing of the run stands before and after them, ``spaced`` that blanks
    and dashes alone part them, ``called`` what the words before announce, ``reference`` that they announce an
    order or the like, ``plus`` that a plus sign leads.
    """

    digits: str = field(repr=False)
    shape: tuple[int, ...]
    first: bool = True
    last: bool = True
    spaced: bool = True
    plus: bool = False
    called: Kind | None = None
    reference: bool = False
    language: Language | None = None

    @property
    def spoken(self) -> bool:
        """Whether these may be groups as they are heard: from the start of the run, without points and commas."""
        return self.first and self.spaced

    def may_be(self, *languages: Language) -> bool:
        """Whether the turn is in one of the languages, as far as is known."""
        return self.language is None or self.language in languages


@dataclass(frozen=True, slots=True)
class Verdict:
    """A kind, how sure (0..1) and why."""

    kind: Kind
    score: float
    why: str


# First digits and lengths in use: ISO/IEC 7812; Visa's 13 digits are no longer issued.
_CARD_STARTS = (
    ("34", (15,)), ("37", (15,)), ("30", (14,)), ("36", (14, 16)), ("38", (14,)), ("35", (16,)), ("4", (16, 19)),
    ("2", (16,)), ("5", (16,)), ("6", (16, 17, 18, 19)), ("9", (16,)),
)  # fmt: skip
_CARD_SHAPES = ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 3), (6, 10), (8, 8))


def card(window: Window) -> Verdict | None:
    """A payment card: 14-19 digits with a check digit; any 13-19 digits that are called a card."""
    size = len(window.digits)
    if not 13 <= size <= 19:
        return None
    natural = len(window.shape) == 1 or window.shape in _CARD_SHAPES
    announced = window.called is Kind.CARD
    starts = any(window.digits.startswith(start) and size in sizes for start, sizes in _CARD_STARTS)
    if starts and (natural or window.spoken or announced) and luhn.is_valid(window.digits):
        return Verdict(
            Kind.CARD, 0.95 if natural else 0.92, "has a payment card's length, first digits and check digit"
        )
    if announced and window.first:
        return Verdict(Kind.CARD, 0.6, "is called a card and is as long as one")
    return None


def sheba(window: Window) -> Verdict | None:
    """An Iranian account number said without its IR, or any long number that is called an IBAN."""
    size = len(window.digits)
    if size == 24 and mod_97_10.is_valid(f"{window.digits[2:]}1827{window.digits[:2]}"):
        return Verdict(Kind.IBAN, 0.9, "has a Sheba's length and check digits")
    if window.called is Kind.IBAN and window.first and 15 <= size <= 26:
        return Verdict(Kind.IBAN, 0.6, "is called an IBAN and is as long as one")
    return None


def iran_national_code(digits: str) -> bool:
    """Whether ten digits carry the check digit of an Iranian kod-e melli.

    The first nine times 10, 9, ... 2 are summed; the remainder by 11 is the check digit where it is below 2, else
    11 less the remainder. Ten equal digits and a first 000 are not issued. The rule is worked through
    at https://math.stackexchange.com/q/2740295.
    """
    if len(digits) != 10 or digits.startswith("000") or len(set(digits)) == 1:
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)


_NIK_SHAPES = ((16,), (4, 4, 4, 4), (6, 6, 4), (2, 2, 2, 6, 4))
_NPWP_SHAPES = ((2, 3, 3, 1, 3, 3), (2, 3, 3, 4, 3))
_MELLI_SHAPES = ((10,), (3, 6, 1))


def national_id(window: Window) -> Verdict | None:
    """NIK and NPWP, Social Security and taxpayer numbers, kod-e melli, NHS; 8-16 digits that are called so."""
    reason = _national_form(window)
    if reason:
        return Verdict(Kind.NATIONAL_ID, 0.85, reason)
    if window.called is Kind.NATIONAL_ID and window.first and 8 <= len(window.digits) <= 16:
        return Verdict(Kind.NATIONAL_ID, 0.65, "is called a national id and is as long as one")
    return None


def _national_form(window: Window) -> str | None:
    digits, shape, size = window.digits, window.shape, len(window.digits)
    known = window.called is Kind.NATIONAL_ID
    if window.reference or (size == 10 and window.called not in (None, Kind.NATIONAL_ID)):
        return None
    if size == 16 and (shape in _NIK_SHAPES or window.spoken or known) and nik.is_valid(digits):
        return "has a NIK's place and date of birth"
    solid = len(shape) == 1 and window.language is Language.INDONESIAN
    if size in (15, 16) and (shape in _NPWP_SHAPES or known or solid) and npwp.is_valid(digits):
        return "has an NPWP's form and check digit"
    if shape == (3, 2, 4) and (ssn.is_valid(digits) or itin.is_valid(digits)):
        return "has the form of a Social Security number"
    heard = window.spoken and window.last and shape != (3, 3, 4) and not set(shape[1:]) <= {3}
    if window.may_be(Language.PERSIAN) and (shape in _MELLI_SHAPES or heard) and iran_national_code(digits):
        return "has a kod-e melli's check digit"
    if shape == (3, 3, 4) and window.language is Language.ENGLISH and nhs.is_valid(digits):
        return "has an NHS number's form and check digit"
    return None


_TRUNK = ("GB", "ID", "IR")
_TRUNK_SIZES = {"GB": range(10, 12), "ID": range(9, 15), "IR": range(11, 12)}
_US_SHAPES = ((10,), (3, 3, 4), (3, 7), (6, 4), (3, 3, 2, 2))
_COUNTRY_CODES = ("62", "98", "44")


def phone(window: Window) -> Verdict | None:
    """A number that phonenumbers holds for valid, or 7-14 digits that are called a phone.

    Its ``PhoneNumberMatcher`` finds nothing where two numbers, or a number and a count, stand side by side, as
    speech recognition writes them; so its parser and rules are asked about each window instead.
    """
    if not 7 <= len(window.digits) <= 16 or (window.called is Kind.NATIONAL_ID and not window.plus):
        return None
    announced = window.called is Kind.PHONE
    if (announced or not window.reference or window.plus) and any(_valid(*guess) for guess in _guesses(window)):
        return Verdict(Kind.PHONE, 0.9 if announced or window.plus else 0.75, "is a valid phone number")
    if announced and window.first and len(window.digits) <= 14:
        return Verdict(Kind.PHONE, 0.6, "is called a phone number and is as long as one")
    return None


def _guesses(window: Window) -> list[tuple[str, str]]:
    """Numbers to ask about, with the region that would dial them so."""
    digits, shape, size = window.digits, window.shape, len(window.digits)
    if window.plus:
        return [(f"+{digits}", "ZZ")]
    if digits.startswith("00"):
        return [(f"+{digits[2:]}", "ZZ")] if size >= 11 and digits[2] != "0" else []
    if digits.startswith("0"):
        if shape[0] == 1 and set(shape) != {1}:
            return []
        return [(digits, region) for region in _TRUNK if size in _TRUNK_SIZES[region]]
    announced = window.called is Kind.PHONE
    guesses: list[tuple[str, str]] = []
    if size in range(11, 15) and digits[:2] in _COUNTRY_CODES and (window.spoken or announced):
        guesses.append((f"+{digits}", "ZZ"))
    if announced:
        guesses += [(digits, region) for region in _TRUNK]
    american = size == 10 or (size == 11 and digits[0] == "1")
    local = shape if size == 10 else shape[1:] if shape[0] == 1 else (shape[0] - 1, *shape[1:])
    whole = window.spoken and window.last and (shape[0] == 1 or shape[0] >= 3)
    if american and (announced or window.may_be(Language.ENGLISH)) and (announced or local in _US_SHAPES or whole):
        guesses.append((digits, "US"))
    return guesses


def _valid(number: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, None if region == "ZZ" else region))
    except phonenumbers.NumberParseException:
        return False


RULES: tuple[Callable[[Window], Verdict | None], ...] = (card, sheba, national_id, phone)
