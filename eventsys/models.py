"""Every table, so that migrations and mappers see them all."""

from eventsys.attendance import models as attendance
from eventsys.audit import models as audit
from eventsys.catalogue import models as catalogue
from eventsys.certificates import models as certificates
from eventsys.draws import models as draws
from eventsys.events import models as events
from eventsys.fees import models as fees
from eventsys.groups import models as groups
from eventsys.identity import models as identity
from eventsys.notifications import models as notifications
from eventsys.panels import models as panels
from eventsys.registration import models as registration
from eventsys.results import models as results
from eventsys.schemes import models as schemes
from eventsys.scoring import models as scoring
from eventsys.tasks import models as tasks
from eventsys.timetable import models as timetable

__all__ = [
    "attendance",
    "audit",
    "catalogue",
    "certificates",
    "draws",
    "events",
    "fees",
    "groups",
    "identity",
    "notifications",
    "panels",
    "registration",
    "results",
    "schemes",
    "scoring",
    "tasks",
    "timetable",
]
