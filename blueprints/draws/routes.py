"""Pages of drawing numbers level by level, of the minutes, and of checking a draw."""

import json
from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from blueprints.draws.forms import SignForm, WitnessForm
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys.attendance.queries import arrived, check_in_end, expected_number
from eventsys.db import session
from eventsys.draws import actions, queries
from eventsys.draws.models import LevelDraw
from eventsys.draws.policy import may_draw, may_see_draw, may_see_lots
from eventsys.draws.rules import (
    LEVEL_LABELS,
    LEVELS_OF,
    NUMBER_LABELS,
    Level,
    NotDrawn,
    draws_again,
    source_label,
)
from eventsys.draws.signing import MINUTE, PARTS, sign_minute
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.queries import ACROSS, public_event
from eventsys.events.rules import CompetitionRules
from eventsys.identity.models import User
from eventsys.identity.policy import Actor
from eventsys.signatures.queries import signatures_by_thing, signatures_of
from eventsys.tasks.rules import TASK_LABELS, TaskKind

bp = Blueprint("draws", __name__)
WORDS: dict[str, Any] = {
    "labels": LEVEL_LABELS,
    "source_of": source_label,
    "numbers": NUMBER_LABELS,
}


@bp.route("/draws/tracks/<int:track_id>", methods=["GET", "POST"])
def draw(track_id: int) -> ResponseReturnValue:
    """The levels of a track's draw, the next of them to draw, and what is known of the others."""
    track = load(Track, track_id, may_see_draw)
    _rules(track)
    form = WitnessForm()
    form.offer(_witnesses(track), None)
    if form.submitted() and form.commits(_draw, track, form.given(), form.witness.data):
        label = _(LEVEL_LABELS[form.result.level])
        flash(_("%(level)s: drawn. Print the minute, sign it and seal it.", level=label), "ok")
        return redirect(url_for(".draw", track_id=track_id))
    return _draw_page(track, form)


def _rules(track: Track) -> CompetitionRules:
    if not isinstance(track.rules, CompetitionRules):
        raise NotThere
    return track.rules


def _witnesses(track: Track) -> list[User]:
    return [one for one in queries.supervisors(track) if one.id != me().user_id]


def _draw(actor: Actor, track: Track, level: Level | None, witness_id: int) -> LevelDraw:
    witness = session().get(User, witness_id)
    if witness is None or level is None:
        raise NotThere
    return actions.draw_numbers(actor, track, level, witness)


def _draw_page(track: Track, form: WebForm) -> ResponseReturnValue:
    found = queries.draw_of(track.id)
    following = queries.next_level(found) if found else None
    offered = form if isinstance(form, WitnessForm) else WitnessForm(formdata=None)
    offered.offer(_witnesses(track), following.level if following else None)
    draws = may_draw(me(), track)
    own = {one.id for one in found.levels if may_see_lots(me(), one)} if found else set()
    return page(
        "draws/draw.html",
        form=form,
        offered=offered,
        track=track,
        draw=found,
        planned=LEVELS_OF[_rules(track).anonymity_levels],
        following=following,
        own=own,
        signed=signatures_by_thing(MINUTE, own),
        counts=queries.lot_counts(track.id),
        count=queries.code_count(track.id),
        here=len(arrived(track.id)),
        expected=expected_number(track.id),
        ended=check_in_end(track.id),
        draws=draws,
        moves=queries.moves_of(track.id) if draws else [],
        **WORDS,
    )


@bp.post("/draws/tracks/<int:track_id>/commit")
def commit(track_id: int) -> ResponseReturnValue:
    """Fix the seeds before anybody knows who will be here."""
    track = load(Track, track_id, may_draw)
    form = DoForm()
    if form.submitted() and form.commits(actions.commit_seed, track):
        flash(_("The seed is fixed. Announce the commitment to everybody."), "ok")
        return redirect(url_for(".draw", track_id=track_id))
    _rules(track)
    return _draw_page(track, form)


# ---- the minute of one level, for its custodian


def _own_level(track_id: int, level: str) -> LevelDraw:
    """The level, if the reader drew it; of another's level nobody learns whether it is drawn."""
    track = load(Track, track_id, may_draw)
    wanted = next((one for one in Level if one.value == level), None)
    found = queries.level_of(track.id, wanted) if wanted else None
    if found is None or found.drawn_at is None:
        raise NotDrawn(track=track.name)
    if not may_see_lots(me(), found):
        raise NotThere
    return found


@bp.get("/draws/tracks/<int:track_id>/minute/<level>")
def minute(track_id: int, level: str) -> ResponseReturnValue:
    """The list of one level on paper, for the sealed envelope of who drew it."""
    found = _own_level(track_id, level)
    return page(
        "draws/minute.html",
        track=found.track,
        level=found,
        lots=queries.lots_of(found),
        signed=signatures_of(MINUTE, found.id),
        **WORDS,
    )


@bp.route("/draws/tracks/<int:track_id>/minute/<level>/sign/<part>", methods=["GET", "POST"])
def sign(track_id: int, level: str, part: str) -> ResponseReturnValue:
    """The custodian, then the witness, sign the minute on this device."""
    found = _own_level(track_id, level)
    if part not in PARTS:
        raise NotThere
    form = SignForm()
    if form.submitted() and form.commits(sign_minute, found, part, form.signature.data):
        flash(_("The signature is kept."), "ok")
        return redirect(url_for(".draw", track_id=track_id))
    return page(
        "draws/sign.html",
        form=form,
        track=found.track,
        level=found,
        part=part,
        count=queries.lot_counts(track_id).get(found.id, 0),
        **WORDS,
    )


@bp.post("/draws/tracks/<int:track_id>/minute/<level>/file")
def minute_file(track_id: int, level: str) -> ResponseReturnValue:
    """The same as a PDF, made for the custodian only."""
    found = _own_level(track_id, level)
    form = DoForm()
    title = f"{_(TASK_LABELS[TaskKind.DRAW_MINUTE_PDF])} {found.track.name}"
    if form.submitted() and form.commits(actions.ask_minute, found, title):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return _draw_page(found.track, form)


# ---- for everybody: was it fair?


def _public_track(track_id: int) -> Track:
    found = select(Track.event_id).where(Track.id == track_id).execution_options(**ACROSS)
    event_id = session().scalar(found)
    event = public_event(event_id) if event_id else None
    track = next((one for one in event.tracks if one.id == track_id), None) if event else None
    if track is None or not isinstance(track.rules, CompetitionRules):
        raise NotThere
    return track


@bp.get("/e/tracks/<int:track_id>/draw")
def check(track_id: int) -> ResponseReturnValue:
    """The commitments before, the seeds after the opening, and whether the draw comes out again."""
    track = _public_track(track_id)
    known = queries.public_record(track)
    levels = [(one, draws_again(one) if "seed" in one else None) for one in known["levels"]]
    return page("draws/check.html", track=track, known=known, levels=levels, **WORDS)


@bp.get("/e/tracks/<int:track_id>/draw.json")
def record(track_id: int) -> ResponseReturnValue:
    """The same for a program: all it takes to draw again."""
    known = queries.public_record(_public_track(track_id))
    return Response(json.dumps(known, ensure_ascii=False, indent=1), mimetype="application/json")
