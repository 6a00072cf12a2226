"""The chief judge's overview: codes by judges, returning, setting aside, signing off."""

from dataclasses import dataclass
from fractions import Fraction

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.scoring.forms import ReasonForm, SignOffForm
from blueprints.scoring.passwords import proves
from blueprints.scoring.routes import bp
from blueprints.scoring.sheets import status_of, text_of
from blueprints.web import DoForm, WebForm, load, page
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.panels.models import JudgeSeat
from eventsys.schemes.tally import Raws
from eventsys.scoring import chief_actions, queries
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.policy import may_sign_off
from eventsys.scoring.states import SheetState


@dataclass(frozen=True)
class Cell:
    """One judge's sheet of one code: its state, its values, how much is missing, its total."""

    seat: JudgeSeat
    sheet: MarkSheet | None
    state: str
    raws: Raws
    missing: int
    total: Fraction


@dataclass(frozen=True)
class Line:
    """One code with the sheets by seat, and the aspects on which judges are too far apart."""

    code: str
    cells: list[Cell]
    flags: list[str]
    void_reason: str


@bp.get("/chief/<int:track_id>")
def matrix(track_id: int) -> ResponseReturnValue:
    """All codes and judges of a track."""
    return _matrix_page(load(Track, track_id, may_sign_off))


def _matrix_page(track: Track, form: WebForm | None = None) -> ResponseReturnValue:
    panel = queries.panel_marks(track)
    lines = [_line(panel, code) for code in sorted(panel.sheets)]
    marking = queries.marking_of(track.id)
    return page(
        "scoring/matrix.html",
        form=form,
        track=track,
        seats=panel.seats,
        lines=lines,
        owing=_owing(panel),
        flagged=sum(bool(line.flags) for line in lines),
        signed=marking if marking and marking.submitted_at else None,
        late=queries.late_taps(track.id),
    )


def _line(panel: queries.PanelMarks, code: str) -> Line:
    dealt = panel.sheets[code]
    counting = panel.counting(code)
    void = next((sheet.void_reason for sheet in dealt.values()), "")
    cells = [_cell(panel, seat, dealt.get(seat.id)) for seat in panel.seats]
    flags = panel.tally.too_far_apart(panel.raws_of(sheet) for sheet in counting)
    return Line(code, cells, flags, void)


def _cell(panel: queries.PanelMarks, seat: JudgeSeat, sheet: MarkSheet | None) -> Cell:
    raws = panel.raws_of(sheet) if sheet else {}
    state = status_of(sheet) if sheet else ""
    missing = len(panel.tally.aspects) - len(raws)
    return Cell(seat, sheet, state, raws, missing, panel.tally.total(raws))


def _owing(panel: queries.PanelMarks) -> int:
    """Sheets that count and are not submitted yet."""
    return sum(
        sheet.state is SheetState.OPEN for code in panel.sheets for sheet in panel.counting(code)
    )


@bp.get("/chief/<int:track_id>/<code>")
def code(track_id: int, code: str) -> ResponseReturnValue:
    """One code: what each judge gave for each aspect, side by side."""
    track = load(Track, track_id, may_sign_off)
    panel = queries.panel_marks(track)
    if code not in panel.sheets:
        raise NotThere
    return page(
        "scoring/code.html",
        track=track,
        code=code,
        seats=panel.seats,
        line=_line(panel, code),
        aspects=panel.tally.aspects,
        text_of=text_of,
        signed=any(one.state is SheetState.LOCKED for one in panel.sheets[code].values()),
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
    """Confirm all marks with one's password; nothing can be changed afterwards."""
    track = load(Track, track_id, may_sign_off)
    panel = queries.panel_marks(track)
    form = SignOffForm()
    username, typed = current_user.user.username, form.password.data
    if form.submitted() and proves(form, username, chief_actions.sign_off, track, typed):
        flash(_("The marks are signed off and locked."), "ok")
        return redirect(url_for(".matrix", track_id=track.id))
    lines = [_line(panel, one) for one in sorted(panel.sheets)]
    return page(
        "scoring/sign_off.html",
        form=form,
        track=track,
        lines=lines,
        judges=len(panel.judging),
        owing=_owing(panel),
        flagged=[line for line in lines if line.flags],
    )
