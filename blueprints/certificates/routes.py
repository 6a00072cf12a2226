"""Pages of certificates: the office's, the holders', and the public ones."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.certificates.forms import LookUpForm, ReasonForm
from blueprints.listing import asked, paged
from blueprints.web import DoForm, key_in, load, me, page, settings
from eventsys import clock
from eventsys.boards.queries import running_ceremonies
from eventsys.certificates import actions, queries
from eventsys.certificates.keys import known_signer, ready_signer
from eventsys.certificates.models import Certificate
from eventsys.certificates.policy import (
    may_issue,
    may_issue_in_group,
    may_manage_certificate,
    may_print,
)
from eventsys.certificates.rules import (
    STATE_LABELS,
    CertificateState,
    NoSuchCertificate,
    read_number,
)
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.rules import KIND_LABELS
from eventsys.identity.policy import authorize
from eventsys.printing.fonts import missing_glyphs
from eventsys.results.queries import is_final, public_version
from eventsys.results.states import OUTCOME_LABELS

bp = Blueprint("certificates", __name__)
SHOWN = 50
PICKED_AT_MOST = 1000
TONES = {"valid": "ok", "revoked": "bad", "replaced": "warn", "altered": "bad"}


# ---- the certificate office


@bp.get("/certificates/tracks")
def tracks() -> ResponseReturnValue:
    """Tracks with public results: what is issued and what is due."""
    authorize(me(), may_issue_in_group, me().group_id or 0)
    found = paged(queries.public_tracks(clock.now()))
    return page(
        "certificates/tracks.html",
        publications=found,
        counts=queries.counted(found.items),
        kinds=KIND_LABELS,
    )


@bp.get("/certificates/tracks/<int:track_id>")
def track(track_id: int) -> ResponseReturnValue:
    """What would be issued in a track, before anything is."""
    return _track_page(load(Track, track_id, may_issue), DoForm())


@bp.post("/certificates/tracks/<int:track_id>/issue")
def issue(track_id: int) -> ResponseReturnValue:
    """Have everything due in a track issued."""
    found = load(Track, track_id, may_issue)
    form = DoForm()
    if form.submitted() and form.commits(actions.ask_to_issue, found):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return _track_page(found, form)


@bp.post("/certificates/tracks/<int:track_id>/print")
def print_track(track_id: int) -> ResponseReturnValue:
    """Have the certificates of a track drawn; who is left out, and why, is said."""
    found = load(Track, track_id, may_issue)
    form = DoForm()
    if form.submitted() and form.commits(actions.ask_to_print_track, found):
        valid = queries.valid_certificates(found.id)
        left_out = [f"{one.holder} ({_codes(one.holder)})" for one in valid if _codes(one.holder)]
        if left_out:
            text = _("Not printed, because the print font lacks a character: %(names)s")
            flash(text % {"names": ", ".join(left_out)}, "warn")
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return _track_page(found, form)


def _track_page(found: Track, form: DoForm) -> ResponseReturnValue:
    publication = public_version(found.id, clock.now())
    runs = publication is not None and bool(running_ceremonies([publication.id]))
    due = [] if runs else queries.due_people(found.id)
    names = [member.person.name for _row, member in due]
    return page(
        "certificates/track.html",
        form=form,
        track=found,
        publication=publication,
        final=is_final(found.id),
        outdated=queries.outdated(found.id),
        due=due,
        shown=due[:SHOWN],
        unprintable=[f"{name} ({_codes(name)})" for name in names if _codes(name)],
        issued=len(queries.valid_certificates(found.id)),
        outcomes=OUTCOME_LABELS,
    )


def _codes(name: str) -> str:
    """The characters of a name that the print font lacks, as anybody can look them up."""
    return ", ".join(f"U+{ord(one):04X}" for one in missing_glyphs(name))


@bp.get("/certificates")
def issued() -> ResponseReturnValue:
    """Every certificate of the group, found by name, number, state or track."""
    authorize(me(), may_issue_in_group, me().group_id or 0)
    return _list_page(DoForm())


@bp.post("/certificates/print")
def print_chosen() -> ResponseReturnValue:
    """Have the chosen certificates drawn as one PDF."""
    authorize(me(), may_issue_in_group, me().group_id or 0)
    form = DoForm()
    chosen = queries.chosen(request.form.getlist("ids", type=key_in)[:PICKED_AT_MOST])
    title = _("Certificates chosen (%(n)s)", n=len(chosen))
    if form.submitted() and form.commits(actions.ask_to_print, chosen, title):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return _list_page(form)


def _list_page(form: DoForm) -> ResponseReturnValue:
    state = next((one for one in STATE_LABELS if one.value == asked("state")), None)
    in_list = None if state is CertificateState.ALTERED else state
    track_id = request.args.get("track", type=key_in)
    return page(
        "certificates/issued.html",
        form=form,
        certificates=paged(queries.certificates(asked("q"), in_list, track_id)),
        states=STATE_LABELS,
        tones=TONES,
    )


@bp.get("/certificates/<int:certificate_id>")
def certificate(certificate_id: int) -> ResponseReturnValue:
    """One certificate as it was issued, with its other editions."""
    return _certificate_page(load(Certificate, certificate_id, may_print), DoForm())


def _certificate_page(found: Certificate, form: DoForm) -> ResponseReturnValue:
    return page(
        "certificates/certificate.html",
        form=form,
        certificate=found,
        facts=found.document["facts"],
        state=_shown_state(found),
        editions=queries.editions_of(found),
        may_manage=may_manage_certificate(me(), found),
        states=STATE_LABELS,
        tones=TONES,
    )


@bp.post("/certificates/<int:certificate_id>/print")
def print_one(certificate_id: int) -> ResponseReturnValue:
    """Have one certificate drawn: for the office, its holder, and their team leader."""
    found = load(Certificate, certificate_id, may_print)
    form = DoForm()
    title = f"{found.holder} {found.number}"
    if form.submitted() and form.commits(actions.ask_to_print, [found], title):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return _certificate_page(found, form)


@bp.route("/certificates/<int:certificate_id>/revoke", methods=["GET", "POST"])
def revoke(certificate_id: int) -> ResponseReturnValue:
    """Take a certificate back."""
    found = load(Certificate, certificate_id, may_manage_certificate)
    form = ReasonForm()
    if form.submitted() and form.commits(actions.revoke, found, form.reason.data):
        flash(_("The certificate is revoked. Its public page says so from now on."), "ok")
        return redirect(url_for(".certificate", certificate_id=found.id))
    return page("certificates/revoke.html", form=form, certificate=found)


@bp.route("/certificates/<int:certificate_id>/replace", methods=["GET", "POST"])
def replace(certificate_id: int) -> ResponseReturnValue:
    """Issue a new edition in place of one with a mistake."""
    found = load(Certificate, certificate_id, may_manage_certificate)
    form = ReasonForm()
    signer = ready_signer(settings().keys_dir)
    if form.submitted() and form.commits(actions.replace, found, form.reason.data, signer):
        flash(_("The new certificate is issued as %(n)s.", n=form.result.number), "ok")
        return redirect(url_for(".certificate", certificate_id=form.result.id))
    return page("certificates/replace.html", form=form, certificate=found)


# ---- holders and their team leaders


@bp.get("/certificates/mine")
def mine() -> ResponseReturnValue:
    """My certificates; for team leaders also those of their unit's people."""
    return page(
        "certificates/mine.html",
        certificates=paged(queries.certificates_for(me())),
        states=STATE_LABELS,
        tones=TONES,
    )


