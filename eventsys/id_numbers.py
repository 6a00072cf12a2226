"""Numbers of identity documents and organisations in China: valid or not, in one spelling.

Citizen number: GB 11643-1999. Unified social credit code: GB 32100-2015. Area codes are checked by
province only, because numbers keep the code of counties abolished since. No message repeats the
number it refuses: messages end up in logs and on shared screens.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from eventsys.errors import N_, RuleBroken
from eventsys.person_names import INVISIBLE, SPACES

Sex = Literal["M", "F"]


class IdKind(StrEnum):
    """Documents with which a person may be registered."""

    MAINLAND = "mainland"
    HMT_RESIDENCE = "hmt_residence"
    HK_MACAU_PERMIT = "hk_macau_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    PASSPORT = "passport"
    FOREIGN_RESIDENT = "foreign_resident"


@dataclass(frozen=True)
class IdNumber:
    """A checked number in its one spelling; ``birth`` and ``sex`` only where the number says them.

    Its ``repr`` shows the kind alone, so that a traceback or log line betrays nobody.
    """

    kind: IdKind
    value: str = field(repr=False)
    birth: date | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)


class IdNumberRefused(RuleBroken):
    """A text that cannot be stored as the number of an identity document."""

    field = "id_number"


class IdNumberMissing(IdNumberRefused):
    """Nothing visible was typed."""

    message = N_("Enter the number of the identity document.")


class IdNumberCharacter(IdNumberRefused):
    """Something other than digits and the letters A to Z."""

    message = N_(
        "The document number contains a character that cannot be part of it. "
        "Type it again with digits and letters only."
    )


class IdNumberFromSpreadsheet(IdNumberRefused):
    """A spreadsheet kept the number as a calculated value, which has only 15 reliable digits."""

    message = N_(
        "The spreadsheet stored the document number as a calculated value and lost its last "
        "digits. Format the column as text and type the number again."
    )


class IdNumberFifteenDigits(IdNumberRefused):
    """The first-generation card."""

    message = N_(
        "15-digit identity cards have been void since 2013. "
        "Enter the 18-digit number of the current card."
    )


class IdNumberLength(IdNumberRefused):
    """Neither 18 characters nor the length of another document."""

    message = N_(
        "An identity card number has 18 characters; this one has %(length)s. "
        "Compare it with the card, or choose the type of document it belongs to."
    )


class IdNumberArea(IdNumberRefused):
    """The area code names no province."""

    message = N_(
        "The first digits of the identity card number name no province. "
        "Compare them with the card: two digits may be swapped."
    )


class IdNumberBirth(IdNumberRefused):
    """A thirteenth month, a thirtieth of February, a year before 1900."""

    message = N_(
        "Digits 7 to 14 of the identity card number are not a date of birth. "
        "Compare them with the card."
    )


class IdNumberFuture(IdNumberRefused):
    """Born after today."""

    message = N_(
        "According to digits 7 to 14 of the identity card number this person is not born yet. "
        "Compare them with the card."
    )


class IdNumberChecksum(IdNumberRefused):
    """The 18th character contradicts the first 17."""

    message = N_(
        "The last character of the identity card number does not fit the others: "
        "at least one is mistyped. Compare all 18 with the card."
    )


class IdNumberKind(IdNumberRefused):
    """A number, but not of the document that was chosen."""

    message = N_(
        "The number does not have the form of the chosen type of document. "
        "Check the type, then copy the number from the document."
    )


_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"
_EARLIEST_YEAR = 1900
_CITIZEN_LENGTH = 18

_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
_HMT_AREAS = frozenset({"81", "82", "83"})

_CITIZEN_FORM = re.compile("[0-9]{17}[0-9X]")
_CALCULATED = re.compile(r"[0-9]+\.[0-9]*(?:E\+?[0-9]+)?|[0-9]E\+[0-9]+")

# Two more digits on older permits count the renewals; the person's number is what precedes them.
_HK_MACAU_FORM = re.compile("([HM][0-9]{8})(?:[0-9]{2})?")
_TAIWAN_FORM = re.compile("([0-9]{8})")
_PASSPORT_FORM = re.compile("((?=.*[0-9])[A-Z0-9]{5,9})")
_OLD_RESIDENT_FORM = re.compile("([A-Z]{3}[0-9]{12})")
_FORMS = {
    IdKind.HK_MACAU_PERMIT: _HK_MACAU_FORM,
    IdKind.TAIWAN_PERMIT: _TAIWAN_FORM,
    IdKind.PASSPORT: _PASSPORT_FORM,
    IdKind.FOREIGN_RESIDENT: _OLD_RESIDENT_FORM,
}

_MAX_RAW_LENGTH = 60
_DROPPED = "-\u2010\u2011\u2012\u2013\u2014\u2212" + SPACES + INVISIBLE
_LOOKS_LIKE_X = "\u03a7\u03c7\u0425\u0445\u2169\u2179"  # Greek chi, Cyrillic ha, Roman ten
_FOLD: dict[int, str | None] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, _DROPPED)),
    0xFF0D: None,
    **dict.fromkeys(map(ord, _LOOKS_LIKE_X), "X"),
}


def normalise_id_number(text: str, today: date, kind: IdKind | None = None) -> IdNumber:
    """Give the checked number in its one spelling; raises an ``IdNumberRefused`` otherwise.

    Without ``kind`` the document is recognised by its form, which cannot tell a passport made of
    digits only: there the kind must be given. A given ``kind`` is binding.
    """
    value = _compact(text)
    if not value:
        raise IdNumberMissing
    if _CALCULATED.fullmatch(value):
        raise IdNumberFromSpreadsheet
    if not re.fullmatch("[A-Z0-9]+", value):
        raise IdNumberCharacter
    if kind is None:
        return _recognised(value, today)
    return _as_kind(value, kind, today)


def mask_id_number(value: str) -> str:
    """Show enough of a number to recognise one's own: never the date of birth it contains."""
    if len(value) == _CITIZEN_LENGTH:
        return f"{value[:4]}**********{value[14:]}"
    if len(value) < 8:  # noqa: PLR2004  three visible characters of fewer would give it away
        return "*" * len(value)
    return value[0] + "*" * (len(value) - 3) + value[-2:]


