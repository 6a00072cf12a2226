"""What waits: entries to review, entries to correct or submit, and what is open."""

from datetime import timedelta

from flask import url_for
from flask_babel import gettext

from blueprints.language import show_moment
from blueprints.waiting import Waiting
from eventsys import clock
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Role, ScopeKind
from eventsys.registration import queries
from eventsys.registration.admissions import closed_to
from eventsys.registration.rules import EntryState

SOON = timedelta(days=3)


def waiting(actor: Actor) -> list[Waiting]:
    """What each of the actor's offices has to do with entries."""
    found: list[Waiting] = []
    if Role.ORGANIZER in actor.roles:
        found += _to_review(actor)
    if Role.TEAM_LEADER in actor.roles:
        found += _to_enter(actor)
    if actor.person_id is not None and Role.PARTICIPANT in actor.roles:
        found += _mine(actor.person_id)
    return found


def _to_review(actor: Actor) -> list[Waiting]:
    return [
        Waiting(
            gettext("Entries to review in “%(event)s”", event=event.name),
            url_for("registration.entries", event_id=event.id, state="submitted"),
            "clipboard-list",
            number,
            urgent=True,
        )
        for event, number in queries.to_review(actor)
    ]


def _to_enter(actor: Actor) -> list[Waiting]:
    units = actor.scope_ids(Permission.ENTRIES_SUBMIT, ScopeKind.UNIT)
    moment = clock.now()
    found = []
    returned = queries.state_counts(units).get(EntryState.RETURNED, 0)
    if returned:
        found.append(
            Waiting(
                gettext("Returned entries to correct"),
                url_for("registration.my_entries", state="returned"),
                "undo",
                returned,
                urgent=True,
            )
        )
    drafts = [
        one for one in queries.unsubmitted(moment + SOON, units) if one.state is EntryState.DRAFT
    ]
    if drafts:
        first = show_moment(drafts[0].track.event.registration_closes_at)
        found.append(
            Waiting(
                gettext("Drafts not submitted; registration closes on %(moment)s", moment=first),
                url_for("registration.my_entries", state="draft"),
                "clock",
                len(drafts),
                urgent=True,
            )
        )
    found_open = queries.open_tracks(moment)
    shut = closed_to(found_open, units)
    tracks = [one for one in found_open if one.id not in shut]
    if tracks:
        found.append(
            Waiting(
                gettext("Open for registration"),
                url_for("registration.open_tracks"),
                "user-plus",
                len(tracks),
            )
        )
    return found


def _mine(person_id: int) -> list[Waiting]:
    number = queries.taking_part_count(person_id)
    if not number:
        return []
    return [
        Waiting(
            gettext("What I take part in"),
            url_for("registration.taking_part"),
            "user",
            number,
        )
    ]
