"""Pages of appeals, for leaders, panels and organizers."""

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.appeals.effects import Shift, shifts_of
from blueprints.appeals.forms import DepositForm, EndForm, GoOnForm, LodgeForm
from blueprints.scoring.passwords import proves
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys import clock
from eventsys.appeals import actions, panel_actions, queries, windows
from eventsys.appeals.models import Appeal
from eventsys.appeals.policy import (
    may_convene,
    may_follow,
    may_keep_deposit,
    may_lodge,
    may_rule,
    may_run,
    may_see_appeal,
    may_see_track,
    may_state_end,
    may_step_aside,
)
from eventsys.appeals.rules import AppealsClosed, AppealTooLate, supervisors_needed
from eventsys.appeals.states import (
    CLOCK_LABELS,
    CONSEQUENCE_LABELS,
    DEPOSIT_LABELS,
    GROUND_LABELS,
    OUTCOME_LABELS,
    STATE_LABELS,
    TO_RULE,
    AppealState,
    DepositDeed,
)
from eventsys.db import session
from eventsys.draws.queries import officers
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.rules import Permission, Role
from eventsys.incidents.queries import incidents_of_entry, map_is_open
from eventsys.incidents.states import EFFECT_LABELS, KIND_LABELS
from eventsys.registration.models import Entry
from eventsys.schemes.queries import competition_rules
from eventsys.signatures.queries import signatures_of

bp = Blueprint("appeals", __name__, url_prefix="/appeals")
LABELS: dict[str, Any] = {
    "states": STATE_LABELS,
    "grounds": GROUND_LABELS,
    "outcomes": OUTCOME_LABELS,
    "consequences": CONSEQUENCE_LABELS,
    "deposit_deeds": DEPOSIT_LABELS,
    "clock_labels": CLOCK_LABELS,
    "to_rule": TO_RULE,
}


@bp.get("")
def index() -> ResponseReturnValue:
    """What concerns oneself: a leader's entries and appeals, a panel's appeals."""
    entries = queries.own_entries(me())
    return page(
        "appeals/index.html",
        entries=entries,
        windows=windows.windows_of(entries),
        closed=windows.closed_entries(entries),
        own=queries.own_appeals(me()),
        ruling=queries.to_rule(me()),
        watched=queries.appeals_in_charge(me(), Permission.APPEALS_DECIDE),
        moment=clock.now(),
        **LABELS,
    )


