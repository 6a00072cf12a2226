"""Kinds and states of events; the three rulesets, frozen when the event is published."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from eventsys.errors import N_, RuleBroken


class EventKind(StrEnum):
    """The three kinds of event on one system."""

    COMPETITION = "competition"
    TRAINING = "training"
    EXAM = "exam"


class EventState(StrEnum):
    """Where an event stands; windows of time decide the rest."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REGISTRATION_CLOSED = "registration_closed"
    FINISHED = "finished"
    CANCELLED = "cancelled"


MOVES: dict[EventState, frozenset[EventState]] = {
    EventState.DRAFT: frozenset({EventState.PUBLISHED, EventState.CANCELLED}),
    EventState.PUBLISHED: frozenset({EventState.REGISTRATION_CLOSED, EventState.CANCELLED}),
    EventState.REGISTRATION_CLOSED: frozenset(
        {EventState.PUBLISHED, EventState.FINISHED, EventState.CANCELLED}
    ),
    EventState.FINISHED: frozenset(),
    EventState.CANCELLED: frozenset(),
}

KIND_LABELS = {
    EventKind.COMPETITION: N_("Skills competition"),
    EventKind.TRAINING: N_("Teacher training"),
    EventKind.EXAM: N_("1+X certificate exam"),
}
STATE_LABELS = {
    EventState.DRAFT: N_("Draft"),
    EventState.PUBLISHED: N_("Published"),
    EventState.REGISTRATION_CLOSED: N_("Registration has closed"),
    EventState.FINISHED: N_("Finished"),
    EventState.CANCELLED: N_("Cancelled"),
}


STRATEGY_LABELS = {
    "trimmed_mean": N_("Mean without the highest and lowest marks"),
    "mean": N_("Mean of all marks"),
    "median": N_("Median of all marks"),
    "consensus": N_("One mark agreed by all judges"),
    "judgement_0_3": N_("Judgement 0 to 3: mean of the levels, judged again if far apart"),
    "rank_points": N_("Points for the places each judge gives"),
}


# what a parameter may be, and how it is called
LEVELS_OF_MARKS = {
    "module": N_("Each judge's total of a module"),
    "aspect": N_("Every aspect for itself, then added up"),
}
FEW_JUDGES = {
    "mean": N_("The plain mean of those who remain counts"),
    "refuse": N_("No result without a reserve judge, unless an exception is made"),
}
RECHECK_TOPS = {
    "percent": N_("Percent of the entries"),
    "count": N_("Number of entries"),
}
DENOMINATORS = {
    "entries": N_("Entries with an error, of all checked"),
    "items": N_("Wrong items, of all checked"),
}
APPEAL_CLOCKS = {
    "competition_end": N_("When the contest is over"),
    "module_end": N_("When the module is over"),
    "result_published": N_("When the results are published"),
}
PRIZE_BASES = {
    "finished": N_("Entries with a result"),
    "checked_in": N_("Entries that checked in"),
    "registered": N_("Entries that registered"),
}
PRIZE_ROUNDINGS = {
    "half_up": N_("Half up"),
    "floor": N_("Always down"),
    "ceil": N_("Always up"),
}
ALLOCATIONS = {
    "independent": N_("Each for itself"),
    "cumulative": N_("Added up from the first prize on"),
}
BOUNDARY_TIES = {
    "include_all": N_("All of them get the better prize"),
    "exclude_all": N_("All of them get the next prize"),
    "tie_break": N_("A lot decides about the prize; the rank stays shared"),
}
LAST_TIES = {
    "shared": N_("They share the rank"),
    "lot": N_("A lot decides, from the seed of the draw"),
}
TEAM_METHODS = {"sum": N_("Sum of their totals"), "mean": N_("Mean of their totals")}
COMPARES = {
    "adjacent": N_("The competitor just before"),
    "first": N_("The first with this medal"),
}


class Stage(StrEnum):
    """The steps of an event's life as people see them: its state, read with today's date."""

    SETUP = "setup"
    REGISTRATION = "registration"
    PREPARATION = "preparation"
    RUNNING = "running"
    RESULTS = "results"
    FINISHED = "finished"


