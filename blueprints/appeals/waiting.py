"""What appeals keep waiting: time running out for leaders, rulings for panels, panels to name."""

from flask import url_for
from flask_babel import gettext as _

from blueprints.language import named, show_moment
from blueprints.waiting import Waiting
from eventsys import clock
from eventsys.appeals import queries
from eventsys.appeals.states import AppealState
from eventsys.appeals.windows import windows_of
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Role


def waiting(actor: Actor) -> list[Waiting]:
    """What this actor has to decide, to name, or to know before the time is over."""
    found = []
    if Role.TEAM_LEADER in actor.roles:
        found += _of_leader(actor)
    if Role.SUPERVISOR in actor.roles:
        found += _of_panel(actor)
    if Role.ORGANIZER in actor.roles:
        found += _of_organizer(actor)
    return found


def _of_leader(actor: Actor) -> list[Waiting]:
    moment = clock.now()
    entries = {one.id: one for one in queries.own_entries(actor)}
    windows = windows_of(entries.values()).items()
    running = {
        (entries[key].track, one.ends_at)
        for key, one in windows
        if one.ends_at is not None and not one.is_over(moment)
    }
    found = [
        Waiting(
            _("Appeals about “%(track)s” until %(moment)s")
            % {"track": named(track), "moment": show_moment(ends_at)},
            url_for("appeals.index"),
            "clock",
        )
        for track, ends_at in sorted(running, key=lambda one: (one[1], one[0].code))
    ]
    decided = [
        one
        for one in queries.own_appeals(actor)
        if one.state is AppealState.RULED and one.is_open_at(moment)
    ]
    return found + [
        Waiting(
            _("Decision on appeal %(title)s: accept it or go on until %(moment)s")
            % {"title": one.title, "moment": show_moment(one.second_until)},
            url_for("appeals.appeal", appeal_id=one.id),
            "gavel",
            urgent=True,
        )
        for one in decided
    ]


def _of_panel(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            _("Appeal to decide: %(title)s, due %(moment)s")
            % {"title": one.title, "moment": show_moment(one.respond_by)},
            url_for("appeals.appeal", appeal_id=one.id),
            "gavel",
            urgent=True,
        )
        for one in queries.to_rule(actor)
    ]


def _of_organizer(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            _("Appeal without a full panel: %(title)s") % {"title": one.title},
            url_for("appeals.appeal", appeal_id=one.id),
            "users",
            urgent=True,
        )
        for one in queries.without_panel(actor, Permission.EVENTS_MANAGE)
    ]
