"""Seat plans: neighbours differ, machines suit, faulty and spare stations stay empty."""

from scheduling.planner.seats import Desk, SeatProblem, Sitter, alike_neighbours, plan_seats


def room(rows, wide, *, number=1, **facts):
    return tuple(
        Desk(number * 1000 + row * wide + column, number, row, column, **facts)
        for row in range(rows)
        for column in range(wide)
    )


def test_two_schools_of_the_same_size_sit_like_a_chessboard():
    sitters = tuple(Sitter(n, unit=1 + n % 2) for n in range(30))

    plan = plan_seats(SeatProblem(sitters, room(5, 6)), seed=1)

    assert len(set(plan.desk_of.values())) == 30
    assert plan.alike == {"school_class": 0, "unit": 0, "paper": 0}


def test_class_counts_more_than_school_and_school_more_than_paper():
    line = room(1, 3)
    sitters = (Sitter(1, 1, 1, 1), Sitter(2, 1, 1, 2), Sitter(3, 1, 2, 1))

    plan = plan_seats(SeatProblem(sitters, line), seed=1)

    assert plan.alike["school_class"] == 0
    assert {plan.desk_of[1], plan.desk_of[2]} == {1000, 1002}


def test_free_desks_keep_people_of_one_school_apart():
    sitters = tuple(Sitter(n, unit=1) for n in range(15))

    assert plan_seats(SeatProblem(sitters, room(5, 6)), seed=1).alike["unit"] == 0


def test_faulty_and_spare_stations_are_never_used():
    desks = room(1, 3) + room(1, 2, number=2, usable=False)
    sitters = tuple(Sitter(n) for n in range(4))

    plan = plan_seats(SeatProblem(sitters, desks), seed=1)

    assert sorted(plan.desk_of.values()) == [1000, 1001, 1002]
    assert len(plan.unseated) == 1


def test_machines_of_a_maker_go_to_those_who_need_them():
    desks = room(2, 2, vendor="A") + room(2, 2, number=2, vendor="B") + room(2, 2, number=3)
    sitters = tuple(Sitter(n, unit=1, vendor="AB"[n % 2]) for n in range(8))
    sitters += tuple(Sitter(n, unit=1) for n in range(8, 12))

    plan = plan_seats(SeatProblem(sitters, desks), seed=1)

    vendor = {desk.id: desk.vendor for desk in desks}
    assert plan.unseated == ()
    assert all(vendor[plan.desk_of[one.id]] == one.vendor for one in sitters)


def test_fixed_seats_stay_and_others_move_around_them():
    sitters = tuple(Sitter(n, unit=1 + n // 2) for n in range(4))
    plan = plan_seats(SeatProblem(sitters, room(1, 4), fixed={0: 1001}), seed=1)

    assert plan.desk_of[0] == 1001
    assert plan.alike["unit"] == 0


def test_everybody_stays_in_the_room_that_is_settled():
    desks = room(3, 3) + room(3, 3, number=2)
    sitters = tuple(Sitter(n, unit=1 + n % 3) for n in range(18))
    rooms = {n: 1 + n // 9 for n in range(18)}

    plan = plan_seats(SeatProblem(sitters, desks, room_of=rooms), seed=1)

    assert {n: desk // 1000 for n, desk in plan.desk_of.items()} == rooms


def test_the_same_seed_gives_the_same_seats():
    sitters = tuple(Sitter(n, unit=1 + n % 4, paper=1 + n % 3) for n in range(28))
    asked = SeatProblem(sitters, room(5, 6))

    plan = plan_seats(asked, seed=5)

    assert plan == plan_seats(asked, seed=5)
    assert plan.desk_of != plan_seats(asked, seed=6).desk_of


def test_neighbours_are_counted_once_and_only_within_a_room():
    desks = room(2, 2) + room(2, 2, number=2)
    sitters = tuple(Sitter(n, unit=1, paper=n % 2) for n in range(4))
    at = {0: 1000, 1: 1001, 2: 1002, 3: 2000}  # two pairs side by side, nobody beside the last

    assert alike_neighbours(SeatProblem(sitters, desks), at) == {
        "school_class": 0,
        "unit": 2,
        "paper": 0,
    }
