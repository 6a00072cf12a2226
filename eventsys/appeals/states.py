"""Where an appeal stands, what it may be about, how it may end, and the words for all that."""

from enum import StrEnum

from eventsys.errors import N_


class ClockStart(StrEnum):
    """What starts the time for appeals; the names are those of the ruleset."""

    MODULE_END = "module_end"
    COMPETITION_END = "competition_end"
    RESULT_PUBLISHED = "result_published"


CLOCK_LABELS: dict[ClockStart, str] = {
    ClockStart.MODULE_END: N_("End of the module"),
    ClockStart.COMPETITION_END: N_("End of the competition"),
    ClockStart.RESULT_PUBLISHED: N_("Publication of the results"),
}


class AppealState(StrEnum):
    """Where an appeal stands. After a first ruling the leader has time to go on."""

    LODGED = "lodged"
    RULED = "ruled"
    SECOND = "second"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    NOT_ADMITTED = "not_admitted"


MOVES: dict[AppealState, frozenset[AppealState]] = {
    AppealState.LODGED: frozenset(
        {
            AppealState.RULED,
            AppealState.CLOSED,
            AppealState.WITHDRAWN,
            AppealState.NOT_ADMITTED,
        }
    ),
    AppealState.RULED: frozenset({AppealState.SECOND, AppealState.CLOSED, AppealState.WITHDRAWN}),
    AppealState.SECOND: frozenset({AppealState.CLOSED, AppealState.WITHDRAWN}),
    AppealState.CLOSED: frozenset(),
    AppealState.WITHDRAWN: frozenset(),
    AppealState.NOT_ADMITTED: frozenset(),
}
STATE_LABELS: dict[AppealState, str] = {
    AppealState.LODGED: N_("Before the arbitration panel"),
    AppealState.RULED: N_("Decided; may go to the second level"),
    AppealState.SECOND: N_("Before the second level"),
    AppealState.CLOSED: N_("Decided"),
    AppealState.WITHDRAWN: N_("Appeal withdrawn"),
    AppealState.NOT_ADMITTED: N_("Not admitted"),
}
TO_RULE = frozenset({AppealState.LODGED, AppealState.SECOND})


class Ground(StrEnum):
    """What an appeal is about."""

    EQUIPMENT = "equipment"
    UNFAIR_JUDGING = "unfair_judging"
    STAFF = "staff"
    ADDING_UP = "adding_up"
    TECHNICAL_CLAUSE = "technical_clause"
    OTHER_ENTRY = "other_entry"


GROUND_LABELS: dict[Ground, str] = {
    Ground.EQUIPMENT: N_("Equipment, tools or material not as announced"),
    Ground.UNFAIR_JUDGING: N_("Unfair judging, recusal ignored"),
    Ground.STAFF: N_("Violation by staff or judges"),
    Ground.ADDING_UP: N_("Marks added up or carried over wrongly"),
    Ground.TECHNICAL_CLAUSE: N_("The technical judgement of the judges"),
    Ground.OTHER_ENTRY: N_("The marks of another entry"),
}
NOT_APPEALABLE: dict[Ground, str] = {
    Ground.TECHNICAL_CLAUSE: N_(
        "What judges find good or bad by the marking scheme is theirs to say and cannot be"
        " appealed."
    ),
    Ground.OTHER_ENTRY: N_("One can appeal only about what happened to one's own entry."),
}


class Outcome(StrEnum):
    """How a panel rules."""

    DISMISSED = "dismissed"
    UPHELD = "upheld"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.DISMISSED: N_("Dismissed"),
    Outcome.UPHELD: N_("Upheld"),
}


class Consequence(StrEnum):
    """What follows from an appeal that is upheld."""

    NOTHING = "nothing"
    CORRECTION = "correction"
    INCIDENT = "incident"
    REMARKING = "remarking"


CONSEQUENCE_LABELS: dict[Consequence, str] = {
    Consequence.NOTHING: N_("Stated only; the marks stand"),
    Consequence.CORRECTION: N_("A mark is corrected"),
    Consequence.INCIDENT: N_("An incident is decided anew"),
    Consequence.REMARKING: N_("The work is marked again"),
}


class DepositDeed(StrEnum):
    """What happened to a deposit."""

    PAID = "paid"
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    KEPT = "kept"


DEPOSIT_LABELS: dict[DepositDeed, str] = {
    DepositDeed.PAID: N_("Deposit paid"),
    DepositDeed.UNPAID: N_("Deposit not paid: appeal not admitted"),
    DepositDeed.REFUNDED: N_("Deposit refunded"),
    DepositDeed.KEPT: N_("Deposit kept"),
}
