"""What results come to, row by row, before they are frozen: prizes, decisions, completions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from eventsys import clock
from eventsys.attendance import rules as attendance
from eventsys.attendance.queries import signed_half_days
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules, EventKind, ExamRules, TrainingRules
from eventsys.registration.models import Entry
from eventsys.registration.queries import approved_entries
from eventsys.results import rules
from eventsys.results.honours import consequences_of
from eventsys.results.ranking import Standing, Standings, standings
from eventsys.results.second_calculation import check_twice
from eventsys.results.states import Outcome
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.exam_queries import exam_rules, exam_sheets, marks_of_exam
from eventsys.scoring.models import ExamMark
from eventsys.scoring.queries import marking_of

PERCENT = 100
LONGEST_LABEL = 500


class MapClosed(RuleBroken):
    message = N_(
        "The map of the codes is not open yet. The encryption judge opens it before a witness once"
        " the chief judge has signed off."
    )


class PartsOpen(RuleBroken):
    message = N_("Not handed in yet: %(parts)s. The assessors hand in every part first.")


class ClassNotOver(RuleBroken):
    message = N_("The class runs until %(day)s. Its results can be drawn up the day after.")


class NobodyInResults(RuleBroken):
    message = N_("There is nobody to give a result. Approve entries first.")


@dataclass(frozen=True)
class ResultLine:
    """One entry's result; ``parts`` is what it was made of, as JSON keeps it."""

    entry: Entry
    place: int | None
    is_shared: bool
    total: Decimal | None
    parts: Mapping[str, Any]
    outcome: Outcome

    @property
    def entry_id(self) -> int:
        """Whose it is."""
        return self.entry.id

    @property
    def label(self) -> str:
        """Who it is, as the results say it."""
        return self.entry.label[:LONGEST_LABEL]

    @property
    def unit_name(self) -> str:
        """For which unit."""
        return self.entry.unit.name


def result_lines(track: Track) -> list[ResultLine]:
    """The lines of a track ready to be drawn up; refused while something is still open."""
    lines = _LINES[track.event.kind](track)
    if not lines:
        raise NobodyInResults
    return lines


# ---- competitions


class MarksIncomplete(RuleBroken):
    message = N_(
        "There is no result yet for: %(codes)s. A sheet, a judge or the result of the selection is"
        " missing. Complete it, or set the code aside."
    )


class FewJudges(RuleBroken):
    message = N_(
        "Fewer judges than the ruleset wants (%(needed)s) may mark: %(codes)s. Decide on the page"
        " of the results, before a supervisor, whether the mean of those who remain counts."
    )


def competition_lines(track: Track) -> list[ResultLine]:
    """The ranking with names, once the marks are signed off and the map is open."""
    return lines_of(track, checked_standings(track))


def checked_standings(track: Track) -> Standings:
    """The ranking, complete, with names, and confirmed by the second calculation."""
    marking = marking_of(track.id)
    ranking = standings(track)
    if marking is None or marking.locked_at is None or not ranking.is_open:
        raise MapClosed
    plan = competition_rules(track)
    check_twice(ranking, plan)
    few = [row.code for row in few_judged(ranking, plan)]
    if few:
        raise FewJudges(needed=plan.min_judges, codes=", ".join(few))
    open_codes = [row.code for row in ranking.rows if row.place is None and _is_open(row)]
    if open_codes:
        raise MarksIncomplete(codes=", ".join(open_codes))
    return ranking


def few_judged(ranking: Standings, plan: CompetitionRules) -> list[Standing]:
    """The codes without a result as too few judges remain for them, and nobody decided about it."""
    if plan.few_judges != "refuse" or not ranking.is_open:
        return []
    excepted = ranking.panel.excepted
    return [
        row
        for row in ranking.rows
        if _is_open(row) and 0 < row.judges < plan.min_judges and row.code not in excepted
    ]


def _is_open(row: Standing) -> bool:
    """Whether nothing but missing marks keeps a code from its place."""
    return row.outcome is Outcome.NONE


def lines_of(track: Track, ranking: Standings) -> list[ResultLine]:
    """The ranking as results keep it."""
    plan = competition_rules(track)
    return [
        ResultLine(
            row.entry,
            row.place,
            row.is_shared,
            row.score.total,
            {**_modules(ranking, row), **_beside(row, plan)},
            row.outcome,
        )
        for row in ranking.rows
        if row.entry is not None
    ]


def _modules(ranking: Standings, row: Standing) -> dict[str, Any]:
    if not row.code:
        return {}
    points = {
        one.code: rules.round_half_up(one.points, 2)
        for one in row.score.modules
        if one.points is not None
    }
    return {
        "code": row.code,
        "judges": row.judges,
        **({"few_judges": True} if row.code in ranking.panel.excepted else {}),
        "modules": {
            module.code: {
                "mark": _text(row.marks.get(module.code)),
                "points": _text(points.get(module.code)),
            }
            for module in ranking.modules
        },
    }


