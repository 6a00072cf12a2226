"""Plans are judged rightly, and what the planner returns can always be used."""

from dataclasses import replace

from hypothesis import given, settings

from eventsys.timetable.board import Board
from eventsys.timetable.clashes import blocks, clashes, clashes_around, clashes_on
from scheduling.planner.plan import solve
from scheduling.planner.sift import MISSING
from tests.plan_oracle import Oracle, essence
from tests.timetables import a_plan, a_problem, seeds


@settings(max_examples=400)
@given(seeds)
def test_the_judge_finds_what_a_look_at_every_pair_finds(seed):
    problem = a_problem(seed)
    plan = a_plan(problem, seed)

    found = {essence(problem, clash) for clash in clashes(problem, plan)}

    assert found == Oracle(problem, plan).all()


@given(seeds)
def test_around_one_item_is_everything_that_concerns_it(seed):
    problem = a_problem(seed)
    board = Board(problem, a_plan(problem, seed))

    everything = clashes_on(board)

    for item in problem.items:
        mine = [clash for clash in everything if item.id in clash.items]
        assert clashes_around(board, item.id) == mine


@given(seeds, seeds)
def test_a_board_that_was_moved_is_the_board_of_the_moved_plan(seed, other):
    problem = a_problem(seed)
    before, after = a_plan(problem, seed), a_plan(problem, other)
    board = Board(problem, before)

    for item in problem.items:
        board.lift(item.id)
        board.seat(item.id, [seat for seat in after.seats if seat.item == item.id])
    for placing in after.placings:
        board.put(placing)
    people = {serving.post: serving.person for serving in after.servings}
    for post in problem.posts:
        person = people.get(post.id)
        board.serve(post.id, person if person in board.people else None)

    assert clashes_on(board) == clashes(problem, after)


@settings(max_examples=60)
@given(seeds)
def test_what_the_planner_returns_has_no_blocking_clash(seed):
    problem = a_problem(seed)

    outcome = solve(problem, steps=30, seed=seed)

    found = clashes(problem, outcome.plan)
    assert {clash.kind for clash in blocks(found)} <= MISSING
    placed = {placing.item for placing in outcome.plan.placings}
    told = {reason.item for reason in outcome.unplaced}
    assert told == {item.id for item in problem.items} - placed


@settings(max_examples=30)
@given(seeds, seeds)
def test_from_any_present_plan_too(seed, other):
    problem = a_problem(seed)
    problem = replace(problem, present=a_plan(problem, other), move_price=10)

    outcome = solve(problem, steps=30, seed=seed)

    assert {clash.kind for clash in blocks(clashes(problem, outcome.plan))} <= MISSING
