"""One block of memory for everything the compiled search reads and changes.

Handing forty arrays from one compiled function to the next costs more than a move. So all of them
lie one behind the other in a single array of 32 bits, and `At` tells where each begins: the load of
person 5 is `m[at.load + 5]`. Tables of two dimensions lie row by row.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from scheduling.planner.duties.arrays import COUNTED, NOBODY, Array, Tables
from scheduling.planner.duties.names import Rule

UNIT = COUNTED.index(Rule.UNIT)
SENIORS = COUNTED.index(Rule.SENIORS)
SITTINGS = COUNTED.index(Rule.SITTINGS)
DAY = COUNTED.index(Rule.DAY)
IN_SITTING = COUNTED.index(Rule.IN_SITTING)
OVERLAP = COUNTED.index(Rule.OVERLAP)
LOAD = COUNTED.index(Rule.LOAD)
OPEN = COUNTED.index(Rule.OFFICE)
PARTS = ("pairs", "balance", "sittings", "days")
RULES = len(COUNTED)
PAIRS, BALANCE, COMING, DAYS = range(2 * RULES, 2 * RULES + len(PARTS))
TROUBLE = 2 * RULES + len(PARTS)
SPARE = 64  # seats one person can hold beyond four times the mean


class At(NamedTuple):
    """Where each table begins, and the sizes and single numbers beside them."""

    # fixed
    price: int  # rows x people: points or FORBIDDEN
    row_of: int  # seats
    row_weight: int
    row_tasks_at: int
    row_tasks: int
    near_at: int
    near: int
    task_sitting: int
    task_least: int
    task_most: int
    task_seats_at: int
    task_seats: int
    senior: int  # people
    units_at: int
    units: int
    most: int
    most_a_day: int
    fair: int
    least_load: int
    most_load: int
    sitting_day: int
    clash_at: int
    clash: int
    # the plan
    who: int  # seats
    load: int  # people
    count: int  # people x sittings: tasks there
    used: int  # people: sittings
    day_used: int  # people x days
    blocked: int  # people x sittings: own sittings that exclude this one
    unit_count: int  # tasks x units
    seniors: int  # tasks
    held: int  # people x room: their seats
    holds: int  # people: how many
    slot: int  # seats: where in `held`
    bad_person: int  # people: rules broken
    bad_task: int
    # sizes and limits
    seats: int
    people: int
    sittings: int
    days: int
    unit_kinds: int
    room: int
    per_unit: int
    in_sitting: int
    balance: int
    coming: int
    a_day: int


class Plan(NamedTuple):
    """A plan under way; `sums`: breaks by COUNTED, their weights, points by PARTS, all breaks."""

    m: Array
    sums: Array
    at: At


FIXED = At._fields[: At._fields.index("who")]


def empty_plan(tables: Tables) -> Plan:
    """Nobody anywhere."""
    people, sittings = tables.price.shape[1], len(tables.sitting_day)
    seats, tasks = len(tables.row_of), len(tables.task_sitting)
    room = min(seats, 4 * seats // max(1, people) + SPARE)
    moving = {
        "who": seats,
        "load": people,
        "count": people * sittings,
        "used": people,
        "day_used": people * tables.days,
        "blocked": people * sittings,
        "unit_count": tasks * tables.unit_count,
        "seniors": tasks,
        "held": people * room,
        "holds": people,
        "slot": seats,
        "bad_person": people,
        "bad_task": tasks,
    }
    fixed = {name: getattr(tables, name).ravel() for name in FIXED}
    starts = _starts({name: len(part) for name, part in fixed.items()} | moving)
    m = np.zeros(starts.pop("end"), dtype=np.int32)
    for name, part in fixed.items():
        m[starts[name] : starts[name] + len(part)] = part
    m[starts["who"] : starts["who"] + seats] = NOBODY
    m[starts["bad_person"] : starts["bad_person"] + people] = tables.least_load
    m[starts["bad_task"] : starts["bad_task"] + tasks] = tables.task_least
    at = At(
        **starts,
        seats=seats,
        people=people,
        sittings=sittings,
        days=tables.days,
        unit_kinds=tables.unit_count,
        room=room,
        per_unit=tables.per_unit,
        in_sitting=tables.in_sitting,
        balance=int(tables.prices[0]),
        coming=int(tables.prices[1]),
        a_day=int(tables.prices[2]),
    )
    return Plan(m, _empty_sums(tables, seats), at)


def _starts(sizes: Mapping[str, int]) -> dict[str, int]:
    starts, end = {}, 0
    for name, size in sizes.items():
        starts[name] = end
        end += size
    return starts | {"end": end}


def _empty_sums(tables: Tables, seats: int) -> Array:
    sums = np.zeros(TROUBLE + 1)
    sums[OPEN] = seats
    sums[LOAD] = tables.least_load.sum()
    sums[SENIORS] = tables.task_least.sum()
    sums[RULES : 2 * RULES] = 1
    sums[BALANCE] = int(tables.prices[0]) * int((tables.fair.astype(np.int64) ** 2).sum())
    sums[TROUBLE] = sums[:RULES].sum()
    return sums
