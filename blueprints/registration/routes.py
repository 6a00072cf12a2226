"""A unit's entries: what is open, what we have, entering and correcting one."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.listing import paged
from blueprints.registration import words
from blueprints.registration.forms import EntryFilter, EntryForm, SubmitForm, WithdrawForm
from blueprints.web import DoForm, WebForm, load, me, page, settings
from blueprints.web import words as say
from eventsys import clock
from eventsys.db import session
from eventsys.errors import DomainError, NotThere
from eventsys.events.models import Track
from eventsys.events.policy import may_see_track
from eventsys.groups.models import Unit
from eventsys.identity.policy import Actor, may_reveal
from eventsys.registration import actions, inviting, queries
from eventsys.registration.admissions import check_way_in, closed_to
from eventsys.registration.eligibility import check_window
from eventsys.registration.models import Entry
from eventsys.registration.policy import (
    may_edit_entry,
    may_review_entry,
    may_see_entry,
    may_withdraw_entry,
)
from eventsys.registration.rules import (
    EDITABLE,
    ID_KIND_LABELS,
    MOVES,
    REVIEWABLE,
    ROLE_LABELS,
    STATE_LABELS,
    EntryFacts,
    EntryState,
    shape_of,
)
from eventsys.works.policy import may_send_works
from eventsys.works.queries import slots_of

bp = Blueprint("registration", __name__)
CONFLICT = 409


@bp.app_context_processor
def labels() -> dict[str, object]:
    """Names and tones of states, for any page that shows entries."""
    return {"ENTRY_STATE_LABELS": STATE_LABELS, "ENTRY_TONES": words.TONES}


@bp.get("/registration")
def open_tracks() -> ResponseReturnValue:
    """What my unit can register for now, and how much of its quota is left."""
    units = queries.units_led(me())
    tracks = queries.open_tracks(clock.now())
    keys = [unit.id for unit in units]
    used = queries.places_used([track.id for track in tracks], keys)
    by_selection = closed_to(tracks, keys)
    return page(
        "registration/open_tracks.html",
        tracks=tracks,
        used=used,
        units=units,
        by_selection=by_selection,
    )


@bp.get("/entries")
def my_entries() -> ResponseReturnValue:
    """The entries of my unit, in all events."""
    units = queries.units_led(me())
    keys = [unit.id for unit in units]
    filters = EntryFilter(request.args)
    filters.offer(queries.tracks_entered(keys), units, drafts=True)
    found = queries.entries_of_units(keys, words.wanted())
    return page("registration/my_entries.html", filters=filters, entries=paged(found))


@bp.get("/my-participation")
def taking_part() -> ResponseReturnValue:
    """What I take part in myself."""
    found = queries.taking_part(me().person_id or 0)
    return page("registration/taking_part.html", entries=paged(found))


@bp.route("/tracks/<int:track_id>/entries/new", methods=["GET", "POST"])
def new_entry(track_id: int) -> ResponseReturnValue:
    """Enter somebody, as a draft or at once."""
    track = load(Track, track_id, may_see_track)
    form, units = EntryForm(), led_units()
    form.take_shape(shape_of(track.event.kind, track.rules), units)
    if not form.is_submitted():
        form.start()
    deed = _submit_one if "submit" in request.form else actions.draft_entry
    if form.submitted() and form.commits(deed, track, chosen(units, form), form.given()):
        return _saved(form.result)
    return page("registration/new_entry.html", form=form, track=track, **surroundings(track, units))


def _submit_one(actor: Actor, track: Track, unit: Unit, facts: EntryFacts) -> Entry:
    (entry,) = actions.submit_new(actor, track, unit, [facts])
    return entry


def led_units() -> list[Unit]:
    """The units I register for; without one, there is nothing here."""
    units = queries.units_led(me())
    if not units:
        raise NotThere
    return units


def chosen(units: list[Unit], form: WebForm) -> Unit:
    """The unit chosen in a form."""
    return next(unit for unit in units if unit.id == form["unit"].data)


def surroundings(track: Track, units: list[Unit]) -> dict[str, object]:
    """What stands around a form that enters: places left, and whether it is too late."""
    closed = ""
    try:
        check_window(track.event)
        if closed_to([track], [one.id for one in units]):
            check_way_in(track, units[0])
    except DomainError as refusal:
        closed = say(refusal)
    used = queries.places_used([track.id], [unit.id for unit in units]).get(track.id, 0)
    return {"used": used, "quota": track.rules.per_unit_quota, "closed": closed, "units": units}


def _saved(entry: Entry) -> Response:
    text = _("The draft is saved. It holds no place yet: submit it before registration closes.")
    if entry.state is EntryState.SUBMITTED:
        text = _(
            "Submitted as number %(number)s. You will hear when it is reviewed.",
            number=f"{entry.number:03d}",
        )
    flash(text, "ok")
    return redirect(url_for("registration.entry", entry_id=entry.id))


@bp.get("/entries/<int:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry: who is in it, where it stands, what happened."""
    return entry_page(load(Entry, entry_id, may_see_entry))


