"""Bands and formulas as people write them in one cell or one box."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from eventsys.errors import N_, RuleBroken
from eventsys.schemes.aspects import Band

NUMBER = r"[+-]?\d+(?:\.\d+)?"
BAND = re.compile(rf"({NUMBER})?\s*~\s*({NUMBER})?\s*=\s*({NUMBER})")
SEPARATORS = re.compile(r"[;\n]+")
MOST_ZEROS = 40
FORMULA = re.compile(
    rf"(?:(?P<base>{NUMBER})\s*)?(?P<sign>[+-])?\s*(?:(?P<factor>\d+(?:\.\d+)?)\s*\*\s*)?n"
    rf"(?:\s*,\s*min\s*(?P<floor>{NUMBER}))?"
)


class NotANumber(RuleBroken):
    message = N_("“%(given)s” is not a number. Type digits and a decimal point only.")


class BandUnreadable(RuleBroken):
    field = "bands"
    message = N_(
        "“%(given)s” is not a band. Write from ~ to = points, for example 0 ~ 0.8 = 5; leave out "
        "the first or the last value where there is no limit."
    )


class FormulaUnreadable(RuleBroken):
    field = "formula"
    message = N_("“%(given)s” is not a formula. Write it like 10-2*N, min 0.")


class Formula(NamedTuple):
    """``base`` plus ``factor`` times the measured N, not below ``floor``."""

    base: Decimal
    factor: Decimal
    floor: Decimal


def number_in(text: str) -> Decimal | None:
    """The number a cell holds, exactly; ``None`` for an empty cell."""
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as broken:
        raise NotANumber(given=text) from broken
    exponent = number.as_tuple().exponent  # a letter where it is not finite
    if "_" in text or not isinstance(exponent, int):  # Decimal would read a slip like 8_5 as 85
        raise NotANumber(given=text)
    if abs(exponent) > MOST_ZEROS:  # computing with 1e-99999999 takes minutes
        raise NotANumber(given=text)
    return number


def plain(value: Decimal | None) -> str:
    """A number without an exponent and without idle zeros; nothing for none."""
    return "" if value is None else f"{value.normalize() + 0:f}"


def bands_in(text: str) -> tuple[Band, ...]:
    """The bands written one per line, or separated by semicolons, in the order written."""
    found = []
    for line in SEPARATORS.split(_typed(text)):
        if not line.strip():
            continue
        parts = BAND.fullmatch(line.strip())
        if parts is None:
            raise BandUnreadable(given=line.strip())
        low, high, points = parts.groups()
        found.append(Band(number_in(low or ""), number_in(high or ""), Decimal(points)))
    return tuple(found)


def bands_text(bands: Iterable[Band], between: str = "; ") -> str:
    """The bands as ``bands_in`` reads them."""
    return between.join(
        " ".join(filter(None, (plain(one.low), "~", plain(one.high), "=", plain(one.points))))
        for one in bands
    )


def formula_in(text: str) -> Formula | None:
    """A line such as ``10-2*N, min 0``; nothing for an empty text, and no other arithmetic."""
    typed = _typed(text).strip().casefold()
    if not typed:
        return None
    parts = FORMULA.fullmatch(typed)
    if parts is None or (parts["base"] and not parts["sign"]):
        raise FormulaUnreadable(given=text)
    factor = Decimal(parts["factor"] or 1)
    return Formula(
        base=Decimal(parts["base"] or 0),
        factor=-factor if parts["sign"] == "-" else factor,
        floor=Decimal(parts["floor"] or 0),
    )


def formula_text(base: Decimal, factor: Decimal, floor: Decimal | None) -> str:
    """The formula as ``formula_in`` reads it."""
    sign = "-" if factor < 0 else "+"
    return f"{plain(base)}{sign}{plain(abs(factor))}*N, min {plain(floor or Decimal(0))}"


def _typed(text: str) -> str:
    """What people type on a Chinese keyboard, in plain characters."""
    typed = unicodedata.normalize("NFKC", text).replace("\u3002", ".").replace("\r", "\n")
    for look in "\u2212\u2013\u2014":
        typed = typed.replace(look, "-")
    for look in "\u223c\u301c\uff5e\u81f3":
        typed = typed.replace(look, "~")
    return typed.replace("\u00d7", "*").replace("\u3001", ",")
