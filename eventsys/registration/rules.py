"""States of an entry and roles of its members."""

from enum import StrEnum

from eventsys.errors import N_


class EntryState(StrEnum):
    """Where an entry stands. Presence at the venue is an arrival, not a state."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


MOVES: dict[EntryState, frozenset[EntryState]] = {
    EntryState.DRAFT: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
    EntryState.SUBMITTED: frozenset(
        {EntryState.APPROVED, EntryState.RETURNED, EntryState.WITHDRAWN}
    ),
    EntryState.RETURNED: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
    EntryState.APPROVED: frozenset({EntryState.WITHDRAWN}),
    EntryState.WITHDRAWN: frozenset(),
}
STATE_LABELS = {
    EntryState.DRAFT: N_("Draft"),
    EntryState.SUBMITTED: N_("Waiting for review"),
    EntryState.RETURNED: N_("Returned for correction"),
    EntryState.APPROVED: N_("Approved"),
    EntryState.WITHDRAWN: N_("Withdrawn"),
}


class MemberRole(StrEnum):
    """What a person is in an entry."""

    CONTESTANT = "contestant"
    INSTRUCTOR = "instructor"
    TRAINEE = "trainee"
    CANDIDATE = "candidate"


TAKING_PART = frozenset({MemberRole.CONTESTANT, MemberRole.TRAINEE, MemberRole.CANDIDATE})
