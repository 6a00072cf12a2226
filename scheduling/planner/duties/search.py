"""Local search on panels: one seat to somebody else, or two people change seats, while it cools."""

import numpy as np
from numba import njit

from scheduling.planner.duties.arrays import Array
from scheduling.planner.duties.memory import TROUBLE, At
from scheduling.planner.duties.moves import carrying, put, sits, take

LOOK = 512  # seats looked at to find one with a broken rule
EVENLY = 0.6  # below this a lot is turned towards the cheap
TRIES = 3  # seats of the other person compared before one is chosen


@njit(cache=True, nogil=True)
def chance(random: Array) -> float:
    """The next number in [0, 1) of a xorshift generator."""
    state = random[0]
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    random[0] = state
    return np.float64(state >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def _troubled(m: Array, at: At, seat: int) -> bool:
    """Whether a broken rule touches this seat."""
    person = m[at.who + seat]
    if person < 0 or m[at.bad_person + person] > 0:
        return True
    row = m[at.row_of + seat]
    for place in range(m[at.row_tasks_at + row], m[at.row_tasks_at + row + 1]):
        if m[at.bad_task + m[at.row_tasks + place]] > 0:
            return True
    return False


@njit(cache=True, nogil=True)
def _pick(m: Array, at: At, random: Array, hot: bool) -> int:
    """A seat at random; one in trouble if asked and near."""
    seat = int(chance(random) * at.seats)
    if not hot:
        return seat
    for look in range(min(LOOK, at.seats)):
        other = seat + look
        if other >= at.seats:
            other -= at.seats
        if _troubled(m, at, other):
            return other
    return seat


@njit(cache=True, nogil=True)
def _someone(m: Array, at: At, row: int, random: Array) -> int:
    """Somebody eligible for the row, the cheap ones more often; -1 if there is nobody."""
    first = m[at.near_at + row]
    able = m[at.near_at + row + 1] - first
    if able == 0:
        return -1
    lot = chance(random)
    lot = (lot - EVENLY) / (1.0 - EVENLY) if lot >= EVENLY else (lot / EVENLY) ** 3
    return m[at.near + first + int(lot * able)]


@njit(cache=True, nogil=True)
def _other_seat(m: Array, at: At, seat: int, person: int, giver: int, random: Array) -> int:
    """A seat of `person` that `giver` could take for little; -1 if there is none."""
    holds = m[at.holds + person]
    best = -1
    least = 0
    for _ in range(min(TRIES, holds)):
        other = m[at.held + person * at.room + int(chance(random) * holds)]
        row = at.price + m[at.row_of + other] * at.people
        points = m[row + giver]
        if points < 0 or other == seat:
            continue
        points -= m[row + person]
        if best < 0 or points < least:
            best = other
            least = points
    return best


@njit(cache=True, nogil=True)
def _replace(m: Array, sums: Array, at: At, seat: int, person: int, limit: float) -> bool:
    """Give the seat to `person` if the energy rises at most by `limit`; whether it did."""
    before = m[at.who + seat]
    row = m[at.row_of + seat]
    if m[at.holds + person] >= at.room:
        return False
    if before >= 0 and m[at.bad_person + person] == 0 and not _troubled(m, at, seat):
        weight = m[at.row_weight + row]
        price = at.price + row * at.people
        points = m[price + person] - m[price + before]
        points += carrying(m, at, person, weight) + carrying(m, at, before, -weight)
        if at.coming + at.a_day == 0 and points > limit:
            return False
    energy = 0
    if before >= 0:
        energy += take(m, sums, at, seat)
    energy += put(m, sums, at, seat, person)
    if energy <= limit:
        return True
    take(m, sums, at, seat)
    if before >= 0:
        put(m, sums, at, seat, before)
    return False


@njit(cache=True, nogil=True)
def _swap(m: Array, sums: Array, at: At, seat: int, other: int, limit: float) -> bool:
    """Let the holders of two seats change places if the energy allows; whether they did."""
    giver = m[at.who + seat]
    person = m[at.who + other]
    row = m[at.row_of + seat]
    row_other = m[at.row_of + other]
    if not _troubled(m, at, seat) and not _troubled(m, at, other):
        price = at.price + row * at.people
        price_other = at.price + row_other * at.people
        points = m[price + person] - m[price + giver]
        points += m[price_other + giver] - m[price_other + person]
        same = m[at.row_weight + row] == m[at.row_weight + row_other]
        if same and at.coming + at.a_day == 0 and points > limit:
            return False
    energy = take(m, sums, at, seat) + take(m, sums, at, other)
    energy += put(m, sums, at, seat, person) + put(m, sums, at, other, giver)
    if energy <= limit:
        return True
    take(m, sums, at, seat)
    take(m, sums, at, other)
    put(m, sums, at, seat, giver)
    put(m, sums, at, other, person)
    return False


@njit(cache=True, nogil=True)
def anneal(  # noqa: PLR0913, PLR0917  the arrays, and how to cool
    m: Array,
    sums: Array,
    at: At,
    random: Array,
    heat: float,
    steps: int,
    replaces: float,
    hot: float,
) -> int:
    """`steps` tries at one temperature; how many were kept.

    `replaces` is the share of tries that give a seat to somebody else, `hot` the share that begin
    where a rule is broken.
    """
    kept = 0
    for _ in range(steps):
        trouble = sums[TROUBLE] > 0 and chance(random) < hot
        seat = _pick(m, at, random, trouble)
        row = m[at.row_of + seat]
        person = _someone(m, at, row, random)
        giver = m[at.who + seat]
        if person == giver or person < 0 or sits(m, at, row, person, -1):
            continue
        limit = -heat * np.log(1.0 - chance(random))
        if giver < 0 or chance(random) < replaces:
            kept += _replace(m, sums, at, seat, person, limit)
            continue
        other = _other_seat(m, at, seat, person, giver, random)
        if other < 0 or sits(m, at, m[at.row_of + other], giver, -1):
            continue
        kept += _swap(m, sums, at, seat, other, limit)
    return kept