# ---- everybody


@bp.get("/v/<token>")
def verify(token: str) -> ResponseReturnValue:
    """What a paper must say, and whether it holds. An unknown address answers like any other."""
    found = queries.certificate_behind(token)
    if found is None:
        raise NotThere
    return page(
        "certificates/verify.html",
        certificate=found,
        document=found.document,
        state=_shown_state(found),
        successor=queries.successor_number(found),
        states=STATE_LABELS,
        tones=TONES,
    )


@bp.route("/v", methods=["GET", "POST"])
def look_up() -> ResponseReturnValue:
    """Find a certificate by two facts from its paper; one of them alone finds nothing."""
    form = LookUpForm()
    found = _looked_up(form) if form.submitted() else []
    if len(found) == 1:
        return redirect(url_for(".verify", token=found[0].token))
    return page("certificates/look_up.html", form=form, found=found)


def _looked_up(form: LookUpForm) -> list[Certificate]:
    number = read_number(form.number.data or "")
    found = queries.certificates_named(number, form.holder.data or "") if number else []
    if not found:
        form.refuse(NoSuchCertificate())
    return found


def _shown_state(found: Certificate) -> CertificateState:
    """The state anybody may rely on: the signature is checked every time."""
    authentic = queries.is_authentic(found, known_signer(settings().keys_dir))
    return found.state if authentic else CertificateState.ALTERED
