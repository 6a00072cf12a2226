"""Pages of the versions of an event's timetable, and of calendar addresses."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.releases.forms import KeepForm, PaperForm
from blueprints.releases.words import told
from blueprints.web import DoForm, WebForm, load, me, page, settings
from eventsys.events.models import Event
from eventsys.plans.policy import may_plan_event
from eventsys.releases import actions, queries
from eventsys.releases.models import PlanVersion
from eventsys.releases.planned import lines_now
from eventsys.releases.policy import may_see_version
from eventsys.releases.rules import (
    LINE_LABELS,
    PAPERS,
    LineKind,
    changes,
    entries_touched,
    is_same,
    users_touched,
)
from eventsys.tasks.rules import TASK_LABELS, TaskKind

bp = Blueprint("releases", __name__)


@bp.route("/plans/events/<int:event_id>/versions", methods=["GET", "POST"])
def versions(event_id: int) -> ResponseReturnValue:
    """The versions of an event's timetable, and what changed since the last one was kept."""
    event = load(Event, event_id, may_plan_event)
    form = KeepForm()
    if form.submitted() and form.commits(
        actions.keep_version, event, form.name.data, form.note.data or ""
    ):
        flash(_("The version is kept. Look at what it changes, then publish it."), "ok")
        return redirect(url_for(".version", version_id=form.result.id))
    kept = queries.versions_of(event_id)
    now, former = lines_now(event), queries.lines_of(kept[0] if kept else None)
    found = changes(former, now)
    public = queries.published(event_id)
    shown = queries.lines_of(public, LineKind.SESSION)
    rooms = {line.room_id: f"{line.venue} · {line.room}" for line in shown}
    return page(
        "releases/versions.html",
        form=form,
        event=event,
        versions=kept,
        public=public,
        placed=len(now),
        same=is_same(former, now),
        groups=told(found) if kept else [],
        labels=LINE_LABELS,
        rooms=sorted(rooms.items(), key=lambda one: one[1]),
    )


@bp.get("/plan-versions/<int:version_id>")
def version(version_id: int) -> ResponseReturnValue:
    """One version: what it changes against the public one, and whom publishing would reach."""
    return _version_page(load(PlanVersion, version_id, may_see_version), None)


def _version_page(found: PlanVersion, form: WebForm | None) -> ResponseReturnValue:
    former = queries.published(found.event_id, before=found.number)
    before, after = queries.lines_of(former), queries.lines_of(found)
    made = changes(before, after)
    return page(
        "releases/version.html",
        form=form,
        version=found,
        former=former,
        groups=told(made) if former else [],
        same=is_same(before, after),
        labels=LINE_LABELS,
        entries=len(entries_touched(made)),
        people=len(users_touched(made)),
        papers={kind: _(TASK_LABELS[kind]) for kind in PAPERS},
    )


@bp.post("/plan-versions/<int:version_id>/publish")
def publish(version_id: int) -> ResponseReturnValue:
    """Make it the one that holds, and write to everybody it moves."""
    found, form = load(PlanVersion, version_id, may_see_version), DoForm()
    if form.submitted() and form.commits(actions.publish_version, found):
        flash(
            _("Published. %(n)s people were written to.", n=form.result),
            "ok",
        )
        return redirect(url_for(".version", version_id=version_id))
    return _version_page(found, form)


@bp.post("/plan-versions/<int:version_id>/papers")
def print_paper(version_id: int) -> ResponseReturnValue:
    """One kind of paper of this version, made by the worker."""
    found, form = load(PlanVersion, version_id, may_see_version), PaperForm()
    if form.submitted():
        kind = TaskKind(form.paper.data)
        title = f"{_(TASK_LABELS[kind])} {found.event.name} {found.label}"
        if form.commits(actions.ask_paper, found, kind, title):
            return redirect(url_for("tasks.show", task_id=form.result.id))
    return _version_page(found, form)


# ---- one's own calendar


@bp.route("/my-calendar", methods=["GET", "POST"])
def calendar() -> ResponseReturnValue:
    """The secret address under which a calendar follows one's own timetable."""
    form = DoForm()
    if form.submitted() and form.commits(actions.give_feed):
        return redirect(url_for(".calendar"))
    feed = queries.feed_of(me().user_id or 0)
    address = ""
    if feed is not None:
        path = url_for("public_timetable.feed", token=feed.token)
        address = f"{settings().public_url.rstrip('/')}{path}"
    return page("releases/calendar.html", form=form, address=address)


@bp.post("/my-calendar/end")
def end_calendar() -> ResponseReturnValue:
    """The address shows nothing from now on."""
    form = DoForm()
    if form.submitted() and form.commits(actions.end_feed):
        flash(_("The address is ended. Calendars that read it become empty."), "ok")
    return redirect(url_for(".calendar"))
