"""What every page shows around its content: who is signed in, the menu, the language."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext
from flask_login import current_user

from blueprints.language import language
from blueprints.web import me, settings
from eventsys.db import session
from eventsys.demo.accounts import PASSWORD, shown_accounts
from eventsys.errors import N_
from eventsys.groups.models import Group
from eventsys.identity.rules import GRANTS, ROLE_LABELS, Permission, Role

R = Role


@dataclass(frozen=True)
class MenuItem:
    """One place in the menu, for the roles that have business there."""

    label: str
    endpoint: str
    icon: str
    roles: frozenset[Role]

    @property
    def section(self) -> str:
        """The blueprint the place belongs to; its other pages light up the same item."""
        return self.endpoint.split(".", 1)[0]


MENU = (
    MenuItem(N_("Start"), "home.index", "home", frozenset(Role)),
    MenuItem(
        N_("Events"),
        "events.index",
        "calendar",
        frozenset(role for role in Role if Permission.EVENTS_SEE in GRANTS[role]),
    ),
    MenuItem(N_("Register"), "registration.open_tracks", "user-plus", frozenset({R.TEAM_LEADER})),
    MenuItem(
        N_("Our entries"), "registration.my_entries", "clipboard-list", frozenset({R.TEAM_LEADER})
    ),
    MenuItem(
        N_("My participation"), "registration.taking_part", "user", frozenset({R.PARTICIPANT})
    ),
    MenuItem(
        N_("Judging"),
        "scoring.my_tracks",
        "scale",
        frozenset({R.JUDGE, R.CHIEF_JUDGE, R.SCORE_CLERK}),
    ),
    MenuItem(
        N_("Incidents"),
        "incidents.my_tracks",
        "triangle-alert",
        frozenset({R.FLOOR_JUDGE, R.CHIEF_JUDGE}),
    ),
    MenuItem(
        N_("Paper sheets"), "paper.mine", "printer", frozenset({R.SCORE_CLERK, R.CHIEF_JUDGE})
    ),
    MenuItem(N_("Exam marks"), "scoring.my_exams", "pencil", frozenset({R.ASSESSOR})),
    MenuItem(N_("Results"), "results.mine", "trophy", frozenset({R.TEAM_LEADER, R.PARTICIPANT})),
    MenuItem(N_("Appeals"), "appeals.index", "gavel", frozenset({R.TEAM_LEADER, R.SUPERVISOR})),
    MenuItem(N_("Accounts"), "accounts.people", "users", frozenset({R.GROUP_ADMIN})),
    MenuItem(N_("Member units"), "members.units", "building", frozenset({R.GROUP_ADMIN})),
    MenuItem(N_("Record"), "members.record", "history", frozenset({R.GROUP_ADMIN})),
    MenuItem(
        N_("Certificate catalogue"),
        "catalogue.certificates",
        "book-open",
        frozenset({R.ORGANIZER, R.GROUP_ADMIN}),
    ),
    MenuItem(
        N_("Fee negotiations"),
        "fees.negotiations",
        "handshake",
        frozenset({R.ORGANIZER, R.GROUP_ADMIN}),
    ),
    MenuItem(
        N_("My timetable"),
        "timetable.my_day",
        "calendar",
        frozenset({R.TEAM_LEADER, R.PARTICIPANT, R.JUDGE, R.FLOOR_JUDGE, R.ASSESSOR, R.STEWARD}),
    ),
    MenuItem(
        N_("My duties"),
        "duties.mine",
        "calendar",
        frozenset({R.JUDGE, R.CHIEF_JUDGE, R.FLOOR_JUDGE, R.ASSESSOR, R.STEWARD, R.SUPERVISOR}),
    ),
    MenuItem(N_("Venues and rooms"), "places.venues", "map-pin", frozenset({R.ORGANIZER})),
    MenuItem(N_("Certificates"), "certificates.tracks", "award", frozenset({R.CERTIFICATE_OFFICE})),
    MenuItem(
        N_("My certificates"),
        "certificates.mine",
        "award",
        frozenset({R.TEAM_LEADER, R.PARTICIPANT}),
    ),
    MenuItem(
        N_("My files"),
        "tasks.mine",
        "download",
        frozenset({R.ORGANIZER, R.TEAM_LEADER, R.PARTICIPANT, R.CERTIFICATE_OFFICE, R.GROUP_ADMIN}),
    ),
    MenuItem(N_("Groups"), "setup.groups", "building", frozenset({R.PLATFORM_ADMIN})),
)


@dataclass(frozen=True)
class Shown:
    """The signed-in person as the top bar shows them."""

    name: str
    role_label: str
    group_name: str


def init_app(app: Flask) -> None:
    """Give every template its surroundings."""
    app.context_processor(surroundings)


def surroundings() -> dict[str, Any]:
    """The variables ``base.html`` expects."""
    signed_in = bool(current_user and current_user.is_authenticated)
    return {
        "me": _shown() if signed_in else None,
        "nav": _menu() if signed_in else [],
        "lang": language(),
        "demo": settings().demo,
        "DEMO_ACCOUNTS": shown_accounts(),
        "DEMO_PASSWORD": PASSWORD,
    }


def _shown() -> Shown:
    actor = me()
    order = list(Role)
    label = gettext(ROLE_LABELS[min(actor.roles, key=order.index)]) if actor.roles else ""
    group = session().get(Group, actor.group_id) if actor.group_id else None
    if group is None:
        return Shown(actor.name, label, "")
    english = language() == "en" and group.name_en
    return Shown(actor.name, label, group.name_en if english else group.name)


def _current(items: list[MenuItem]) -> MenuItem | None:
    """The item that lights up: the page's own, else the first of its feature."""
    endpoint = request.endpoint or ""
    section = endpoint.split(".", 1)[0]
    exact = [item for item in items if item.endpoint == endpoint]
    return next(iter(exact + [item for item in items if item.section == section]), None)


def _menu() -> list[dict[str, Any]]:
    roles = me().roles
    here = _current([item for item in MENU if item.roles & roles])
    return [
        {
            "label": gettext(item.label),
            "url": url_for(item.endpoint),
            "icon": item.icon,
            "current": item is here,
        }
        for item in MENU
        if item.roles & roles
    ]