def entry_page(found: Entry, form: WebForm | None = None) -> ResponseReturnValue:
    """The page of an entry, with what this person may do to it."""
    actor, event = me(), found.track.event
    mine, reviews = may_edit_entry(actor, found), may_review_entry(actor, found)
    in_time = event.state in REVIEWABLE
    return page(
        "registration/entry.html",
        form=form,
        entry=found,
        event=event,
        mine=mine,
        edits=mine and found.state in EDITABLE,
        decides=reviews and in_time and found.state is EntryState.SUBMITTED,
        withdraws=EntryState.WITHDRAWN in MOVES[found.state]
        and in_time
        and may_withdraw_entry(actor, found),
        reveals=[one.id for one in found.members if may_reveal(actor, one.person)],
        sees_list=reviews,
        sends=_sends_works(actor, found),
        history=words.history(queries.history_of(found)) if mine or reviews else [],
        roles=ROLE_LABELS,
        id_kinds=ID_KIND_LABELS,
    )


def _sends_works(actor: Actor, found: Entry) -> bool:
    """Whether this person sends something the track asks for from home."""
    if found.state is not EntryState.APPROVED or not may_send_works(actor, found):
        return False
    return any(one.is_remote for one in slots_of(found.track_id))


@bp.post("/entries/<int:entry_id>/members/<int:member_id>/invitation")
def invite_member(entry_id: int, member_id: int) -> ResponseReturnValue:
    """A link for one of our people, shown once, to see their own ticket and results."""
    found = load(Entry, entry_id, may_edit_entry)
    member = next((one for one in found.members if one.id == member_id), None)
    if member is None:
        raise NotThere
    form, link = DoForm(), None
    if form.submitted() and form.commits(inviting.invite_member, member):
        path = url_for("accounts.accept", token=form.result)
        link = f"{settings().public_url}{path}"
    return page("registration/invite_member.html", form=form, entry=found, member=member, link=link)


@bp.route("/entries/<int:entry_id>/edit", methods=["GET", "POST"])
def edit_entry(entry_id: int) -> ResponseReturnValue:
    """Correct a draft or a returned entry, and hand it in if wished."""
    found = load(Entry, entry_id, may_edit_entry)
    form, units = EntryForm(), [found.unit]
    form.take_shape(shape_of(found.track.event.kind, found.track.rules), units)
    if not form.is_submitted():
        form.start(found)
    if form.submitted() and form.commits(
        actions.change_entry, found, form.given(), form.seen, submit="submit" in request.form
    ):
        flash(_("The entry is submitted.") if "submit" in request.form else _("Saved."), "ok")
        return redirect(url_for("registration.entry", entry_id=entry_id))
    if form.status == CONFLICT:
        session().refresh(found)
        form.version.data = str(found.version)
    around = surroundings(found.track, units)
    masked = {str(one.id): one.person.id_masked for one in found.members}
    return page(
        "registration/edit_entry.html",
        form=form,
        entry=found,
        track=found.track,
        masked=masked,
        stored=_stored(found),
        **around,
    )


def _stored(found: Entry) -> list[tuple[str, str]]:
    """What is in an entry now, beside what was typed."""
    people = [(_(ROLE_LABELS[one.role]), one.person.name) for one in found.members]
    return [(_("Name of the team"), found.team_name), *people] if found.team_name else people


@bp.post("/entries/<int:entry_id>/submit")
def submit(entry_id: int) -> ResponseReturnValue:
    """Hand in a draft or a corrected entry as it stands."""
    found = load(Entry, entry_id, may_edit_entry)
    form = SubmitForm()
    if form.submitted() and form.commits(actions.submit_entry, found):
        flash(_("The entry is submitted."), "ok")
        return redirect(url_for("registration.entry", entry_id=entry_id))
    return entry_page(found, form)


@bp.route("/entries/<int:entry_id>/withdraw", methods=["GET", "POST"])
def withdraw(entry_id: int) -> ResponseReturnValue:
    """Take an entry back, after a second look."""
    found = load(Entry, entry_id, may_withdraw_entry)
    form = WithdrawForm()
    if form.submitted() and form.commits(actions.withdraw_entry, found, form.reason.data or ""):
        flash(_("The entry is withdrawn and its place is free again."), "ok")
        return redirect(url_for("registration.entry", entry_id=entry_id))
    needs_reason = not may_edit_entry(me(), found)
    return page("registration/withdraw.html", form=form, entry=found, needs_reason=needs_reason)
