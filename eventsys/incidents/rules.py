"""What follows from incidents, and when a record or a decision is refused (§1.6, §1.7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.incidents.states import BREACHES, Effect, IncidentKind

REASON_LEAST = 5
MOST_SECONDS = 8 * 60 * 60
MOST_POINTS = Decimal(100)
EARLIEST = timedelta(hours=24)  # how far back an incident may be dated


# ---- the catalogue of violations: suggestions, never verdicts


@dataclass(frozen=True)
class Suggestion:
    """What the rules of the field usually do; the chief judge decides."""

    effect: Effect
    points: Decimal = Decimal(0)


@dataclass(frozen=True)
class ViolationRule:
    """One kind of violation: what is usual the first time, the second time and so on."""

    code: str
    label: str
    steps: tuple[Suggestion, ...]


VIOLATIONS: tuple[ViolationRule, ...] = (
    ViolationRule(
        "discipline",
        N_("Disturbing the room, not following the judge"),
        (Suggestion(Effect.POINTS_OFF, Decimal(5)), Suggestion(Effect.DISQUALIFIED)),
    ),
    ViolationRule(
        "safety",
        N_("Unsafe work, protective equipment missing"),
        (Suggestion(Effect.POINTS_OFF, Decimal(5)), Suggestion(Effect.DISQUALIFIED)),
    ),
    ViolationRule(
        "own_device",
        N_("Telephone, storage or own files in the room"),
        (Suggestion(Effect.DISQUALIFIED),),
    ),
    ViolationRule(
        "prefabricated",
        N_("Work prepared beforehand"),
        (Suggestion(Effect.MODULE_CANCELLED),),
    ),
    ViolationRule(
        "identity_shown",
        N_("Name or school written on the work"),
        (Suggestion(Effect.DISQUALIFIED),),
    ),
    ViolationRule(
        "misreport",
        N_("Defect reported that is none"),
        (
            Suggestion(Effect.POINTS_OFF, Decimal(1)),
            Suggestion(Effect.POINTS_OFF, Decimal(2)),
        ),
    ),
)
VIOLATION_LABELS: dict[str, str] = {one.code: one.label for one in VIOLATIONS}


def suggestion(violation: str, times_before: int) -> Suggestion | None:
    """What is usual for a violation that happened ``times_before`` times already."""
    steps = next((one.steps for one in VIOLATIONS if one.code == violation), ())
    return steps[min(times_before, len(steps) - 1)] if steps else None


# ---- values


@dataclass(frozen=True)
class IncidentFacts:
    """What a floor judge records; ``ends_at`` is open while the clock of a timed kind runs."""

    kind: IncidentKind
    starts_at: datetime
    ends_at: datetime | None = None
    description: str = ""
    own_fault: bool | None = None
    violation: str = ""
    module: str = ""
    to_station: str = ""
    to_session_id: int | None = None
    witness_id: int | None = None  # the supervisor before whom a drawn station is left


@dataclass(frozen=True)
class DecisionFacts:
    """What is decided; ``rule_text`` cites the rule, ``reason`` says why an earlier one falls."""

    effect: Effect
    rule_text: str
    seconds: int = 0
    points: Decimal = Decimal(0)
    module: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Effects:
    """All that follows for one entry: points off the exact total, modules that count nothing."""

    points_off: Decimal = Decimal(0)
    cancelled_modules: frozenset[str] = frozenset()
    disqualified: bool = False
    added_seconds: int = 0


def effects(decisions: Iterable[DecisionFacts]) -> Effects:
    """The latest decisions about one entry, taken together: points and seconds add up."""
    kept = list(decisions)
    return Effects(
        points_off=sum((one.points for one in kept if one.effect is Effect.POINTS_OFF), Decimal(0)),
        cancelled_modules=frozenset(
            one.module for one in kept if one.effect is Effect.MODULE_CANCELLED
        ),
        disqualified=any(one.effect is Effect.DISQUALIFIED for one in kept),
        added_seconds=sum(one.seconds for one in kept if one.effect is Effect.ADDED_TIME),
    )


def seconds_between(starts_at: datetime, ends_at: datetime) -> int:
    """Whole seconds from one moment to another; a begun second counts for the contestant."""
    lasted = ends_at - starts_at
    return -(-lasted // timedelta(seconds=1))


# ---- refusals


class NobodyThere(RuleBroken):
    field = "station"
    message = N_(
        "Nobody of this track works at station %(station)s in this session. Check the number on the"
        " table."
    )


class StationOrTicket(RuleBroken):
    field = "station"
    message = N_("Give the station number, or else scan the ticket: one of the two.")


class TicketUseless(RuleBroken):
    field = "ticket"
    message = N_(
        "This is no ticket or contest number of this track. Give the station number instead."
    )


class StationOnly(RuleBroken):
    field = "ticket"
    message = N_("In this track contestants are known by station only. Give the station number.")


class StationTaken(RuleBroken):
    field = "to_station"
    message = N_("Somebody works at station %(station)s already. Choose a free one.")


class NoSuchStation(RuleBroken):
    field = "to_station"
    message = N_("The room has no station %(station)s. Check the number on the table.")


class MoveUnclear(RuleBroken):
    field = "to_station"
    message = N_("Say to which station or session the contestant moves.")


class MoveUnwitnessed(RuleBroken):
    field = "witness_id"
    message = N_(
        "Stations of this track were drawn by lot: choose the supervisor who sees the change."
    )


class ViolationMissing(RuleBroken):
    field = "violation"
    message = N_("Choose which rule was broken.")


class FaultMissing(RuleBroken):
    field = "own_fault"
    message = N_("Say whether the contestant caused the failure. If unsure, choose “no”.")


class DescriptionMissing(RuleBroken):
    field = "description"
    message = N_("Write down what happened, at least five characters.")


class TimesUnfit(RuleBroken):
    field = "starts_at"
    message = N_(
        "The times do not fit: the start lies within the last 24 hours, the end not before it, and"
        " neither in the future. Correct them."
    )


class UnknownModule(RuleBroken):
    field = "module"
    message = N_("Choose a module of this track.")


class ClockRunning(Conflict):
    message = N_("The clock still runs. Stop it first.")


class ClockStopped(Conflict):
    message = N_("The clock was stopped already. Reload the page.")


class RecordClosed(Conflict):
    message = N_(
        "The contestant has taken note of this record; it cannot be changed. Record a new incident."
    )


class WitnessMissing(RuleBroken):
    field = "second_judge"
    message = N_("Give the full name of a second floor judge who saw it; not your own.")


class NotTakenNote(RuleBroken):
    message = N_(
        "The contestant has not taken note yet. Ask the floor judge to have it signed, or to record"
        " the refusal."
    )


class SecondsUnfit(RuleBroken):
    field = "seconds"
    message = N_("Give the added time in minutes and seconds, up to eight hours.")


class PointsUnfit(RuleBroken):
    field = "points"
    message = N_("Give the points as a number above 0 and up to 100, with at most two decimals.")


class RuleTextMissing(RuleBroken):
    field = "rule_text"
    message = N_("Cite the rule you decide by, at least five characters.")


class RevisionReasonMissing(RuleBroken):
    field = "reason"
    message = N_("There is a decision already. Say why it is replaced, at least five characters.")


class DecidedMeanwhile(Conflict):
    message = N_("Somebody decided this meanwhile. Look at the new decision before you replace it.")


class IncidentsUndecided(RuleBroken):
    message = N_(
        "%(count)s incidents have no decision yet. The chief judge decides them first; until then"
        " the marks stay where they are."
    )


class MapIsOpen(Conflict):
    message = N_(
        "The map of this track is open: incidents are closed. What was decided changes only after"
        " an appeal that was upheld."
    )


class NotAContest(RuleBroken):
    message = N_("Incidents are recorded for competitions only.")


# ---- checks


def check_facts(facts: IncidentFacts, modules: Iterable[str], moment: datetime) -> None:
    """Refuse a record that says too little, or times that cannot be."""
    _check_times(facts, moment)
    if facts.kind is IncidentKind.EQUIPMENT and facts.own_fault is None:
        raise FaultMissing
    if facts.kind in BREACHES and facts.violation not in VIOLATION_LABELS:
        raise ViolationMissing
    if facts.kind in BREACHES and len(facts.description.strip()) < REASON_LEAST:
        raise DescriptionMissing
    if facts.module and facts.module not in set(modules):
        raise UnknownModule
    if facts.kind is IncidentKind.SPARE_STATION and not facts.to_station:
        raise MoveUnclear
    if facts.kind is IncidentKind.LATER_BATCH and facts.to_session_id is None:
        raise MoveUnclear


def _check_times(facts: IncidentFacts, moment: datetime) -> None:
    ends = facts.ends_at or moment
    if not moment - EARLIEST <= facts.starts_at <= ends <= moment:
        raise TimesUnfit


def check_decision(facts: DecisionFacts, modules: Iterable[str], *, is_first: bool) -> None:
    """Refuse a decision without its rule, without its measure, or a revision without reason."""
    if len(facts.rule_text.strip()) < REASON_LEAST:
        raise RuleTextMissing
    if not is_first and len(facts.reason.strip()) < REASON_LEAST:
        raise RevisionReasonMissing
    if facts.effect is Effect.ADDED_TIME and not 0 < facts.seconds <= MOST_SECONDS:
        raise SecondsUnfit
    if facts.effect is Effect.POINTS_OFF and not _is_measure(facts.points):
        raise PointsUnfit
    if facts.effect is Effect.MODULE_CANCELLED and facts.module not in set(modules):
        raise UnknownModule


def _is_measure(points: Decimal) -> bool:
    return points.is_finite() and 0 < points <= MOST_POINTS and round(points, 2) == points


def only_measured(facts: DecisionFacts) -> DecisionFacts:
    """The decision without the measures of other effects that a form may have carried along."""
    return DecisionFacts(
        effect=facts.effect,
        rule_text=facts.rule_text.strip(),
        seconds=facts.seconds if facts.effect is Effect.ADDED_TIME else 0,
        points=facts.points if facts.effect is Effect.POINTS_OFF else Decimal(0),
        module=facts.module if facts.effect is Effect.MODULE_CANCELLED else "",
        reason=facts.reason.strip(),
    )


def by_entry(found: Iterable[tuple[int, DecisionFacts]]) -> Mapping[int, Effects]:
    """The effects of every entry from its latest decisions."""
    kept: dict[int, list[DecisionFacts]] = {}
    for entry_id, facts in found:
        kept.setdefault(entry_id, []).append(facts)
    return {entry_id: effects(some) for entry_id, some in kept.items()}
