"""What a result comes to."""

from enum import StrEnum

from eventsys.errors import N_


class Outcome(StrEnum):
    """Prize of a contest, completion of a class, decision of an exam; or why there is none."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    NONE = "none"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"
    NOT_THERE = "not_there"
    VIOLATION = "violation"
    NO_RESULT = "no_result"
    DISQUALIFIED = "disqualified"


OUTCOME_LABELS = {
    Outcome.FIRST: N_("First prize"),
    Outcome.SECOND: N_("Second prize"),
    Outcome.THIRD: N_("Third prize"),
    Outcome.NONE: N_("No prize"),
    Outcome.COMPLETED: N_("Completed"),
    Outcome.NOT_COMPLETED: N_("Not completed"),
    Outcome.PASSED: N_("Passed"),
    Outcome.FAILED: N_("Not passed"),
    Outcome.ABSENT: N_("Absent"),
    Outcome.NOT_THERE: N_("Did not come"),
    Outcome.VIOLATION: N_("Cancelled for a violation"),
    Outcome.NO_RESULT: N_("No result"),
    Outcome.DISQUALIFIED: N_("Disqualified"),
}
EARNS_CERTIFICATE = frozenset(
    {Outcome.FIRST, Outcome.SECOND, Outcome.THIRD, Outcome.COMPLETED, Outcome.PASSED}
)
