"""The organizer admits a unit to a final that takes its entries from a selection."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.registration.forms import AdmissionForm
from blueprints.registration.routes import bp
from blueprints.web import load, page
from eventsys import clock
from eventsys.events.models import Track
from eventsys.groups.queries import members_on
from eventsys.registration.admissions import (
    admissions_of,
    admit_directly,
    selection_of,
    selection_rules,
)
from eventsys.registration.policy import may_admit


@bp.route("/tracks/<int:track_id>/direct-entries", methods=["GET", "POST"])
def admissions(track_id: int) -> ResponseReturnValue:
    """Which units may enter a final directly, and why; admit another."""
    track = load(Track, track_id, may_admit)
    units, form = members_on(clock.today()), AdmissionForm()
    form.offer(units)
    unit = form.given(units) if form.submitted() else None
    if unit and form.commits(admit_directly, track, unit, form.reason.data):
        flash(_("%(unit)s can enter now.", unit=unit.name), "ok")
        return redirect(url_for(".admissions", track_id=track.id))
    return page(
        "registration/admissions.html",
        form=form,
        track=track,
        rules=selection_rules(track),
        selection=selection_of(track),
        admissions=admissions_of(track.id),
    )
