"""Pages of drawing blind codes."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.draws.forms import WitnessForm
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys.attendance.queries import arrived, check_in_end, expected_number
from eventsys.db import session
from eventsys.draws import actions, queries
from eventsys.draws.models import CodeDraw
from eventsys.draws.policy import may_draw, may_see_draw, may_see_map
from eventsys.draws.rules import NotDrawn
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.models import User
from eventsys.identity.policy import Actor

bp = Blueprint("draws", __name__, url_prefix="/draws")


@bp.route("/tracks/<int:track_id>", methods=["GET", "POST"])
def draw(track_id: int) -> ResponseReturnValue:
    """The draw of a track's codes: what it would do, the draw itself, and what is known of it."""
    track = load(Track, track_id, may_see_draw)
    if track.event.kind is not EventKind.COMPETITION:
        raise NotThere
    form = WitnessForm()
    form.offer(_witnesses(track))
    if form.submitted() and form.commits(_draw, track, form.witness.data):
        flash(_("The codes are drawn. Print the minute and seal it."), "ok")
        return redirect(url_for(".draw", track_id=track_id))
    return _draw_page(track, form)


def _witnesses(track: Track) -> list[User]:
    return [one for one in queries.supervisors(track) if one.id != me().user_id]


def _draw(actor: Actor, track: Track, witness_id: int) -> CodeDraw:
    witness = session().get(User, witness_id)
    if witness is None:
        raise NotThere
    return actions.draw_codes(actor, track, witness)


def _draw_page(track: Track, form: WebForm) -> ResponseReturnValue:
    offered = form if isinstance(form, WitnessForm) else WitnessForm(formdata=None)
    offered.offer(_witnesses(track))
    found = queries.draw_of(track.id)
    return page(
        "draws/draw.html",
        form=form,
        offered=offered,
        track=track,
        draw=found,
        seed=queries.seed_of(found) if found else None,
        count=queries.code_count(track.id),
        here=len(arrived(track.id)),
        expected=expected_number(track.id),
        ended=check_in_end(track.id),
        draws=may_draw(me(), track),
    )


@bp.post("/tracks/<int:track_id>/commit")
def commit(track_id: int) -> ResponseReturnValue:
    """Fix the seed before anybody knows who will be here."""
    track = load(Track, track_id, may_draw)
    form = DoForm()
    if form.submitted() and form.commits(actions.commit_seed, track):
        flash(_("The seed is fixed. Announce the commitment to everybody."), "ok")
        return redirect(url_for(".draw", track_id=track_id))
    return _draw_page(track, form)


@bp.get("/tracks/<int:track_id>/minute")
def minute(track_id: int) -> ResponseReturnValue:
    """The whole map on paper, for the sealed envelope of the encryption judge."""
    track = load(Track, track_id, may_see_map)
    found = queries.draw_of(track_id)
    if found is None or found.drawn_at is None:
        raise NotDrawn(track=track.name)
    return page("draws/minute.html", track=track, draw=found, lines=queries.minute(track_id))
