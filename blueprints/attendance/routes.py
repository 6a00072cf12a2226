"""Pages of tickets and of the check-in desk."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from blueprints.attendance.desk import Desk, Scan, look_up
from blueprints.attendance.files import order_file
from blueprints.attendance.forms import ReasonForm, ScanForm
from blueprints.language import show_moment
from blueprints.timetable.forms import part_names
from blueprints.web import load, me, page, settings
from eventsys import clock
from eventsys.attendance import actions, queries
from eventsys.attendance.actions import Checked
from eventsys.attendance.models import Arrival
from eventsys.attendance.policy import (
    may_check_in,
    may_check_in_event,
    may_see_ticket,
    may_undo,
)
from eventsys.attendance.rules import PART_LABELS, key_of, state_of
from eventsys.attendance.tickets import (
    TICKET_RULES,
    TICKET_TITLES,
    entry_id_of,
    ticket_number,
    ticket_token,
    ticket_url,
)
from eventsys.draws.queries import contest_numbers
from eventsys.errors import NotThere
from eventsys.events.models import Event, Track
from eventsys.events.policy import may_manage_event
from eventsys.events.rules import TrainingRules
from eventsys.identity.policy import Actor
from eventsys.printing.qr import qr_svg
from eventsys.registration.rules import EntryState
from eventsys.tasks.rules import TaskKind
from eventsys.timetable.lots import is_drawn_at_the_door
from eventsys.timetable.policy import may_plan
from eventsys.timetable.queries import placements_of

bp = Blueprint("attendance", __name__)


# ---- tickets


@bp.get("/t/<token>")
def ticket_link(token: str) -> ResponseReturnValue:
    """What a ticket's QR image opens: the desk for whoever checks in, else one's own ticket."""
    entry_id = entry_id_of(token)
    entry = queries.entry_with_people(entry_id) if entry_id else None
    if entry is None:
        raise NotThere
    if may_check_in(me(), entry.track):
        return redirect(url_for(".track_desk", track_id=entry.track_id, ticket=token))
    return ticket(entry.id)


@bp.get("/attendance/entries/<int:entry_id>/ticket")
def ticket(entry_id: int) -> ResponseReturnValue:
    """A ticket as a phone shows it."""
    entry = queries.entry_with_people(entry_id)
    if entry is None or not may_see_ticket(me(), entry):
        raise NotThere
    rules = entry.track.rules
    half_days = rules.half_days if isinstance(rules, TrainingRules) else ()
    signed = queries.sign_ins_of(entry.id)
    url = ticket_url(settings().public_url, entry.id)
    return page(
        "attendance/ticket.html",
        entry=entry,
        valid=entry.state is EntryState.APPROVED,
        qr=Markup(qr_svg(url)),  # noqa: S704  our own drawing, made of squares only
        title=TICKET_TITLES[entry.track.event.kind],
        advice=TICKET_RULES[entry.track.event.kind],
        number=ticket_number(entry),
        people=[one.person for one in entry.members if one.takes_part],
        seats=placements_of([entry.id]).get(entry.id, []),
        drawn_late=is_drawn_at_the_door(rules),
        contest=contest_numbers([entry.id]).get(entry.id),
        parts=part_names(entry.track),
        half_days=[(one, state_of(key_of(one), signed, clock.now())) for one in half_days],
        part_labels=PART_LABELS,
        arrival=queries.arrival_of(entry.id),
    )


@bp.post("/attendance/tracks/<int:track_id>/tickets")
def tickets_file(track_id: int) -> ResponseReturnValue:
    """The tickets of a track, as a file."""
    found = load(Track, track_id, may_plan)
    return order_file(TaskKind.TICKETS_PDF, found, track_id=found.id)


@bp.post("/attendance/events/<int:event_id>/tickets")
def event_tickets_file(event_id: int) -> ResponseReturnValue:
    """The tickets of all tracks of an event, as a file."""
    found = load(Event, event_id, may_manage_event)
    return order_file(TaskKind.TICKETS_PDF, found, event_id=found.id)


@bp.post("/attendance/tracks/<int:track_id>/sign-in-sheets")
def sign_in_file(track_id: int) -> ResponseReturnValue:
    """The lists to sign on paper, as a file."""
    found = load(Track, track_id, may_plan)
    return order_file(TaskKind.SIGN_IN_PDF, found, track_id=found.id)


# ---- the desk


@bp.route("/attendance/events/<int:event_id>/check-in", methods=["GET", "POST"])
def event_desk(event_id: int) -> ResponseReturnValue:
    """The desk of an event: any ticket of any of its tracks."""
    event = load(Event, event_id, may_check_in_event)
    here = url_for(".event_desk", event_id=event_id)
    return _desk(Desk(event, queries.event_tracks(event_id), here))


@bp.route("/attendance/tracks/<int:track_id>/check-in", methods=["GET", "POST"])
def track_desk(track_id: int) -> ResponseReturnValue:
    """The desk of one track."""
    track = load(Track, track_id, may_check_in)
    return _desk(Desk(track.event, [track], url_for(".track_desk", track_id=track_id)))


def _desk(desk: Desk) -> ResponseReturnValue:
    """A scan shows whose ticket it is; the next press of Enter lets them in."""
    form, scan = ScanForm(), Scan()
    scanned = request.args.get("ticket", "")
    if form.submitted():
        scanned, shown = form.wanted, form.pending.data or ""
        if not scanned and shown and form.commits(_let_in, desk, shown):
            _say(form.result)
            return redirect(desk.url)
        scanned = scanned or shown
    if scanned:
        scan = look_up(desk, scanned, form)
    return page(
        "attendance/desk.html",
        form=form,
        desk=desk,
        scan=scan,
        roll=queries.roll(desk.tracks, clock.now()),
        ended=queries.ended_tracks([one.id for one in desk.tracks]),
        half_days=_open_half_days(desk),
        late={one.id for one in desk.tracks if is_drawn_at_the_door(one.rules)},
        token=ticket_token,
        number=ticket_number,
        part_labels=PART_LABELS,
    )


def _let_in(actor: Actor, desk: Desk, token: str) -> Checked:
    entry = queries.entry_with_people(entry_id_of(token) or 0)
    if entry is None or entry.track_id not in {track.id for track in desk.tracks}:
        raise NotThere
    return actions.check_ticket(actor, entry)


def _say(checked: Checked) -> None:
    """Green for the first time; amber, with the first time and by whom, for any other."""
    row = checked.row
    facts = {"label": row.entry.label, "number": ticket_number(row.entry)}
    if checked.is_first:
        flash(_("%(number)s %(label)s is checked in.", **facts), "ok")
        return
    facts |= {"moment": show_moment(row.at), "name": row.by_name}
    flash(_("%(number)s %(label)s was here already: %(moment)s, %(name)s.", **facts), "warn")


def _open_half_days(desk: Desk) -> list[tuple[str, str]]:
    """For classes: which half day one signs in for now."""
    found = [queries.open_half_day(track, clock.now()) for track in desk.tracks]
    keys = sorted({key_of(one) for one in found if one})
    return [(key.on.isoformat(), _(PART_LABELS[key.part])) for key in keys]


@bp.route("/attendance/arrivals/<int:arrival_id>/undo", methods=["GET", "POST"])
def undo(arrival_id: int) -> ResponseReturnValue:
    """Take back a wrong check-in, with the reason."""
    arrival = load(Arrival, arrival_id, may_undo)
    entry, form = arrival.entry, ReasonForm()
    if form.submitted() and form.commits(actions.undo_check_in, arrival, form.reason.data):
        flash(_("%(label)s is not checked in any more.", label=entry.label), "ok")
        return redirect(url_for(".track_desk", track_id=entry.track_id))
    return page("attendance/undo.html", form=form, arrival=arrival, entry=entry)
