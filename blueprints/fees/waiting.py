"""What fees keep waiting for an organizer."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.waiting import Waiting
from eventsys import clock
from eventsys.fees import queries
from eventsys.fees.policy import may_manage_fees
from eventsys.identity.policy import Actor


def waiting(actor: Actor) -> list[Waiting]:
    """Negotiations not settled, and certificates without a price for every level."""
    if actor.group_id is None or not may_manage_fees(actor, actor.group_id):
        return []
    found = []
    if open_files := queries.unsettled():
        text = _("Fee negotiations not yet in force")
        found.append(Waiting(text, url_for("fees.negotiations"), "handshake", open_files))
    if unpriced := queries.unpriced(clock.today()):
        text = _("Certificates without a price in force")
        found.append(Waiting(text, url_for("catalogue.certificates"), "banknote", unpriced))
    return found
