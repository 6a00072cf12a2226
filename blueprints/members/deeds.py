"""The words for deeds and their facts, as the record shows them."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from flask_babel import gettext

from eventsys.errors import N_
from eventsys.identity.rules import ROLE_LABELS, Role, ScopeKind

DEED_LABELS = {
    "access.denied": N_("Turned away"),
    "account.closed": N_("Account closed"),
    "aspect.added": N_("Aspect added"),
    "aspect.edited": N_("Aspect edited"),
    "aspect.moved": N_("Aspect moved"),
    "aspect.removed": N_("Aspect removed"),
    "certificate.issued": N_("Certificate issued"),
    "certificate.replaced": N_("Certificate replaced"),
    "certificate.revoked": N_("Certificate revoked"),
    "check_in.ended": N_("Check-in ended"),
    "check_in.undone": N_("Check-in undone"),
    "code.restored": N_("Blind code restored"),
    "code.voided": N_("Blind code voided"),
    "codes.committed": N_("Draw of codes sealed in advance"),
    "codes.drawn": N_("Codes drawn"),
    "criterion.added": N_("Criterion added"),
    "criterion.edited": N_("Criterion edited"),
    "criterion.moved": N_("Criterion moved"),
    "criterion.removed": N_("Criterion removed"),
    "entry.approved": N_("Entry approved"),
    "entry.changed": N_("Entry changed"),
    "entry.checked_in": N_("Entry checked in"),
    "entry.drafted": N_("Entry drafted"),
    "entry.placed": N_("Entry placed"),
    "entry.returned": N_("Entry returned"),
    "entry.submitted": N_("Entry submitted"),
    "entry.unplaced": N_("Entry taken off the timetable"),
    "entry.withdrawn": N_("Entry withdrawn"),
    "event.cancelled": N_("Event cancelled"),
    "event.changed": N_("Event changed"),
    "event.created": N_("Event created"),
    "event.finished": N_("Event finished"),
    "event.published": N_("Event published"),
    "event.registration_closed": N_("Registration closed"),
    "event.registration_reopened": N_("Registration reopened"),
    "exam_mark.entered": N_("Exam mark entered"),
    "exam_part.handed_in": N_("Exam part handed in"),
    "exam_part.reopened": N_("Exam part reopened"),
    "fee_limit.entered": N_("Fee limit entered"),
    "file.asked": N_("File asked for"),
    "file.failed": N_("File could not be made"),
    "file.fetched": N_("File fetched"),
    "file.made": N_("File made"),
    "group.founded": N_("Group founded"),
    "half_day.corrected": N_("Attendance corrected"),
    "half_day.signed": N_("Attendance signed"),
    "id_number.revealed": N_("Identity number shown in full"),
    "id_numbers.exported": N_("Identity numbers exported"),
    "import.confirmed": N_("Import confirmed"),
    "import.discarded": N_("Import discarded"),
    "import.previewed": N_("Import previewed"),
    "invitation.accepted": N_("Invitation accepted"),
    "invitation.made": N_("Invitation made"),
    "invitation.withdrawn": N_("Invitation withdrawn"),
    "judge.excused": N_("Judge excused"),
    "map.opened": N_("Code map opened"),
    "mark.came_late": N_("Mark came after the end"),
    "mark.entered": N_("Mark entered"),
    "marking.opened": N_("Marking opened"),
    "marks.signed_off": N_("Marks signed off"),
    "negotiation.agreed": N_("Price agreed"),
    "negotiation.broken_off": N_("Negotiation broken off"),
    "negotiation.opened": N_("Negotiation opened"),
    "negotiation.proposed": N_("Price proposed"),
    "panel.seated": N_("Judging panel seated"),
    "password.changed": N_("Password changed"),
    "person.registered": N_("Person registered"),
    "person.renamed": N_("Name of a person corrected"),
    "platform_admin.added": N_("Platform administrator added"),
    "price.put_in_force": N_("Price put in force"),
    "results.drawn_up": N_("Results drawn up"),
    "results.opened": N_("Results opened"),
    "results.published": N_("Results published"),
    "results.taken_back": N_("Results taken back"),
    "role.ended": N_("Role ended"),
    "role.granted": N_("Role granted"),
    "room.added": N_("Room added"),
    "room.arranged": N_("Room arranged"),
    "scheme.imported": N_("Marking scheme imported"),
    "session.added": N_("Session added"),
    "session.changed": N_("Session changed"),
    "session.ended": N_("Signed out"),
    "session.opened": N_("Signed in"),
    "session.refused": N_("Wrong password"),
    "session.removed": N_("Session removed"),
    "sheet.returned": N_("Mark sheet returned"),
    "sheet.submitted": N_("Mark sheet submitted"),
    "skill_certificate.listed": N_("Skill certificate listed"),
    "station.changed": N_("Station changed"),
    "station.removed": N_("Station removed"),
    "stations.added": N_("Stations added"),
    "stations.cleared": N_("Stations cleared"),
    "stations.drawn": N_("Stations drawn"),
    "track.added": N_("Track added"),
    "track.changed": N_("Track changed"),
    "track.removed": N_("Track removed"),
    "unit.admitted": N_("Unit admitted"),
    "unit.left": N_("Unit left"),
    "unit.returned": N_("Unit taken in again"),
    "venue.added": N_("Venue added"),
}
FACT_LABELS = {
    "name": N_("name"),
    "reason": N_("reason"),
    "code": N_("code"),
    "number": N_("number"),
    "part": N_("part"),
    "before": N_("before"),
    "after": N_("after"),
    "role": N_("role"),
    "scope": N_("place"),
    "user": N_("account"),
    "admin": N_("administrator"),
    "track": N_("track"),
    "kind": N_("kind"),
    "starts_on": N_("first day"),
    "ends_on": N_("last day"),
    "note": N_("note"),
    "by": N_("by"),
    "witness": N_("witness"),
    "people": N_("people"),
    "entries": N_("entries"),
    "codes": N_("codes"),
    "judges": N_("judges"),
    "method": N_("method"),
    "why": N_("why"),
    "title": N_("title"),
    "on": N_("day"),
    "state": N_("state"),
    "aspect": N_("aspect"),
    "value": N_("value"),
    "total": N_("total"),
    "sha256": N_("fingerprint"),
    "venue": N_("venue"),
    "team": N_("team"),
    "issuer": N_("issuer"),
    "round": N_("round"),
    "prices": N_("prices"),
}
PLACE_LABELS = {
    ScopeKind.PLATFORM: N_("Platform"),
    ScopeKind.GROUP: N_("The whole group"),
    ScopeKind.UNIT: N_("Unit"),
    ScopeKind.EVENT: N_("Event"),
    ScopeKind.TRACK: N_("Track or class"),
}


def choices() -> list[tuple[str, str]]:
    """Every deed with its words, in the order of the words."""
    return sorted(((deed, gettext(text)) for deed, text in DEED_LABELS.items()), key=itemgetter(1))


def deed_label(deed: str) -> str:
    """What was done, in the reader's language."""
    return gettext(DEED_LABELS[deed]) if deed in DEED_LABELS else deed


# facts that are marks or lead from a code to an entry: the record is read before publication
KEPT_BACK = frozenset(
    {
        "mark.entered",
        "mark.came_late",
        "sheet.submitted",
        "sheet.returned",
        "exam_mark.entered",
        "map.opened",
    }
)


def told(deed: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts of a deed as pairs of words; marks and seeds stay in the chain, off the page."""
    shown = {} if deed in KEPT_BACK else facts
    return [(_fact_label(key), _value(key, value)) for key, value in shown.items() if value != ""]


def _fact_label(key: str) -> str:
    return gettext(FACT_LABELS[key]) if key in FACT_LABELS else key


def _value(key: str, value: object) -> str:
    if key == "role" and isinstance(value, str) and value in set(Role):
        return gettext(ROLE_LABELS[Role(value)])
    if key == "scope" and isinstance(value, list):
        return gettext(PLACE_LABELS[ScopeKind(value[0])])
    if isinstance(value, Mapping):
        return "; ".join(f"{_fact_label(str(one))}: {text}" for one, text in value.items())
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)