STAGE_LABELS = {
    Stage.SETUP: N_("Set up"),
    Stage.REGISTRATION: N_("Registration"),
    Stage.PREPARATION: N_("Preparation"),
    Stage.RUNNING: N_("Under way"),
    Stage.RESULTS: N_("Results"),
    Stage.FINISHED: N_("Finished"),
}


class RulesetUnfit(RuleBroken):
    message = N_("The ruleset does not fit together: %(problem)s")


class RulesetFrozen(RuleBroken):
    message = N_("The ruleset was frozen when the event was published and cannot be changed.")


class WindowClosed(RuleBroken):
    message = N_("Registration is open from %(opens)s to %(closes)s. Ask the organizer.")


class WindowUpsideDown(RuleBroken):
    field = "registration_closes_at"
    message = N_("Registration must close after it opens. Correct one of the two moments.")


class DaysUpsideDown(RuleBroken):
    field = "ends_on"
    message = N_("The event ends before it begins. Correct one of the two days.")


class ResultsDueTooEarly(RuleBroken):
    field = "results_due_at"
    message = N_("Results cannot be due before the event begins. Choose a later moment.")


class WindowOver(RuleBroken):
    field = "registration_closes_at"
    message = N_("This closing moment has already passed. Choose a later one.")


@dataclass(frozen=True)
class ModuleRule:
    """One module of a contest: ``weight`` in percent of the total, ``full`` marks in the module."""

    code: str
    name: str
    name_en: str
    weight: Decimal
    full: Decimal


@dataclass(frozen=True)
class FixedPrizes:
    """Numbers of prizes, best first, for an event of at most ``up_to`` entries (§1.11)."""

    up_to: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ConsequenceRule:
    """What places earn beside the prize: a title, a promotion to a skill level (§1.11)."""

    from_place: int
    to_place: int
    text: str
    text_en: str = ""


@dataclass(frozen=True)
class ScaleRule:
    """Parameters of the estimated WorldSkills scale (§2.4)."""

    center: int = 700
    spread: int = 30
    tie_gap: Decimal = Decimal(2)
    compare: str = "adjacent"  # whose points the gap is measured to; or "first"


@dataclass(frozen=True)
class CompetitionRules:
    """Parameters of a competition track (rules of the field §1.2-1.11)."""

    max_age: int | None
    age_on: date | None
    per_unit_quota: int
    team_min: int
    team_max: int
    instructors_max: int
    modules: tuple[ModuleRule, ...]
    judges: int
    strategy: str = "trimmed_mean"
    drop_high: int = 1
    drop_low: int = 1
    min_judges: int = 3
    tie_break: tuple[str, ...] = ()
    prize_ratios: tuple[Decimal, ...] = (Decimal("0.10"), Decimal("0.20"), Decimal("0.30"))
    prize_base: str = "finished"
    prize_rounding: str = "half_up"
    prize_allocation: str = "independent"
    boundary_tie: str = "include_all"
    minutes: int = 240
    anonymity_levels: int = 1  # 1: work number; 2: contest and station number; 3: all three
    strategy_level: str = "module"  # what is put together: totals of a "module", or each "aspect"
    few_judges: str = "mean"  # "mean" of those who remain, or "refuse" until a judge is added
    recheck_top_mode: str = "percent"  # or "count"
    recheck_top: Decimal = Decimal(30)
    recheck_sample: Decimal = Decimal(15)  # percent of the rest
    recheck_error_limit: Decimal = Decimal(5)  # percent; above it everything is checked
    recheck_denominator: str = "entries"  # or "items"
    appeal_minutes: int = 120
    appeal_clock: str = "competition_end"  # or "module_end", "result_published"
    appeal_response_minutes: int = 120
    appeal_levels: int = 2
    appeal_deposit: int = 0  # fen
    appeal_panel: int = 3  # least number of members who rule; always odd
    notice_minutes: int = 120  # public notice on the spot
    notice_workdays: int = 0  # public notice of the list of winners
    last_tie: str = "shared"  # or "lot"
    prize_min_score: Decimal | None = None
    prize_min_counts: tuple[int, ...] = ()
    prize_fixed: tuple[FixedPrizes, ...] = ()
    instructor_honours: int = 1  # instructors of entries with a prize up to this one
    organisation_honours: int = 0  # units honoured for their results together
    consequences: tuple[ConsequenceRule, ...] = ()
    scale: ScaleRule | None = None  # WorldSkills scale beside the marks
    team_best: int = 0  # units ranked by their best so many individual entries; 0: not at all
    team_method: str = "sum"  # or "mean"
    selection_code: str = ""  # the track of this event that selects for this one
    selection_weight: Decimal = Decimal(0)  # percent of the total that comes from there
    advance_count: int = 0  # places in this stage for the best of the selection
    drawn_signatures: bool = False  # sheets and the lock are signed by hand on the device


