"""The organizer's page of a panel: offices, seats, conditions, the dealing of the sheets."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.panels.forms import PanelForm, ReasonForm, ReserveForm, panel_form, terms_form
from blueprints.panels.offices import offices
from blueprints.web import DoForm, WebForm, load, me, page
from eventsys.appeals.rules import supervisors_needed
from eventsys.draws.queries import code_count
from eventsys.events.models import Track
from eventsys.identity.rules import Permission, Role
from eventsys.panels import actions, queries
from eventsys.panels.models import JudgeSeat
from eventsys.panels.policy import may_manage_panel, may_manage_seat
from eventsys.panels.rules import (
    FULFILMENT_LABELS,
    MODE_LABELS,
    RELATION_LABELS,
    REQUIREMENT_LABELS,
)
from eventsys.schemes.queries import competition_rules, sums_of
from eventsys.scoring import panel_actions
from eventsys.scoring.queries import is_marking_open

bp = Blueprint("panels", __name__)


@bp.route("/tracks/<int:track_id>/panel", methods=["GET", "POST"])
def panel(track_id: int) -> ResponseReturnValue:
    """Everybody who judges a track, and what is missing; fixed once the sheets are dealt."""
    track = load(Track, track_id, may_manage_panel)
    form = _seats_form(track)
    if form.submitted() and form.commits(actions.seat_judges, track, form.given()):
        flash(_("The panel is saved."), "ok")
        return redirect(url_for(".panel", track_id=track.id))
    return _panel_page(track, form, form)


@bp.post("/tracks/<int:track_id>/open-marking")
def open_marking(track_id: int) -> ResponseReturnValue:
    """Deal the sheets."""
    track = load(Track, track_id, may_manage_panel)
    form = DoForm()
    if form.submitted() and form.commits(panel_actions.open_marking, track):
        flash(_("The marking is open: %(count)s sheets are dealt.", count=form.result), "ok")
        return redirect(url_for(".panel", track_id=track.id))
    return _panel_page(track, form, _seats_form(track))


@bp.route("/tracks/<int:track_id>/panel/terms", methods=["GET", "POST"])
def terms(track_id: int) -> ResponseReturnValue:
    """What the track asks of its judges, and what relations lead to."""
    track = load(Track, track_id, may_manage_panel)
    form = terms_form(queries.panel_of(track.id))
    if form.submitted() and form.commits(actions.set_terms, track, form.given()):
        flash(_("The conditions are saved."), "ok")
        return redirect(url_for(".panel", track_id=track.id))
    modes = [one for one in form if one.name.startswith("mode_")]
    return page("panels/terms.html", form=form, track=track, modes=modes)


@bp.route("/tracks/<int:track_id>/panel/reserve", methods=["GET", "POST"])
def add_reserve(track_id: int) -> ResponseReturnValue:
    """One more reserve judge while the others mark."""
    track = load(Track, track_id, may_manage_panel)
    form = ReserveForm()
    people = form.offer(track)
    if form.submitted() and form.commits(
        panel_actions.add_reserve, track, people[int(form.judge.data or 0)]
    ):
        flash(_("The reserve judge has the sheets of all codes."), "ok")
        return redirect(url_for(".panel", track_id=track.id))
    return page("panels/add_reserve.html", form=form, track=track)


@bp.route("/panel/<int:seat_id>/excuse", methods=["GET", "POST"])
def excuse_judge(seat_id: int) -> ResponseReturnValue:
    """A judge cannot go on; the others decide."""
    seat = load(JudgeSeat, seat_id, may_manage_seat)
    form = ReasonForm()
    if form.submitted() and form.commits(panel_actions.excuse_judge, seat, form.reason.data):
        flash(_("%(name)s is excused. The remaining judges decide.", name=seat.user.name), "ok")
        return redirect(url_for(".panel", track_id=seat.track_id))
    return page("panels/excuse_judge.html", form=form, seat=seat, track=seat.track)


def _seats_form(track: Track) -> PanelForm:
    found = queries.panel_of(track.id)
    return panel_form(track, queries.seats_of(track.id), found.reserves if found else 0)


def _panel_page(track: Track, form: WebForm, seats_form: WebForm) -> ResponseReturnValue:
    sums, seats, rules = sums_of(track), queries.seats_of(track.id), competition_rules(track)
    held = queries.holders_by_role(track)
    judges, chiefs = held[Role.JUDGE], held[Role.CHIEF_JUDGE]
    people = {one.id: one for one in [*chiefs, *judges, *(seat.user for seat in seats)]}
    return page(
        "panels/panel.html",
        form=form,
        seats_form=seats_form,
        track=track,
        seats=seats,
        chiefs=chiefs,
        judges=judges,
        offices=offices(held, rules),
        rules=rules,
        supervisors=len(held[Role.SUPERVISOR]),
        supervisors_needed=supervisors_needed(rules.appeal_levels, rules.appeal_panel),
        standings=queries.standings_of(track, people.values(), [seat.user_id for seat in seats]),
        needed=rules.judges,
        regular=sum(not seat.is_reserve for seat in seats),
        is_scheme_complete=bool(sums) and not any(one.difference for one in sums),
        codes=code_count(track.id),
        is_open=is_marking_open(track.id),
        may_appoint=me().may_in_group(Permission.ACCOUNTS_MANAGE),
        words=WORDS,
    )


WORDS = {
    "requirement": REQUIREMENT_LABELS,
    "fulfilment": FULFILMENT_LABELS,
    "relation": RELATION_LABELS,
    "mode": MODE_LABELS,
}
