"""Planning as organizers do it: sessions laid by hand, seats given, people put on duty."""

from collections.abc import Iterable, Sequence
from itertools import count

from sqlalchemy import select

from eventsys.db import session
from eventsys.demo.founding import account, acting
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Event, Track
from eventsys.plans.duty_actions import put_on_duty
from eventsys.plans.models import PlanItem, PlanMember
from eventsys.plans.move_actions import move_item
from eventsys.plans.move_queries import where_is
from eventsys.plans.moves import AsksFirst, Move, Where
from eventsys.plans.setting_actions import PlanFacts
from eventsys.plans.shifts import TEMPLATES, Shift, Template, check_shifts
from eventsys.plans.work_out import HALF_DAY, HALVES, PART_SESSION, SESSION, work_out
from eventsys.registration.models import Entry
from eventsys.timetable.actions import place_entry
from eventsys.timetable.models import Room, Station
from eventsys.timetable.parts import parts_of
from eventsys.timetable.queries import stations_of
from eventsys.timetable.rules import DAY, StationState

CHINESE = {
    SESSION: "第 %(n)s 场",
    PART_SESSION: "%(part)s 第 %(n)s 场",
    HALF_DAY: "%(day)s %(half)s",
    HALVES["am"]: "上午",
    HALVES["pm"]: "下午",
}


def facts(template: Template, days: int) -> PlanFacts:
    """The usual settings with the shifts of a template on every day."""
    shifts = [Shift(one.starts, one.ends, CHINESE.get(one.name, "")) for one in TEMPLATES[template]]
    return PlanFacts(
        shifts=check_shifts(shifts, range(days)),
        rest=10,
        duty_rest=0,
        gap=60,
        reset=10,
        travel=30,
        wishes={},
        severities={},
        most=None,
        most_a_day=None,
        most_per_unit=1,
        odd_panels=True,
    )


def make_sessions(event: Event) -> None:
    """Work the sessions out, named in Chinese."""
    work_out(acting("zuzhi"), event, CHINESE.__getitem__, _module)
    session().flush()
    session().expire_all()


def _module(track: Track, part: str) -> str:
    return next((one.name for one in parts_of(track.rules) if one.code == part), part)


def items_of_track(track: Track, part: str = "") -> list[PlanItem]:
    """The sessions to be held of a part of a track, in the order of their numbers."""
    found = select(PlanItem).where(PlanItem.track_id == track.id, PlanItem.part == part)
    return sorted(session().scalars(found), key=lambda one: (len(one.key), one.key))


class Desk:
    """An organizer at the plan of one event, who says yes to what is asked."""

    def __init__(self, event: Event) -> None:
        self.event, self.numbers = event, count(1)

    def lay(self, item: PlanItem, room: Room, day: int, hour: int, minute: int = 0) -> None:
        """Into a room, so many days after the first of the event."""
        self._move(item, Where(room.id, day * DAY + hour * 60 + minute))

    def lift(self, item: PlanItem) -> None:
        """Back to the tray."""
        self._move(item, None)

    def _move(self, item: PlanItem, to: Where | None) -> None:
        name = f"demo-{self.event.code}-{next(self.numbers)}"
        seen = where_is(item)
        try:
            move_item(acting("zuzhi"), item, Move(name, seen, to))
        except AsksFirst as asked:
            move_item(acting("zuzhi"), item, Move(name, seen, to, frozenset(asked.keys)))
        session().flush()

    def seat(self, item: PlanItem) -> None:
        """The entries of a session at the stations of their make, in order."""
        held = item.session
        if held is None:
            return
        asked = (
            select(Entry)
            .join(PlanMember, PlanMember.entry_id == Entry.id)
            .where(PlanMember.item_id == item.id)
            .order_by(Entry.number)
        )
        free = [one for one in stations_of(held.room_id) if _fits(one, item)]
        for entry, station in zip(session().scalars(asked).all(), free, strict=False):
            place_entry(acting("zuzhi"), held, entry, station)

    def serve(self, item: PlanItem, office: Office, usernames: Sequence[str]) -> None:
        """These people in the seats of an office, in order."""
        asked = select(Duty).where(Duty.session_id == item.session_id, Duty.office == office)
        duties = session().scalars(asked.order_by(Duty.seat)).all()
        for duty, username in zip(duties, usernames, strict=False):
            put_on_duty(acting("zuzhi"), duty, account(username).id, str)

    def panel(self, items: Iterable[PlanItem], chief: str, judges: Sequence[str]) -> None:
        """The same chief judge and judges at every one of these sessions."""
        for item in items:
            self.serve(item, Office.CHIEF, [chief])
            self.serve(item, Office.JUDGE, judges)


def _fits(station: Station, item: PlanItem) -> bool:
    return station.state is StationState.OK and item.vendor in ("", station.vendor)
