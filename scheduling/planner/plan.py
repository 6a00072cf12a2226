"""One call from a problem to the best plan found: places and times, then people, then seats."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from eventsys.timetable.board import Board
from eventsys.timetable.rules import Clash, Plan, Problem, WishKind
from eventsys.timetable.wishes import points
from scheduling.planner import duties
from scheduling.planner.as_duties import fill_gaps, man
from scheduling.planner.as_seats import seat_all
from scheduling.planner.budget import Budget
from scheduling.planner.conflict import Conflict
from scheduling.planner.explain import Reason, reasons
from scheduling.planner.placing.field import Field
from scheduling.planner.placing.groups import Group
from scheduling.planner.placing.improve import Improvement
from scheduling.planner.placing.layout import Layout
from scheduling.planner.placing.prices import Prices
from scheduling.planner.placing.search import Search
from scheduling.planner.placing.sittings import are_sittings, lay_sittings
from scheduling.planner.progress import Clock, Report, silent
from scheduling.planner.quarrels import quarrel
from scheduling.planner.second_thoughts import think_again
from scheduling.planner.sessions import solve as sessions
from scheduling.planner.sift import sift

TO_PLACE, TO_SPLIT = 0.3, 0.35  # of the budget, at most: a place for everything, at any price
TO_SIT = 0.3  # for the compiled engine, where it can be asked
TO_IMPROVE = 0.65  # until here: better places
TO_MAN = 0.3  # of the budget: people; what is left is for seats and a last look


@dataclass(frozen=True)
class Outcome:
    """What the planner found: always a plan without a blocking clash, perhaps not of everything."""

    plan: Plan
    points: Mapping[WishKind, int]
    unplaced: tuple[Reason, ...]  # items without a place
    unfilled: tuple[duties.OpenPost, ...]  # posts the engine for duties found nobody for
    conflict: Conflict | None  # when items have no place: what cannot hold together
    shortage: duties.Conflict | None  # when posts are open: what cannot hold together for people
    clashes: tuple[Clash, ...]
    steps: int
    seconds: float


def warm_up() -> None:
    """Compile every search, or load what was compiled before: seconds that belong to no run."""
    duties.warm_up()
    sessions.warm_up(time.monotonic)


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    report: Report = silent,
    clock: Clock = time.monotonic,
) -> Outcome:
    """The best plan found in the time; the same seed and steps give the same plan."""
    budget = Budget(seconds=seconds, steps=steps, clock=clock, report=report)
    layout = _placed(problem, budget, seed)
    board = Board(problem, Plan(layout.placings()))
    gaps = man(board, budget, seed, TO_MAN)
    sift(board)
    fill_gaps(board, budget, seed)
    think_again(board, layout, budget, seed)
    seat_all(board, budget, seed)
    found = sift(board)
    conflict = None if budget.is_stopped else quarrel(problem, board.plan.placings, budget, seed)
    for item in [n for n, item in enumerate(problem.items) if item.id not in board.placed]:
        layout.lift(item)
    return Outcome(
        plan=board.plan,
        points=points(problem, board.plan),
        unplaced=tuple(reasons(layout)),
        unfilled=tuple(
            one for gap in gaps for one in gap.result.open_posts if one.post not in board.server
        ),
        conflict=conflict,
        shortage=next((why for gap in gaps if (why := gap.why_not(board, budget))), None),
        clashes=tuple(found),
        steps=budget.steps,
        seconds=budget.seconds,
    )


def _placed(problem: Problem, budget: Budget, seed: int) -> Layout:
    """Items at places and times; panels are kept together if that leaves nothing without."""
    search = Search(Field(problem), budget, seed)
    if not search.place_all(TO_PLACE) and any(post.panel for post in problem.posts):
        search.restore()
        apart = Search(Field(problem, frozenset({Group.PANELS})), budget, seed, search.best)
        apart.place_all(TO_SPLIT)
        search = apart if len(apart.best) > len(search.best) else search
    search.restore()
    search = _sat(search, seed)
    Improvement(search).run(TO_IMPROVE)
    return search.layout


def _sat(search: Search, seed: int) -> Search:
    """The search to go on with: from the compiled engine's plan where that one is better.

    It begins with nothing but what is fixed, so it is asked only where nothing else lies yet.
    """
    field, budget = search.field, search.budget
    lies = search.prices.present.keys() - search.pinned
    if lies or search.worth == (0, 0) or not are_sittings(field):
        return search
    start = lay_sittings(field, Prices(field, Layout(field)), budget, seed, TO_SIT)
    other = Search(field, budget, seed, start)
    other.restore()
    return other if other.worth < search.worth else search
