"""Examination timetabling of the International Timetabling Competition 2007 (track 1): runs."""

import time
from pathlib import Path

import numpy as np

from benchmarks.itc2007_cost import Places, hard_violations, soft_cost
from benchmarks.itc2007_files import Instance, read_instance, write_solution
from scheduling.planner.sessions.problem import (
    NOWHERE,
    Ints,
    SessionPlan,
    SessionProblem,
    Weights,
    people_in_common,
)
from scheduling.planner.sessions.search import Budget
from scheduling.planner.sessions.solve import solve

ENDING = 0.4  # seconds to judge and write the answer


def run(
    path: Path, seconds: float, seed: int, out: Path | None, processes: int = 2
) -> dict[str, object]:
    """Solve one instance within ``seconds`` from the start of the process; judge by the book.

    Raise RuntimeError when the planner's cost is not the one the official definition gives.
    """
    began = time.monotonic() - time.process_time()  # loading the program counts too
    instance = read_instance(path)
    plan = solve(
        problem_of(instance),
        budget=Budget(seconds=max(0.1, seconds - ENDING)),
        clock=time.monotonic,
        seed=seed,
        searches=processes,
        began=began,
    )
    places = places_of(instance, plan)
    if out is not None:
        write_solution(out, places)
    broken = {name: count for name, count in hard_violations(instance, places).items() if count}
    cost = sum(soft_cost(instance, places).values())
    if plan.feasible and (broken or cost != plan.cost):
        raise RuntimeError(f"{path.name}: planner says {plan.cost}, the book {cost}, {broken}")
    return {
        "instance": path.stem,
        "feasible": not broken,
        "cost": cost,
        "seconds": round(time.monotonic() - began, 2),
        "steps": plan.steps,
        "broken": broken,
    }


def places_of(instance: Instance, plan: SessionPlan) -> Places:
    """Give each exam its place; what the plan leaves out goes where it is at least long enough."""
    places = list(zip(plan.periods.tolist(), plan.rooms.tolist(), strict=True))
    largest = max(range(len(instance.rooms)), key=lambda room: instance.rooms[room].seats)
    longest = max(range(len(instance.periods)), key=lambda period: instance.periods[period].length)
    return [(longest, largest) if period == NOWHERE else (period, room) for period, room in places]


def problem_of(instance: Instance) -> SessionProblem:
    """Say the instance as the planner's problem."""
    exams, periods, rooms = instance.exams, instance.periods, instance.rooms
    days = list(dict.fromkeys(period.date for period in periods))
    largest, last, price = instance.front_load
    alone = np.zeros(len(exams), dtype=bool)
    alone[instance.exclusive] = True
    return SessionProblem(
        durations=np.array([exam.duration for exam in exams]),
        sizes=np.array([len(exam.students) for exam in exams]),
        period_days=np.array([days.index(period.date) for period in periods]),
        period_lengths=np.array([period.length for period in periods]),
        period_prices=np.array([period.penalty for period in periods]),
        room_seats=np.array([room.seats for room in rooms]),
        room_prices=np.array([room.penalty for room in rooms]),
        shared=people_in_common([exam.students for exam in exams]),
        weights=Weights(
            two_in_a_row=instance.two_in_a_row,
            two_in_a_day=instance.two_in_a_day,
            spread=instance.period_spread,
            mixed_durations=instance.mixed_durations,
            front_load_largest=largest,
            front_load_periods=last,
            front_load_price=price,
        ),
        after=pairs(instance.after),
        apart=pairs(instance.exclusion),
        together=pairs(instance.coincidence),
        alone=alone,
    )


def pairs(rows: list[tuple[int, int]]) -> Ints:
    """Give pairs of exams as an array, shape (n, 2)."""
    return np.array(rows, dtype=np.int64).reshape(-1, 2)
