"""Places, sessions and placements."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Short
from eventsys.events.models import Track
from eventsys.identity.rules import Scope, ScopeKind
from eventsys.registration.models import Entry
from eventsys.timetable.rules import StationState
from eventsys.timetable.states import Purpose


class Venue(GroupOwned):
    """A building or campus."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("group_id", "name"),)

    id: Mapped[Id]
    name: Mapped[Short]
    address: Mapped[str] = mapped_column(String(200), default="")

    rooms: Mapped[list["Room"]] = relationship(order_by="Room.name", back_populates="venue")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this venue lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class Travel(GroupOwned):
    """How many minutes people need from one venue to another, either way."""

    __tablename__ = "travel"
    __table_args__ = (
        UniqueConstraint("venue_id", "other_id"),
        CheckConstraint("venue_id < other_id", name="order"),
    )

    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(BIG, ForeignKey("venue.id"))
    other_id: Mapped[int] = mapped_column(BIG, ForeignKey("venue.id"))
    minutes: Mapped[int]

    venue: Mapped[Venue] = relationship(foreign_keys=[venue_id])
    other: Mapped[Venue] = relationship(foreign_keys=[other_id])

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this way lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class Room(GroupOwned):
    """A room with its stations, or with ``seats`` that were not numbered yet.

    ``equipment`` is a list of words with commas; ``reset_minutes`` lie between two sessions.
    """

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("venue_id", "name"),)

    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(BIG, ForeignKey("venue.id"))
    name: Mapped[Short]
    per_row: Mapped[int] = mapped_column(default=5)  # how many stations stand side by side
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.PRACTICE)
    seats: Mapped[int | None]
    equipment: Mapped[str] = mapped_column(String(300), default="")
    reset_minutes: Mapped[int] = mapped_column(default=0)

    venue: Mapped[Venue] = relationship(back_populates="rooms")
    stations: Mapped[list["Station"]] = relationship(order_by="Station.label")
    closures: Mapped[list["RoomClosure"]] = relationship(order_by="RoomClosure.starts_at")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this room lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class RoomClosure(GroupOwned):
    """A stretch of time in which a room cannot be used, and why."""

    __tablename__ = "room_closure"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="times"),)

    id: Mapped[Id]
    room_id: Mapped[int] = mapped_column(BIG, ForeignKey("room.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(100), default="")

    room: Mapped[Room] = relationship(overlaps="closures")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this closure lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class Station(GroupOwned):
    """A workstation (工位) or seat (座位) as an object; ``vendor`` is its make or type.

    A faulty station gets nobody: not by draw, not by hand, not from the planner.
    """

    __tablename__ = "station"
    __table_args__ = (UniqueConstraint("room_id", "label"),)

    id: Mapped[Id]
    room_id: Mapped[int] = mapped_column(BIG, ForeignKey("room.id"), index=True)
    label: Mapped[str] = mapped_column(String(10))
    is_spare: Mapped[bool] = mapped_column(default=False)
    vendor: Mapped[str] = mapped_column(String(40), default="")
    faulty_since: Mapped[datetime | None]

    room: Mapped[Room] = relationship(overlaps="stations")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this station lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]

    @property
    def state(self) -> StationState:
        """A fault counts before everything else."""
        if self.faulty_since is not None:
            return StationState.FAULTY
        return StationState.SPARE if self.is_spare else StationState.OK


class StationFault(GroupOwned):
    """One line of a station's fault log; ``mended_at`` is empty as long as the fault lasts."""

    __tablename__ = "station_fault"

    id: Mapped[Id]
    station_id: Mapped[int] = mapped_column(BIG, ForeignKey("station.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(BIG)
    by: Mapped[str] = mapped_column(String(50))
    what: Mapped[str] = mapped_column(String(200))
    mended_at: Mapped[datetime | None]
    mended_by: Mapped[str] = mapped_column(String(50), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    station: Mapped[Station] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this fault lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class Session(GroupOwned):
    """A session (场次) of a track in a room.

    ``part`` is a part of an exam (T, P), a module of a competition, or empty: the whole of it.
    """

    __tablename__ = "session"
    __table_args__ = (UniqueConstraint("track_id", "name"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    room_id: Mapped[int] = mapped_column(BIG, ForeignKey("room.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(5), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    track: Mapped[Track] = relationship()
    room: Mapped[Room] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this session lies in."""
        return self.track.scopes


class Placement(GroupOwned):
    """An entry at a station in a session: never two at one station, never one entry twice."""

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("session_id", "station_id"),
        UniqueConstraint("entry_id", "part"),
    )

    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(BIG, ForeignKey("session.id"))
    station_id: Mapped[int] = mapped_column(BIG, ForeignKey("station.id"), index=True)
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    part: Mapped[str] = mapped_column(String(5), default="")

    session: Mapped[Session] = relationship()
    station: Mapped[Station] = relationship()
    entry: Mapped[Entry] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this placement lies in."""
        return self.session.track.scopes


class StationDraw(GroupOwned):
    """One drawing of stations for a track (and part): whoever has the seed can repeat it."""

    __tablename__ = "station_draw"

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    part: Mapped[str] = mapped_column(String(5), default="")
    seed: Mapped[str] = mapped_column(String(64))
    placed: Mapped[int]
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int | None] = mapped_column(BIG)
    drawn_by: Mapped[str] = mapped_column(String(50))
