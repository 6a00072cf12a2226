"""Plans for a whole province: ``python -m benchmarks.provincial exam|competition|training``.

With ``--seconds 60 --seed 1``; on a busy machine ``--cpu`` counts seconds of computing. Prints one
line of JSON: whether the plan is whole and without a blocking clash, and what a lost room moves.
"""

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.provinces import PROVINCES
from eventsys.timetable.clashes import blocks, clashes
from eventsys.timetable.differences import PlacingChange, SeatChange, ServingChange, moved
from eventsys.timetable.rules import Clash, ClashKind, Plan, Problem, Span
from scheduling.planner.plan import solve
from scheduling.planner.progress import Clock

MISSING = {ClashKind.UNPLACED, ClashKind.UNFILLED, ClashKind.UNSEATED}
REPLANNING = 10.0
MOVE_PRICE = 20


def lost_room(problem: Problem, plan: Plan) -> Problem:
    """The problem after the busiest room was lost, with the plan that stood."""
    busiest = Counter(placing.place for placing in plan.placings).most_common(1)[0][0]
    always = (Span(0, problem.days * 24 * 60),)
    places = tuple(
        replace(place, closed=always) if place.id == busiest else place for place in problem.places
    )
    return replace(problem, places=places, present=plan, move_price=MOVE_PRICE)


def missing(found: Sequence[Clash]) -> dict[str, int]:
    """How many items, posts and entries have nothing."""
    counts = Counter[str]()
    for clash in found:
        if clash.kind in MISSING:
            counts[clash.kind.value] += len(clash.posts) or len(clash.entries) or 1
    return dict(counts)


def moves(problem: Problem, plan: Plan) -> dict[str, float]:
    """What moved, in per cent of what had a place, for items, duties and seats."""
    changes, before = moved(problem, plan), problem.present or Plan()
    totals = {
        "items": (PlacingChange, len(before.placings)),
        "duties": (ServingChange, len(before.servings)),
        "seats": (SeatChange, len(before.seats)),
    }
    return {
        name: round(100 * sum(isinstance(one, kind) for one in changes) / max(1, total), 2)
        for name, (kind, total) in totals.items()
    }


def measure(name: str, seconds: float, seed: int, clock: Clock) -> dict[str, object]:
    """Plan, lose a room, plan again; judge both from outside."""
    problem = PROVINCES[name](seed)
    began = clock()
    outcome = solve(problem, seconds=seconds, seed=seed, clock=clock)
    took, began = clock() - began, clock()
    found = clashes(problem, outcome.plan)
    judged = clock() - began
    after = lost_room(problem, outcome.plan)
    began = clock()
    again = solve(after, seconds=REPLANNING, seed=seed, clock=clock)
    replanned = clock() - began
    found_again = clashes(after, again.plan)
    return {
        "problem": name,
        "seed": seed,
        "items": len(problem.items),
        "posts": len(problem.posts),
        "seats": len(outcome.plan.seats),
        "feasible": not blocks(found) and not missing(found),
        "clashes": dict(Counter(clash.kind.value for clash in found)),
        "unplaced": missing(found),
        "seconds": round(took, 1),
        "judged": round(judged, 2),
        "points": {kind.value: score for kind, score in outcome.points.items()},
        "after_loss": {
            "feasible": not blocks(found_again) and not missing(found_again),
            "unplaced": missing(found_again),
            "moved": moves(after, again.plan),
            "seconds": round(replanned, 1),
        },
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", choices=sorted(PROVINCES))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", action="store_true")
    given = parser.parse_args()
    clock = time.process_time if given.cpu else time.monotonic
    print(json.dumps(measure(given.problem, given.seconds, given.seed, clock)))


if __name__ == "__main__":
    main()
