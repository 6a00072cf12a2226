"""Places, sessions and placements."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Short
from eventsys.events.models import Track
from eventsys.identity.rules import Scope, ScopeKind
from eventsys.registration.models import Entry


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


class Room(GroupOwned):
    """A room with its stations or seats."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("venue_id", "name"),)

    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(BIG, ForeignKey("venue.id"))
    name: Mapped[Short]
    per_row: Mapped[int] = mapped_column(default=5)  # how many stations stand side by side

    venue: Mapped[Venue] = relationship(back_populates="rooms")
    stations: Mapped[list["Station"]] = relationship(order_by="Station.label")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this room lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class Station(GroupOwned):
    """A workstation (工位) or seat (座位) as an object."""

    __tablename__ = "station"
    __table_args__ = (UniqueConstraint("room_id", "label"),)

    id: Mapped[Id]
    room_id: Mapped[int] = mapped_column(BIG, ForeignKey("room.id"), index=True)
    label: Mapped[str] = mapped_column(String(10))
    is_spare: Mapped[bool] = mapped_column(default=False)

    room: Mapped[Room] = relationship(overlaps="stations")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this station lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class Session(GroupOwned):
    """A session (场次) of a track in a room; for exams of one part, T or P."""

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
