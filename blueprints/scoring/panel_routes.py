"""Who judges a track, and the dealing of the sheets."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.scoring.forms import ReasonForm, panel_form
from blueprints.scoring.routes import bp
from blueprints.web import DoForm, WebForm, load, page
from eventsys.draws.queries import code_count
from eventsys.events.models import Track
from eventsys.identity.rules import Role
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import holders, seats_of
from eventsys.schemes.policy import may_manage_scheme
from eventsys.schemes.queries import competition_rules, sums_of
from eventsys.scoring import panel_actions, queries


@bp.route("/tracks/<int:track_id>/panel", methods=["GET", "POST"])
def panel(track_id: int) -> ResponseReturnValue:
    """Seats of the judges; fixed once the sheets are dealt."""
    track = load(Track, track_id, may_manage_scheme)
    form = panel_form(track, seats_of(track.id))
    if form.submitted() and form.commits(panel_actions.seat_judges, track, form.given()):
        flash(_("The panel is saved."), "ok")
        return redirect(url_for(".panel", track_id=track.id))
    return _panel_page(track, form, form)


@bp.post("/tracks/<int:track_id>/open-marking")
def open_marking(track_id: int) -> ResponseReturnValue:
    """Deal the sheets."""
    track = load(Track, track_id, may_manage_scheme)
    form = DoForm()
    if form.submitted() and form.commits(panel_actions.open_marking, track):
        flash(_("The marking is open: %(count)s sheets are dealt.", count=form.result), "ok")
        return redirect(url_for(".panel", track_id=track.id))
    return _panel_page(track, form, panel_form(track, seats_of(track.id)))


@bp.route("/panel/<int:seat_id>/excuse", methods=["GET", "POST"])
def excuse_judge(seat_id: int) -> ResponseReturnValue:
    """A judge cannot go on; the others decide."""
    seat = load(JudgeSeat, seat_id, lambda actor, one: may_manage_scheme(actor, one.track))
    form = ReasonForm()
    if form.submitted() and form.commits(panel_actions.excuse_judge, seat, form.reason.data):
        flash(_("%(name)s is excused. The remaining judges decide.", name=seat.user.name), "ok")
        return redirect(url_for(".panel", track_id=seat.track_id))
    return page("scoring/excuse_judge.html", form=form, seat=seat, track=seat.track)


def _panel_page(track: Track, form: WebForm, seats_form: WebForm) -> ResponseReturnValue:
    sums = sums_of(track)
    return page(
        "scoring/panel.html",
        form=form,
        seats_form=seats_form,
        track=track,
        seats=seats_of(track.id),
        chiefs=holders(track, Role.CHIEF_JUDGE),
        judges=holders(track, Role.JUDGE),
        needed=competition_rules(track).judges,
        is_scheme_complete=bool(sums) and not any(one.difference for one in sums),
        codes=code_count(track.id),
        is_open=queries.is_marking_open(track.id),
    )
