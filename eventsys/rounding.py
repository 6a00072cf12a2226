"""Exact numbers, and the one place that rounds them."""

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Exact: TypeAlias = Decimal | Fraction


def round_half_up(value: Exact, places: int) -> Decimal:
    """Round to ``places`` decimals, a half away from zero; exact for values of any length."""
    fraction = Fraction(value) * 10**places
    units = (2 * abs(fraction.numerator) + fraction.denominator) // (2 * fraction.denominator)
    # Built from digits: arithmetic on Decimal would round to the precision of the context.
    return Decimal((int(fraction < 0 and units > 0), tuple(map(int, str(units))), -places))