def age_on(birth: date, day: date) -> int:
    """Full years on ``day``; who was born on 29 February is older from 1 March in common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _compact(text: str) -> str:
    """Fold widths, case and look-alikes of X; drop what people write between groups of digits."""
    if len(text) > _MAX_RAW_LENGTH:
        raise IdNumberLength(length=len(text))
    return text.strip(SPACES).removeprefix("'").translate(_FOLD).upper()


def _recognised(value: str, today: date) -> IdNumber:
    """Find the document by the form of its number."""
    if len(value) == _CITIZEN_LENGTH:
        return _eighteen(value, today)
    if re.fullmatch("[0-9]{15}", value):
        raise IdNumberFifteenDigits
    if not value.isdigit() or _TAIWAN_FORM.fullmatch(value):
        for kind, form in _FORMS.items():
            if found := form.fullmatch(value):
                return IdNumber(kind, found[1])
    raise IdNumberLength(length=len(value))


def _as_kind(value: str, kind: IdKind, today: date) -> IdNumber:
    """Read the number as that of the given document, and of no other."""
    form = _FORMS.get(kind)
    if form and (found := form.fullmatch(value)):
        return IdNumber(kind, found[1])
    if kind not in (IdKind.MAINLAND, IdKind.HMT_RESIDENCE, IdKind.FOREIGN_RESIDENT):
        raise IdNumberKind
    number = _recognised(value, today)
    if number.kind is not kind:
        raise IdNumberKind
    return number


def _eighteen(value: str, today: date) -> IdNumber:
    """Check the number of a citizen, a Hong Kong, Macau or Taiwan resident, or a foreigner."""
    if not _CITIZEN_FORM.fullmatch(value):
        raise IdNumberCharacter
    kind = _kind_of_area(value)
    birth = _birth(value[6:14], today)
    total = sum(
        int(digit) * weight for digit, weight in zip(value[:17], _CITIZEN_WEIGHTS, strict=True)
    )
    if value[17] != _CITIZEN_CHECKS[total % 11]:
        raise IdNumberFromSpreadsheet if value.endswith("000") else IdNumberChecksum
    if kind is IdKind.FOREIGN_RESIDENT:
        return IdNumber(kind, value, birth)  # no public source says its order code tells the sex
    return IdNumber(kind, value, birth, "M" if int(value[16]) % 2 else "F")


def _kind_of_area(value: str) -> IdKind:
    """Tell the document from the area code; foreigners have 9 and the issuing province after it."""
    if _PROVINCE.match(value):
        return IdKind.MAINLAND
    if value[:2] in _HMT_AREAS:
        return IdKind.HMT_RESIDENCE
    if value[0] == "9" and _PROVINCE.match(value, 1):
        return IdKind.FOREIGN_RESIDENT
    raise IdNumberArea


def _birth(digits: str, today: date) -> date:
    """Read YYYYMMDD as a day that exists and is not after ``today``."""
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdNumberBirth from None
    if birth.year < _EARLIEST_YEAR:
        raise IdNumberBirth
    if birth > today:
        raise IdNumberFuture
    return birth
