"""The planner as people meet it: it places, keeps, moves little, and says why it cannot."""

from dataclasses import replace
from datetime import UTC, datetime

from eventsys.timetable.clashes import blocks, clashes
from eventsys.timetable.differences import moved
from eventsys.timetable.rules import (
    DAY,
    ClashKind,
    Item,
    Person,
    Place,
    Placing,
    Plan,
    Post,
    Problem,
    Rules,
    Sitter,
    Slot,
    Span,
    Spot,
    StationState,
    Wish,
    WishKind,
)
from scheduling.planner.conflict import GROUP_WORDS, WAY_WORDS, Way, told
from scheduling.planner.duty_words import told_open, told_people
from scheduling.planner.explain import WORDS, Why
from scheduling.planner.placing.groups import Group
from scheduling.planner.plan import Outcome, solve

ORIGIN = datetime(2026, 11, 1, 16, tzinfo=UTC)
STEPS = 150


def shifts(days: int, each: int = 2) -> tuple[Slot, ...]:
    return tuple(
        Slot(day * each + n, day, day * DAY + 540 + n * 150, day * DAY + 660 + n * 150)
        for day in range(days)
        for n in range(each)
    )


def rooms(number: int, **facts) -> tuple[Place, ...]:
    return tuple(Place(n, 1, f"Hall {n}", **{"seats": 30} | facts) for n in range(1, number + 1))


def contest(tracks: int = 4) -> Problem:
    """Modules A, B, C of some tracks, three judges each, one hall fewer than tracks."""
    items, posts = [], []
    for track in range(tracks):
        for module in range(3):
            number = track * 3 + module + 1
            crowd = frozenset(range(1000 + track * 10, 1010 + track * 10))
            before = (number - 1,) if module else ()
            items.append(
                Item(
                    number,
                    f"K-{track} {'ABC'[module]}",
                    track,
                    minutes=120,
                    size=10,
                    crowd=crowd,
                    units=frozenset({track}),
                    after=before,
                )
            )
            posts += [Post(number * 10 + n, number, "judge", panel=track + 1) for n in range(3)]
    people = tuple(
        Person(n, units=frozenset({n % 9}), offices=frozenset({"judge"})) for n in range(100, 124)
    )
    return Problem(
        ORIGIN,
        slots=shifts(3),
        places=rooms(tracks - 1, reset=20),
        people=people,
        items=tuple(items),
        posts=tuple(posts),
        days=3,
        rules=Rules(rest=20, duty_rest=20, odd_offices=frozenset({"judge"})),
        wishes=(Wish(WishKind.SPREAD_LOAD), Wish(WishKind.SAME_PLACE, 3)),
    )


def planned(problem: Problem, **given) -> Outcome:
    return solve(problem, **{"steps": STEPS, "seed": 1} | given)


def test_a_contest_is_planned_whole():
    outcome = planned(contest())

    assert (outcome.unplaced, outcome.unfilled, outcome.conflict) == ((), (), None)
    assert outcome.clashes == ()
    assert outcome.clashes == tuple(clashes(contest(), outcome.plan))


def test_wishes_are_met_where_there_is_room_for_them():
    problem = contest(3)
    problem = replace(problem, places=rooms(3, reset=20), wishes=(Wish(WishKind.SAME_PLACE, 3),))

    outcome = planned(problem, steps=4000)

    assert outcome.points == {WishKind.SAME_PLACE: 0}


def test_the_same_seed_and_steps_give_the_same_plan():
    assert planned(contest()).plan == planned(contest()).plan


def test_what_is_fixed_stays_and_what_is_forbidden_is_kept_free():
    problem = contest()
    fixed = Placing(12, 2, 2 * DAY + 690)
    items = tuple(
        replace(item, fixed=fixed)
        if item.id == fixed.item
        else replace(item, slots=frozenset({4, 5}))
        if item.id == 3
        else replace(item, places=frozenset({3}))
        if item.id == 1
        else item
        for item in problem.items
    )

    plan = planned(replace(problem, items=items)).plan

    placed = {placing.item: placing for placing in plan.placings}
    assert placed[12] == fixed
    assert placed[3].starts >= 2 * DAY
    assert placed[1].place == 3
    assert len(placed) == 12


