"""Pages of the panels: naming them, stepping aside, ruling."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.appeals.forms import PanelForm, ReasonForm, RuleForm
from blueprints.appeals.routes import LABELS, bp
from blueprints.scoring.passwords import proves
from blueprints.web import load, me, page
from eventsys.appeals import panel_actions, queries
from eventsys.appeals.models import Appeal
from eventsys.appeals.policy import may_convene, may_rule, may_step_aside
from eventsys.db import session
from eventsys.identity.models import User
from eventsys.incidents.queries import incidents_of_entry
from eventsys.incidents.states import KIND_LABELS
from eventsys.schemes.queries import competition_rules

__all__ = ["bp"]


@bp.route("/<int:appeal_id>/panel", methods=["GET", "POST"])
def convene(appeal_id: int) -> ResponseReturnValue:
    """Name who rules at the present level."""
    found = load(Appeal, appeal_id, may_convene)
    free = queries.candidates(found)
    form = PanelForm()
    form.offer(free)
    if form.submitted() and form.commits(panel_actions.convene, found, form.members.data or []):
        flash(_("The panel is named and told."), "ok")
        return redirect(url_for(".appeal", appeal_id=appeal_id))
    least = competition_rules(found.track).appeal_panel
    aside = [one for one in free if one.conflict]
    return page("appeals/convene.html", form=form, appeal=found, aside=aside, least=least)


@bp.route("/<int:appeal_id>/recusal", methods=["GET", "POST"])
def step_aside(appeal_id: int) -> ResponseReturnValue:
    """A member declares a tie and rules no more in this appeal."""
    found = load(Appeal, appeal_id, may_step_aside)
    form = ReasonForm()
    if form.submitted() and form.commits(panel_actions.step_aside, found, form.reason.data):
        flash(_("You rule no more in this appeal. The organizer names another member."), "ok")
        return redirect(url_for(".appeal", appeal_id=appeal_id))
    return page("appeals/step_aside.html", form=form, appeal=found)


@bp.route("/<int:appeal_id>/ruling", methods=["GET", "POST"])
def rule(appeal_id: int) -> ResponseReturnValue:
    """Set down what the panel ruled."""
    found = load(Appeal, appeal_id, may_rule)
    incidents = incidents_of_entry(found.entry_id)
    form = RuleForm()
    form.offer(incidents, competition_rules(found.track).modules)
    user = session().get_one(User, me().user_id)
    if form.submitted() and proves(
        form,
        user.username,
        panel_actions.rule,
        found,
        form.given(),
        form.password.data,
        form.incident(),
        form.decision(found.title),
    ):
        flash(_("The ruling is on record and the team leader is told."), "ok")
        return redirect(url_for(".appeal", appeal_id=appeal_id))
    return page(
        "appeals/rule.html",
        form=form,
        appeal=found,
        incidents=incidents,
        kinds=KIND_LABELS,
        **LABELS,
    )
