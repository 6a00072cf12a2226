"""Laws of planning sessions: claims of feasibility are true, and costs are what the judge says."""

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.planner.sessions.facts import compile_facts
from scheduling.planner.sessions.judge import broken_rules, cost_parts
from scheduling.planner.sessions.problem import (
    Present,
    SessionProblem,
    Weights,
    people_in_common,
)
from scheduling.planner.sessions.repair import repair
from scheduling.planner.sessions.search import Budget, Search
from scheduling.planner.sessions.state import place
from scheduling.planner.sessions.tables import (
    BEST_COST,
    BLOCKED,
    COST,
    FREE,
    LEFT,
    PERIOD,
    PRICE,
    ROOM,
    Tables,
)


def table(draw, shape, high):
    flat = st.lists(
        st.integers(0, high), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
    )
    return np.array(draw(flat), dtype=np.int64).reshape(shape)


@st.composite
def problems(draw):
    sessions, periods, rooms = draw(st.tuples(*[st.integers(1, n) for n in (9, 5, 3)]))
    people = draw(
        st.lists(st.sets(st.integers(0, 9), max_size=4), min_size=sessions, max_size=sessions)
    )
    pair = st.tuples(st.integers(0, sessions - 1), st.integers(0, sessions - 1))
    pairs = st.lists(pair.filter(lambda two: two[0] != two[1]), max_size=2 if sessions > 1 else 0)
    rules = [np.array(draw(pairs), dtype=np.int64).reshape(-1, 2) for _ in range(3)]
    some = draw(st.booleans())
    return SessionProblem(
        durations=table(draw, (1, sessions), 2)[0] * 30,
        sizes=np.array([len(own) for own in people]),
        period_days=np.arange(periods) // 2,
        period_lengths=table(draw, (1, periods), 1)[0] * 30 + 30,
        period_prices=table(draw, (1, periods), 9)[0],
        room_seats=table(draw, (1, rooms), 5)[0] + 1,
        room_prices=table(draw, (1, rooms), 9)[0],
        shared=people_in_common(people),
        weights=Weights(7, 5, 2, 1, 10, 2, 1, 3),
        after=rules[0],
        apart=rules[1],
        together=rules[2],
        alone=table(draw, (1, sessions), 5)[0] == 0,
        rooms_shared=draw(st.booleans()),
        allowed_rooms=table(draw, (sessions, rooms), 4) > 0 if some else None,
        open_rooms=table(draw, (periods, rooms), 4) > 0 if some else None,
        period_wishes=table(draw, (sessions, periods), 6) if some else None,
        room_wishes=table(draw, (sessions, rooms), 6) if some else None,
        present=Present(
            table(draw, (1, sessions), periods)[0] - 1, table(draw, (1, sessions), rooms - 1)[0], 4
        )
        if draw(st.booleans())
        else None,
    )


def search(problem, steps):
    return Search(
        problem,
        budget=Budget(steps=steps),
        seed=1,
        clock=time.monotonic,
        report=lambda _progress: True,
    )


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_plan_breaks_nothing_but_names_what_it_left_out(problem):
    plan = search(problem, 600).run()

    broken = broken_rules(problem, plan.periods, plan.rooms)
    assert broken == plan.broken
    assert broken["unplaced"] == len(plan.unplaced)
    assert set(broken) <= {"unplaced", "together"}
    assert plan.feasible == (sum(broken.values()) == 0)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_cost_kept_move_by_move_is_the_cost_judged_from_scratch(problem):
    running = search(problem, 600)
    plan = running.run()
    periods = running.tables.view(PERIOD)[running.facts.node_of].astype(np.int64)
    rooms = running.tables.view(ROOM).astype(np.int64)

    assert running.n[BEST_COST] == plan.cost
    assert running.n[COST] == sum(cost_parts(problem, periods, rooms).values())
    assert running.n[LEFT] == (running.tables.view(PERIOD) < 0).sum()


@settings(max_examples=60, deadline=None)
@given(problems())
def test_pushing_in_keeps_the_cost_true_though_some_try_fails_half_way(problem):
    running = search(problem, 1)
    running.begin()
    for _ in range(10):
        repair(running.t, running.n, 8)
        periods = running.tables.view(PERIOD)[running.facts.node_of].astype(np.int64)
        rooms = running.tables.view(ROOM).astype(np.int64)

        assert running.n[COST] == sum(cost_parts(problem, periods, rooms).values())
        assert set(broken_rules(problem, periods, rooms)) <= {"unplaced", "together"}


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_tables_kept_move_by_move_are_those_of_the_plan_built_afresh(problem):
    running = search(problem, 300)
    running.run()
    fresh = Tables(compile_facts(problem), 1)
    for node, period in enumerate(running.tables.view(PERIOD).tolist()):
        if period >= 0:
            place(fresh.t, node, period)
    rooms, periods = running.tables.view(ROOM), running.tables.view(PERIOD)
    free = running.facts.seats.copy()
    for session, room in enumerate(rooms.tolist()):
        if room >= 0:
            free[periods[running.facts.node_of[session]], room] -= problem.sizes[session]

    for name in (PRICE, BLOCKED):
        assert (running.tables.view(name) == fresh.view(name)).all()
    assert (running.tables.view(FREE) == free).all()
