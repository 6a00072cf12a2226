"""One table of venues and rooms saved twice in the same second: it is kept once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from eventsys.db import enter_group, session, transaction
from eventsys.errors import DomainError
from eventsys.timetable.models import Room, Station, Venue
from eventsys.timetable.place_importing import PlacesMoved, effect_of, keep_places
from eventsys.timetable.place_tables import HEADINGS, read_places
from tests.applicants import workbook

CELLS = {"venue": "北楼", "room": "101", "per_row": "4", "station": "01"}


def test_of_two_people_with_one_table_one_is_told(app, act, inside, world):
    organizer = act("organizer_a")
    enter_group(world.group_a)
    row = tuple(CELLS.get(key, "") for key in HEADINGS)
    read = read_places(workbook(tuple(HEADINGS.values()), row), "场地.xlsx", str)
    seen = effect_of(read.places).seen
    session().close()
    start = Barrier(2)

    def save(_number: int) -> type:
        with app.app_context():
            enter_group(world.group_a)
            start.wait()
            try:
                with transaction():
                    return type(keep_places(organizer, read.rows, seen, str))
            except DomainError as refusal:
                return type(refusal)
            finally:
                session().close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, range(2)))

    assert answers.count(PlacesMoved) == 1
    counts = [
        session().scalar(select(func.count()).select_from(Venue).where(Venue.name == "北楼")),
        session().scalar(select(func.count()).select_from(Room).where(Room.name == "101")),
        session().scalar(select(func.count(Station.id)).join(Room).where(Room.name == "101")),
    ]
    assert counts == [1, 1, 1]
