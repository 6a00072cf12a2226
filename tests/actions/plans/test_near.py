"""A drag is judged from what is near it alone, exactly as from the whole plan."""

import random
from datetime import timedelta

import pytest

from eventsys.db import session, transaction
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Event
from eventsys.plans.minutes import moment_of, origin_of
from eventsys.plans.models import PlanItem, PlanPost
from eventsys.plans.near import near
from eventsys.plans.placing import put_item, settings_of
from eventsys.plans.problem import problem_of
from eventsys.registration.models import Entry
from eventsys.timetable.board import Board
from eventsys.timetable.clashes import clashes_around
from eventsys.timetable.models import Placement, Session
from eventsys.timetable.rules import Placing
from tests.moving import MORNING, add_item, joins, keep, lay_out
from tests.world import World

ITEMS = 24


def tangle(world: World, seed: int) -> list[int]:
    """A plan in which everything is in everything's way: entries, judges, panels, order, rooms."""
    rng = random.Random(seed)  # noqa: S311  to be repeated, not a secret
    lay_out(world)
    event = session().get_one(Event, world.competition_a)
    origin = origin_of(event.starts_on)
    with transaction():
        settings = settings_of(event)
        settings.most, settings.most_a_day, settings.odd_panels = 3, 2, True
        items = [add_item(world, f"N{number}") for number in range(ITEMS)]
        for number, one in enumerate(items):
            one.is_alone, one.size = rng.random() < 0.7, rng.randint(1, 12)
            one.after = [rng.choice(items).id] if rng.random() < 0.3 else []
            joins(world, one.id, f"entry{rng.randint(1, 6)}_a", f"P{number}")
            for seat in (1, 2):
                post = PlanPost(item_id=one.id, office=Office.JUDGE, seat=seat)
                post.panel = rng.choice((0, 7, 9))
                keep(world, f"post{number}-{seat}", post)
        for one in items[:-4]:
            room = rng.choice((world.room_a, world.hall))
            held = put_item(one, room, moment_of(origin, MORNING + 20 * rng.randint(0, 24)))
            judges = rng.sample(range(1, 6), 2)
            for duty in session().query(Duty).filter_by(session_id=held.id):
                duty.user_id = world.ids[f"judge{judges[duty.seat - 1]}_a"]
        by_hand = Session(track_id=world.track_a, room_id=world.hall, name="手工场次")
        by_hand.starts_at = moment_of(origin, MORNING + 100)
        by_hand.ends_at = by_hand.starts_at + timedelta(hours=1)
        keep(world, "by_hand", by_hand)
        for number, held_id in enumerate((by_hand.id, items[0].session_id)):
            entry = session().get_one(Entry, world.entry1_a)
            placed = Placement(
                session_id=held_id, station_id=world.hall_station1, entry_id=entry.id
            )
            placed.part = f"S{number}"
            keep(world, f"placed{number}", placed)
    return [one.id for one in items]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_near_an_item_says_as_much_of_it_as_the_whole_plan(world, inside, seed):
    ids = tangle(world, seed)
    rng = random.Random(seed)  # noqa: S311  to be repeated, not a secret
    whole = problem_of(session().get_one(Event, world.competition_a))
    seen = set()

    for item_id in rng.sample(ids, 8):
        item = session().get_one(PlanItem, item_id)
        room, at = rng.choice((world.room_a, world.hall)), MORNING + 15 * rng.randint(0, 30)
        part = problem_of(item.track.event, near=near(item, room))
        told = []
        for problem in (whole, part):
            board = Board(problem, problem.present)
            here = clashes_around(board, item_id)
            board.put(Placing(item_id, room, at))
            told.append((here, clashes_around(board, item_id)))

        assert told[1] == told[0]
        seen |= {clash.kind for some in told[0] for clash in some}

    assert len(seen) >= 8, seen


def test_what_has_nothing_to_do_with_an_item_is_not_read(world, inside):
    lay_out(world)
    with transaction():
        others = [add_item(world, f"F{number}") for number in range(5)]
    item = session().get_one(PlanItem, world.K1)

    found = near(item, world.room_a)

    assert found.items == {world.K1, world.T1}
    assert not found.items & {one.id for one in others}
    assert found.rooms == {world.room_a}
