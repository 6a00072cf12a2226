"""What waits for a person now: each feature tells what it has for this actor."""

from collections.abc import Callable

from blueprints.appeals import waiting as appeals
from blueprints.attendance import waiting as attendance
from blueprints.certificates import waiting as certificates
from blueprints.draws import waiting as draws
from blueprints.events import waiting as events
from blueprints.fees import waiting as fees
from blueprints.incidents import waiting as incidents
from blueprints.paper import waiting as paper
from blueprints.rechecks import waiting as rechecks
from blueprints.registration import waiting as registration
from blueprints.results import waiting as results
from blueprints.schemes import waiting as schemes
from blueprints.scoring import waiting as scoring
from blueprints.tasks import waiting as tasks
from blueprints.timetable import waiting as timetable
from blueprints.waiting import Waiting
from eventsys.identity.policy import Actor

SOURCES: tuple[Callable[[Actor], list[Waiting]], ...] = (
    tasks.waiting,
    events.waiting,
    registration.waiting,
    incidents.waiting,
    scoring.waiting,
    schemes.waiting,
    rechecks.waiting,
    paper.waiting,
    appeals.waiting,
    results.waiting,
    fees.waiting,
    certificates.waiting,
    timetable.waiting,
    attendance.waiting,
    draws.waiting,
)


def waiting_for(actor: Actor) -> list[Waiting]:
    """Everything that waits, what presses first."""
    found = [one for source in SOURCES for one in source(actor)]
    return sorted(found, key=lambda one: not one.urgent)
