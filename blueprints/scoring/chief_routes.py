"""The chief judge's overview: codes by judges, returning, setting aside, signing off."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.scoring.forms import ReasonForm, SignOffForm
from blueprints.scoring.overview import line_of, lines_of, owing, unconfirmed
from blueprints.scoring.passwords import proves
from blueprints.scoring.routes import bp
from blueprints.scoring.sheets import text_of
from blueprints.web import DoForm, WebForm, load, page
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.incidents.queries import undecided
from eventsys.rechecks.actions import hand_over
from eventsys.rechecks.queries import progress_of, recheck_of, recheck_rule
from eventsys.scoring import chief_actions, correction_queries, queries
from eventsys.scoring.policy import may_sign_off
from eventsys.scoring.scores import revote_codes
from eventsys.scoring.signing import lock_signatures, signed_sheets


@bp.get("/chief/<int:track_id>")
def matrix(track_id: int) -> ResponseReturnValue:
    """All codes and judges of a track."""
    return _matrix_page(load(Track, track_id, may_sign_off))


def _matrix_page(track: Track, form: WebForm | None = None) -> ResponseReturnValue:
    panel = queries.panel_marks(track)
    lines = lines_of(panel, revote_codes(track))
    marking, recheck = queries.marking_of(track.id), recheck_of(track.id)
    return page(
        "scoring/matrix.html",
        form=form,
        track=track,
        seats=panel.seats,
        lines=lines,
        owing=owing(panel),
        unconfirmed=unconfirmed(panel),
        flagged=sum(bool(line.flags) for line in lines),
        signed=marking if marking and marking.submitted_at else None,
        progress=progress_of(recheck, panel) if recheck else None,
        rule=recheck_rule(track),
        version=panel.version,
        late=queries.late_taps(track.id),
        contested=queries.contested_count(track.id),
        lock_signatures=lock_signatures(marking.id) if marking and marking.locked_at else [],
    )


@bp.get("/chief/<int:track_id>/<code>")
def code(track_id: int, code: str) -> ResponseReturnValue:
    """One code: what each judge gave for each aspect, side by side."""
    track = load(Track, track_id, may_sign_off)
    panel = queries.panel_marks(track)
    if code not in panel.sheets:
        raise NotThere
    marking = queries.marking_of(track.id)
    return page(
        "scoring/code.html",
        track=track,
        code=code,
        seats=panel.seats,
        line=line_of(panel, code, revote_codes(track)),
        aspects=panel.tally.aspects,
        text_of=text_of,
        signed=marking is not None and marking.submitted_at is not None,
        by_hand=signed_sheets(track, panel.sheets[code].values()),
    )


@bp.route("/chief/<int:track_id>/<code>/<int:seat>/return", methods=["GET", "POST"])
def return_sheet(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """Give a submitted sheet back to its judge."""
    track = load(Track, track_id, may_sign_off)
    panel = queries.panel_marks(track)
    seats = {one.seat: one for one in panel.seats}
    if code not in panel.sheets or seat not in seats:
        raise NotThere
    sheet = panel.sheets[code][seats[seat].id]
    form = ReasonForm()
    if form.submitted() and form.commits(chief_actions.return_sheet, sheet, form.reason.data):
        flash(_("The sheet went back to its judge."), "ok")
        return redirect(url_for(".code", track_id=track.id, code=code))
    return page("scoring/return_sheet.html", form=form, track=track, code=code, seat=seats[seat])


@bp.route("/chief/<int:track_id>/<code>/set-aside", methods=["GET", "POST"])
def void_code(track_id: int, code: str) -> ResponseReturnValue:
    """Nothing was handed in under this code."""
    track = load(Track, track_id, may_sign_off)
    form = ReasonForm()
    if form.submitted() and form.commits(chief_actions.void_code, track, code, form.reason.data):
        flash(_("The code %(code)s is set aside: it gets no place.", code=code), "ok")
        return redirect(url_for(".matrix", track_id=track.id))
    return page("scoring/void_code.html", form=form, track=track, code=code)


@bp.post("/chief/<int:track_id>/<code>/restore")
def restore_code(track_id: int, code: str) -> ResponseReturnValue:
    """The code counts after all."""
    track = load(Track, track_id, may_sign_off)
    form = DoForm()
    if form.submitted() and form.commits(chief_actions.restore_code, track, code):
        flash(_("The code %(code)s counts again.", code=code), "ok")
        return redirect(url_for(".matrix", track_id=track.id))
    return _matrix_page(track, form)


@bp.route("/chief/<int:track_id>/sign-off", methods=["GET", "POST"])
def sign_off(track_id: int) -> ResponseReturnValue:
    """Hand all marks over with one's password; afterwards they change only by corrections."""
    track = load(Track, track_id, may_sign_off)
    panel = queries.panel_marks(track)
    form = SignOffForm()
    username, typed = current_user.user.username, form.password.data
    if form.submitted() and proves(form, username, hand_over, track, typed):
        flash(_("The marks are handed over."), "ok")
        return redirect(url_for(".matrix", track_id=track.id))
    lines = lines_of(panel, revote_codes(track))
    return page(
        "scoring/sign_off.html",
        form=form,
        track=track,
        lines=lines,
        judges=len(panel.judging),
        owing=owing(panel),
        unconfirmed=unconfirmed(panel),
        flagged=[line for line in lines if line.flags],
        rule=recheck_rule(track),
        contested=queries.contested_count(track.id),
        undecided=undecided(track.id),
    )


@bp.get("/chief/<int:track_id>/<code>/history")
def history(track_id: int, code: str) -> ResponseReturnValue:
    """Every value a code ever had: who, when, why."""
    track = load(Track, track_id, may_sign_off)
    lines = correction_queries.history_of(track, code)
    if not lines:
        raise NotThere
    return page("scoring/history.html", track=track, code=code, lines=lines)
