"""Pages of incidents, all by station: no entry, no name, no unit, no work code."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.incidents.forms import DecideForm, DescribeForm, NoteForm, RecordForm
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys import clock
from eventsys.draws.queries import supervisors
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.rules import ModuleRule
from eventsys.identity.rules import Permission
from eventsys.incidents import actions, queries
from eventsys.incidents.models import Incident
from eventsys.incidents.policy import (
    may_amend,
    may_decide,
    may_record,
    may_see_incident,
    may_see_incidents,
    may_see_signature,
)
from eventsys.incidents.rules import VIOLATION_LABELS, suggestion
from eventsys.incidents.states import EFFECT_LABELS, KIND_LABELS, RECEIPT_LABELS
from eventsys.schemes.queries import competition_rules
from eventsys.signatures.queries import signatures_of

bp = Blueprint("incidents", __name__, url_prefix="/incidents")
LABELS: dict[str, Any] = {
    "kinds": KIND_LABELS,
    "effects": EFFECT_LABELS,
    "receipts": RECEIPT_LABELS,
    "violations": VIOLATION_LABELS,
}


@bp.get("")
def my_tracks() -> ResponseReturnValue:
    """Where a floor judge works, or a chief judge decides."""
    tracks = queries.tracks_to_watch(me()) + queries.tracks_to_decide(me())
    waiting = {
        track.id: number
        for permission in (Permission.INCIDENTS_RECORD, Permission.INCIDENTS_DECIDE)
        for track, number in queries.tracks_in_hand(me(), permission)
    }
    counts = queries.counts([one.id for one in tracks])
    return page("incidents/my_tracks.html", tracks=tracks, waiting=waiting, counts=counts)


@bp.get("/tracks/<int:track_id>")
def track(track_id: int) -> ResponseReturnValue:
    """The incidents of a track, the latest first."""
    found = load(Track, track_id, may_see_incidents)
    return page(
        "incidents/track.html",
        track=found,
        incidents=queries.incidents_of(track_id),
        records=may_record(me(), found),
        decides=me().may(Permission.INCIDENTS_DECIDE, found.scopes),
        is_open=queries.map_is_open(track_id),
        undecided=queries.undecided(track_id),
        **LABELS,
    )


@bp.route("/tracks/<int:track_id>/new", methods=["GET", "POST"])
def new_incident(track_id: int) -> ResponseReturnValue:
    """Put on record what happens at a station."""
    found = load(Track, track_id, may_record)
    held = queries.sessions_in(track_id)
    by_ticket = competition_rules(found).anonymity_levels == 1
    form = RecordForm()
    now_held = queries.running_session(held, clock.now())
    form.offer(held, now_held, _modules(found), [] if by_ticket else supervisors(found))
    if form.submitted() and form.commits(
        actions.record_incident, found, form.place(), form.given()
    ):
        flash(_("Incident %(number)s is on record.", number=form.result.number), "ok")
        return redirect(url_for(".incident", incident_id=form.result.id))
    return page(
        "incidents/new_incident.html", form=form, track=found, held=held, by_ticket=by_ticket
    )


@bp.get("/<int:incident_id>")
def incident(incident_id: int) -> ResponseReturnValue:
    """One incident: what was recorded, how it was noted, what was decided."""
    return _incident_page(load(Incident, incident_id, may_see_incident))


@bp.post("/<int:incident_id>/stop")
def stop(incident_id: int) -> ResponseReturnValue:
    """Stop the clock."""
    found = load(Incident, incident_id, may_amend)
    form = DoForm()
    if form.submitted() and form.commits(actions.stop_clock, found):
        flash(_("The clock is stopped."), "ok")
        return redirect(url_for(".incident", incident_id=incident_id))
    return _incident_page(found, form)


@bp.post("/<int:incident_id>/description")
def describe(incident_id: int) -> ResponseReturnValue:
    """Add to what is written."""
    found = load(Incident, incident_id, may_amend)
    form = DescribeForm()
    if form.submitted() and form.commits(actions.describe, found, form.text.data):
        flash(_("Added to the record."), "ok")
        return redirect(url_for(".incident", incident_id=incident_id))
    return _incident_page(found, form)


@bp.route("/<int:incident_id>/note", methods=["GET", "POST"])
def note(incident_id: int) -> ResponseReturnValue:
    """The contestant signs, or a second floor judge witnesses the refusal."""
    found = load(Incident, incident_id, may_amend)
    form = NoteForm()
    form.offer()
    if form.submitted() and form.commits(actions.take_note, found, form.given()):
        flash(_("Noted. The chief judge can decide now."), "ok")
        return redirect(url_for(".incident", incident_id=incident_id))
    return page("incidents/note.html", form=form, incident=found, **LABELS)


@bp.route("/<int:incident_id>/decision", methods=["GET", "POST"])
def decide(incident_id: int) -> ResponseReturnValue:
    """The chief judge decides by station and by what happened."""
    found = load(Incident, incident_id, may_decide)
    before = queries.times_before(found) if found.violation else 0
    usual = suggestion(found.violation, before)
    form = DecideForm()
    form.offer(_modules(found.track))
    form.begin(found.latest, found.lasted, usual)
    if form.submitted() and form.commits(
        actions.decide, found, form.given(), int(form.seen_version.data or 0)
    ):
        flash(_("The decision is on record."), "ok")
        return redirect(url_for(".track", track_id=found.track_id))
    return page(
        "incidents/decide.html", form=form, incident=found, before=before, usual=usual, **LABELS
    )


@bp.get("/tracks/<int:track_id>/board")
def board(track_id: int) -> ResponseReturnValue:
    """The room's board: which station works until when, and which clock runs."""
    found = load(Track, track_id, may_see_incidents)
    moment = clock.now()
    held = queries.running_session(queries.sessions_in(track_id), moment)
    lines = queries.board(held) if held else []
    return page("incidents/board.html", track=found, held=held, lines=lines, moment=moment)


def _incident_page(found: Incident, form: WebForm | None = None) -> ResponseReturnValue:
    shown = queries.incident_in(found.track_id, found.number)
    if shown is None:
        raise NotThere
    sees = may_see_signature(me(), shown)
    return page(
        "incidents/incident.html",
        form=form,
        adding=form if isinstance(form, DescribeForm) else DescribeForm(formdata=None),
        incident=shown,
        amends=may_amend(me(), shown) and shown.noted_at is None,
        decides=may_decide(me(), shown) and not queries.map_is_open(shown.track_id),
        signatures=signatures_of(actions.NOTED, shown.id) if sees else [],
        moment=clock.now(),
        **LABELS,
    )


def _modules(found: Track) -> tuple[ModuleRule, ...]:
    return competition_rules(found).modules
