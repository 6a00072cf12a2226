"""The supervisors' re-check: the list, one code, an error, the lock."""

from flask import Blueprint, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from blueprints.rechecks.forms import LockForm
from blueprints.scoring.forms import CorrectionForm
from blueprints.scoring.overview import line_of
from blueprints.scoring.passwords import proves
from blueprints.scoring.sheets import text_of
from blueprints.web import DoForm, WebForm, load, page, settings
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.paper.queries import latest_scans
from eventsys.paper.rules import MIME, ScanGone, ScanKind
from eventsys.rechecks import actions, queries
from eventsys.rechecks.actions import FoundError
from eventsys.rechecks.models import Recheck
from eventsys.rechecks.rules import FINDING_LABELS, WHY_LABELS
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.correction_queries import corrections
from eventsys.scoring.policy import may_recheck
from eventsys.scoring.queries import marking_of, panel_marks, sheet_at
from eventsys.scoring.signing import lock_signatures, signed_sheets
from eventsys.tasks.files import is_whole

bp = Blueprint("rechecks", __name__)


@bp.get("/rechecks/<int:track_id>")
def track(track_id: int) -> ResponseReturnValue:
    """The list of what is to be re-checked, and how far it is."""
    found = load(Track, track_id, may_recheck)
    recheck, marking = queries.recheck_of(found.id), marking_of(found.id)
    return page(
        "rechecks/track.html",
        track=found,
        progress=queries.progress_of(recheck, panel_marks(found)) if recheck else None,
        rule=queries.recheck_rule(found),
        marking=marking,
        lock_signatures=lock_signatures(marking.id) if marking and marking.locked_at else [],
        whys=WHY_LABELS,
        findings=FINDING_LABELS,
    )


@bp.route("/rechecks/<int:track_id>/<code>", methods=["GET", "POST"])
def code(track_id: int, code: str) -> ResponseReturnValue:
    """One code with all its sheets; POST: everything agrees."""
    found = load(Track, track_id, may_recheck)
    form = DoForm()
    if form.submitted() and form.commits(actions.find_agreement, found, code):
        flash(_("%(code)s agrees.", code=code), "ok")
        return _next(found)
    return _code_page(found, code, form)


@bp.route("/rechecks/<int:track_id>/<code>/error", methods=["GET", "POST"])
def error(track_id: int, code: str) -> ResponseReturnValue:
    """Write down an error: the chief judge decides about the correction."""
    found, form = load(Track, track_id, may_recheck), CorrectionForm()
    panel = panel_marks(found)
    if code not in panel.sheets or not panel.counting(code):
        raise NotThere
    form.offer(panel.judging, panel.tally.aspects, text_of)
    sheet = sheet_at(found.id, code, form.judge) if form.submitted() else None
    if sheet and form.commits(actions.find_error, found, FoundError(sheet, *form.given())):
        flash(_("The error is written down; the chief judge decides."), "ok")
        return redirect(url_for(".track", track_id=found.id))
    line, aspects = line_of(panel, code), panel.tally.aspects
    return page(
        "rechecks/error.html", form=form, track=found, line=line, aspects=aspects, text_of=text_of
    )


@bp.get("/rechecks/<int:track_id>/<code>/<int:seat>/scan")
def scan(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """The scan of the signed paper behind one sheet, to compare with."""
    found = load(Track, track_id, may_recheck)
    sheet = sheet_at(found.id, code, seat)
    if sheet is None:
        raise NotThere
    kept = latest_scans(found.id).get(sheet.id)
    if kept is None:
        return redirect(url_for(".code", track_id=found.id, code=code))
    path = settings().files_dir / kept.file_path
    if not is_whole(path, kept.file_hash):
        raise ScanGone
    name = f"{code}-{seat}-v{kept.version}.{kept.kind.value}"
    is_pdf = kept.kind is ScanKind.PDF
    return send_file(path, MIME[kept.kind], as_attachment=is_pdf, download_name=name, max_age=0)


@bp.route("/rechecks/<int:track_id>/lock", methods=["GET", "POST"])
def lock(track_id: int) -> ResponseReturnValue:
    """Supervisor and chief judge lock all marks together."""
    found, form = load(Track, track_id, may_recheck), LockForm()
    form.offer(found)
    chief = form.given() if form.submitted() else None
    if chief and _locks(form, found, chief):
        flash(_("The marks are locked. The map may be opened now."), "ok")
        return redirect(url_for(".track", track_id=found.id))
    progress = queries.progress_of(_recheck(found), panel_marks(found))
    needed = competition_rules(found).drawn_signatures
    return page("rechecks/lock.html", form=form, track=found, progress=progress, needed=needed)


def _locks(form: LockForm, found: Track, chief: User) -> bool:
    given = (actions.lock_together, found, chief, form.password.data, form.hands)
    own = current_user.user.username if form.own_password.data else ""
    return proves(form, chief.username, *given, own=own)


def _code_page(found: Track, code: str, form: WebForm) -> ResponseReturnValue:
    recheck = _recheck(found)
    item = queries.item_of(recheck, code)
    panel = panel_marks(found)
    if item is None or code not in panel.sheets:
        raise NotThere
    return page(
        "rechecks/code.html",
        form=form,
        track=found,
        item=item,
        line=line_of(panel, code),
        aspects=panel.tally.aspects,
        text_of=text_of,
        by_hand=signed_sheets(found, panel.sheets[code].values()),
        scanned=latest_scans(found.id).keys(),
        corrections=[one for one in corrections(found.id) if one.sheet.code == code],
        marking=marking_of(found.id),
        whys=WHY_LABELS,
    )


def _recheck(found: Track) -> Recheck:
    recheck = queries.recheck_of(found.id)
    if recheck is None:
        raise NotThere
    return recheck


def _next(found: Track) -> ResponseReturnValue:
    """To the next code of the list, or back to the list."""
    items = queries.items_of(_recheck(found))
    waiting = next((item.code for item in items if item.finding is None), None)
    if waiting is None:
        return redirect(url_for(".track", track_id=found.id))
    return redirect(url_for(".code", track_id=found.id, code=waiting))
