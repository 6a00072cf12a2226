"""The estimated WorldSkills scale (估算量尺): points around 700, tied medals, medallions (§2.4).

The official formula is not public; this is the robust estimate of the field, so that everything
shown of it must be labelled as estimated.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from statistics import median
from typing import TypeVar

from eventsys.errors import N_
from eventsys.events.rules import ScaleRule
from eventsys.rounding import round_half_up

Key = TypeVar("Key", int, str)

FEWEST = 6
"""With fewer results a scale would say nothing."""
HIGHEST = 1000
TO_DEVIATION = Fraction(14826, 10000)
"""Makes a median absolute deviation comparable to a standard deviation."""


class Medal(StrEnum):
    """What the scale comes to."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    MEDALLION = "medallion"


MEDAL_LABELS = {
    Medal.GOLD: N_("Gold medal"),
    Medal.SILVER: N_("Silver medal"),
    Medal.BRONZE: N_("Bronze medal"),
    Medal.MEDALLION: N_("Medallion for Excellence"),
}
MEDALS = (Medal.GOLD, Medal.SILVER, Medal.BRONZE)


def scaled(totals: Mapping[Key, Decimal], rule: ScaleRule) -> dict[Key, int]:
    """Put totals on the scale: the median at the centre, a robust deviation as the unit.

    Counted are those with a result; absence is not zero. Empty with fewer than six. Without any
    spread everybody stands at the centre.
    """
    if len(totals) < FEWEST:
        return {}
    exact = {key: Fraction(total) for key, total in totals.items()}
    middle = median(exact.values())
    unit = TO_DEVIATION * median(abs(one - middle) for one in exact.values())
    found = {}
    for key, total in exact.items():
        apart = Fraction(rule.spread) * (total - middle) / unit if unit else Fraction(0)
        found[key] = min(HIGHEST, max(0, int(round_half_up(rule.center + apart, 0))))
    return found


def medals(points: Mapping[Key, int], rule: ScaleRule) -> dict[Key, Medal]:
    """Who gets which medal; who reaches the centre without one gets a medallion.

    Three medals are there; those within ``tie_gap`` points get the same and use up the next ones.
    When none is left for bronze, it is given only to one within the gap of the last medal above.
    The gap is measured to the adjacent competitor, or to the first with that medal (``compare``).
    """
    waiting = sorted(points.values(), reverse=True)
    given: dict[int, Medal] = {}
    left = len(MEDALS)
    while waiting and left > 0:
        medal = MEDALS[len(MEDALS) - left]
        equals = _tied(waiting, rule)
        given.update(dict.fromkeys(equals, medal))
        waiting = waiting[len(equals) :]
        left -= len(equals)
        if left <= 0 and medal is not Medal.BRONZE and waiting:
            near = [one for one in _tied(waiting, rule) if equals[-1] - one <= rule.tie_gap]
            given.update(dict.fromkeys(near, Medal.BRONZE))
    return {
        key: given.get(one, Medal.MEDALLION)
        for key, one in points.items()
        if one in given or one >= rule.center
    }


def _tied(waiting: Sequence[int], rule: ScaleRule) -> list[int]:
    """The best who still waits, and those after them who are tied with them."""
    equals = [waiting[0]]
    for one in waiting[1:]:
        reference = equals[0] if rule.compare == "first" else equals[-1]
        if reference - one > rule.tie_gap:
            break
        equals.append(one)
    return equals
