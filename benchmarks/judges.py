"""Judges to entries: a seeded instance of the size that is asked for, planned, checked, measured.

``python -m benchmarks.judges --entries 2000 --per-entry 3 --judges 300 --sessions 60 --units 80
--seconds 30 --seed 1`` prints one line of JSON.

The reading: an entry belongs to a session, drawn by lot. A judge works in a session on any number
of its entries, one after another, up to `--in-session`; sessions that run at the same time
(`--parallel`) exclude each other. Recused: own unit, coached units, kin of an entry (about 3 % of
all pairs). Half of the judges are seniors (`--seniors`); every panel needs one, and takes at most
one judge of a unit. Loads differ by at most two entries.

The cost: how far a judge's field is from the entry's (0 the own field, 2-4 related, 5-10 another)
plus 1-3 on days that the judge would rather have off, plus (load - mean) squared for every judge.
The flow bound: the cheapest min-cost flow of the same cost with recusal, loads and entries per
session, but without the rules of panels (unit, senior), sessions per judge, and sessions at the
same time. `bound_seniors` adds the seniors to the flow: still a bound, and nearer.

Times are CPU seconds of this process, so that neighbours on the machine do not count; compiling is
done before (`warm_up`, seconds of its own).
"""

import argparse
import json
import resource
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np

from scheduling.planner.duties import (
    DutyProblem,
    Limits,
    Person,
    Post,
    Sitting,
    Task,
    Wishes,
    solve,
    warm_up,
    why_not,
)
from scheduling.planner.duties.arrays import lay_out
from scheduling.planner.duties.flow import assign
from scheduling.planner.progress import Progress

FIELDS = 12
TRACK = 30  # entries of one field
SESSIONS_A_DAY = 4  # one after another
MINUTES, PAUSE = 120, 30
KIN = 0.01  # of the entries, for every judge
OPTIONS = {
    "entries": 2000,
    "per_entry": 3,
    "judges": 300,
    "sessions": 60,
    "units": 80,
    "most": 14,
    "parallel": 1,
    "in_session": 5,
    "spread": 2,
}


@dataclass(frozen=True)
class Size:
    """What to generate."""

    entries: int
    per_entry: int
    judges: int
    sessions: int
    units: int
    most: int
    parallel: int
    in_session: int
    spread: int
    seniors: float


