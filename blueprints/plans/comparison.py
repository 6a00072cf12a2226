"""What accepting a plan would change, for the page that asks whether to accept it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from eventsys import clock
from eventsys.duties.rules import OFFICE_LABELS, Office
from eventsys.plans.keeping import is_outdated, losing_stations, revision_of, wanted_by
from eventsys.plans.minutes import moment_of
from eventsys.plans.models import PlanRun
from eventsys.plans.moves import told_numbers
from eventsys.plans.problem import problem_of
from eventsys.plans.results import Found
from eventsys.plans.seat_queries import numbers_of
from eventsys.plans.wording import WISH_LABELS
from eventsys.timetable.board import Board
from eventsys.timetable.clash_words import told
from eventsys.timetable.clashes import blocks, clashes_on
from eventsys.timetable.differences import (
    Change,
    PlacingChange,
    SeatChange,
    ServingChange,
    differences,
)
from eventsys.timetable.rules import Placing, Plan, Problem
from eventsys.timetable.wishes import points

MOST_LINES = 60


@dataclass(frozen=True)
class Line:
    """One thing that changes: what, from where, to where."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Compared:
    """A found plan against the present one."""

    moved: list[Line]
    new: list[Line]
    lifted: list[Line]
    served: list[Line]
    seated: int
    wishes: list[tuple[str, int, int]]
    clashes: list[tuple[str, str]]
    blocked: int
    is_outdated: bool
    unplaced: list[tuple[str, str]]
    open_posts: list[tuple[str, str]]
    conflict: list[str]
    placed: int
    items: int
    losing: int
    losers: str


def compare(found: PlanRun) -> Compared:
    """What accepting a run would change now, and which wishes gain or lose by it."""
    problem = problem_of(found.event)
    result, plan = Found.read(found.found or {}), wanted_by(found, problem)
    present = problem.present or Plan()
    changes, lost = differences(present, plan), losing_stations(problem, plan)
    names = {one.id: one.name for one in problem.items}
    board = Board(problem, plan)
    wrong = clashes_on(board)
    sorted_out: dict[str, list[Line]] = {"moved": [], "new": [], "lifted": []}
    for one in changes:
        if isinstance(one, PlacingChange):
            sorted_out[_sort(one)].append(_line(problem, names, one))
    return Compared(
        **sorted_out,
        served=_served(problem, names, changes),
        seated=sum(isinstance(one, SeatChange) for one in changes),
        wishes=_wishes(problem, present, plan),
        clashes=[(one.severity.value, told(board, one, _)) for one in wrong[:MOST_LINES]],
        blocked=len(blocks(wrong)),
        is_outdated=is_outdated(found, revision_of(found.event_id)),
        unplaced=[(names[key], text) for key, text in result.why.items() if key in names],
        open_posts=_open(problem, names, result),
        conflict=list(result.conflict),
        placed=len(plan.placings),
        items=len(problem.items),
        losing=len(lost),
        losers=told_numbers(numbers_of(lost)),
    )


def _served(problem: Problem, names: dict[int, str], changes: Sequence[Change]) -> list[Line]:
    """Duties somebody else takes, or nobody."""
    posts = {one.id: one for one in problem.posts}
    people = {one.id: one.name for one in problem.people}
    lines = []
    for one in changes:
        if isinstance(one, ServingChange) and one.post in posts:
            post = posts[one.post]
            what = f"{names[post.item]} · {_(OFFICE_LABELS[Office(post.office)])}"
            before, after = (people.get(who or 0, _("nobody")) for who in (one.before, one.after))
            lines.append(Line(what, before, after))
    return lines


def _open(problem: Problem, names: dict[int, str], result: Found) -> list[tuple[str, str]]:
    """Posts nobody was found for, with the reason; those of one session and office alike once."""
    return list(
        dict.fromkeys(
            (f"{names[post.item]} · {_(OFFICE_LABELS[Office(post.office)])}", text)
            for post in problem.posts
            if (text := result.open_posts.get(post.id)) is not None and post.item in names
        )
    )


def _sort(one: PlacingChange) -> str:
    if one.before is None:
        return "new"
    return "lifted" if one.after is None else "moved"


def _line(problem: Problem, names: dict[int, str], one: PlacingChange) -> Line:
    return Line(names.get(one.item, ""), _where(problem, one.before), _where(problem, one.after))


def _where(problem: Problem, one: Placing | None) -> str:
    if one is None:
        return _("in the tray")
    place = next((x.name for x in problem.places if x.id == one.place), "")
    moment = clock.in_shanghai(moment_of(problem.origin, one.starts))
    return f"{place} {moment:%m-%d %H:%M}"


def _wishes(problem: Problem, present: Plan, plan: Plan) -> list[tuple[str, int, int]]:
    """How far each wish is missed, now and then; fewer points are better."""
    before, after = points(problem, present), points(problem, plan)
    return [
        (_(WISH_LABELS[kind]), before.get(kind, 0), after.get(kind, 0))
        for kind in WISH_LABELS
        if kind in before or kind in after
    ]
