"""Compile the planner's searches once, in a process of its own, so that no run waits for it.

``python -m scheduling.planner.warming``: what it compiles is kept on disk and loaded from there;
the memory it took is given back when it ends.
"""

import os

from scheduling.planner import plan
from scheduling.planner.periods import solve as periods

NICE = 15  # whoever works on this machine comes first


if __name__ == "__main__":
    os.nice(NICE)
    plan.warm_up()
    periods.warm_up()
