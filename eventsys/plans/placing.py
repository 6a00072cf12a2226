"""Putting an item into a room and a time, and taking it out again with what hangs on it.

No rights are asked here and nothing goes on record: the actions that call this do both.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from eventsys import clock
from eventsys.db import changed, new_id, session
from eventsys.duties.models import Duty
from eventsys.duties.rules import Office
from eventsys.events.models import Event
from eventsys.plans.models import PlanItem, PlanSettings
from eventsys.plans.moves import seats_elsewhere
from eventsys.plans.rules import PlanChanged, SessionBegun
from eventsys.plans.seat_queries import Seats, sitting_in, spots_in
from eventsys.timetable.models import Placement, Session


@dataclass(frozen=True)
class Snapshot:
    """Where an item lay, who sat there and who served: enough to lay it down again."""

    room_id: int
    starts_at: datetime
    seats: Seats = ()  # entry, station
    duties: tuple[tuple[str, int, int | None, bool], ...] = ()  # office, seat, account, fixed

    def plain(self) -> dict[str, Any]:
        """The snapshot as JSON keeps it."""
        return {
            "room": self.room_id,
            "starts": self.starts_at.isoformat(),
            "seats": [list(one) for one in self.seats],
            "duties": [list(one) for one in self.duties],
        }

    @staticmethod
    def read(plain: dict[str, Any]) -> "Snapshot":
        """The snapshot that `plain` wrote."""
        return Snapshot(
            plain["room"],
            datetime.fromisoformat(plain["starts"]),
            tuple((entry, station) for entry, station in plain["seats"]),
            tuple((office, seat, user, fixed) for office, seat, user, fixed in plain["duties"]),
        )


# ---- the plan of an event


def settings_of(event: Event) -> PlanSettings:
    """What holds for the plan of an event; laid down with the usual values the first time."""
    found = session().scalar(select(PlanSettings).where(PlanSettings.event_id == event.id))
    if found is None:
        found = PlanSettings(id=new_id(), group_id=event.group_id, event_id=event.id)
        session().add(found)
        session().flush()
    return found


def hold_plan(event: Event) -> PlanSettings:
    """Whoever changes the plan of an event waits for their turn here."""
    settings = settings_of(event)
    session().refresh(settings, with_for_update={"key_share": True})
    return settings


def step_revision(event_id: int, seen: int) -> int:
    """The next revision of a plan, for whoever saw the present one; nobody else gets through."""
    won = changed(
        update(PlanSettings)
        .where(PlanSettings.event_id == event_id, PlanSettings.revision == seen)
        .values(revision=seen + 1)
        .execution_options(synchronize_session="fetch")
    )
    if not won:
        raise PlanChanged
    return seen + 1


# ---- one item


def put_item(
    item: PlanItem, room_id: int, starts_at: datetime, seats: Seats | None = None
) -> Session:
    """Give an item a room and a time: its session is made or moved, and everybody goes along.

    In another room whoever had a station gets the one ``seats`` says, or else one that fits. Where
    somebody would be left without, nothing is moved: `TooFewStations` says who.
    """
    held = item.session
    if held is None:
        return _new_session(item, room_id, starts_at)
    check_not_begun(held)
    if held.room_id != room_id:
        _reseat(held, room_id, seats)
    held.room_id = room_id
    held.starts_at, held.ends_at = starts_at, starts_at + timedelta(minutes=item.minutes)
    session().flush()
    session().expire(held, ["room"])
    return held


def _new_session(item: PlanItem, room_id: int, starts_at: datetime) -> Session:
    held = Session(
        id=new_id(),
        group_id=item.group_id,
        track_id=item.track_id,
        room_id=room_id,
        name=item.name,
        part=item.part,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=item.minutes),
    )
    session().add(held)
    session().flush()
    item.session = held
    session().add_all(
        Duty(
            id=new_id(),
            group_id=item.group_id,
            session_id=held.id,
            office=post.office,
            seat=post.seat,
        )
        for post in item.posts
    )
    session().flush()
    return held


def _reseat(held: Session, room_id: int, seats: Seats | None) -> None:
    """Whoever sat in the old room gets a station in the new one."""
    placed = session().scalars(select(Placement).where(Placement.session_id == held.id)).all()
    there = dict(seats or ())
    if there.keys() != {one.entry_id for one in placed}:
        there = dict(seats_elsewhere(sitting_in(held.id), spots_in(room_id)))
    for one in placed:
        one.station_id = there[one.entry_id]
    session().flush()
    for one in placed:
        session().expire(one, ["station"])


def lift_item(item: PlanItem) -> Snapshot | None:
    """Back to the tray: the session goes with its seats and duties; what was there comes back."""
    held = item.session
    if held is None:
        return None
    check_not_begun(held)
    kept = snapshot_of(held)
    item.session = None
    session().flush()
    session().execute(delete(Placement).where(Placement.session_id == held.id))
    session().execute(delete(Duty).where(Duty.session_id == held.id))
    session().expire_all()
    session().delete(session().get_one(Session, held.id))
    session().flush()
    return kept


def restore_item(item: PlanItem, kept: Snapshot) -> Session:
    """Lay an item down as it lay before, with the seats and duties of then."""
    held = put_item(item, kept.room_id, kept.starts_at)
    session().add_all(
        Placement(
            id=new_id(),
            group_id=item.group_id,
            session_id=held.id,
            station_id=station,
            entry_id=entry,
            part=item.part,
        )
        for entry, station in kept.seats
    )
    served = {(office, seat): (user, fixed) for office, seat, user, fixed in kept.duties}
    for duty in session().scalars(select(Duty).where(Duty.session_id == held.id)):
        duty.user_id, duty.is_fixed = served.get((duty.office.value, duty.seat), (None, False))
    session().flush()
    return held


def snapshot_of(held: Session) -> Snapshot:
    """Where a session lies now, with its seats and duties."""
    seats = session().execute(
        select(Placement.entry_id, Placement.station_id)
        .where(Placement.session_id == held.id)
        .order_by(Placement.id)
    )
    duties = session().scalars(
        select(Duty).where(Duty.session_id == held.id).order_by(Duty.office, Duty.seat)
    )
    return Snapshot(
        held.room_id,
        held.starts_at,
        tuple((entry, station) for entry, station in seats),
        tuple((one.office.value, one.seat, one.user_id, one.is_fixed) for one in duties),
    )


def check_not_begun(held: Session) -> None:
    """Refuse to move what has begun."""
    if held.starts_at <= clock.now():
        raise SessionBegun(name=held.name)


def serve(held: Session, office: Office, seat: int, user_id: int | None, *, fixed: bool) -> Duty:
    """Somebody takes a seat in an office, or nobody does any more."""
    duty = session().scalar(
        select(Duty).where(Duty.session_id == held.id, Duty.office == office, Duty.seat == seat)
    )
    if duty is None:
        duty = Duty(
            id=new_id(), group_id=held.group_id, session_id=held.id, office=office, seat=seat
        )
        session().add(duty)
    duty.user_id, duty.is_fixed = user_id, fixed
    session().flush()
    return duty
