"""Sweeps over what is due: harmless twice, and right when late."""

import logging
from collections.abc import Callable

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from flask import current_app

from eventsys import clock
from eventsys.config import Settings
from eventsys.db import leave_groups, session, transaction
from eventsys.events.actions import close_registration
from eventsys.events.models import Event
from eventsys.events.queries import due_to_close
from eventsys.events.rules import EventState
from eventsys.identity.policy import System
from eventsys.registration.importing import forget_imports
from eventsys.registration.reminding import remind_of_closing
from eventsys.results.actions import publish
from eventsys.results.finality import finalise
from eventsys.results.models import Publication
from eventsys.results.queries import due_publications, notices_over
from eventsys.tasks.models import Heartbeat
from eventsys.works.actions import sweep_works
from scheduling.plan_runs import do_plan_runs, warm_planner
from scheduling.work import do_waiting_tasks, sweep_files

log = logging.getLogger(__name__)


def beat() -> int:
    """Say that the worker is alive."""
    with transaction():
        found = session().get(Heartbeat, "worker")
        if found is None:
            session().add(Heartbeat(name="worker", at=clock.now()))
        else:
            found.at = clock.now()
    return 1


def _alone(deed: Callable[[int], int]) -> Callable[[int], int]:
    """One thing of a sweep in a transaction of its own: what fails is logged and stops no other."""

    def run(key: int) -> int:
        try:
            with transaction():
                return deed(key)
        except Exception:
            log.exception("%s of %s", deed, key)
            return 0

    return run


def publish_due_results() -> int:
    """Make public whatever results are due; each in a transaction of its own."""
    leave_groups()
    return sum(map(_alone(_publish_one), due_publications(clock.now())))


def _publish_one(publication_id: int) -> int:
    publication = session().get_one(Publication, publication_id)
    return int(publish(System(group_id=publication.group_id), publication))


def finalise_due_results() -> int:
    """Make final what was noticed long enough, unless an appeal is open."""
    leave_groups()
    return sum(map(_alone(_finalise_one), notices_over(clock.now())))


def _finalise_one(publication_id: int) -> int:
    publication = session().get_one(Publication, publication_id)
    return int(finalise(System(group_id=publication.group_id), publication))


def close_due_events() -> int:
    """Close registration of every event whose hour has come."""
    leave_groups()
    return sum(map(_alone(_close_one), due_to_close(clock.now())))


def _close_one(event_id: int) -> int:
    event = session().get_one(Event, event_id, with_for_update=True)
    if event.open_at(clock.now()) or event.state is not EventState.PUBLISHED:
        return 0  # somebody extended or closed it since the sweep looked
    close_registration(System(group_id=event.group_id), event)
    return 1


def remind_before_closing() -> int:
    """Remind team leaders, once, of what they have not submitted the day before it closes."""
    leave_groups()
    with transaction():
        return remind_of_closing(clock.now())


def forget_uploads() -> int:
    """Throw away uploaded tables that nobody confirmed within the hour."""
    leave_groups()
    with transaction():
        return forget_imports(clock.now())


def sweep_unknown_works() -> int:
    """Delete uploaded files that no row knows."""
    leave_groups()
    settings: Settings = current_app.extensions["settings"]
    return sweep_works(settings.files_dir, clock.now())


JOBS: dict[Callable[[], int], BaseTrigger] = {
    beat: IntervalTrigger(seconds=20),
    do_waiting_tasks: IntervalTrigger(seconds=1),
    do_plan_runs: IntervalTrigger(seconds=1),
    warm_planner: DateTrigger(),
    sweep_files: IntervalTrigger(minutes=15),
    close_due_events: IntervalTrigger(seconds=5),
    remind_before_closing: IntervalTrigger(minutes=10),
    forget_uploads: IntervalTrigger(minutes=10),
    publish_due_results: IntervalTrigger(seconds=2),
    sweep_unknown_works: IntervalTrigger(minutes=15),
    finalise_due_results: IntervalTrigger(seconds=5),
}
