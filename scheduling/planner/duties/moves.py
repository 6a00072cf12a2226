"""The two steps that change a plan, with everything counted.

`put` and `take` keep every count true and return the change of the energy: points plus the broken
rules times their weights. Whatever is tried is done, and undone when it is not kept.
"""

from numba import njit

from scheduling.planner.duties.arrays import NOBODY, Array
from scheduling.planner.duties.memory import (
    BALANCE,
    COMING,
    DAY,
    DAYS,
    IN_SITTING,
    LOAD,
    OPEN,
    OVERLAP,
    PAIRS,
    RULES,
    SENIORS,
    SITTINGS,
    TROUBLE,
    UNIT,
    At,
)


@njit(cache=True, nogil=True)
def broke(m: Array, sums: Array, place: int, rule: int, by: int) -> int:
    """Count `by` breaks of a rule, also at `place` (a person's or a task's count)."""
    sums[rule] += by
    sums[TROUBLE] += by
    m[place] += by
    return by * sums[RULES + rule]


@njit(cache=True, nogil=True)
def _come(m: Array, sums: Array, at: At, person: int, sitting: int, by: int) -> int:
    """`person` comes to a sitting (by 1) or no longer does (by -1)."""
    day = at.day_used + person * at.days + m[at.sitting_day + sitting]
    bad = at.bad_person + person
    if by < 0:
        m[at.used + person] -= 1
        m[day] -= 1
    energy = at.coming * by
    sums[COMING] += at.coming * by
    if m[day] == 0:
        energy += at.a_day * by
        sums[DAYS] += at.a_day * by
    if m[at.used + person] >= m[at.most + person]:
        energy += broke(m, sums, bad, SITTINGS, by)
    if m[day] >= m[at.most_a_day + person]:
        energy += broke(m, sums, bad, DAY, by)
    blocked = at.blocked + person * at.sittings
    if m[blocked + sitting] > 0:
        energy += broke(m, sums, bad, OVERLAP, by * m[blocked + sitting])
    for place in range(m[at.clash_at + sitting], m[at.clash_at + sitting + 1]):
        m[blocked + m[at.clash + place]] += by
    if by > 0:
        m[at.used + person] += 1
        m[day] += 1
    return energy


@njit(cache=True, nogil=True)
def _join(m: Array, sums: Array, at: At, person: int, task: int) -> int:
    energy = 0
    bad = at.bad_task + task
    for place in range(m[at.units_at + person], m[at.units_at + person + 1]):
        unit = at.unit_count + task * at.unit_kinds + m[at.units + place]
        if m[unit] >= at.per_unit:
            energy += broke(m, sums, bad, UNIT, 1)
        m[unit] += 1
    if m[at.senior + person]:
        if m[at.seniors + task] < m[at.task_least + task]:
            energy += broke(m, sums, bad, SENIORS, -1)
        elif m[at.seniors + task] >= m[at.task_most + task]:
            energy += broke(m, sums, bad, SENIORS, 1)
        m[at.seniors + task] += 1
    sitting = m[at.task_sitting + task]
    count = at.count + person * at.sittings + sitting
    if m[count] == 0:
        energy += _come(m, sums, at, person, sitting, 1)
    elif m[count] >= at.in_sitting:
        energy += broke(m, sums, at.bad_person + person, IN_SITTING, 1)
    m[count] += 1
    return energy


@njit(cache=True, nogil=True)
def _part(m: Array, sums: Array, at: At, person: int, task: int) -> int:
    energy = 0
    bad = at.bad_task + task
    for place in range(m[at.units_at + person], m[at.units_at + person + 1]):
        unit = at.unit_count + task * at.unit_kinds + m[at.units + place]
        m[unit] -= 1
        if m[unit] >= at.per_unit:
            energy += broke(m, sums, bad, UNIT, -1)
    if m[at.senior + person]:
        m[at.seniors + task] -= 1
        if m[at.seniors + task] < m[at.task_least + task]:
            energy += broke(m, sums, bad, SENIORS, 1)
        elif m[at.seniors + task] >= m[at.task_most + task]:
            energy += broke(m, sums, bad, SENIORS, -1)
    sitting = m[at.task_sitting + task]
    count = at.count + person * at.sittings + sitting
    m[count] -= 1
    if m[count] == 0:
        energy += _come(m, sums, at, person, sitting, -1)
    elif m[count] >= at.in_sitting:
        energy += broke(m, sums, at.bad_person + person, IN_SITTING, -1)
    return energy


@njit(cache=True, nogil=True)
def _outside(m: Array, at: At, person: int, load: int) -> int:
    """How far a load lies outside its window."""
    return max(0, m[at.least_load + person] - load) + max(0, load - m[at.most_load + person])


@njit(cache=True, nogil=True)
def carrying(m: Array, at: At, person: int, more: int) -> int:
    """Points of balance for carrying `more` than now."""
    return at.balance * more * (2 * (m[at.load + person] - m[at.fair + person]) + more)


@njit(cache=True, nogil=True)
def _carry(m: Array, sums: Array, at: At, person: int, more: int) -> int:
    load = m[at.load + person]
    points = carrying(m, at, person, more)
    sums[BALANCE] += points
    m[at.load + person] = load + more
    by = _outside(m, at, person, load + more) - _outside(m, at, person, load)
    if by != 0:
        points += broke(m, sums, at.bad_person + person, LOAD, by)
    return points


