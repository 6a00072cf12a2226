"""Sweeps over what is due: harmless twice, and right when late."""

from collections.abc import Callable

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.tasks.models import Heartbeat
from scheduling.work import do_waiting_tasks, sweep_files


def beat() -> int:
    """Say that the worker is alive."""
    with transaction():
        found = session().get(Heartbeat, "worker")
        if found is None:
            session().add(Heartbeat(name="worker", at=clock.now()))
        else:
            found.at = clock.now()
    return 1


JOBS: dict[Callable[[], int], BaseTrigger] = {
    beat: IntervalTrigger(seconds=20),
    do_waiting_tasks: IntervalTrigger(seconds=1),
    sweep_files: IntervalTrigger(minutes=15),
}
