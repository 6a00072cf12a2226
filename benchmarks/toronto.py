"""Toronto examination timetabling (Carter, Laporte, Lee 1996): `.crs` and `.stu` files.

No two exams of one student at once; for each student two exams 1..5 periods apart cost
16, 8, 4, 2, 1 points; the cost of a timetable is the points per student.
"""

import sys
import time
from array import array
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scheduling.planner.periods.chance import streams
from scheduling.planner.periods.construct import fewest_periods
from scheduling.planner.periods.problem import TORONTO_GAPS, PeriodProblem, conflicts_of_people
from scheduling.planner.periods.solve import Limits, solve, warm_up

# The number of periods belongs to each classic instance's definition; the files do not say it.
CLASSIC_PERIODS = {
    "car-f-92": 32,
    "car-s-91": 35,
    "ear-f-83": 24,
    "hec-s-92": 18,
    "kfu-s-93": 20,
    "lse-f-91": 18,
    "pur-s-93": 42,
    "rye-s-93": 23,
    "sta-f-83": 13,
    "tre-s-92": 23,
    "uta-s-92": 35,
    "ute-s-92": 10,
    "yor-f-83": 21,
}
PATIENCE = 20_000  # tabu moves for one period fewer, where the number of periods is not known
ENDING = 0.5  # seconds kept for judging and writing
LEAST = 1.0  # seconds the search gets even if compiling on a new machine has taken them all


@dataclass(frozen=True)
class Instance:
    """Names of the exams and, per student, the exams sat (positions in `exams`)."""

    exams: list[str]
    sizes: list[int]
    students: list[tuple[int, ...]]

    def problem(self, periods: int) -> PeriodProblem:
        """The same as arrays, with a number of periods."""
        starts, seats = array("i", [0]), array("i")
        for sits in self.students:
            seats.extend(sits)
            starts.append(len(seats))
        conflicts = conflicts_of_people(
            np.asarray(starts, dtype=np.int32), np.asarray(seats, dtype=np.int32), len(self.exams)
        )
        return PeriodProblem(np.asarray(self.sizes, dtype=np.int32), conflicts, periods)


def read_instance(path: Path) -> Instance:
    """Read both files; `path` may name either, or neither with no suffix at all."""
    courses = [line.split() for line in path.with_suffix(".crs").read_text().splitlines()]
    courses = [words for words in courses if words]
    exams = [words[0] for words in courses]
    number = {exam: place for place, exam in enumerate(exams)}
    lines = path.with_suffix(".stu").read_text().splitlines()
    sits = [line.split() for line in lines if line.split()]
    students = [tuple(sorted({number[exam] for exam in exams})) for exams in sits]
    return Instance(exams, [int(words[1]) for words in courses], students)


def points(instance: Instance, plan: list[int]) -> tuple[int, int]:
    """(points, clashes), counted student by student from nothing but the files."""
    total = clashes = 0
    for sits in instance.students:
        for place, one in enumerate(sits):
            for other in sits[place + 1 :]:
                gap = abs(plan[one] - plan[other])
                if gap == 0:
                    clashes += 1
                elif gap <= len(TORONTO_GAPS):
                    total += TORONTO_GAPS[gap - 1]
    return total, clashes


def periods_for(path: Path, instance: Instance, seed: int) -> tuple[int, str]:
    """How many periods there are, and where that number comes from."""
    known = CLASSIC_PERIODS.get(path.stem.lower())
    if known is not None:
        return known, "classic"
    random = streams(seed, 1)[0]
    return fewest_periods(instance.problem(1).conflicts, random, PATIENCE), "fewest found"


def write_solution(path: Path, instance: Instance, plan: list[int]) -> None:
    """One line `exam period` for each exam, periods from 0."""
    lines = [f"{exam} {period}\n" for exam, period in zip(instance.exams, plan, strict=True)]
    path.write_text("".join(lines))


def run(
    path: Path,
    seconds: float,
    seed: int,
    out: Path | None,
    periods: int | None = None,
    processes: int = 2,
) -> dict[str, object]:
    """Solve one instance within `seconds` from the start of the process; points per student."""
    began = time.monotonic() - time.process_time()  # loading the program counts too
    warm_up()
    instance = read_instance(path)
    count, source = (periods, "given") if periods else periods_for(path, instance, seed)
    if source == "fewest found":
        print(f"{path.stem}: no number of periods given, taking {count}", file=sys.stderr)
    left = max(LEAST, seconds - ENDING - (time.monotonic() - began))
    found = solve(instance.problem(count), limits=Limits(seconds=left), seed=seed, chains=processes)
    plan = [int(period) for period in found.plan]
    if out is not None:
        write_solution(out, instance, plan)
    total, clashes = points(instance, plan)
    return {
        "instance": path.stem,
        "feasible": clashes == 0 and all(0 <= period < count for period in plan),
        "cost": round(total / len(instance.students), 4),
        "seconds": round(time.monotonic() - began, 2),
        "steps": found.steps,
        "periods": count,
        "periods_source": source,
    }
