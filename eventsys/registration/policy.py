"""Who may enter, see and review."""

from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.groups.models import Unit
from eventsys.identity.policy import Actor
from eventsys.identity.rules import Permission, Scope, ScopeKind
from eventsys.registration.models import Entry, ImportDraft
from eventsys.registration.rules import EntryState


def may_enter(actor: Actor, unit: Unit) -> bool:
    """The unit's own team leaders."""
    return actor.may(Permission.ENTRIES_SUBMIT, unit.scopes)


def may_edit_entry(actor: Actor, entry: Entry) -> bool:
    """The team leaders of the unit it belongs to."""
    return actor.may(Permission.ENTRIES_SUBMIT, [Scope(ScopeKind.UNIT, entry.unit_id)])


def may_review_entry(actor: Actor, entry: Entry) -> bool:
    """The organizers of its event, once it was handed in."""
    return entry.state is not EntryState.DRAFT and actor.may(
        Permission.ENTRIES_REVIEW, entry.track.scopes
    )


def may_withdraw_entry(actor: Actor, entry: Entry) -> bool:
    """Its unit, or the organizer in the unit's name."""
    return may_edit_entry(actor, entry) or may_review_entry(actor, entry)


def may_see_entry(actor: Actor, entry: Entry) -> bool:
    """Its unit always; once handed in, who runs the event, the office, and the people named."""
    if may_edit_entry(actor, entry):
        return True
    if entry.state is EntryState.DRAFT:
        return False
    if actor.may(Permission.ENTRIES_SEE, entry.scopes):
        return True
    named = {member.person_id for member in entry.members}
    return actor.person_id is not None and actor.person_id in named


def may_see_entries(actor: Actor, event: Event) -> bool:
    """Whoever runs the event, and the office that will need its people."""
    return actor.may(Permission.ENTRIES_SEE, event.scopes)


def may_review_entries(actor: Actor, event: Event) -> bool:
    """The organizers of the event."""
    return actor.may(Permission.ENTRIES_REVIEW, event.scopes)


def may_admit(actor: Actor, track: Track) -> bool:
    """The organizers of a competition say who enters a final directly."""
    contest = track.event.kind is EventKind.COMPETITION
    return contest and actor.may(Permission.ENTRIES_REVIEW, track.scopes)


def may_reveal_numbers(actor: Actor, event: Event) -> bool:
    """Full identity numbers leave only through roles that hold this right for the whole group."""
    return may_see_entries(actor, event) and actor.may_in_group(Permission.ID_REVEAL)


def may_confirm_import(actor: Actor, draft: ImportDraft) -> bool:
    """Only who uploaded the table, as long as they still lead the unit."""
    return draft.owner_id == actor.user_id and may_enter(actor, draft.unit)
