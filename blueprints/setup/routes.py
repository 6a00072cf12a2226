"""The first run of an installation, and the platform's list of groups."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.setup.forms import AdminForm, GroupForm
from blueprints.web import page
from eventsys.errors import NotThere
from eventsys.groups.actions import add_first_admin, found_group
from eventsys.groups.queries import all_groups, is_fresh
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, System

bp = Blueprint("setup", __name__)


@bp.route("/setup", methods=["GET", "POST"])
def first_run() -> ResponseReturnValue:
    """Make the first account; this page is gone as soon as there is one."""
    if not is_fresh():
        raise NotThere
    form = AdminForm()
    if form.submitted() and form.commits(_first_admin, form):
        flash(_("The platform administrator is ready. Sign in and found your group."), "ok")
        return redirect(url_for("accounts.sign_in"))
    return page("setup/first_run.html", form=form)


def _first_admin(_visitor: Actor, form: AdminForm) -> User:
    return add_first_admin(System(source="first run"), form.given_admin())


@bp.route("/groups", methods=["GET", "POST"])
def groups() -> ResponseReturnValue:
    """The groups on this platform, and a new one."""
    form = GroupForm()
    if form.submitted() and form.commits(found_group, form.given_group(), form.given_admin()):
        flash(_("The group is founded. Its administrator can sign in."), "ok")
        return redirect(url_for(".groups"))
    return page("setup/groups.html", form=form, groups=all_groups())