@dataclass(frozen=True)
class HalfDay:
    """A half day of a class, with its teaching hours (学时)."""

    on: date
    part: str  # "am" or "pm"
    hours: Decimal
    theme: str


@dataclass(frozen=True)
class TrainingRules:
    """Parameters of a training class (rules of the field §4)."""

    per_unit_quota: int
    capacity: int
    half_days: tuple[HalfDay, ...]
    minutes_per_hour: int = 45
    attendance_percent: Decimal = Decimal(90)


@dataclass(frozen=True)
class PartRule:
    """A part of an exam: theory (T) or practice (P)."""

    code: str
    name: str
    name_en: str
    full: Decimal
    weight: Decimal
    min_pass: Decimal


@dataclass(frozen=True)
class ExamRules:
    """Parameters of an exam plan at one level of one certificate (rules of the field §3.2)."""

    certificate_id: int
    level_code: str
    plan_on: date
    per_unit_quota: int
    capacity: int
    pass_kind: str  # "each" or "composite"
    composite_min: Decimal
    parts: tuple[PartRule, ...] = field(default=())


Rules = CompetitionRules | TrainingRules | ExamRules
RULES_OF: dict[EventKind, type] = {
    EventKind.COMPETITION: CompetitionRules,
    EventKind.TRAINING: TrainingRules,
    EventKind.EXAM: ExamRules,
}


def to_plain(rules: Rules) -> dict[str, Any]:
    """A ruleset as JSON keeps it: decimals and dates as text."""
    return {key: _plain(value) for key, value in asdict(rules).items()}


def from_plain(kind: EventKind, data: dict[str, Any]) -> Rules:
    """The ruleset that ``to_plain`` wrote down."""
    return _build(RULES_OF[kind], data)


def digest_of(data: dict[str, Any]) -> str:
    """SHA-256 of a ruleset's canonical JSON: the same rules give the same 64 digits anywhere."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | date | datetime):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _build(kind: Any, data: dict[str, Any]) -> Any:
    hints = get_type_hints(kind)
    known = {
        one.name: _value(hints[one.name], data[one.name])
        for one in fields(kind)
        if one.name in data
    }
    return kind(**known)


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], one) for one in value)
    if get_origin(hint) is Union or type(hint).__name__ == "UnionType":
        return _value(next(one for one in get_args(hint) if one is not type(None)), value)
    if is_dataclass(hint):
        return _build(hint, value)  # type: ignore[arg-type]  # a dataclass type
    return _READERS.get(hint, hint)(value)


_READERS: dict[Any, Any] = {
    Decimal: lambda value: Decimal(str(value)),
    date: date.fromisoformat,
}


def is_open(state: EventState, opens: datetime, closes: datetime, moment: datetime) -> bool:
    """Whether registration is open; the closing moment itself is already too late."""
    return state is EventState.PUBLISHED and opens <= moment < closes


def stage_of(state: EventState, starts_on: date, ends_on: date, today: date) -> Stage | None:
    """Where an event stands in its life on a day; ``None`` when it was cancelled."""
    if state is EventState.REGISTRATION_CLOSED:
        if today < starts_on:
            return Stage.PREPARATION
        return Stage.RUNNING if today <= ends_on else Stage.RESULTS
    return _STAGE_OF_STATE.get(state)


_STAGE_OF_STATE = {
    EventState.DRAFT: Stage.SETUP,
    EventState.PUBLISHED: Stage.REGISTRATION,
    EventState.FINISHED: Stage.FINISHED,
}
