"""Every table, so that migrations and mappers see them all."""

from eventsys.appeals import models as appeals
from eventsys.archive import models as archive
from eventsys.attendance import models as attendance
from eventsys.audit import models as audit
from eventsys.boards import models as boards
from eventsys.catalogue import models as catalogue
from eventsys.certificates import models as certificates
from eventsys.draws import models as draws
from eventsys.duties import models as duties
from eventsys.events import models as events
from eventsys.fees import models as fees
from eventsys.groups import models as groups
from eventsys.identity import models as identity
from eventsys.incidents import models as incidents
from eventsys.notifications import models as notifications
from eventsys.panels import models as panels
from eventsys.paper import models as paper
from eventsys.plans import models as plans
from eventsys.rechecks import models as rechecks
from eventsys.registration import models as registration
from eventsys.releases import models as releases
from eventsys.results import models as results
from eventsys.schemes import models as schemes
from eventsys.scoring import models as scoring
from eventsys.signatures import models as signatures
from eventsys.tasks import models as tasks
from eventsys.timetable import models as timetable
from eventsys.works import models as works

__all__ = [
    "appeals",
    "archive",
    "attendance",
    "audit",
    "boards",
    "catalogue",
    "certificates",
    "draws",
    "duties",
    "events",
    "fees",
    "groups",
    "identity",
    "incidents",
    "notifications",
    "panels",
    "paper",
    "plans",
    "rechecks",
    "registration",
    "releases",
    "results",
    "schemes",
    "scoring",
    "signatures",
    "tasks",
    "timetable",
    "works",
]