@njit(cache=True, nogil=True)
def put(m: Array, sums: Array, at: At, seat: int, person: int) -> int:
    """Give an open seat to somebody who may have it; the change of the energy."""
    row = m[at.row_of + seat]
    points = m[at.price + row * at.people + person]
    sums[PAIRS] += points
    sums[OPEN] -= 1
    sums[TROUBLE] -= 1
    energy = points - sums[RULES + OPEN] + _carry(m, sums, at, person, m[at.row_weight + row])
    for place in range(m[at.row_tasks_at + row], m[at.row_tasks_at + row + 1]):
        energy += _join(m, sums, at, person, m[at.row_tasks + place])
    holds = m[at.holds + person]
    m[at.who + seat] = person
    m[at.slot + seat] = holds
    m[at.held + person * at.room + holds] = seat
    m[at.holds + person] = holds + 1
    return energy


@njit(cache=True, nogil=True)
def take(m: Array, sums: Array, at: At, seat: int) -> int:
    """Leave a seat open; the change of the energy."""
    person = m[at.who + seat]
    row = m[at.row_of + seat]
    points = m[at.price + row * at.people + person]
    sums[PAIRS] -= points
    sums[OPEN] += 1
    sums[TROUBLE] += 1
    energy = sums[RULES + OPEN] - points + _carry(m, sums, at, person, -m[at.row_weight + row])
    for place in range(m[at.row_tasks_at + row], m[at.row_tasks_at + row + 1]):
        energy += _part(m, sums, at, person, m[at.row_tasks + place])
    holds = m[at.holds + person] - 1
    last = m[at.held + person * at.room + holds]
    m[at.who + seat] = NOBODY
    m[at.held + person * at.room + m[at.slot + seat]] = last
    m[at.slot + last] = m[at.slot + seat]
    m[at.holds + person] = holds
    return energy


@njit(cache=True, nogil=True)
def sits(m: Array, at: At, row: int, person: int, besides: int) -> bool:
    """Whether `person` serves in one of the row's tasks already, on another seat than `besides`."""
    for at_task in range(m[at.row_tasks_at + row], m[at.row_tasks_at + row + 1]):
        task = m[at.row_tasks + at_task]
        if m[at.count + person * at.sittings + m[at.task_sitting + task]] == 0:
            continue
        for place in range(m[at.task_seats_at + task], m[at.task_seats_at + task + 1]):
            seat = m[at.task_seats + place]
            if seat != besides and m[at.who + seat] == person:
                return True
    return False


@njit(cache=True, nogil=True)
def fill(m: Array, sums: Array, at: At, plan: Array) -> None:
    """Seat a whole plan in an empty one; what may not be stays open."""
    for seat in range(len(plan)):
        person = plan[seat]
        if person < 0:
            continue
        row = m[at.row_of + seat]
        full = m[at.holds + person] >= at.room
        if m[at.price + row * at.people + person] < 0 or full:
            continue
        if not sits(m, at, row, person, seat):
            put(m, sums, at, seat, person)


@njit(cache=True, nogil=True)
def _may_come(m: Array, at: At, person: int, sitting: int) -> bool:
    """Whether the limits of `person` leave room for one more task in a sitting."""
    here = m[at.count + person * at.sittings + sitting]
    if here > 0:
        return here < at.in_sitting
    if m[at.blocked + person * at.sittings + sitting] > 0:
        return False
    day = m[at.day_used + person * at.days + m[at.sitting_day + sitting]]
    return m[at.used + person] < m[at.most + person] and day < m[at.most_a_day + person]


@njit(cache=True, nogil=True)
def waiting(m: Array, at: At, task: int) -> int:
    """Seniors a task still needs beyond its open seats: above 0 the panel is wrong, not short."""
    free = 0
    for place in range(m[at.task_seats_at + task], m[at.task_seats_at + task + 1]):
        free += m[at.who + m[at.task_seats + place]] < 0
    return m[at.task_least + task] - m[at.seniors + task] - free


@njit(cache=True, nogil=True)
def _welcome(m: Array, at: At, person: int, task: int) -> bool:
    """Whether the panel of a task with an open seat can take `person`."""
    for place in range(m[at.units_at + person], m[at.units_at + person + 1]):
        unit = at.unit_count + task * at.unit_kinds + m[at.units + place]
        if m[unit] >= at.per_unit:
            return False
    if m[at.senior + person]:
        return m[at.seniors + task] < m[at.task_most + task]
    return waiting(m, at, task) < 0 or m[at.seniors + task] >= m[at.task_least + task]


@njit(cache=True, nogil=True)
def someone_fitting(m: Array, at: At, seat: int) -> int:
    """The cheapest person who can take an open seat without breaking anything; NOBODY if none."""
    row = m[at.row_of + seat]
    for near in range(m[at.near_at + row], m[at.near_at + row + 1]):
        person = m[at.near + near]
        above = m[at.load + person] + m[at.row_weight + row] > m[at.most_load + person]
        if above or m[at.holds + person] >= at.room or sits(m, at, row, person, -1):
            continue
        good = True
        for place in range(m[at.row_tasks_at + row], m[at.row_tasks_at + row + 1]):
            task = m[at.row_tasks + place]
            good = good and _welcome(m, at, person, task)
            good = good and _may_come(m, at, person, m[at.task_sitting + task])
        if good:
            return person
    return NOBODY