@bp.get("/entries/<int:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """A leader's view of one entry: the clock, its incidents, its appeals."""
    found = load(Entry, entry_id, may_lodge)
    return page(
        "appeals/entry.html",
        entry=found,
        window=windows.window_for(found),
        closed=windows.closing_for(found),
        reopened=windows.reopening_of(found.id),
        incidents=incidents_of_entry(entry_id),
        appeals=queries.appeals_of_entry(entry_id),
        moment=clock.now(),
        kinds=KIND_LABELS,
        effects=EFFECT_LABELS,
        **LABELS,
    )


@bp.route("/entries/<int:entry_id>/new", methods=["GET", "POST"])
def lodge(entry_id: int) -> ResponseReturnValue:
    """Appeal in writing, signed, in time."""
    found = load(Entry, entry_id, may_lodge)
    rules = competition_rules(found.track)
    form = LodgeForm()
    form.offer(rules.modules)
    if form.submitted() and not _is_late(form, found) and _lodged(form, found):
        flash(_("The appeal is lodged. You will be told when it is decided."), "ok")
        return redirect(url_for(".entry", entry_id=entry_id))
    return page(
        "appeals/lodge.html",
        form=form,
        entry=found,
        rules=rules,
        window=windows.window_for(found),
        moment=clock.now(),
        **LABELS,
    )


def _is_late(form: LodgeForm, found: Entry) -> bool:
    """Whether it comes too late: one line on record, and the moment told."""
    closed = windows.closing_for(found)
    window = windows.window_for(found, form.module.data or "")
    late = window is not None and window.is_over(clock.now())
    if not late or window is None:
        return False
    if form.commits(actions.note_late, found, form.module.data or ""):
        shown = actions.shown(closed.at if closed else window.ends_at)
        form.refuse(AppealsClosed(moment=shown) if closed else AppealTooLate(moment=shown))
    return True


def _lodged(form: LodgeForm, found: Entry) -> bool:
    user = session().get_one(User, me().user_id)
    return proves(form, user.username, actions.lodge, found, form.given(), form.proof())


@bp.get("/tracks/<int:track_id>")
def track(track_id: int) -> ResponseReturnValue:
    """All appeals of a track, and what they would change."""
    found = load(Track, track_id, may_see_track)
    return page(
        "appeals/track.html",
        track=found,
        appeals=queries.appeals_of(track_id),
        window=queries.last_window_of(found),
        closed=queries.closing_of(track_id),
        shift=shifts_of(found) if may_run(me(), found) else Shift(),
        too_few=_too_few(found) if may_run(me(), found) else None,
        moment=clock.now(),
        may_state=may_state_end(me(), found),
        **LABELS,
    )


def _too_few(found: Track) -> dict[str, int] | None:
    """How many supervisors the panels need and how many there are, if those are too few."""
    rules, given = competition_rules(found), len(officers(found, Role.SUPERVISOR))
    needed = supervisors_needed(rules.appeal_levels, rules.appeal_panel)
    few = {"levels": rules.appeal_levels, "needed": needed, "given": given}
    return few if given < needed else None


@bp.route("/tracks/<int:track_id>/ends", methods=["GET", "POST"])
def ends(track_id: int) -> ResponseReturnValue:
    """Record when a module or the whole competition ended: the clock for appeals counts from it."""
    found = load(Track, track_id, may_state_end)
    rules = competition_rules(found)
    form = EndForm()
    form.offer(rules.modules)
    if form.submitted() and form.commits(
        actions.state_end,
        found,
        form.module.data or "",
        form.moment(),
        form.reason.data or "",
    ):
        flash(_("The end is recorded. The time for appeals runs from there."), "ok")
        return redirect(url_for(".ends", track_id=track_id))
    return page(
        "appeals/ends.html",
        form=form,
        track=found,
        rules=rules,
        clocks=queries.clocks_of(track_id),
        **LABELS,
    )


@bp.get("/<int:appeal_id>")
def appeal(appeal_id: int) -> ResponseReturnValue:
    """One appeal: what was written, who rules, what was decided."""
    return appeal_page(load(Appeal, appeal_id, may_see_appeal))


@bp.post("/<int:appeal_id>/withdrawal")
def withdraw(appeal_id: int) -> ResponseReturnValue:
    """The applicant takes the appeal back."""
    found = load(Appeal, appeal_id, may_follow)
    form = DoForm()
    if form.submitted() and form.commits(actions.withdraw, found):
        flash(_("The appeal is withdrawn."), "ok")
        return redirect(url_for(".appeal", appeal_id=appeal_id))
    return appeal_page(found, form)


@bp.post("/<int:appeal_id>/acceptance")
def accept(appeal_id: int) -> ResponseReturnValue:
    """The applicant accepts the first ruling."""
    found = load(Appeal, appeal_id, may_follow)
    form = DoForm()
    if form.submitted() and form.commits(actions.accept_ruling, found):
        flash(_("The ruling is accepted; the results no longer wait for this appeal."), "ok")
        return redirect(url_for(".appeal", appeal_id=appeal_id))
    return appeal_page(found, form)


@bp.route("/<int:appeal_id>/second", methods=["GET", "POST"])
def go_on(appeal_id: int) -> ResponseReturnValue:
    """Ask the second level."""
    found = load(Appeal, appeal_id, may_follow)
    form = GoOnForm()
    user = session().get_one(User, me().user_id)
    if form.submitted() and proves(
        form, user.username, actions.go_on, found, form.text.data, form.proof()
    ):
        flash(_("The second level is asked. Its ruling is final."), "ok")
        return redirect(url_for(".appeal", appeal_id=appeal_id))
    return page("appeals/go_on.html", form=form, appeal=found, moment=clock.now(), **LABELS)


@bp.post("/<int:appeal_id>/deposit")
def deposit(appeal_id: int) -> ResponseReturnValue:
    """Record what happened to the deposit."""
    found = load(Appeal, appeal_id, may_keep_deposit)
    form = DepositForm()
    form.offer()
    if form.submitted() and form.commits(
        panel_actions.note_deposit, found, DepositDeed(form.deed.data)
    ):
        flash(_("Noted."), "ok")
        return redirect(url_for(".appeal", appeal_id=appeal_id))
    return appeal_page(found, form)


@bp.get("/<int:appeal_id>/papers/<int:paper_id>")
def paper(appeal_id: int, paper_id: int) -> ResponseReturnValue:
    """A file handed in with an appeal; always downloaded, never shown in the page."""
    found = load(Appeal, appeal_id, may_see_appeal)
    kept = queries.paper_of(found.id, paper_id)
    if kept is None:
        raise NotThere
    return send_file(
        BytesIO(kept.content), kept.media_type, as_attachment=True, download_name=kept.name
    )


@bp.post("/<int:appeal_id>/letters/<int:level>")
def letter(appeal_id: int, level: int) -> ResponseReturnValue:
    """Have the decision letter made."""
    found = load(Appeal, appeal_id, may_see_appeal)
    ruling = next((one for one in found.rulings if one.level == level), None)
    if ruling is None:
        raise NotThere
    form = DoForm()
    if form.submitted() and form.commits(panel_actions.ask_letter, ruling):
        return redirect(url_for("tasks.show", task_id=form.result.id))
    return appeal_page(found, form)


def appeal_page(found: Appeal, form: WebForm | None = None) -> ResponseReturnValue:
    """One appeal with what this person may do about it."""
    actor, moment = me(), clock.now()
    open_now = found.is_open_at(moment)
    follows, runs = may_follow(actor, found), may_run(actor, found.track)
    return page(
        "appeals/appeal.html",
        form=form,
        appeal=found,
        moment=moment,
        is_open=open_now,
        follows=follows and open_now,
        goes_on=follows and found.state is AppealState.RULED and open_now,
        convenes=may_convene(actor, found) and found.state in TO_RULE,
        rules_now=may_rule(actor, found) and found.state in TO_RULE,
        steps_aside=may_step_aside(actor, found),
        keeps_deposit=runs,
        corrects=actor.may(Permission.CORRECT, found.track.scopes) and map_is_open(found.track_id),
        signatures=signatures_of(actions.LODGED, found.id),
        shift=shifts_of(found.track) if runs and found.rulings else Shift(),
        **LABELS,
    )