def generate(size: Size, seed: int) -> DutyProblem:
    """The instance of a size and seed."""
    lot = Random(seed)
    sittings = tuple(_sitting(n, size.parallel) for n in range(size.sessions))
    where = [n * size.sessions // size.entries for n in range(size.entries)]
    lot.shuffle(where)
    tasks = tuple(
        Task(n, where[n], frozenset({lot.randrange(size.units)}), seniors=1)
        for n in range(size.entries)
    )
    posts = tuple(
        Post(n * size.per_entry + k, n, "judge")
        for n in range(size.entries)
        for k in range(size.per_entry)
    )
    return DutyProblem(
        sittings,
        tasks,
        posts,
        _judges(lot, size),
        Limits(per_unit=1, in_sitting=size.in_session, spread=size.spread),
        Wishes(balance=1, pairs=_pairs(lot, size, tasks, sittings)),
    )


def _sitting(n: int, parallel: int) -> Sitting:
    day, turn = divmod(n // parallel, SESSIONS_A_DAY)
    starts = day * 1440 + 480 + turn * (MINUTES + PAUSE)
    return Sitting(n, day, starts, starts + MINUTES)


def _judges(lot: Random, size: Size) -> tuple[Person, ...]:
    senior = set(lot.sample(range(size.judges), round(size.seniors * size.judges)))
    people = []
    for n in range(size.judges):
        own = lot.randrange(size.units)
        coached = lot.sample(range(size.units), min(size.units, lot.choice((0, 0, 1, 1, 2))))
        people.append(
            Person(
                n,
                units=frozenset({own}),
                is_senior=n in senior,
                offices=frozenset({"judge"}),
                most=size.most,
                barred_units=frozenset({own, *coached}),
                barred_tasks=frozenset(lot.sample(range(size.entries), round(KIN * size.entries))),
            )
        )
    return tuple(people)


def _pairs(
    lot: Random, size: Size, tasks: tuple[Task, ...], sittings: tuple[Sitting, ...]
) -> np.ndarray:
    """Points of every judge on every entry."""
    wanted = [1 / (n + 2) for n in range(FIELDS)]  # some fields have many entries
    known = [weight**0.5 for weight in wanted]  # and not quite so many more judges
    level = np.array([[lot.randint(5, 10) for _ in range(FIELDS)] for _ in range(size.judges)])
    for row in level:
        for related in lot.sample(range(FIELDS), 2):
            row[related] = lot.randint(2, 4)
        row[lot.choices(range(FIELDS), known)[0]] = 0
    tracks = lot.choices(range(FIELDS), wanted, k=size.entries // TRACK + 1)
    days = max(one.day for one in sittings) + 1
    off = np.array(
        [[lot.choice((0, 0, 0, lot.randint(1, 3), 1)) for _ in range(days)] for _ in level]
    )
    field = [tracks[n // TRACK] for n in range(size.entries)]
    day = [sittings[task.sitting].day for task in tasks]
    return (level[:, field] + off[:, day]).T


def broken_rules(problem: DutyProblem, servings: dict[int, int]) -> Counter[str]:
    """Every hard rule counted from the servings alone, by another way than the engine's."""
    people = {one.id: one for one in problem.people}
    tasks = {one.id: one for one in problem.tasks}
    sittings = {one.id: one for one in problem.sittings}
    panels: dict[int, list[Person]] = {one.id: [] for one in problem.tasks}
    work: dict[int, Counter[int]] = {one.id: Counter() for one in problem.people}
    found = Counter(open=sum(post.id not in servings for post in problem.posts))
    for post in problem.posts:
        if post.id in servings:
            person = people[servings[post.id]]
            task = tasks[post.task]
            panels[task.id].append(person)
            work[person.id][task.sitting] += 1
            barred = task.id in person.barred_tasks or person.barred_units & task.units
            found["recusal"] += bool(barred)
    for task_id, panel in panels.items():
        units = Counter(unit for one in panel for unit in one.units)
        found["unit"] += sum(n > (problem.limits.per_unit or n) for n in units.values())
        found["senior"] += sum(one.is_senior for one in panel) < tasks[task_id].seniors
        found["twice"] += len({one.id for one in panel}) < len(panel)
    for person_id, there in work.items():
        found["sessions"] += len(there) > (people[person_id].most or len(there))
        found["in_session"] += sum(n > (problem.limits.in_sitting or n) for n in there.values())
        times = sorted((sittings[n].starts, sittings[n].ends) for n in there)
        found["overlap"] += sum(a[1] > b[0] for a, b in pairwise(times))
    loads = [there.total() for there in work.values()]
    found["spread"] = max(0, max(loads) - min(loads) - (problem.limits.spread or max(loads)))
    return +found


def main() -> None:
    """Generate, solve, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in OPTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    parser.add_argument("--seniors", type=float, default=0.5)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    size = Size(**{name: getattr(asked, name) for name in (*OPTIONS, "seniors")})
    print(json.dumps(measure(size, asked.seconds, asked.seed)))


def measure(size: Size, seconds: float, seed: int) -> dict[str, object]:
    """One run as the line that is printed."""
    began = time.process_time()
    warm_up()
    warm = time.process_time() - began
    problem = generate(size, seed)
    first: list[float] = []
    began = time.process_time()

    def watch(progress: Progress) -> bool:
        if progress.feasible and not first:
            first.append(round(progress.seconds, 2))
        return True

    result = solve(problem, seconds=seconds, seed=seed, report=watch, clock=time.process_time)
    spent = time.process_time() - began
    broken = broken_rules(problem, dict(result.servings))
    flow = assign(lay_out(problem).tables, seniors=True)
    nearer = flow.cost if flow else None
    loads = Counter(result.servings.values())
    conflict = why_not(problem, result)
    return {
        "feasible": not broken,
        "broken": dict(broken),
        "cost": result.cost,
        "parts": dict(result.parts),
        "bound": result.bound,
        "gap_percent": _over(result.cost, result.bound),
        "bound_seniors": nearer,
        "gap_seniors_percent": _over(result.cost, nearer),
        "load_least": min(loads[one.id] for one in problem.people),
        "load_most": max(loads.values(), default=0),
        "first_feasible_seconds": first[0] if first else None,
        "seconds": round(spent, 2),
        "warm_up_seconds": round(warm, 2),
        "steps": result.steps,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "conflict": conflict and str(conflict),
    }


def _over(cost: int, bound: int | None) -> float | None:
    """By how many percent a cost is above its bound."""
    return round((cost - bound) / bound * 100, 3) if bound else None


if __name__ == "__main__":
    main()
