"""Pages of fee negotiations."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.fees import history
from blueprints.fees.forms import (
    AgreeForm,
    BreakOffForm,
    CapForm,
    ForceForm,
    NegotiationForm,
    day_in,
    round_form,
)
from blueprints.listing import asked, paged
from blueprints.web import load, me, page
from eventsys.catalogue.queries import all_certificates
from eventsys.catalogue.rules import LEVELS, SYSTEM_LABELS
from eventsys.db import session
from eventsys.fees import actions, queries
from eventsys.fees.models import Negotiation
from eventsys.fees.policy import may_manage_fees, may_negotiate, may_see_fees, may_see_negotiation
from eventsys.fees.states import (
    BEARER_LABELS,
    COST_ITEM_LABELS,
    EXAM_FORM_LABELS,
    MODE_LABELS,
    SIDE_LABELS,
    STATE_LABELS,
    CostItemKind,
    NegotiationState,
)
from eventsys.groups.models import Group
from eventsys.identity.policy import authorize

bp = Blueprint("fees", __name__, url_prefix="/fees")
LABELS: dict[str, Any] = {
    "states": STATE_LABELS,
    "sides": SIDE_LABELS,
    "bearers": BEARER_LABELS,
    "kinds": COST_ITEM_LABELS,
    "forms": EXAM_FORM_LABELS,
    "modes": MODE_LABELS,
}


@bp.get("")
def negotiations() -> ResponseReturnValue:
    """The negotiation files of the group, newest first."""
    group_id = me().group_id or 0
    authorize(me(), may_see_fees, group_id)
    chosen = next((one for one in NegotiationState if one.value == asked("state")), None)
    return page(
        "fees/negotiations.html",
        files=paged(queries.negotiations(chosen)),
        may_manage=may_manage_fees(me(), group_id),
        **LABELS,
    )


@bp.route("/new", methods=["GET", "POST"])
def new_negotiation() -> ResponseReturnValue:
    """Open a negotiation file."""
    group = session().get_one(Group, me().group_id)
    authorize(me(), may_manage_fees, group.id)
    form = NegotiationForm()
    form.offer(all_certificates(), group.region)
    if form.submitted() and form.commits(actions.open_negotiation, group.id, form.given()):
        flash(_("The file is open. Record the first proposal."), "ok")
        return redirect(url_for(".negotiation", negotiation_id=form.result.id))
    return page("fees/new_negotiation.html", form=form)


@bp.get("/<int:negotiation_id>")
def negotiation(negotiation_id: int) -> ResponseReturnValue:
    """One file: where it stands, its rounds, how the price moved."""
    found = load(Negotiation, negotiation_id, may_see_negotiation)
    rounds = queries.rounds_of(found.id)
    proposals = [queries.proposal_of(one) for one in rounds]
    levels = found.certificate.levels
    return page(
        "fees/negotiation.html",
        negotiation=found,
        rounds=list(zip(rounds, proposals, strict=True)),
        levels=levels,
        level_of={level.code: level for level in levels},
        curves=[(level, history.curve(proposals, level.code)) for level in levels],
        moves=history.steps_between(proposals, [level.code for level in levels]),
        item_rows=history.item_rows,
        totals=history.totals,
        may_negotiate=may_negotiate(me(), found),
        **LABELS,
    )


@bp.route("/<int:negotiation_id>/rounds/new", methods=["GET", "POST"])
def new_round(negotiation_id: int) -> ResponseReturnValue:
    """Record a proposal; it cannot be changed afterwards."""
    found = load(Negotiation, negotiation_id, may_negotiate)
    rounds = queries.rounds_of(found.id)
    before = queries.proposal_of(rounds[-1]) if rounds else None
    form = round_form(queries.level_names(found.certificate), before)
    if form.submitted() and form.commits(actions.add_round, found, form.given()):
        flash(_("Round %(n)s is on file.", n=form.result.number), "ok")
        return redirect(url_for(".negotiation", negotiation_id=found.id))
    return page(
        "fees/new_round.html",
        form=form,
        negotiation=found,
        number=len(rounds) + 1,
        levels=found.certificate.levels,
        items=list(CostItemKind),
        **LABELS,
    )


@bp.route("/<int:negotiation_id>/agreement", methods=["GET", "POST"])
def agree(negotiation_id: int) -> ResponseReturnValue:
    """Both sides accept a round."""
    found = load(Negotiation, negotiation_id, may_negotiate)
    rounds = {one.number: one for one in queries.rounds_of(found.id)}
    form = AgreeForm()
    form.offer(list(rounds.values()))
    if form.submitted() and form.commits(
        actions.agree_on, found, rounds[int(form.number.data or 0)], form.agreement_no.data
    ):
        flash(_("The agreement is on file. Next: the day it takes effect."), "ok")
        return redirect(url_for(".negotiation", negotiation_id=found.id))
    return page("fees/agree.html", form=form, negotiation=found)


@bp.route("/<int:negotiation_id>/in-force", methods=["GET", "POST"])
def put_in_force(negotiation_id: int) -> ResponseReturnValue:
    """The agreed price holds from a day."""
    found = load(Negotiation, negotiation_id, may_negotiate)
    form = ForceForm()
    if form.submitted() and form.commits(actions.put_in_force, found, day_in(form.starts_on)):
        flash(_("The price is in force. Exams planned from that day on use it."), "ok")
        return redirect(url_for(".negotiation", negotiation_id=found.id))
    rounds = queries.rounds_of(found.id)
    agreed = next((one for one in rounds if one.id == found.agreed_round_id), None)
    levels = found.certificate.levels
    return page(
        "fees/put_in_force.html", form=form, negotiation=found, agreed=agreed, levels=levels
    )


@bp.route("/<int:negotiation_id>/end", methods=["GET", "POST"])
def break_off(negotiation_id: int) -> ResponseReturnValue:
    """Close a file without a price."""
    found = load(Negotiation, negotiation_id, may_negotiate)
    form = BreakOffForm()
    if form.submitted() and form.commits(actions.break_off, found, form.reason.data):
        flash(_("The negotiation is closed without a price."), "ok")
        return redirect(url_for(".negotiation", negotiation_id=found.id))
    return page("fees/break_off.html", form=form, negotiation=found)


@bp.route("/limits", methods=["GET", "POST"])
def caps() -> ResponseReturnValue:
    """Limits of the total cost, with the documents that set them."""
    group_id = me().group_id or 0
    authorize(me(), may_manage_fees, group_id)
    form = CapForm()
    form.offer()
    if form.submitted() and form.commits(actions.enter_cap, group_id, form.given()):
        flash(_("The limit is entered. It is checked in every round from now on."), "ok")
        return redirect(url_for(".caps"))
    names = {(system, one.code): one for system in LEVELS for one in LEVELS[system]}
    found = paged(queries.caps(group_id))
    return page(
        "fees/caps.html", form=form, caps=found, names=names, systems=SYSTEM_LABELS, **LABELS
    )
