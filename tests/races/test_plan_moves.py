"""Several people move sessions at once: a room holds one, a session goes one way, none is lost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from eventsys.db import enter_group, session, transaction
from eventsys.errors import DomainError
from eventsys.plans.models import PlanMove, PlanSettings
from eventsys.plans.move_actions import move_item
from eventsys.plans.moves import DoesNotFit, Move, MovedMeanwhile, Where
from eventsys.plans.placing import settings_of
from eventsys.plans.seat_actions import seat_entry
from eventsys.plans.seat_moves import SeatAsksFirst, SeatMove
from eventsys.plans.states import MoveKind
from eventsys.timetable.models import Session
from tests.moving import MORNING, add_item, item, lay_out, lies

MANY = 8


def at_once(app, world, actor, moves):
    """Every (item, move) in a thread of its own: the move's number, or the refusal."""
    start = Barrier(len(moves))

    def run(one):
        name, move = one
        with app.app_context():
            enter_group(world.group_a)
            start.wait()
            try:
                with transaction():
                    return move_item(actor, item(world, name), move).move.number
            except DomainError as refusal:
                return type(refusal)
            finally:
                session().close()

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(run, moves))


def ready(world):
    """The small plan with some more sessions, and its settings laid down."""
    lay_out(world)
    with transaction():
        for number in range(MANY):
            add_item(world, f"R{number}")
        settings_of(item(world, "K1").track.event)
    session().close()


def test_one_room_at_one_time_goes_to_one_session(app, act, world):
    actor = act("organizer_a")
    ready(world)
    to = Where(world.room_a, MORNING)
    moves = [(f"R{n}", Move(f"aaaaaaaa-{n}", None, to)) for n in range(MANY)]

    answers = at_once(app, world, actor, moves)

    assert sorted(map(str, answers)) == sorted(["1", *[str(DoesNotFit)] * (MANY - 1)])


def test_one_session_goes_one_way_and_the_others_hear_of_it(app, act, world):
    actor = act("organizer_a")
    ready(world)
    moves = [
        ("K1", Move(f"aaaaaaaa-{n}", None, Where(world.room_a, MORNING + 15 * n)))
        for n in range(MANY)
    ]

    answers = at_once(app, world, actor, moves)

    assert sorted(map(str, answers)) == sorted(["1", *[str(MovedMeanwhile)] * (MANY - 1)])


def test_moves_of_different_sessions_all_go_through(app, act, world):
    actor = act("organizer_a")
    ready(world)
    wanted = {f"R{n}": Where(world.room_a, MORNING - 60 + 70 * n) for n in range(MANY)}
    moves = [(name, Move(f"aaaaaaaa-{name}", None, to)) for name, to in wanted.items()]

    answers = at_once(app, world, actor, moves)

    enter_group(world.group_a)
    assert sorted(answers) == list(range(1, MANY + 1))
    assert {name: lies(world, name) for name in wanted} == wanted
    assert session().scalars(select(PlanSettings.revision)).one() == MANY


def test_one_station_goes_to_one_entry_and_the_others_are_asked(app, act, world):
    actor = act("organizer_a")
    ready(world)
    with transaction():
        move_item(actor, item(world, "K1"), Move("aaaaaaaa-0000", None, Where(world.hall, MORNING)))
    held = item(world, "K1").session_id
    session().close()

    def seat(number):
        with app.app_context():
            enter_group(world.group_a)
            start.wait()
            move = SeatMove(f"bbbbbbbb-{number}", world.ids[f"entry{number}_a"], None, station)
            try:
                with transaction():
                    return seat_entry(actor, session().get_one(Session, held), move).kind
            except DomainError as refusal:
                return type(refusal)
            finally:
                session().close()

    start, station = Barrier(6), world.hall_station1
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(seat, range(1, 7)))

    assert Counter(answers) == {MoveKind.SEATED: 1, SeatAsksFirst: 5}


def test_one_move_sent_many_times_at_once_is_made_once(app, act, world):
    actor = act("organizer_a")
    ready(world)
    move = Move("aaaaaaaa-0001", None, Where(world.room_a, MORNING))

    answers = at_once(app, world, actor, [("K1", move)] * MANY)

    enter_group(world.group_a)
    assert answers == [1] * MANY
    assert session().scalar(select(func.count(PlanMove.id))) == 1
