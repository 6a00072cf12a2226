"""People for the posts of placed items, through the engine for duties: there and back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from eventsys.timetable.board import Board
from eventsys.timetable.clashes import blocks, clashes_around
from eventsys.timetable.rules import DAY, ClashKind, Person, Post, WishKind
from scheduling.planner import duties
from scheduling.planner.budget import Budget
from scheduling.planner.duties.problem import DutyProblem, Limits, Sitting, Task, Wishes
from scheduling.planner.duties.problem import Person as Servant
from scheduling.planner.duties.problem import Post as Chair
from scheduling.planner.duty_blocks import Block, blocks_of, venue_of
from scheduling.planner.placing.prices import LACKING
from scheduling.planner.progress import Progress, Report

TRIES_A_STEP = 400  # tries of the engine for one step of the budget
CANDIDATES = 40  # people asked for each post left open
LEAST_SECONDS = 0.2
OF_REST = 0.6
EXPLAIN_SECONDS = 10.0  # for the question what cannot hold together


@dataclass(frozen=True, slots=True)
class Gap:
    """A block in which posts stayed open: what was asked, and what came of it."""

    asked: duties.DutyProblem
    result: duties.DutyResult

    def why_not(self, board: Board, budget: Budget) -> duties.Conflict | None:
        """What cannot hold together, asked for some seconds, if a post is still open."""
        began = budget.clock()
        if all(one.post in board.server for one in self.result.open_posts):
            return None

        def go_on() -> bool:
            return not budget.is_stopped and budget.clock() - began < EXPLAIN_SECONDS

        return duties.why_not(self.asked, self.result, go_on)


def man(board: Board, budget: Budget, seed: int, share: float) -> list[Gap]:
    """Serve the posts of placed items; blocks in which some stayed open."""
    parts, gaps = blocks_of(board), []
    waiting = posts = sum(len(block.posts) for block in parts)
    for block in parts:
        part, waiting = len(block.posts) / posts, waiting - len(block.posts)
        asked = duty_problem(board, block)
        result = duties.solve(
            asked,
            seconds=_seconds(budget, share * part),
            steps=_steps(budget, share * part),
            seed=seed,
            report=_reporter(budget, board, waiting),
            clock=budget.clock,
        )
        for post, person in result.servings.items():
            board.serve(post, person)
        if result.open_posts:
            gaps.append(Gap(asked, result))
    return gaps


def _reporter(budget: Budget, board: Board, waiting: int) -> Report:
    """Tell the engine's progress as the whole planner's."""
    unplaced = len(board.items) - len(board.placed)

    def told(state: Progress) -> bool:
        left = waiting + (not state.feasible)
        parts = {"unplaced": unplaced, "posts": left, "points": state.best}
        best = LACKING * (unplaced + left) + state.best
        budget.tell(best, parts, feasible=not unplaced and not left)
        return not budget.is_stopped

    return told


def _seconds(budget: Budget, share: float) -> float | None:
    """A share of the whole time, but of what is left never more than lets the rest be done."""
    if budget.limit is None or budget.left is None:
        return None
    return max(LEAST_SECONDS, min(budget.limit * share, budget.left * OF_REST))


def _steps(budget: Budget, share: float) -> int | None:
    return None if budget.most is None else max(1, int(budget.most * TRIES_A_STEP * share))


# ---- the question


def duty_problem(board: Board, block: Block) -> DutyProblem:
    """The posts of a block as the engine asks for them: an item is a sitting, a panel a task."""
    rules, weights = board.rules, Counter[WishKind]()
    for wish in board.problem.wishes:
        weights[wish.kind] += wish.weight
    tasks = _tasks(block.posts)
    items = sorted({post.item for post in block.posts})
    present = board.problem.present
    before = {one.post: one.person for one in present.servings} if present else {}
    return DutyProblem(
        sittings=tuple(_sitting(board, item) for item in items),
        tasks=tuple(_task(board, number, posts) for number, posts in enumerate(tasks)),
        posts=tuple(_chair(post, n) for n, posts in enumerate(tasks) for post in posts),
        people=tuple(_servants(board, block.people, tasks)),
        limits=Limits(
            per_unit=rules.most_per_unit if rules.looks_for(ClashKind.PANEL_UNIT) else None,
            in_sitting=1,
            rest=rules.duty_rest,
            travel=_ways(board, items),
        ),
        wishes=Wishes(
            balance=max(1, weights[WishKind.SPREAD_LOAD]),
            pairs=_homes(board, tasks, block.people, weights[WishKind.FEW_VENUES]),
            move=board.problem.move_price + weights[WishKind.MOVE_LITTLE],
        ),
        present=before,
    )


def _tasks(posts: Sequence[Post]) -> list[list[Post]]:
    """Posts of one panel at one item together, all others each for itself."""
    together: dict[tuple[int, int, int], list[Post]] = defaultdict(list)
    for post in posts:
        together[post.item, post.panel, 0 if post.panel else post.id].append(post)
    return list(together.values())


def _sitting(board: Board, item: int) -> Sitting:
    starts, ends = board.span[item]
    return Sitting(item, starts // DAY, starts, ends, venue_of(board, item))


def _task(board: Board, number: int, posts: list[Post]) -> Task:
    item = board.items[posts[0].item]
    recused = any(post.office in board.rules.recused_offices for post in posts)
    return Task(number, item.id, item.units if recused else frozenset())


def _chair(post: Post, task: int) -> Chair:
    return Chair(post.id, task, post.office, post.needs_senior, post.panel or None, post.person)


def _servants(board: Board, people: Sequence[Person], tasks: list[list[Post]]) -> Iterator[Servant]:
    tasks_of: dict[int, list[int]] = defaultdict(list)
    for number, posts in enumerate(tasks):
        if any(post.office in board.rules.recused_offices for post in posts):
            tasks_of[posts[0].item].append(number)
    groups: dict[frozenset[str], int] = {}
    for person in people:
        taking_part = [board.span[i] for i in board.items_of.get(person.id, ()) if i in board.span]
        yield Servant(
            person.id,
            units=person.units,
            is_senior=person.is_senior,
            offices=person.offices,
            away=(*((span.starts, span.ends) for span in person.away), *taking_part),
            most=person.most,
            most_a_day=person.most_a_day,
            barred_units=person.units | person.barred_units,
            barred_tasks=frozenset(n for item in person.barred_items for n in tasks_of[item]),
            group=groups.setdefault(person.offices, len(groups)),
        )


def _ways(board: Board, items: Sequence[int]) -> dict[tuple[int, int], int]:
    """The ways between venues, less the rest that the engine adds to them; both directions."""
    venues = sorted({venue_of(board, item) for item in items})
    ways = {}
    for venue in venues:
        for other in venues:
            way = board.rules.travel_between(venue, other) - board.rules.duty_rest
            if venue != other and way > 0:
                ways[venue, other] = way
    return ways


def _homes(
    board: Board, tasks: list[list[Post]], people: Sequence[Person], weight: int
) -> np.ndarray | None:
    """What it costs to send somebody away from home, for each task and person."""
    if not weight or not any(person.home for person in people):
        return None
    venues = np.array([venue_of(board, posts[0].item) for posts in tasks], dtype=np.int64)
    homes = np.array([person.home for person in people], dtype=np.int64)
    return weight * ((venues[:, None] != homes[None, :]) & (homes[None, :] != 0)).astype(np.int64)


# ---- what the engine left open


def fill_gaps(board: Board, budget: Budget, seed: int) -> None:
    """Give open posts to whoever may have them by `clashes`, the idlest first."""
    random = Random(seed)  # noqa: S311  a search, not a secret
    gaps = [
        post.id
        for post in board.problem.posts
        if post.id not in board.server and post.item in board.span
    ]
    for gap in gaps:
        if budget.is_over():
            break
        fill(board, [gap], random)


def fill(board: Board, posts: Iterable[int], random: Random) -> None:
    """Give each of some posts to the idlest who makes nothing impossible, if there is one."""
    for number in posts:
        post = board.posts[number]
        known = len(blocks(clashes_around(board, post.item)))
        for person in _candidates(board, post, random):
            board.serve(number, person)
            if len(blocks(clashes_around(board, post.item))) <= known:
                break
            board.serve(number, None)


def _candidates(board: Board, post: Post, random: Random) -> list[int]:
    if post.person is not None:
        return [post.person] if post.person in board.people else []
    able = [
        person.id
        for person in board.problem.people
        if (not post.office or post.office in person.offices)
        and (person.is_senior or not post.needs_senior)
        and (person.most is None or len(board.served[person.id]) < person.most)
    ]
    random.shuffle(able)
    return sorted(able, key=lambda person: len(board.served[person]))[:CANDIDATES]
