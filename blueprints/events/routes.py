"""Pages of events and tracks."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.events import words
from blueprints.events.doors import DOORS, PUBLIC_DOORS
from blueprints.events.forms import (
    EventFilter,
    EventForm,
    PublicFilter,
    ReasonForm,
    ReopenForm,
    reading,
)
from blueprints.events.ruleset_forms import FORM_OF
from blueprints.events.track_forms import ExamForm, TrackForm
from blueprints.listing import PER_PAGE, Page, asked, paged
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys import clock
from eventsys.attendance.policy import may_check_in_event
from eventsys.boards.queries import board_of
from eventsys.errors import DomainError, NotThere
from eventsys.events import actions, queries
from eventsys.events.models import Event, Track
from eventsys.events.policy import (
    may_create_events,
    may_manage_event,
    may_manage_track,
    may_see_event,
    may_see_track,
)
from eventsys.events.rules import KIND_LABELS, STATE_LABELS, EventKind, EventState
from eventsys.groups.queries import members_on
from eventsys.registration.policy import may_see_entries
from eventsys.registration.queries import counts_by_track
from eventsys.registration.rules import EntryState
from eventsys.releases.queries import has_public_timetable

bp = Blueprint("events", __name__)


@bp.app_context_processor
def labels() -> dict[str, Any]:
    """Names of kinds and states, for any page that shows an event."""
    return {
        "KIND_LABELS": KIND_LABELS,
        "KIND_ICONS": words.KIND_ICONS,
        "EVENT_STATE_LABELS": STATE_LABELS,
        "EVENT_TONES": words.TONES,
    }


@bp.get("/events")
def index() -> ResponseReturnValue:
    """The events of the group, as far as one sees them."""
    filters = EventFilter(request.args)
    filters.offer()
    found = queries.events_for(me(), _kind(asked("kind")), _state(asked("state")), asked("q"))
    return page(
        "events/index.html",
        filters=filters,
        events=paged(found),
        may_create=may_create_events(me()),
        create_labels=words.CREATE_LABELS,
    )


def _kind(value: str) -> EventKind | None:
    return EventKind(value) if value in set(EventKind) else None


def _state(value: str) -> EventState | None:
    return EventState(value) if value in set(EventState) else None


@bp.route("/events/new/<kind>", methods=["GET", "POST"])
def create(kind: str) -> ResponseReturnValue:
    """A new event as a draft; dates that fit together are filled in."""
    chosen, group_id = _kind(kind), me().group_id
    if chosen is None or group_id is None or not may_create_events(me()):
        raise NotThere
    form = _offered(EventForm())
    if not form.is_submitted():
        form.suggest(queries.free_code(chosen, group_id), queries.usual_host(clock.today()))
    if form.submitted() and form.commits(actions.create_event, group_id, chosen, form.given()):
        flash(_("The draft is saved. Now say what one can register for."), "ok")
        return redirect(url_for(".event", event_id=form.result.id))
    return page("events/create.html", form=form, title=_(words.CREATE_LABELS[chosen]))


def _offered(form: EventForm) -> EventForm:
    form.offer(members_on(clock.today()))
    return form


@bp.get("/events/<int:event_id>")
def event(event_id: int) -> ResponseReturnValue:
    """The home of an event: where it stands, what comes next, what one can register for."""
    return _event_page(load(Event, event_id, may_see_event))


def _event_page(found: Event, form: WebForm | None = None) -> ResponseReturnValue:
    manages = may_manage_event(me(), found)
    sees = may_see_entries(me(), found)
    tracks = queries.tracks_of(found.id)
    counts = counts_by_track(found.id) if sees else {}
    waiting = sum(one.get(EntryState.SUBMITTED, 0) for one in counts.values())
    return page(
        "events/event.html",
        form=form,
        event=found,
        tracks=tracks,
        counts=counts,
        stages=words.stages(found),
        step=words.next_step(found, tracks, waiting) if manages else None,
        manages=manages,
        sees_entries=sees,
        checks_in=found.published_at is not None and may_check_in_event(me(), found),
        track_label=words.TRACK_LABELS[found.kind],
        add_label=words.ADD_LABELS[found.kind],
    )


@bp.route("/events/<int:event_id>/edit", methods=["GET", "POST"])
def edit(event_id: int) -> ResponseReturnValue:
    """Correct a draft."""
    found = load(Event, event_id, may_manage_event)
    form = _offered(EventForm())
    if not form.is_submitted():
        form.fill(found)
    if form.submitted() and form.commits(actions.change_event, found, form.given()):
        flash(_("The changes are saved."), "ok")
        return redirect(url_for(".event", event_id=event_id))
    return page("events/edit.html", form=form, event=found)


@bp.route("/events/<int:event_id>/publish", methods=["GET", "POST"])
def publish(event_id: int) -> ResponseReturnValue:
    """What publishing freezes, and then doing it."""
    found = load(Event, event_id, may_manage_event)
    tracks = queries.tracks_of(found.id)
    form = DoForm()
    if not form.is_submitted():
        _refuse_early(form, lambda: actions.check_publishable(found, tracks))
    if form.submitted() and form.commits(actions.publish_event, found):
        flash(_("The event is published and its rules are frozen."), "ok")
        return redirect(url_for(".event", event_id=event_id))
    levels = queries.level_names(track.rules for track in tracks)
    facts = {track.id: words.rules_in_words(track.rules, levels) for track in tracks}
    return page("events/publish.html", form=form, event=found, tracks=tracks, facts=facts)


def _refuse_early(form: DoForm, check: Callable[[], None]) -> None:
    """Show before the button is pressed what would stop it; looking is no error."""
    try:
        check()
    except DomainError as refusal:
        form.refuse(refusal)
        form.status = 200


@bp.route("/events/<int:event_id>/close", methods=["GET", "POST"])
def close(event_id: int) -> ResponseReturnValue:
    """End registration before its hour."""
    found = load(Event, event_id, may_manage_event)
    form = DoForm()
    if form.submitted() and form.commits(actions.close_registration, found):
        flash(_("Registration is closed."), "ok")
        return redirect(url_for(".event", event_id=event_id))
    return page("events/close.html", form=form, event=found)


@bp.route("/events/<int:event_id>/reopen", methods=["GET", "POST"])
def reopen(event_id: int) -> ResponseReturnValue:
    """Open registration again, or for longer."""
    found = load(Event, event_id, may_manage_event)
    form = ReopenForm()
    if not form.is_submitted():
        form.registration_closes_at.data = reading(found.registration_closes_at)
    if form.submitted() and form.commits(
        actions.reopen_registration, found, form.given(), form.reason.data or ""
    ):
        flash(_("Registration is open until the new moment."), "ok")
        return redirect(url_for(".event", event_id=event_id))
    return page("events/reopen.html", form=form, event=found)


@bp.route("/events/<int:event_id>/cancel", methods=["GET", "POST"])
def cancel(event_id: int) -> ResponseReturnValue:
    """Call the event off."""
    found = load(Event, event_id, may_manage_event)
    form = ReasonForm()
    if form.submitted() and form.commits(actions.cancel_event, found, form.reason.data or ""):
        flash(_("The event is cancelled. Everything entered stays on record."), "ok")
        return redirect(url_for(".event", event_id=event_id))
    return page("events/cancel.html", form=form, event=found)


@bp.route("/events/<int:event_id>/finish", methods=["GET", "POST"])
def finish(event_id: int) -> ResponseReturnValue:
    """Put a completed event aside."""
    found = load(Event, event_id, may_manage_event)
    form = DoForm()
    if form.submitted() and form.commits(actions.finish_event, found):
        flash(_("The event is finished."), "ok")
        return redirect(url_for(".event", event_id=event_id))
    return page("events/finish.html", form=form, event=found)


# ---- tracks


@bp.route("/events/<int:event_id>/tracks/new", methods=["GET", "POST"])
def create_track(event_id: int) -> ResponseReturnValue:
    """One more thing to register for, with the usual rules filled in."""
    found = load(Event, event_id, may_manage_event)
    form = _track_form(found)
    if not form.is_submitted():
        form.suggest(found)
    if _complete(form) and form.commits(actions.add_track, found, form.given(), form.given_rules()):
        flash(_("It is saved. Add another one, or publish the event."), "ok")
        return redirect(url_for(".event", event_id=event_id))
    label = _(words.ADD_LABELS[found.kind])
    return page("events/create_track.html", form=form, event=found, title=label)


@bp.get("/tracks/<int:track_id>")
def track(track_id: int) -> ResponseReturnValue:
    """One track: its rules, and the ways to the work in it."""
    return _track_page(load(Track, track_id, may_see_track), None)


def _track_page(found: Track, form: WebForm | None) -> ResponseReturnValue:
    sees = may_see_entries(me(), found.event)
    return page(
        "events/track.html",
        form=form,
        track=found,
        event=found.event,
        facts=words.rules_in_words(found.rules, queries.level_names([found.rules])),
        counts=counts_by_track(found.event_id).get(found.id, {}) if sees else {},
        sees_entries=sees,
        manages=may_manage_track(me(), found),
        doors=[
            door
            for door in DOORS
            if found.event.kind in door.kinds and me().may(door.permission, found.scopes)
        ],
    )


@bp.route("/tracks/<int:track_id>/edit", methods=["GET", "POST"])
def edit_track(track_id: int) -> ResponseReturnValue:
    """Correct a track and its rules while the event is a draft."""
    found = load(Track, track_id, may_manage_track)
    form = _track_form(found.event)
    if not form.is_submitted():
        form.fill(found)
    if _complete(form) and form.commits(
        actions.change_track, found, form.given(), form.given_rules()
    ):
        flash(_("The changes are saved."), "ok")
        return redirect(url_for(".track", track_id=track_id))
    return page("events/edit_track.html", form=form, track=found, event=found.event)


@bp.post("/tracks/<int:track_id>/remove")
def remove_track(track_id: int) -> ResponseReturnValue:
    """Take a track out of a draft."""
    found = load(Track, track_id, may_manage_track)
    event_id, form = found.event_id, DoForm()
    if form.submitted() and form.commits(actions.remove_track, found):
        flash(_("It is removed."), "ok")
        return redirect(url_for(".event", event_id=event_id))
    return _track_page(found, form)


def _track_form(found: Event) -> TrackForm:
    form = FORM_OF[found.kind]()
    if isinstance(form, ExamForm):
        form.offer(queries.level_choices())
    return form


def _complete(form: TrackForm) -> bool:
    """Whether the form is to be saved; the other button only adds a row."""
    if form.is_submitted() and "add" in request.form:
        form.add_row()
        return False
    return form.submitted()


# ---- for visitors


@bp.get("/e")
def public_index() -> ResponseReturnValue:
    """The published events of every group."""
    filters = PublicFilter(request.args)
    filters.offer()
    number = max(1, request.args.get("page", 1, type=int) or 1)
    number = min(number, 10_000)
    offset = (number - 1) * PER_PAGE
    found = queries.public_events(_kind(asked("kind")), asked("q"), limit=PER_PAGE, offset=offset)
    listed: Page[Any] = Page(list(found.items), number, found.total)
    return page("events/public_index.html", filters=filters, events=listed)


@bp.get("/e/<int:event_id>")
def public_event(event_id: int) -> ResponseReturnValue:
    """What everybody may know of a published event: dates, rules in words, results."""
    found = queries.public_event(event_id)
    if found is None:
        raise NotThere
    levels = queries.level_names(one.rules for one in found.tracks)
    keys = [one.id for one in found.tracks]
    board = board_of(found.id)
    return page(
        "events/public_event.html",
        event=found,
        board=board is not None and board.is_shown,
        timetable=has_public_timetable(found.id),
        stages=words.stages(found),
        facts={one.id: words.rules_in_words(one.rules, levels) for one in found.tracks},
        doors=[(door, set(door.shown(keys))) for door in PUBLIC_DOORS],
        open_now=found.open_at(clock.now()),
    )
