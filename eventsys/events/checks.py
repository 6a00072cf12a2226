"""Whether a ruleset can be run: the first thing that does not fit, in words."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from eventsys.errors import N_
from eventsys.events.rules import (
    ALLOCATIONS,
    APPEAL_CLOCKS,
    BOUNDARY_TIES,
    COMPARES,
    DENOMINATORS,
    FEW_JUDGES,
    LAST_TIES,
    LEVELS_OF_MARKS,
    PRIZE_BASES,
    PRIZE_ROUNDINGS,
    STRATEGY_LABELS,
    TEAM_METHODS,
    CompetitionRules,
    ExamRules,
    Rules,
    RulesetUnfit,
    TrainingRules,
)

PERCENT = Decimal(100)
SCALE_TOP = 1000
MOST_ENTRIES = Decimal(10_000)
MOST_DECIMALS = 6
"""As exact as the second calculation counts."""


def check_rules(rules: Rules) -> None:
    """Refuse a ruleset that cannot be run, naming the first thing that does not fit."""
    try:
        problem = _PROBLEMS[type(rules)](rules)
    except InvalidOperation as broken:
        raise RulesetUnfit(problem=N_("a number is missing")) from broken
    if problem:
        raise RulesetUnfit(problem=problem)


def _competition_problem(rules: CompetitionRules) -> str | None:
    return next((found for check in _CONTEST if (found := check(rules))), None)


def selection_problems(tracks: Mapping[str, Rules]) -> dict[str, str]:
    """Which finals of an event name a selection that is none, by code: it is another contest."""
    contests = {code: one for code, one in tracks.items() if isinstance(one, CompetitionRules)}
    return {
        code: N_("the track that selects for this one is not in the event")
        for code, rules in contests.items()
        if rules.selection_code and rules.selection_code not in contests.keys() - {code}
    }


def _entry_problem(rules: CompetitionRules) -> str | None:
    checks = (
        (rules.per_unit_quota < 1, N_("each unit needs at least one place")),
        (not 1 <= rules.team_min <= rules.team_max, N_("the team sizes are upside down")),
        (rules.instructors_max < 0, N_("the number of instructors cannot be negative")),
        (
            (rules.max_age is None) != (rules.age_on is None),
            N_("the age limit needs a reference date"),
        ),
        (rules.minutes < 1, N_("the contest needs at least one minute")),
    )
    return next((text for bad, text in checks if bad), None)


def _module_problem(rules: CompetitionRules) -> str | None:
    weights = sum((one.weight for one in rules.modules), Decimal(0))
    codes = [one.code for one in rules.modules]
    dropped = rules.drop_high + rules.drop_low
    checks = (
        (not rules.modules, N_("add at least one module")),
        (len(set(codes)) != len(codes), N_("two modules have the same code")),
        (weights != Decimal(100), N_("the module weights must add up to 100")),
        (any(one.weight <= 0 for one in rules.modules), N_("each module needs a weight")),
        (any(one.full <= 0 for one in rules.modules), N_("full marks must be above zero")),
        (rules.strategy not in STRATEGY_LABELS, N_("choose a scoring method")),
        (
            rules.strategy_level not in LEVELS_OF_MARKS,
            N_("choose how the judges' marks are put together"),
        ),
        (rules.min_judges < 1, N_("at least one judge is needed")),
        (
            rules.judges < rules.min_judges,
            N_("there are fewer judges than the scoring method needs"),
        ),
        (
            rules.strategy == "trimmed_mean" and rules.min_judges <= dropped,
            N_("more marks would be dropped than remain"),
        ),
        (
            rules.strategy != "trimmed_mean" and dropped > 0,
            N_("only the trimmed mean drops marks"),
        ),
        (bool(set(rules.tie_break) - set(codes)), N_("a tie-break names an unknown module")),
        (
            len(set(rules.tie_break)) != len(rules.tie_break),
            N_("a tie-break names a module twice"),
        ),
    )
    return next((text for bad, text in checks if bad), None)


def _prize_problem(rules: CompetitionRules) -> str | None:
    fixed = [one.up_to for one in rules.prize_fixed]
    checks = (
        (any(one < 0 for one in rules.prize_ratios), N_("a prize ratio cannot be negative")),
        (sum(rules.prize_ratios, Decimal(0)) > 1, N_("the prize ratios exceed 100 %")),
        (rules.prize_base not in PRIZE_BASES, N_("choose whom the prize shares are taken of")),
        (rules.prize_rounding not in PRIZE_ROUNDINGS, N_("choose how prize numbers are rounded")),
        (rules.prize_allocation not in ALLOCATIONS, N_("choose how prize shares are counted")),
        (rules.boundary_tie not in BOUNDARY_TIES, N_("choose what a tie across a border means")),
        (rules.last_tie not in LAST_TIES, N_("choose what decides the last ties")),
        (
            len(rules.prize_min_counts) > len(rules.prize_ratios),
            N_("there are more smallest numbers than prizes"),
        ),
        (
            any(len(one.counts) > len(rules.prize_ratios) for one in rules.prize_fixed),
            N_("there are more fixed numbers than prizes"),
        ),
        (len(set(fixed)) != len(fixed), N_("two fixed numbers are for the same size of event")),
        (
            rules.prize_min_score is not None and rules.prize_min_score > PERCENT,
            N_("no total reaches the smallest mark for a prize"),
        ),
    )
    return next((text for bad, text in checks if bad), None)


def _honour_problem(rules: CompetitionRules) -> str | None:
    checks = (
        (
            not 0 <= rules.instructor_honours <= len(rules.prize_ratios),
            N_("instructors are honoured for prizes that exist"),
        ),
        (rules.organisation_honours < 0, N_("the number of honoured units cannot be negative")),
        (
            any(not 1 <= one.from_place <= one.to_place for one in rules.consequences),
            N_("the ranks of a consequence are upside down"),
        ),
        (any(not one.text for one in rules.consequences), N_("a consequence needs words")),
        (rules.team_best < 0, N_("a team needs at least one entry")),
        (rules.team_method not in TEAM_METHODS, N_("choose how a team is made of its entries")),
    )
    return next((text for bad, text in checks if bad), None)


def _scale_problem(rules: CompetitionRules) -> str | None:
    scale = rules.scale
    if scale is None:
        return None
    checks = (
        (not 0 < scale.center < SCALE_TOP, N_("the centre of the scale lies between 0 and 1000")),
        (scale.spread < 1, N_("the spread of the scale must be above zero")),
        (scale.tie_gap < 0, N_("the gap of tied medals cannot be negative")),
        (scale.compare not in COMPARES, N_("choose with whom a medal is compared")),
    )
    return next((text for bad, text in checks if bad), None)


def _stage_problem(rules: CompetitionRules) -> str | None:
    checks = (
        (
            not 0 <= rules.selection_weight < PERCENT,
            N_("the share of the selection lies between 0 and 100 %"),
        ),
        (
            not rules.selection_code and bool(rules.selection_weight or rules.advance_count),
            N_("name the track that selects for this one"),
        ),
        (
            bool(rules.selection_code) and rules.advance_count < 1,
            N_("say how many advance from the selection"),
        ),
    )
    return next((text for bad, text in checks if bad), None)


def _procedure_problem(rules: CompetitionRules) -> str | None:
    """Anonymity, re-check, appeals and notice."""
    tops = {"percent": PERCENT, "count": MOST_ENTRIES}
    checks = (
        (rules.anonymity_levels not in {1, 2, 3}, N_("there are one to three anonymity levels")),
        (rules.few_judges not in FEW_JUDGES, N_("choose what happens when judges drop out")),
        (rules.recheck_top_mode not in tops, N_("choose how the top of the re-check is counted")),
        (
            not 0 <= rules.recheck_top <= tops.get(rules.recheck_top_mode, Decimal(0)),
            N_("the top of the re-check is out of range"),
        ),
        (
            any(
                not 0 <= one <= PERCENT for one in (rules.recheck_sample, rules.recheck_error_limit)
            ),
            N_("the sample and the error limit of the re-check are percentages"),
        ),
        (
            rules.recheck_denominator not in DENOMINATORS,
            N_("choose what the error rate is counted by"),
        ),
        (rules.appeal_clock not in APPEAL_CLOCKS, N_("choose when the time for appeals begins")),
        (rules.appeal_levels not in {0, 1, 2}, N_("there are at most two levels of appeal")),
        (
            min(rules.appeal_minutes, rules.appeal_response_minutes, rules.appeal_deposit) < 0,
            N_("times and deposit of an appeal cannot be negative"),
        ),
        (
            min(rules.notice_minutes, rules.notice_workdays) < 0,
            N_("the public notice cannot be shorter than nothing"),
        ),
    )
    return next((text for bad, text in checks if bad), None)


def _decimals_problem(rules: CompetitionRules) -> str | None:
    numbers = [
        *rules.prize_ratios,
        *(number for one in rules.modules for number in (one.weight, one.full)),
        rules.prize_min_score or Decimal(0),
        rules.selection_weight,
        rules.scale.tie_gap if rules.scale else Decimal(0),
    ]
    too_fine = any(number != round(number, MOST_DECIMALS) for number in numbers)
    return N_("a number has too many decimals; four are enough") if too_fine else None


_CONTEST = (
    _entry_problem,
    _module_problem,
    _decimals_problem,
    _prize_problem,
    _honour_problem,
    _scale_problem,
    _stage_problem,
    _procedure_problem,
)


def _training_problem(rules: TrainingRules) -> str | None:
    keys = [(one.on, one.part) for one in rules.half_days]
    checks = (
        (not rules.half_days, N_("add at least one half day")),
        (rules.per_unit_quota < 1, N_("each unit needs at least one place")),
        (len(set(keys)) != len(keys), N_("a half day is listed twice")),
        (any(one.hours <= 0 for one in rules.half_days), N_("hours must be above zero")),
        (rules.capacity < 1, N_("the class needs at least one place")),
        (not 0 <= rules.attendance_percent <= 100, N_("attendance is a percentage")),  # noqa: PLR2004  percent
    )
    return next((text for bad, text in checks if bad), None)


def _exam_problem(rules: ExamRules) -> str | None:
    weights = sum((one.weight for one in rules.parts), Decimal(0))
    codes = [one.code for one in rules.parts]
    checks = (
        (not rules.parts, N_("add at least one part")),
        (len(set(codes)) != len(codes), N_("two parts have the same code")),
        (rules.per_unit_quota < 1, N_("each unit needs at least one place")),
        (any(one.full <= 0 for one in rules.parts), N_("full marks must be above zero")),
        (
            any(not 0 <= one.min_pass <= one.full for one in rules.parts),
            N_("a pass mark lies between zero and the full marks"),
        ),
        (rules.capacity < 1, N_("the plan needs at least one place")),
        (rules.pass_kind not in {"each", "composite"}, N_("choose a pass rule")),
        (
            rules.pass_kind == "composite" and weights != Decimal(1),  # noqa: S105  no password
            N_("the weights of the parts must add up to 1"),
        ),
    )
    return next((text for bad, text in checks if bad), None)


_PROBLEMS: dict[type, Any] = {
    CompetitionRules: _competition_problem,
    TrainingRules: _training_problem,
    ExamRules: _exam_problem,
}
