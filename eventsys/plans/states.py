"""Where a run of the planner stands, and what a move did."""

from datetime import timedelta
from enum import StrEnum

from eventsys.errors import N_


class RunState(StrEnum):
    """The life of a run: asked for, running, done, and then kept or thrown away."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    KEPT = "kept"
    DROPPED = "dropped"


RUN_LABELS: dict[RunState, str] = {
    RunState.WAITING: N_("Waiting for its turn"),
    RunState.RUNNING: N_("Looking for a plan"),
    RunState.DONE: N_("Ready to compare"),
    RunState.FAILED: N_("Did not run"),
    RunState.KEPT: N_("Accepted"),
    RunState.DROPPED: N_("Thrown away"),
}

STALLED_AFTER = timedelta(minutes=3)  # longer than an old machine needs to compile the search
UNDER_WAY = frozenset({RunState.WAITING, RunState.RUNNING})


class MoveKind(StrEnum):
    """What somebody did to a plan by hand."""

    PLACED = "placed"
    MOVED = "moved"
    LIFTED = "lifted"
    SERVED = "served"
    SEATED = "seated"
    DELAYED = "delayed"
    KEPT = "kept"
