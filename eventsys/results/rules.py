"""What follows from exact scores: places, prizes, and whether an exam is passed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, groupby
from math import ceil, floor
from operator import attrgetter
from typing import Any, Generic, TypeVar

from eventsys.errors import N_, RuleBroken
from eventsys.rounding import round_half_up

Key = TypeVar("Key", int, str)

_WHOLE = 100


class AwardRuleUnusable(RuleBroken):
    """Shares of prizes that cannot be dealt out."""

    message = N_(
        "The shares of prizes must each be at least 0 and together at most 100 percent, and there "
        "can be no more smallest numbers than prizes. Correct the award rule."
    )


class PassRuleUnusable(RuleBroken):
    """An exam rule under which nothing could be decided."""

    message = N_(
        "The pass rule is incomplete: every part needs full marks above 0; either every part has "
        "a pass mark, or the weights add up to 100 percent and there is a pass mark for the whole."
    )


class ExamPartMissing(RuleBroken):
    """A part about which nothing is known yet: neither a mark nor an absence."""

    message = N_(
        "Nothing is recorded for exam part %(part)s. "
        "Record a mark, an absence or a violation first."
    )


class ExamPartUnknown(RuleBroken):
    """A mark for a part the exam does not have."""

    message = N_("The exam has no part %(part)s. Check the part code against the exam plan.")


class ExamMarkOutOfRange(RuleBroken):
    """A valid part without a mark between zero and full marks."""

    message = N_("Exam part %(part)s takes a mark from 0 to %(full)s. Enter one in this range.")


@dataclass(frozen=True)
class Placing(Generic[Key]):
    """The place of one entry; ``shared`` if another entry stands on the same place.

    ``by_lot`` if nothing but a drawn lot parted it from another entry.
    """

    entry: Key
    place: int
    score: Decimal
    shared: bool
    by_lot: bool = False


def rank(
    scores: Mapping[Key, Decimal],
    tie_breaks: Mapping[Key, Sequence[Decimal]] | None = None,
    lots: Mapping[Key, int] | None = None,
) -> list[Placing[Key]]:
    """Place entries 1, 2, 2, 4 by score, then by their tie-break values in order, higher first.

    Entries equal in everything share the place, or stand in the order of their ``lots``, the lower
    first, where a track draws them. Neither key nor order of input ever decides; the key only sorts
    the display. Every entry needs the same number of tie-break values.
    """
    breaks = {entry: tuple(tie_breaks[entry]) if tie_breaks else () for entry in scores}
    if len({len(values) for values in breaks.values()}) > 1:
        message = "every entry needs the same number of tie-break values"
        raise ValueError(message)

    def merit(entry: Key) -> tuple[Decimal, ...]:
        return (scores[entry], *breaks[entry])

    placings: list[Placing[Key]] = []
    # Sorted twice: the second sort is stable, so it keeps the order by key among equals.
    for _, equals in groupby(sorted(sorted(scores), key=merit, reverse=True), key=merit):
        group = list(equals)
        place, tied = len(placings) + 1, len(group) > 1
        if lots is not None and tied:
            drawn = enumerate(sorted(group, key=lots.__getitem__), start=place)
            placings += [Placing(entry, n, scores[entry], False, True) for n, entry in drawn]
        else:
            placings += [Placing(entry, place, scores[entry], tied) for entry in group]
    return placings


def lot_of(seed: str, code: str) -> int:
    """The lot of a code: SHA-256 of ``lot:seed:code`` as a number; the lowest comes first.

    The seed was committed to before the codes were drawn, so nobody can choose it, and it is
    published when the map is opened, so everybody can draw again.
    """
    return int.from_bytes(hashlib.sha256(f"lot:{seed}:{code}".encode()).digest())


class Rounding(StrEnum):
    """How a share of the entries becomes a whole number of prizes."""

    HALF_UP = "half_up"
    FLOOR = "floor"
    CEIL = "ceil"


class Allocation(StrEnum):
    """Whether each share is rounded alone, or the border after each prize is."""

    INDEPENDENT = "independent"
    CUMULATIVE = "cumulative"


class BoundaryTie(StrEnum):
    """What happens to entries that share a place across the border between two prizes."""

    INCLUDE_ALL = "include_all"
    EXCLUDE_ALL = "exclude_all"
    TIE_BREAK = "tie_break"


@dataclass(frozen=True)
class AwardRule:
    """Shares of the entries per prize, best first (0.10 is a tenth), and what to do at the edges.

    ``min_counts`` are the smallest numbers of prizes however few the entries; missing ones are 0.
    ``fixed`` are whole numbers of prizes for events of at most so many entries.
    """

    ratios: tuple[Decimal, ...]
    rounding: Rounding = Rounding.HALF_UP
    allocation: Allocation = Allocation.INDEPENDENT
    min_counts: tuple[int, ...] = ()
    boundary_tie: BoundaryTie = BoundaryTie.INCLUDE_ALL
    min_score: Decimal | None = None
    fixed: tuple[tuple[int, tuple[int, ...]], ...] = ()

    def __post_init__(self) -> None:
        """Refuse shares that are negative or exceed the whole."""
        negative = any(number < 0 for number in (*self.ratios, *self.min_counts))
        if negative or sum(self.ratios) > 1 or len(self.min_counts) > len(self.ratios):
            raise AwardRuleUnusable


def award_counts(n: int, rule: AwardRule) -> tuple[int, ...]:
    """How many of each prize ``n`` entries deserve, best prize first; together at most ``n``."""
    fixed = min((one for one in rule.fixed if n <= one[0]), default=None)
    if fixed is not None:
        return _dealt(n, fixed[1])
    shares = [n * Fraction(ratio) for ratio in rule.ratios]
    if rule.allocation is Allocation.CUMULATIVE:
        borders = [_whole(border, rule.rounding) for border in accumulate(shares)]
        counts = [border - before for before, border in zip([0, *borders], borders, strict=False)]
    else:
        counts = [_whole(share, rule.rounding) for share in shares]

    smallest = (*rule.min_counts, *[0] * (len(counts) - len(rule.min_counts)))
    return _dealt(n, [max(pair) for pair in zip(counts, smallest, strict=True)])


def _dealt(n: int, counts: Iterable[int]) -> tuple[int, ...]:
    """The best prizes first, as long as there are entries."""
    left, dealt = n, []
    for count in counts:
        dealt.append(min(left, count))
        left -= dealt[-1]
    return tuple(dealt)


def award_prizes(
    placings: Iterable[Placing[Key]],
    rule: AwardRule,
    n_base: int,
    lots: Mapping[Key, int] | None = None,
) -> dict[Key, int | None]:
    """Give every entry the number of its prize, 1 for the best, or ``None``.

    ``n_base`` is the number of entries that count for the shares, which may differ from the number
    ranked. Entries on one place that stands across a border all take the better prize
    (``include_all``), all the next (``exclude_all``), or are parted by ``lots`` for the prize alone
    (``tie_break``; as long as no lots are drawn, all take the next). Later borders do not move.
    """
    borders = list(accumulate(award_counts(n_base, rule)))
    prizes: dict[Key, int | None] = {}
    by_place = attrgetter("place")
    for place, equals in groupby(sorted(placings, key=by_place), key=by_place):
        group = list(equals)
        for placing, decisive in zip(group, _decisive(place, group, rule, lots), strict=True):
            prize = next((n for n, border in enumerate(borders, 1) if decisive <= border), None)
            too_low = rule.min_score is not None and placing.score < rule.min_score
            prizes[placing.entry] = None if too_low else prize
    return prizes


def _decisive(
    place: int, group: Sequence[Placing[Key]], rule: AwardRule, lots: Mapping[Key, int] | None
) -> list[int]:
    """The place by which each of those on one place is measured against the borders."""
    last = place + len(group) - 1
    if rule.boundary_tie is BoundaryTie.TIE_BREAK and lots is not None:
        drawn = sorted(lots[one.entry] for one in group)
        return [place + drawn.index(lots[one.entry]) for one in group]
    better = rule.boundary_tie is BoundaryTie.INCLUDE_ALL
    return [place if better else last] * len(group)


class PassKind(StrEnum):
    """Whether every part must be passed, or their weighted sum."""

    EACH = "each"
    COMPOSITE = "composite"


@dataclass(frozen=True)
class ExamPart:
    """A part of an exam: its weight in percent, its full marks, and the mark that passes it.

    A pass mark is in marks of the part. In a composite rule it is an extra condition.
    """

    code: str
    weight: Decimal = Decimal(0)
    min_pass: Decimal | None = None
    full: Decimal = Decimal(100)


@dataclass(frozen=True)
class PassRule:
    """How a certificate decides; the composite is rounded to ``decimals``, then compared."""

    kind: PassKind
    parts: tuple[ExamPart, ...]
    composite_min: Decimal | None = None
    decimals: int = 2

    def __post_init__(self) -> None:
        """Refuse a rule that leaves a part, or the whole, undecided."""
        complete = bool(self.parts) and all(part.full > 0 for part in self.parts)
        if self.kind is PassKind.EACH:
            complete &= all(part.min_pass is not None for part in self.parts)
        else:
            complete &= sum(part.weight for part in self.parts) == _WHOLE
            complete &= self.composite_min is not None
        if not complete:
            raise PassRuleUnusable


class PartStatus(StrEnum):
    """What happened in one part. Absence is not zero marks: it may cost the right to a retake."""

    VALID = "valid"
    ABSENT = "absent"
    VIOLATION = "violation"


@dataclass(frozen=True)
class PartMark:
    """The mark of a candidate in one part; only a valid one has a number."""

    status: PartStatus
    mark: Decimal | None = None


class Outcome(StrEnum):
    """What is decided about a candidate."""

    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"
    VIOLATION = "violation"


@dataclass(frozen=True)
class PassDecision:
    """The outcome, the rounded composite if there is one, and the reason.

    ``reason`` is a message for translation with ``%(name)s`` places, filled from ``facts``.
    """

    outcome: Outcome
    composite: Decimal | None
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def decide_pass(rule: PassRule, part_marks: Mapping[str, PartMark]) -> PassDecision:
    """Decide one candidate's exam. Pass marks are inclusive.

    A violation outweighs an absence, an absence everything else. The composite is rounded half up
    once and compared as published. Raises a refusal if a part is unrecorded, unknown or absurd.
    """
    _check_parts(rule, part_marks)
    for status, outcome, reason in (
        (PartStatus.VIOLATION, Outcome.VIOLATION, N_("Violation of the rules in part %(part)s.")),
        (PartStatus.ABSENT, Outcome.ABSENT, N_("Absent from part %(part)s.")),
    ):
        for part in rule.parts:
            if part_marks[part.code].status is status:
                return PassDecision(outcome, None, reason, {"part": part.code})
    return _decide_marks(rule, {code: mark.mark or Decimal(0) for code, mark in part_marks.items()})


def _decide_marks(rule: PassRule, marks: Mapping[str, Decimal]) -> PassDecision:
    """Decide a candidate who sat every part: first the parts, then the whole."""
    composite = _composite(rule, marks) if rule.kind is PassKind.COMPOSITE else None
    for part in rule.parts:
        if part.min_pass is not None and marks[part.code] < part.min_pass:
            reason = N_("Part %(part)s: %(mark)s is below the pass mark %(needed)s.")
            facts = {"part": part.code, "mark": marks[part.code], "needed": part.min_pass}
            return PassDecision(Outcome.FAILED, composite, reason, facts)
    if composite is None or rule.composite_min is None:
        return PassDecision(Outcome.PASSED, None, N_("Every part reaches its pass mark."))
    facts = {"composite": composite, "needed": rule.composite_min}
    if composite < rule.composite_min:
        reason = N_("The composite mark %(composite)s is below the pass mark %(needed)s.")
        return PassDecision(Outcome.FAILED, composite, reason, facts)
    reason = N_("The composite mark %(composite)s reaches the pass mark %(needed)s.")
    return PassDecision(Outcome.PASSED, composite, reason, facts)


def _check_parts(rule: PassRule, part_marks: Mapping[str, PartMark]) -> None:
    """Refuse marks that do not belong to the parts of this exam, one to one."""
    parts = {part.code: part for part in rule.parts}
    for code in part_marks:
        if code not in parts:
            raise ExamPartUnknown(part=code)
    for code, part in parts.items():
        if code not in part_marks:
            raise ExamPartMissing(part=code)
        given = part_marks[code]
        if given.status is PartStatus.VALID and not _is_mark(given.mark, part.full):
            raise ExamMarkOutOfRange(part=code, full=part.full)


def _is_mark(mark: Decimal | None, full: Decimal) -> bool:
    """Tell whether there is a number, from zero to full marks."""
    return mark is not None and mark.is_finite() and 0 <= mark <= full


def _composite(rule: PassRule, marks: Mapping[str, Decimal]) -> Decimal:
    """Weigh the parts, each on a scale of its full marks, to a composite out of 100."""
    exact = sum(
        Fraction(marks[part.code]) / Fraction(part.full) * Fraction(part.weight)
        for part in rule.parts
    )
    return round_half_up(Fraction(exact), rule.decimals)


def _whole(share: Fraction, rounding: Rounding) -> int:
    """Round a share of the entries to whole prizes."""
    match rounding:
        case Rounding.HALF_UP:
            return floor(share + Fraction(1, 2))
        case Rounding.FLOOR:
            return floor(share)
        case Rounding.CEIL:
            return ceil(share)
