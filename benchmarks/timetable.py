"""Examination timetabling on public instances, by the product's own planner.

``python -m benchmarks.timetable INSTANCE --seconds N --seed S --out FILE`` reads Toronto
(`.crs`, `.stu`) or ITC-2007 (`.exam`), writes the solution in the family's own form and prints
one line of JSON: feasible, cost, seconds, steps.
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks import itc2007, toronto


def arguments(words: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timetable", description=__doc__)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="from start to answer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where to write the solution")
    parser.add_argument("--periods", type=int, help="Toronto only: how many periods there are")
    parser.add_argument("--processes", type=int, default=2, help="cores to use")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Solve one instance; 0 when the answer is feasible."""
    asked = arguments(words)
    limits = (asked.instance, asked.seconds, asked.seed, asked.out)
    if asked.instance.suffix == ".exam":
        found = itc2007.run(*limits, processes=asked.processes)
    else:
        found = toronto.run(*limits, periods=asked.periods, processes=asked.processes)
    print(json.dumps(found))
    return 0 if found["feasible"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