def test_a_lost_room_moves_what_was_there_and_little_else():
    problem = replace(contest(), places=rooms(4, reset=20))
    before = planned(problem).plan
    lost = replace(problem.places[0], closed=(Span(0, 3 * DAY),))
    there = sum(placing.place == lost.id for placing in before.placings)
    after = replace(problem, places=(lost, *problem.places[1:]), present=before, move_price=50)

    outcome = planned(after)

    placings = [change for change in moved(after, outcome.plan) if hasattr(change, "item")]
    assert outcome.clashes == ()
    assert there > 0
    assert len(placings) <= there + 1


def test_late_entries_are_placed_beside_the_present_plan():
    problem = contest()
    before = planned(problem).plan
    late = Item(99, "K-99", minutes=60, size=5, crowd=frozenset({1000}))
    after = replace(problem, items=(*problem.items, late), present=before, move_price=50)

    outcome = planned(after)

    assert outcome.unplaced == ()
    assert moved(after, outcome.plan) == []


def test_progress_is_told_and_a_stop_keeps_what_is_there():
    seen = []
    clock = iter(range(10**6))

    def stop(state):
        seen.append(state)
        return len(seen) < 3

    outcome = planned(contest(), steps=None, seconds=10**6, clock=lambda: next(clock), report=stop)

    assert len(seen) == 3
    assert [state.seconds for state in seen] == sorted(state.seconds for state in seen)
    assert blocks(outcome.clashes) == []


def test_nothing_to_plan_is_planned():
    outcome = planned(Problem(ORIGIN))

    assert outcome.plan == Plan()
    assert outcome.conflict is None


