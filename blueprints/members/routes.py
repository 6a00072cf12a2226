"""Pages of member units, and the record of deeds."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.listing import asked, paged
from blueprints.members.deeds import choices, deed_label, told
from blueprints.members.forms import LeaveForm, ReturnForm, UnitForm
from blueprints.web import load, me, page
from eventsys import clock
from eventsys.audit.queries import entries_of, verify_chain
from eventsys.errors import NotThere
from eventsys.groups import actions, queries
from eventsys.groups.models import Unit
from eventsys.groups.policy import may_manage_unit
from eventsys.groups.rules import MEMBER_ROLE_LABELS, UNIT_KIND_LABELS, MemberRole
from eventsys.identity.policy import may_read_audit

bp = Blueprint("members", __name__, url_prefix="/members")


@bp.get("/units")
def units() -> ResponseReturnValue:
    """The units of the group, with their memberships."""
    return page(
        "members/units.html",
        units=paged(queries.units(asked("q"))),
        kinds=UNIT_KIND_LABELS,
        roles=MEMBER_ROLE_LABELS,
        today=clock.today(),
    )


@bp.route("/units/new", methods=["GET", "POST"])
def new_unit() -> ResponseReturnValue:
    """Admit a unit to the group."""
    form = UnitForm()
    form.offer()
    if not form.is_submitted():
        form.starts_on.data = clock.today()
    if form.submitted() and form.commits(
        actions.admit_unit,
        me().group_id,
        form.given(),
        MemberRole(form.role.data),
        form.starts_on.data,
    ):
        flash(_("The unit is a member now. Invite its team leader next."), "ok")
        return redirect(url_for(".units"))
    return page("members/new_unit.html", form=form)


@bp.route("/units/<int:unit_id>", methods=["GET", "POST"])
def unit(unit_id: int) -> ResponseReturnValue:
    """One unit: its memberships, and the way out."""
    found = load(Unit, unit_id, may_manage_unit)
    form = LeaveForm()
    if form.submitted() and form.commits(
        actions.end_membership, found, form.ends_on.data, form.note.data or ""
    ):
        flash(_("The membership ends on that day. The history stays."), "ok")
        return redirect(url_for(".unit", unit_id=unit_id))
    return _unit_page(found, form)


@bp.post("/units/<int:unit_id>/return")
def take_back(unit_id: int) -> ResponseReturnValue:
    """Take a unit in again that has left."""
    found = load(Unit, unit_id, may_manage_unit)
    form = ReturnForm()
    form.offer()
    if form.submitted() and form.commits(
        actions.start_membership, found, MemberRole(form.role.data), form.starts_on.data
    ):
        flash(_("The unit is a member again from that day."), "ok")
        return redirect(url_for(".unit", unit_id=unit_id))
    return _unit_page(found, form)


def _unit_page(found: Unit, form: LeaveForm | ReturnForm) -> ResponseReturnValue:
    today = clock.today()
    leaving = any(one.ends_on is None or one.ends_on >= today for one in found.memberships)
    if not leaving and isinstance(form, LeaveForm) and not form.is_submitted():
        form = ReturnForm()
        form.offer()
    return page(
        "members/unit.html",
        form=form,
        returning=isinstance(form, ReturnForm),
        unit=found,
        kinds=UNIT_KIND_LABELS,
        roles=MEMBER_ROLE_LABELS,
    )


@bp.get("/record")
def record() -> ResponseReturnValue:
    """What was done in the group, by whom, when; and whether the chain is unbroken."""
    group_id = me().group_id or 0
    if not may_read_audit(me(), group_id):
        raise NotThere
    return page(
        "members/record.html",
        entries=paged(entries_of(group_id, asked("deed"), asked("q"))),
        broken=verify_chain(group_id) if asked("verify") else None,
        verified=bool(asked("verify")),
        deeds=choices(),
        deed_label=deed_label,
        told=told,
    )