def _beside(row: Standing, plan: CompetitionRules) -> dict[str, Any]:
    """What else made the result, and what follows from it; only what there is."""
    effects = row.effects
    earned = consequences_of(row.place, plan.consequences)
    facts = {
        "points_off": f"{effects.points_off.normalize():f}"
        if effects and effects.points_off
        else None,
        "cancelled": sorted(effects.cancelled_modules) if effects else None,
        "selection": _text(row.selection),
        "by_lot": row.by_lot,
        "scale": row.scale,
        "medal": row.medal.value if row.medal else None,
        "consequences": [{"text": one.text, "text_en": one.text_en} for one in earned],
    }
    return {key: fact for key, fact in facts.items() if fact}


# ---- exams


def pass_rule(plan: ExamRules) -> rules.PassRule:
    """The plan's rule as the computation takes it: weights in percent of the whole.

    A composite rule asks for the composite alone; pass marks of parts belong to the other rule.
    """
    kind = rules.PassKind(plan.pass_kind)
    each = kind is rules.PassKind.EACH
    parts = tuple(
        rules.ExamPart(
            part.code,
            weight=part.weight * PERCENT,
            min_pass=part.min_pass if each else None,
            full=part.full,
        )
        for part in plan.parts
    )
    return rules.PassRule(kind, parts, None if each else plan.composite_min)


@dataclass(frozen=True)
class Decision:
    """A candidate's marks, and what follows from them once every part is known."""

    entry: Entry
    marks: Mapping[str, ExamMark]
    decided: rules.PassDecision | None

    @property
    def outcome(self) -> Outcome | None:
        """The decision as results keep it."""
        return Outcome(self.decided.outcome.value) if self.decided else None


def decisions(track: Track) -> list[Decision]:
    """Every candidate by ticket number with marks and outcome; undecided while a part lacks."""
    rule = pass_rule(exam_rules(track))
    marks = marks_of_exam(track.id)
    found = []
    for entry in approved_entries(track.id):
        own = marks.get(entry.id, {})
        known = all(part.code in own for part in rule.parts)
        given = {
            code: rules.PartMark(rules.PartStatus(mark.status.value), mark.points)
            for code, mark in own.items()
        }
        found.append(Decision(entry, own, rules.decide_pass(rule, given) if known else None))
    return found


def exam_lines(track: Track) -> list[ResultLine]:
    """Every candidate's decision, once all parts were handed in."""
    parts = exam_rules(track).parts
    sheets = exam_sheets([track.id])
    handed_in = {code for (_track, code), sheet in sheets.items() if sheet.handed_in_at}
    still_open = [part.code for part in parts if part.code not in handed_in]
    if still_open:
        raise PartsOpen(parts=", ".join(still_open))
    found = decisions(track)
    undecided = [one for one in found if one.decided is None]
    if undecided:  # approved after the part was handed in
        raise PartsOpen(parts=", ".join(part.code for part in parts))
    return [_exam_line(one, one.decided) for one in found if one.decided]


def _exam_line(one: Decision, decided: rules.PassDecision) -> ResultLine:
    parts = {
        code: {"status": mark.status.value, "points": _text(mark.points)}
        for code, mark in one.marks.items()
    }
    why = {
        "reason": decided.reason,
        "facts": {key: str(fact) for key, fact in decided.facts.items()},
    }
    outcome = Outcome(decided.outcome.value)
    return ResultLine(one.entry, None, False, decided.composite, {"parts": parts, **why}, outcome)


# ---- training


def class_rules(track: Track) -> TrainingRules:
    """The class's parameters."""
    found = track.rules
    if not isinstance(found, TrainingRules):
        raise TypeError(f"track {track.id} is not a class")
    return found


def completions(track: Track) -> list[ResultLine]:
    """Every trainee with hours and whether they suffice, as attendance stands now."""
    plan = class_rules(track)
    signed = signed_half_days(track.id)
    full = sum((one.hours for one in plan.half_days), Decimal(0))
    lines = []
    for entry in approved_entries(track.id):
        own = signed.get(entry.id, frozenset())
        years = attendance.hours_by_year(plan.half_days, own)
        parts = {
            "hours": _text(attendance.hours(plan.half_days, own)),
            "of": _text(full),
            "years": {str(year): _text(got) for year, got in years.items()},
            "percent": _text(attendance.percent(plan.half_days, own)),
        }
        done = attendance.completes(plan, own)
        outcome = Outcome.COMPLETED if done else Outcome.NOT_COMPLETED
        lines.append(ResultLine(entry, None, False, None, parts, outcome))
    return lines


def last_day(track: Track) -> date:
    """The day of the last half day of a class."""
    return max(one.on for one in class_rules(track).half_days)


def class_lines(track: Track) -> list[ResultLine]:
    """The completions, once the last half day lies behind."""
    last = last_day(track)
    if last >= clock.today():
        raise ClassNotOver(day=last)
    return completions(track)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


_LINES: dict[EventKind, Callable[[Track], list[ResultLine]]] = {
    EventKind.COMPETITION: competition_lines,
    EventKind.EXAM: exam_lines,
    EventKind.TRAINING: class_lines,
}
