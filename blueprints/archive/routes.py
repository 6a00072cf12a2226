"""The evidence pack of an event, its key for everybody, and where the originals lie."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.archive.forms import OriginalForm
from blueprints.language import named
from blueprints.web import DoForm, WebForm, load, page, settings
from eventsys.archive import actions, queries
from eventsys.archive.packing import fingerprint
from eventsys.archive.policy import may_archive, may_archive_track
from eventsys.certificates.keys import known_signer
from eventsys.events.models import Event, Track

bp = Blueprint("archive", __name__)


@bp.get("/tracks/<int:track_id>/archive")
def track(track_id: int) -> ResponseReturnValue:
    """From a track to the archive of its event."""
    found = load(Track, track_id, may_archive_track)
    return redirect(url_for(".event", event_id=found.event_id))


@bp.route("/events/<int:event_id>/archive", methods=["GET", "POST"])
def event(event_id: int) -> ResponseReturnValue:
    """What the pack would hold now, and the bags of originals; a bag is written down here."""
    event = load(Event, event_id, may_archive)
    form = OriginalForm()
    if form.submitted() and form.commits(actions.keep_original, event, form.given()):
        flash(_("Written down. It is part of the evidence pack."), "ok")
        return redirect(url_for(".event", event_id=event.id))
    return _event_page(event, form)


def _event_page(event: Event, form: WebForm, asked: WebForm | None = None) -> ResponseReturnValue:
    signer = known_signer(settings().keys_dir)
    body, status = page(
        "archive/event.html",
        form=form,
        asked=asked,
        event=event,
        settled=queries.is_settled(event),
        tracks=[(track, queries.is_locked(track)) for track in event.tracks],
        originals=queries.originals_of(event.id),
        fingerprint=fingerprint(signer) if signer else "",
    )
    return body, asked.status if asked else status


@bp.post("/events/<int:event_id>/archive/pack")
def make_pack(event_id: int) -> ResponseReturnValue:
    """Ask for the pack."""
    event = load(Event, event_id, may_archive)
    form = DoForm()
    title = _("Evidence pack: %(event)s", event=named(event))
    if form.submitted() and form.commits(actions.ask_pack, event, title):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return _event_page(event, OriginalForm(formdata=None), form)


@bp.get("/evidence-key")
def key() -> ResponseReturnValue:
    """The public key of this installation, for whoever checks a pack."""
    signer = known_signer(settings().keys_dir)
    return page(
        "archive/key.html",
        fingerprint=fingerprint(signer) if signer else "",
        keys=signer.public_pem() if signer else {},
    )
