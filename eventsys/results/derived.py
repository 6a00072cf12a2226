"""The lists that follow from a ranking: instructors, units, teams; frozen with the results."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules, EventKind
from eventsys.registration.rules import MemberRole
from eventsys.results.honours import teams, units_by_prizes
from eventsys.results.outcomes import (
    NobodyInResults,
    ResultLine,
    checked_standings,
    lines_of,
    result_lines,
)
from eventsys.results.ranking import PRIZES, Standings
from eventsys.results.scale import FEWEST
from eventsys.schemes.queries import competition_rules

NUMBERS = {outcome: number for number, outcome in PRIZES.items()}


def drawn_up(track: Track) -> tuple[list[ResultLine], dict[str, Any]]:
    """The lines of a track ready to be drawn up, and what follows from them."""
    if track.event.kind is not EventKind.COMPETITION:
        return result_lines(track), {}
    ranking = checked_standings(track)
    lines = lines_of(track, ranking)
    if not lines:
        raise NobodyInResults
    return lines, honours_of(lines, ranking, competition_rules(track))


def honours_of(
    lines: Sequence[ResultLine], ranking: Standings, rules: CompetitionRules
) -> dict[str, Any]:
    """The derived lists as results keep them; only those the ruleset asks for."""
    facts = {
        "instructors": _instructors(lines, rules.instructor_honours),
        "organisations": _organisations(lines, rules),
        "teams": _teams(lines, rules),
        "scale": _scale(ranking, rules),
    }
    return {key: fact for key, fact in facts.items() if fact}


def _instructors(lines: Sequence[ResultLine], up_to: int) -> list[dict[str, Any]]:
    """Instructors (优秀指导教师) of the entries with a prize up to a number, in their order."""
    return [
        {
            "name": member.person.name,
            "unit": line.unit_name,
            "entry": line.label,
            "outcome": line.outcome.value,
        }
        for line in lines
        if NUMBERS.get(line.outcome, up_to + 1) <= up_to
        for member in line.entry.members
        if member.role is MemberRole.INSTRUCTOR
    ]


def _organisations(lines: Sequence[ResultLine], rules: CompetitionRules) -> list[dict[str, Any]]:
    """Units (优秀组织奖) by the prizes of their entries together."""
    if not rules.organisation_honours:
        return []
    won = [(line.unit_name, NUMBERS.get(line.outcome)) for line in lines]
    best = units_by_prizes(won, len(PRIZES), rules.organisation_honours)
    return [{"unit": one.unit, "place": one.place, "prizes": list(one.prizes)} for one in best]


def _teams(lines: Sequence[ResultLine], rules: CompetitionRules) -> list[dict[str, Any]]:
    """Units by their best individual entries."""
    if not rules.team_best:
        return []
    results: defaultdict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for line in lines:
        if line.place is not None and line.total is not None:
            results[line.unit_name].append((line.label, line.total))
    return [
        {
            "unit": one.unit,
            "place": one.place,
            "is_shared": one.is_shared,
            "total": f"{one.total:f}",
            "members": list(one.members),
        }
        for one in teams(results, rules.team_best, rules.team_method)
    ]


def _scale(ranking: Standings, rules: CompetitionRules) -> dict[str, Any]:
    """By which estimate the scale was made, or that there were too few for one."""
    if rules.scale is None:
        return {}
    points = [row for row in ranking.rows if row.scale is not None]
    return {
        "center": rules.scale.center,
        "spread": rules.scale.spread,
        "fewest": FEWEST,
        "is_there": bool(points),
    }
