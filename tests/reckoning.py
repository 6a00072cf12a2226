"""The results of the replayed day by plain whole numbers, from the marks the judges typed.

No line of the product is asked. One half point is the smallest thing a judge of this scheme can
give or take, so a sheet is two whole numbers; totals are whole hundredths, rounded half up once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

Raws = dict[str, int]
"""What one judge typed for one code: faults, a level, faults, a size in thousandths, met or not."""
LEAST, MOST = 31_984, 32_000
REGULAR = 5
PERCENTS = (10, 20, 30)
PRIZES = ("first", "second", "third")


@dataclass(frozen=True)
class Line:
    """A line of the results; hundredths of points. Nobody without a total has a place."""

    place: int | None
    is_shared: bool
    total: int | None
    mark_a: int
    mark_b: int
    prize: str


@dataclass(frozen=True)
class Decided:
    """What the chief judge decided beside the marks."""

    points_off: int = 0
    disqualified: bool = False


def marks_of_a_day(
    codes: Sequence[str], seats: int, alike: tuple[str, str]
) -> dict[str, list[Raws]]:
    """What every judge will find, drawn once: close together, with sizes on both sides of a limit.

    Two codes get the same marks, so that at least one rank is shared.
    """
    random = Random(2015)  # noqa: S311  marks of a story
    given: dict[str, list[Raws]] = {}
    for code in codes:
        faults_a, faults_b, level = (
            random.randint(4, 60),
            random.randint(4, 90),
            random.randint(0, 2),
        )
        size, met = random.choice((31_990, 31_984, 32_000, 32_001, 31_983)), random.randint(0, 1)
        given[code] = [
            {
                "A1.1": faults_a + random.randint(0, 9),
                "A1.2": level + random.randint(0, 1),
                "B1.1": faults_b + random.randint(0, 12),
                "B1.2": size,
                "B1.3": met,
            }
            for _seat in range(seats)
        ]
    given[alike[1]] = [dict(raws) for raws in given[alike[0]]]
    return given


def as_typed(aspect: str, raw: int) -> str:
    """A raw value as it goes over the wire."""
    return f"{raw // 1000}.{raw % 1000:03d}" if aspect == "B1.2" else str(raw)


def half_points(raws: Raws) -> tuple[int, int]:
    """Modules A and B of one sheet."""
    a = 140 - raws["A1.1"] + 20 * raws["A1.2"]
    b = 180 - raws["B1.1"] + 12 * (LEAST <= raws["B1.2"] <= MOST) + 8 * raws["B1.3"]
    return a, b


def table(marks: Mapping[str, Sequence[Raws]], decided: Mapping[str, Decided]) -> dict[str, Line]:
    """The results by code."""
    sums = {code: _middle_sums(given[:REGULAR]) for code, given in marks.items()}
    none = Decided()
    counts = {code for code in marks if not decided.get(code, none).disqualified}
    totals = {code: _total(*sums[code], decided.get(code, none).points_off) for code in counts}
    keys = {code: (totals[code], sums[code][1], sums[code][0]) for code in counts}
    lines = {}
    for code, (a, b) in sums.items():
        place = 1 + sum(keys[one] > keys[code] for one in counts) if code in counts else None
        lines[code] = Line(
            place,
            code in counts and sum(keys[one] == keys[code] for one in counts) > 1,
            totals.get(code),
            _sixth(a),
            _sixth(b),
            "disqualified" if place is None else _prize(place, len(counts)),
        )
    return lines


def shown(hundredths: int | None) -> str:
    """A total as people read it."""
    return "—" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"


def _middle_sums(given: Sequence[Raws]) -> tuple[int, int]:
    """Without the highest and the lowest judge of each module: half points of three judges."""
    by_module = zip(*(half_points(raws) for raws in given), strict=True)
    a, b = (sum(sorted(one)[1:-1]) for one in by_module)
    return a, b


def _sixth(half_points_of_three: int) -> int:
    """A module's mark: the sixth part, in hundredths."""
    return (200 * half_points_of_three + 6) // 12


def _total(a: int, b: int, points_off: int) -> int:
    """0.4 of A and 0.6 of B are (2a + 3b) / 30 points."""
    return max(0, (20 * (2 * a + 3 * b) + 3) // 6 - 100 * points_off)


def _prize(place: int, number: int) -> str:
    border = 0
    for percent, prize in zip(PERCENTS, PRIZES, strict=True):
        border += (2 * percent * number + 100) // 200
        if place <= border:
            return prize
    return "none"