def test_seats_are_of_the_right_maker_work_and_keep_classes_apart():
    spots = tuple(
        Spot(100 + n, 1, n // 4, n % 4, "kuka" if n % 2 else "fanuc", state)
        for n, state in enumerate(
            [StationState.FAULTY, StationState.SPARE, *[StationState.OK] * 10]
        )
    )
    sitters = tuple(Sitter(n, school_class=n % 3 + 1, vendor=("kuka", "")[n % 2]) for n in range(6))
    item = Item(1, size=6, crowd=frozenset(range(6)))
    problem = Problem(
        ORIGIN,
        slots=shifts(1),
        places=rooms(1, stations={"": 10, "kuka": 5, "fanuc": 5}),
        items=(item,),
        sitters=sitters,
        spots=spots,
    )

    outcome = planned(problem)

    assert outcome.clashes == ()
    assert {seat.entry for seat in outcome.plan.seats} == set(range(6))
    assert {seat.station for seat in outcome.plan.seats}.isdisjoint({100, 101})


def test_too_few_stations_of_a_maker():
    item = Item(1, "K-01", size=18, vendor="kuka", purpose="practice")
    lab = Place(1, 1, "Lab", purpose="practice", stations={"": 20, "kuka": 8, "fanuc": 12})
    problem = Problem(ORIGIN, slots=shifts(1), places=(lab,), items=(item,))

    outcome = planned(problem)

    assert outcome.plan == Plan()
    assert [dict(reason.why) for reason in outcome.unplaced] == [{Why.VENDOR: 1}]
    assert outcome.conflict.groups == (Group.VENDORS,)
    way = outcome.conflict.relaxations[0]
    assert (way.way, way.count, way.vendor, way.place) == (Way.STATIONS, 10, "kuka", 1)


def test_one_shift_too_few():
    items = tuple(Item(n, minutes=120, size=10, crowd=frozenset({7})) for n in range(1, 4))
    problem = Problem(ORIGIN, slots=shifts(1), places=rooms(3), items=items)

    outcome = planned(problem)

    assert len(outcome.plan.placings) == 2
    assert [dict(reason.why) for reason in outcome.unplaced] == [{Why.CROWD: 6}]
    assert outcome.conflict.groups == (Group.CROWDS, Group.NUMBER)
    assert [(way.way, way.day) for way in outcome.conflict.relaxations] == [(Way.SHIFT, 0)]
    quarrel, help_ = told(problem, outcome.conflict, str)
    assert quarrel.endswith("nobody can be in two places at once; how many shifts there are.")
    assert help_ == "What would help at the least cost: Add one more shift on 11-02."


def test_something_fixed_is_in_the_way():
    slot = shifts(1, each=1)
    fixed = Item(1, "K-01", minutes=120, size=10, fixed=Placing(1, 1, 540))
    large = Item(2, "K-02", minutes=120, size=30)
    places = (Place(1, 1, "Hall", seats=30), Place(2, 1, "Lab", seats=10))
    problem = Problem(ORIGIN, slots=slot, places=places, items=(fixed, large))

    outcome = planned(problem)

    assert [reason.item for reason in outcome.unplaced] == [2]
    assert Group.FIXED in outcome.conflict.groups
    assert outcome.conflict.relaxations[0].way is Way.RELEASE
    assert outcome.conflict.relaxations[0].item == 1


def test_what_is_fixed_where_it_cannot_be_is_left_in_the_tray():
    item = Item(1, "K-01", size=31, fixed=Placing(1, 1, 540))
    problem = Problem(ORIGIN, slots=shifts(1), places=rooms(1), items=(item,))

    outcome = planned(problem)

    assert outcome.plan == Plan()
    assert [dict(reason.why) for reason in outcome.unplaced] == [{Why.FIXED: 1}]


def test_a_post_for_which_everybody_must_stand_aside_stays_open():
    problem = contest()
    people = tuple(replace(one, barred_units=frozenset(range(9))) for one in problem.people)

    outcome = planned(replace(problem, people=people))

    assert outcome.plan.servings == ()
    assert len(outcome.unfilled) == len(problem.posts)
    assert told_open(outcome.unfilled[0], str) == f"stand aside: {len(problem.people)}"
    rules, *_, help_ = told_people(problem, outcome.shortage, str)
    assert rules == "These cannot hold together: who stands aside."
    assert help_.endswith("more people who need not stand aside.")
    assert {clash.kind for clash in outcome.clashes} == {ClashKind.UNFILLED}


def test_a_panel_that_cannot_be_in_two_places_is_divided_rather_than_left_out():
    items = tuple(Item(n, minutes=120, size=10) for n in (1, 2))
    posts = tuple(Post(n, n, "judge", panel=1) for n in (1, 2))
    people = tuple(Person(n, offices=frozenset({"judge"})) for n in (101, 102))
    one_shift = Problem(
        ORIGIN, slots=shifts(1, each=1), places=rooms(2), items=items, posts=posts, people=people
    )

    outcome = planned(one_shift)

    assert outcome.unplaced == ()
    assert [clash.kind for clash in outcome.clashes] == [ClashKind.PANEL_SPLIT]


def test_lessons_lie_where_lecturers_come():
    """One comes in the morning, the other in the afternoon."""
    people = (
        Person(101, away=(Span(690, 900),), offices=frozenset({"lecturer"})),
        Person(102, offices=frozenset({"lecturer"}), away=(Span(0, 680),)),
    )
    items = tuple(Item(n, minutes=120, size=10) for n in (1, 2))
    posts = tuple(Post(n, n, "lecturer") for n in (1, 2))
    problem = Problem(
        ORIGIN, slots=shifts(1), places=rooms(2), people=people, items=items, posts=posts
    )

    outcome = planned(problem)

    assert outcome.clashes == ()
    assert {placing.starts for placing in outcome.plan.placings} == {540, 690}


def test_a_judge_who_must_stand_aside_moves_the_session():
    """At nine only somebody barred is free: the session goes to the second shift."""
    people = (
        Person(101, offices=frozenset({"judge"}), barred_items=frozenset({1})),
        Person(102, offices=frozenset({"judge"}), away=(Span(0, 680),)),
    )
    problem = Problem(
        ORIGIN,
        slots=shifts(1),
        places=rooms(1),
        people=people,
        items=(Item(1, minutes=120, size=10),),
        posts=(Post(1, 1, "judge"),),
    )

    outcome = planned(problem)

    assert outcome.clashes == ()
    assert outcome.plan.placings == (Placing(1, 1, 690),)


def test_every_reason_rule_and_way_out_has_words():
    assert set(WORDS) == set(Why)
    assert set(GROUP_WORDS) == set(Group)
    assert set(WAY_WORDS) == set(Way)
