"""Incidents as recorded in the room, and the decisions about them."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Long
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.incidents.rules import DecisionFacts, seconds_between
from eventsys.incidents.states import Effect, IncidentKind, Receipt
from eventsys.timetable.models import Session


class Incident(GroupOwned):
    """One thing that happened at a station.

    Pages read ``station``, never ``entry_id``: it is kept so that what was decided reaches the
    right entry after the opening, wherever the contestant sat by then. Once the contestant has
    taken note (``noted_at``) the row is closed.
    """

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("track_id", "number"), UniqueConstraint("track_id", "op"))

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    number: Mapped[int]
    op: Mapped[str] = mapped_column(String(40))  # the device's own id: a second tap adds nothing
    session_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("session.id"))
    station: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"), index=True)
    kind: Mapped[IncidentKind]
    own_fault: Mapped[bool | None]
    violation: Mapped[str] = mapped_column(String(30), default="")
    module: Mapped[str] = mapped_column(String(5), default="")
    to_station: Mapped[str] = mapped_column(String(10), default="")
    to_session_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("session.id"))
    description: Mapped[Long] = mapped_column(default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(BIG)
    recorded_by: Mapped[str] = mapped_column(String(50))
    noted_at: Mapped[datetime | None]
    receipt: Mapped[Receipt | None]
    second_judge: Mapped[str] = mapped_column(String(50), default="")

    track: Mapped[Track] = relationship()
    session: Mapped[Session | None] = relationship(foreign_keys=[session_id])
    to_session: Mapped[Session | None] = relationship(foreign_keys=[to_session_id])
    decisions: Mapped[list["IncidentDecision"]] = relationship(
        order_by="IncidentDecision.version", back_populates="incident"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this incident lies in."""
        return self.track.scopes

    @property
    def latest(self) -> "IncidentDecision | None":
        """The decision in force."""
        return self.decisions[-1] if self.decisions else None

    @property
    def lasted(self) -> int | None:
        """How many seconds it lasted; nothing while the clock runs."""
        return None if self.ends_at is None else seconds_between(self.starts_at, self.ends_at)


class IncidentDecision(GroupOwned):
    """What was decided about an incident; a later version takes the place of an earlier one."""

    __tablename__ = "incident_decision"
    __table_args__ = (UniqueConstraint("incident_id", "version"),)

    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BIG, ForeignKey("incident.id"))
    version: Mapped[int]
    effect: Mapped[Effect]
    seconds: Mapped[int] = mapped_column(default=0)
    points: Mapped[Decimal]
    module: Mapped[str] = mapped_column(String(5), default="")
    rule_text: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(500), default="")
    ruling: Mapped[str] = mapped_column(String(60), default="")  # the appeal it follows from
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(BIG)
    decided_by: Mapped[str] = mapped_column(String(50))

    incident: Mapped[Incident] = relationship(back_populates="decisions")

    @property
    def facts(self) -> DecisionFacts:
        """The decision as a value."""
        return DecisionFacts(
            effect=self.effect,
            rule_text=self.rule_text,
            seconds=self.seconds,
            points=self.points,
            module=self.module,
            reason=self.reason,
        )
