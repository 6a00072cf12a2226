"""The second person's pages: submitted sheets by code, confirmed or given back, never edited."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.scoring.forms import ConfirmCodeForm, ReasonForm, SubmitForm
from blueprints.scoring.overview import Line, line_of, lines_of
from blueprints.scoring.routes import bp
from blueprints.scoring.sheets import text_of
from blueprints.web import WebForm, load, me, page
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.scoring import confirm_actions, queries
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.policy import may_confirm
from eventsys.scoring.scores import revote_codes
from eventsys.scoring.signing import signed_sheets


@bp.get("/confirm/<int:track_id>")
def to_confirm(track_id: int) -> ResponseReturnValue:
    """All codes of a track, those with sheets to confirm first."""
    track = load(Track, track_id, may_confirm)
    lines = lines_of(queries.panel_marks(track), revote_codes(track))
    return page(
        "scoring/to_confirm.html",
        track=track,
        lines=sorted(lines, key=lambda line: not line.to_confirm),
        marking=queries.marking_of(track.id),
    )


@bp.get("/confirm/<int:track_id>/<code>")
def confirm_code(track_id: int, code: str) -> ResponseReturnValue:
    """One code: what every judge gave, and the buttons."""
    return _code_page(load(Track, track_id, may_confirm), code)


@bp.post("/confirm/<int:track_id>/<code>")
def confirm_whole_code(track_id: int, code: str) -> ResponseReturnValue:
    """Confirm all sheets of a code that the page showed."""
    track = load(Track, track_id, may_confirm)
    form = ConfirmCodeForm()
    if form.submitted() and form.commits(confirm_actions.confirm_code, track, code, form.given()):
        flash(_("%(count)s sheets of %(code)s are confirmed.", count=form.result, code=code), "ok")
        return _on(track)
    return _code_page(track, code, form)


@bp.post("/confirm/<int:track_id>/<code>/<int:seat>")
def confirm_sheet(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """Confirm one sheet."""
    track = load(Track, track_id, may_confirm)
    sheet, form = _sheet(track, code, seat), SubmitForm()
    if form.submitted() and form.commits(confirm_actions.confirm_sheet, sheet, form.version.data):
        flash(_("The sheet of judge %(seat)s is confirmed.", seat=seat), "ok")
        return redirect(url_for(".confirm_code", track_id=track.id, code=code))
    return _code_page(track, code, form)


@bp.route("/confirm/<int:track_id>/<code>/<int:seat>/reject", methods=["GET", "POST"])
def reject_sheet(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """Give one sheet back to its judge, with the reason."""
    track = load(Track, track_id, may_confirm)
    sheet, form = _sheet(track, code, seat), ReasonForm()
    if form.submitted() and form.commits(confirm_actions.reject_sheet, sheet, form.reason.data):
        flash(_("The sheet went back to its judge."), "ok")
        return redirect(url_for(".confirm_code", track_id=track.id, code=code))
    return page("scoring/reject_sheet.html", form=form, track=track, code=code, seat=sheet.seat)


def _code_page(track: Track, code: str, form: WebForm | None = None) -> ResponseReturnValue:
    panel = queries.panel_marks(track)
    if code not in panel.sheets:
        raise NotThere
    line = line_of(panel, code, revote_codes(track))
    others = {one.sheet.id for one in line.to_confirm if one.sheet and _is_anothers(one.sheet)}
    return page(
        "scoring/confirm_code.html",
        form=form,
        track=track,
        line=line,
        others=others,
        seen=_seen(line, others),
        aspects=panel.tally.aspects,
        text_of=text_of,
        by_hand=signed_sheets(track, panel.sheets[code].values()),
    )


def _is_anothers(sheet: MarkSheet) -> bool:
    return confirm_actions.is_another(me(), sheet)


def _seen(line: Line, sheets: set[int]) -> str:
    """The versions that are looked at, by seat: ``1:6 2:7``."""
    pairs = [(one.seat.seat, one.sheet) for one in line.to_confirm]
    return " ".join(f"{seat}:{one.version}" for seat, one in pairs if one and one.id in sheets)


def _on(track: Track) -> ResponseReturnValue:
    """To the next code that waits, or back to the list."""
    lines = lines_of(queries.panel_marks(track))
    waiting = next((line.code for line in lines if line.to_confirm), None)
    if waiting is None:
        return redirect(url_for(".to_confirm", track_id=track.id))
    return redirect(url_for(".confirm_code", track_id=track.id, code=waiting))


def _sheet(track: Track, code: str, seat: int) -> MarkSheet:
    found = queries.sheet_at(track.id, code, seat)
    if found is None:
        raise NotThere
    return found
