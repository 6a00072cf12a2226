"""Sweeps over what is due: harmless twice, and right when late."""

from collections.abc import Callable

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from eventsys import clock
from eventsys.db import leave_groups, session, transaction
from eventsys.identity.policy import System
from eventsys.results.actions import publish
from eventsys.results.models import Publication
from eventsys.results.queries import due_publications
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


def publish_due_results() -> int:
    """Make public whatever results are due; each in a transaction of its own."""
    leave_groups()
    published = 0
    for publication_id in due_publications(clock.now()):
        with transaction():
            publication = session().get_one(Publication, publication_id)
            published += publish(System(group_id=publication.group_id), publication)
    return published


JOBS: dict[Callable[[], int], BaseTrigger] = {
    beat: IntervalTrigger(seconds=20),
    do_waiting_tasks: IntervalTrigger(seconds=1),
    sweep_files: IntervalTrigger(minutes=15),
    publish_due_results: IntervalTrigger(seconds=2),
}
