"""The organizer's side: look through entries, approve, return, reveal, take a list out."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.listing import asked, paged
from blueprints.registration import words
from blueprints.registration.forms import EntryFilter, ExportForm, ReasonForm
from blueprints.registration.routes import bp, entry_page
from blueprints.web import DoForm, WebForm, key_in, load, me, page
from eventsys.errors import NotThere
from eventsys.events.models import Event, Track
from eventsys.events.queries import tracks_of
from eventsys.identity.policy import may_reveal
from eventsys.registration import queries, reviewing
from eventsys.registration.models import Entry
from eventsys.registration.policy import (
    may_reveal_numbers,
    may_review_entries,
    may_review_entry,
    may_see_entries,
    may_see_entry,
)
from eventsys.registration.rules import REVIEWABLE, EntryState

MOST_AT_ONCE = 500


@bp.get("/events/<int:event_id>/entries")
def entries(event_id: int) -> ResponseReturnValue:
    """Everything handed in for an event, narrowed by track, unit, state or wording."""
    return _entries_page(load(Event, event_id, may_see_entries), None)


def _entries_page(found: Event, form: WebForm | None) -> ResponseReturnValue:
    filters = EntryFilter(request.args)
    filters.offer(tracks_of(found.id), queries.units_entered(found.id), drafts=False)
    reviews = may_review_entries(me(), found) and found.state in REVIEWABLE
    return page(
        "registration/entries.html",
        form=form,
        event=found,
        filters=filters,
        entries=paged(queries.handed_in(found.id, words.wanted())),
        reviews=reviews,
        waiting=EntryState.SUBMITTED,
    )


@bp.get("/tracks/<int:track_id>/entries")
def track_entries(track_id: int) -> ResponseReturnValue:
    """The same list for one track."""
    found = load(Track, track_id, lambda actor, one: may_see_entries(actor, one.event))
    return redirect(url_for(".entries", event_id=found.event_id, track=track_id))


@bp.post("/events/<int:event_id>/entries/approve")
def approve_selected(event_id: int) -> ResponseReturnValue:
    """Approve every ticked entry, or none."""
    found = load(Event, event_id, may_review_entries)
    form = DoForm()
    chosen = request.form.getlist("ids", type=key_in)[:MOST_AT_ONCE]
    if form.submitted() and form.commits(reviewing.approve_entries, found, chosen):
        flash(_("%(n)s entries are approved and their units told.", n=form.result), "ok")
        return redirect(_list_as_it_was(event_id))
    return _entries_page(found, form)


def _list_as_it_was(event_id: int) -> str:
    kept: dict[str, Any] = {key: asked(key) or None for key in ("q", "track", "unit", "state")}
    return url_for(".entries", event_id=event_id, **kept)


@bp.post("/entries/<int:entry_id>/approve")
def approve(entry_id: int) -> ResponseReturnValue:
    """Approve one entry."""
    found = load(Entry, entry_id, may_review_entry)
    form = DoForm()
    if form.submitted() and form.commits(reviewing.approve_entries, found.track.event, [entry_id]):
        flash(_("The entry is approved and its unit told."), "ok")
        return redirect(url_for(".entry", entry_id=entry_id))
    return entry_page(found, form)


@bp.route("/entries/<int:entry_id>/return", methods=["GET", "POST"])
def return_entry(entry_id: int) -> ResponseReturnValue:
    """Give an entry back to its unit, and say what to correct."""
    found = load(Entry, entry_id, may_review_entry)
    form = ReasonForm()
    if form.submitted() and form.commits(reviewing.return_entry, found, form.reason.data or ""):
        flash(_("The entry is returned and its unit told why."), "ok")
        return redirect(url_for(".entry", entry_id=entry_id))
    return page("registration/return_entry.html", form=form, entry=found)


@bp.route("/entries/<int:entry_id>/members/<int:member_id>/reveal", methods=["GET", "POST"])
def reveal(entry_id: int, member_id: int) -> ResponseReturnValue:
    """A full identity number, shown once to who says why."""
    found = load(Entry, entry_id, may_see_entry)
    member = next((one for one in found.members if one.id == member_id), None)
    if member is None or not may_reveal(me(), member.person):
        raise NotThere
    form = ReasonForm()
    number = None
    if form.submitted() and form.commits(reviewing.reveal_number, member, form.reason.data or ""):
        number = form.result
    return page("registration/reveal.html", form=form, entry=found, member=member, number=number)


@bp.route("/events/<int:event_id>/entries/export", methods=["GET", "POST"])
def export(event_id: int) -> ResponseReturnValue:
    """Ask for the list as a workbook; with full numbers only for a reason."""
    found = load(Event, event_id, may_see_entries)
    form = ExportForm()
    may_full = may_reveal_numbers(me(), found)
    if form.submitted() and form.commits(
        reviewing.ask_entries_list,
        found,
        words.wanted(),
        f"{found.name} · {_('List of entries')}",
        reason=(form.reason.data or "") if form.full.data and may_full else None,
    ):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return page("registration/export.html", form=form, event=found, may_full=may_full)
