"""Which codes are re-checked, and when so many errors are found that everything is.

Shares are rounded up, so that no less is checked than the ruleset says. How the sample is drawn,
so that anybody with the seed can draw again:

1. Order the codes with a result by total, best first. The first so many are checked, and with
   them every code whose total equals the last of these: no code is left out by chance.
2. Write the other codes in ascending order and shuffle them as the blind codes are drawn (see
   ``draws.rules``), with the random numbers of ``<seed>/recheck``. The first so many are checked.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from eventsys.errors import N_
from eventsys.timetable.lots import shuffled

PERCENT = 100


class Why(StrEnum):
    """Why a code is on the list."""

    TOP = "top"
    SAMPLE = "sample"
    ALL = "all"


class Finding(StrEnum):
    """What a supervisor found."""

    AGREES = "agrees"
    ERROR = "error"


WHY_LABELS = {
    Why.TOP: N_("Among the best"),
    Why.SAMPLE: N_("Drawn at random"),
    Why.ALL: N_("Everything is re-checked"),
}
FINDING_LABELS = {
    Finding.AGREES: N_("Agrees"),
    Finding.ERROR: N_("Error found"),
}


@dataclass(frozen=True)
class RecheckRule:
    """The best so many (``percent`` or ``count``) and a percentage of the rest; the limit.

    ``limit`` is a percentage of codes (``entries``) or of single marks (``items``) in error.
    """

    top_mode: str
    top: Decimal
    sample: Decimal
    limit: Decimal
    denominator: str

    @property
    def is_needed(self) -> bool:
        """Whether anything is re-checked at all."""
        return bool(self.top or self.sample)


@dataclass(frozen=True)
class Picked:
    """The codes to re-check."""

    top: tuple[str, ...]
    sample: tuple[str, ...]


def top_size(rule: RecheckRule, codes: int) -> int:
    """How many of the best are re-checked, at least."""
    wanted = _share(rule.top, codes) if rule.top_mode == "percent" else math.ceil(rule.top)
    return min(wanted, codes)


def sample_size(rule: RecheckRule, rest: int) -> int:
    """How many of the rest are drawn."""
    return min(_share(rule.sample, rest), rest)


def pick(seed: str, totals: Mapping[str, Decimal], rule: RecheckRule) -> Picked:
    """The codes to re-check, from every code's total; the order of the mapping plays no part."""
    best = sorted(totals, key=lambda code: (-totals[code], code))
    number = top_size(rule, len(best))
    least = totals[best[number - 1]] if number else None
    top = tuple(code for code in best if least is not None and totals[code] >= least)
    rest = sorted(set(best) - set(top))
    drawn = shuffled(f"{seed}/recheck", rest)[: sample_size(rule, len(rest))]
    return Picked(top, tuple(sorted(drawn)))


def error_rate(errors: int, base: int) -> Fraction:
    """Errors as a percentage of what was listed; nothing listed has no errors."""
    return Fraction(errors * PERCENT, base) if base else Fraction(0)


def is_over(rule: RecheckRule, errors: int, base: int) -> bool:
    """Whether so many errors are no accident any more; exactly at the limit is not over it."""
    return error_rate(errors, base) > Fraction(rule.limit)


def _share(percent: Decimal, number: int) -> int:
    return math.ceil(Fraction(percent) * number / PERCENT)
