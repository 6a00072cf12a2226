"""Printing sheets, attaching scans, comparing them with the marks by code."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.language import named
from blueprints.paper.forms import DiffersForm, LookUpForm, ScanForm, SeenForm, text_of
from blueprints.web import DoForm, WebForm, load, me, page, settings
from eventsys.errors import DomainError, NotThere
from eventsys.events.models import Track
from eventsys.paper import actions, queries
from eventsys.paper.models import PaperPrint, PaperScan
from eventsys.paper.policy import (
    may_discard_keying,
    may_handle_paper,
    may_key_paper,
    may_print_blank,
    may_see_scan,
)
from eventsys.paper.rules import (
    KEYING_LABELS,
    MIME,
    Keying,
    PrintUnknown,
    ScanGone,
    ScanKind,
    short_digest,
    typed_digest,
)
from eventsys.schemes.models import Aspect
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import PanelMarks, marking_of, panel_marks
from eventsys.scoring.states import SHEET_LABELS, SheetState
from eventsys.tasks.files import is_whole

bp = Blueprint("paper", __name__, url_prefix="/paper")


@bp.get("")
def mine() -> ResponseReturnValue:
    """The tracks whose paper sheets are in my hands."""
    return page("paper/mine.html", tracks=queries.tracks_with_paper(me()))


@bp.get("/<int:track_id>")
def track(track_id: int) -> ResponseReturnValue:
    """All sheets of a track: printing for who prepares, states for who compares and keys."""
    return _track_page(load(Track, track_id, may_print_blank), DoForm())


def _track_page(track: Track, form: WebForm) -> ResponseReturnValue:
    handles = may_handle_paper(me(), track)
    return page(
        "paper/track.html",
        form=form,
        track=track,
        handles=handles,
        keys=may_key_paper(me(), track),
        chairs=may_discard_keying(me(), track),
        lines=queries.paper_lines(track, panel_marks(track)) if handles else [],
        blanks=len(queries.blank_contents(track)),
        keying_labels=KEYING_LABELS,
        sheet_labels=SHEET_LABELS,
    )


@bp.post("/<int:track_id>/print/blank")
def print_blank(track_id: int) -> ResponseReturnValue:
    """Ask for blank sheets."""
    track = load(Track, track_id, may_print_blank)
    form = DoForm()
    title = _("Blank marking sheets: %(track)s", track=named(track))
    if form.submitted() and form.commits(actions.ask_blank_sheets, track, title):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return _track_page(track, form)


@bp.post("/<int:track_id>/print/filled")
def print_filled(track_id: int) -> ResponseReturnValue:
    """Ask for the sheets as entered, to be signed."""
    track = load(Track, track_id, may_handle_paper)
    form = DoForm()
    title = _("Marking sheets to sign: %(track)s", track=named(track))
    if form.submitted() and form.commits(actions.ask_filled_sheets, track, title):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return _track_page(track, form)


@bp.get("/<int:track_id>/look-up")
def look_up(track_id: int) -> ResponseReturnValue:
    """Whether a printed sheet still shows what stands in the computer."""
    track = load(Track, track_id, may_handle_paper)
    form = LookUpForm(request.args)
    found = None
    if request.args and form.validate():
        try:
            found = _find(track.id, form.digest.data or "")
        except DomainError as refusal:
            form.refuse(refusal)
    return page(
        "paper/look_up.html",
        form=form,
        track=track,
        found=found,
        current=found is not None and queries.is_current(found),
    )


def _find(track_id: int, typed: str) -> PaperPrint:
    found = queries.find_print(track_id, typed_digest(typed))
    if found is None:
        raise PrintUnknown
    return found


# ---- one sheet: paper on the left, marks on the right


@dataclass(frozen=True)
class MarkLine:
    """One aspect as it stands in the computer."""

    section: str
    code: str
    text: str
    raw: str
    points: Fraction | None


def sheet_or_404(track_id: int, code: str, seat: int) -> MarkSheet:
    """The sheet, if there is one."""
    found = queries.sheet_at(track_id, code, seat)
    if found is None:
        raise NotThere
    return found


@bp.route("/<int:track_id>/<code>/<int:seat>", methods=["GET", "POST"])
def compare(track_id: int, code: str, seat: int) -> ResponseReturnValue:
    """The signed scan beside the marks; a new scan is attached here."""
    load(Track, track_id, may_handle_paper)
    sheet = sheet_or_404(track_id, code, seat)
    form = ScanForm()
    if form.submitted():
        data = form.file.data.read()
        if form.commits(actions.attach_scan, sheet, data, settings().files_dir):
            flash(_("The scan is attached. Compare it with the marks now."), "ok")
            return redirect(url_for(".compare", track_id=track_id, code=code, seat=seat))
    return _compare_page(sheet, form)


def _compare_page(sheet: MarkSheet, form: WebForm) -> ResponseReturnValue:
    track, panel = sheet.track, panel_marks(sheet.track)
    scans = queries.scans_of(sheet.id)
    handed_in = sheet.state is not SheetState.OPEN
    return page(
        "paper/compare.html",
        form=form,
        track=track,
        sheet=sheet,
        seat=sheet.seat.seat,
        scans=scans,
        shows_picture=bool(scans) and scans[0].kind is not ScanKind.PDF,
        handed_in=handed_in,
        marks=_mark_lines(panel, sheet) if handed_in else [],
        total=panel.tally.total(panel.raws_of(sheet)) if handed_in else None,
        digest=queries.digest_of_sheet(sheet) if handed_in else "",
        printed=_printed(track.id),
        short=short_digest,
        is_current=queries.is_current,
        keying=queries.keying_state(sheet.id).stage,
        keys=may_key_paper(me(), track),
        chairs=may_discard_keying(me(), track),
        keying_labels=KEYING_LABELS,
    )


def _mark_lines(panel: PanelMarks, sheet: MarkSheet) -> Sequence[MarkLine]:
    raws = panel.raws_of(sheet)
    return [_mark_line(panel, one, queries.raw_of(raws, one)) for one in panel.tally.aspects]


def _mark_line(panel: PanelMarks, aspect: Aspect, raw: Decimal | None) -> MarkLine:
    points = None if raw is None else panel.tally.points(aspect, raw)
    shown = "" if raw is None else f"{raw:f}"
    return MarkLine(aspect.criterion.code, aspect.code, text_of(aspect), shown, points)


def _printed(track_id: int) -> PaperPrint | None:
    """The printed page whose QR led here."""
    try:
        return _find(track_id, request.args.get("print", ""))
    except PrintUnknown:
        return None


@bp.get("/scans/<int:scan_id>")
def scan_file(scan_id: int) -> ResponseReturnValue:
    """The scan itself: pictures in the page, a PDF as a file to open elsewhere."""
    scan = load(PaperScan, scan_id, may_see_scan)
    path = settings().files_dir / scan.file_path
    if not is_whole(path, scan.file_hash):
        raise ScanGone
    is_pdf = scan.kind is ScanKind.PDF
    name = f"{scan.sheet.code}-{scan.sheet.seat.seat}-v{scan.version}.{scan.kind.value}"
    return send_file(
        path,
        MIME[scan.kind],
        as_attachment=is_pdf,
        download_name=name,
        conditional=False,
        etag=False,
        last_modified=scan.uploaded_at,
        max_age=0,
    )


@bp.post("/scans/<int:scan_id>/agrees")
def agrees(scan_id: int) -> ResponseReturnValue:
    """Paper and marks are the same."""
    scan = load(PaperScan, scan_id, may_see_scan)
    form = SeenForm()
    if form.submitted() and form.commits(actions.judge_scan, scan, form.seen.data, agrees=True):
        flash(_("Noted: the paper agrees with the marks."), "ok")
        return redirect(url_for(".track", track_id=scan.track_id))
    return _compare_page(scan.sheet, form)


@bp.route("/scans/<int:scan_id>/differs", methods=["GET", "POST"])
def differs(scan_id: int) -> ResponseReturnValue:
    """Paper and marks are not the same: the chief judge is told what differs."""
    scan = load(PaperScan, scan_id, may_see_scan)
    form = DiffersForm()
    if form.submitted() and form.commits(
        actions.judge_scan, scan, form.seen.data, agrees=False, reason=form.reason.data
    ):
        flash(_("Noted. The chief judge finds it in the list of differences."), "ok")
        return redirect(url_for(".track", track_id=scan.track_id))
    form.seen.data = form.seen.data or request.args.get("seen", "")
    return page("paper/differs.html", form=form, scan=scan, track=scan.track)


@bp.get("/<int:track_id>/differences")
def differences(track_id: int) -> ResponseReturnValue:
    """Every sheet whose paper says something else than the marks, or that two keyed apart."""
    track = load(Track, track_id, may_discard_keying)
    lines = queries.paper_lines(track, panel_marks(track))
    apart = {Keying.DIFFERS, Keying.PROPOSED}
    marking = marking_of(track.id)
    return page(
        "paper/differences.html",
        track=track,
        differing=[one for one in lines if one.verdict and not one.verdict.agrees],
        apart=[one for one in lines if one.keying in apart],
        handed_over=marking is not None and marking.submitted_at is not None,
        keying_labels=KEYING_LABELS,
    )
