"""Panels: seats, what a track asks of its judges, their cards, and who stands aside."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id, Long, Short
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.identity.models import User
from eventsys.identity.rules import Scope
from eventsys.panels.rules import USUAL_MODES, Card, Mode, Relation, Terms, Title
from eventsys.registration.models import Entry


class Panel(GroupOwned):
    """What a track asks of its judges, and how far its panel is: fixed, recusals settled."""

    __tablename__ = "panel"
    __table_args__ = (UniqueConstraint("track_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    reserves: Mapped[int] = mapped_column(default=0)
    min_years: Mapped[int | None]
    min_title: Mapped[Title | None]
    max_age: Mapped[int | None]
    age_on: Mapped[date | None]
    min_judgings: Mapped[int | None]
    needs_consent: Mapped[bool] = mapped_column(default=False)
    most_per_unit: Mapped[int | None]
    modes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sponsors: Mapped[Long] = mapped_column(default="")
    fixed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this panel lies in."""
        return self.track.scopes

    @property
    def terms(self) -> Terms:
        """What is asked, as a value."""
        return Terms(
            self.min_years,
            self.min_title,
            self.max_age,
            self.min_judgings,
            self.needs_consent,
            self.most_per_unit,
        )

    def mode_of(self, relation: Relation) -> Mode:
        """What a relation leads to in this track."""
        return Mode((self.modes or {}).get(relation.value, USUAL_MODES[relation]))


class JudgeSeat(GroupOwned):
    """A judge's seat in the panel of a track. An excused judge's sheets no longer count.

    A reserve judge marks like everybody; the sheets count only in place of somebody's.
    """

    __tablename__ = "judge_seat"
    __table_args__ = (UniqueConstraint("track_id", "user_id"), UniqueConstraint("track_id", "seat"))

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    seat: Mapped[int]
    is_reserve: Mapped[bool] = mapped_column(default=False)
    excused_at: Mapped[datetime | None]
    excused_reason: Mapped[str] = mapped_column(String(200), default="")

    user: Mapped[User] = relationship()
    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this seat lies in."""
        return self.track.scopes


class JudgeCard(GroupOwned):
    """What the group knows of somebody as a judge; what is not known is empty."""

    __tablename__ = "judge_card"
    __table_args__ = (UniqueConstraint("user_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"))
    employer_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"))
    employer: Mapped[Short] = mapped_column(default="")
    title: Mapped[Title | None]
    since_year: Mapped[int | None]
    birth_year: Mapped[int | None]
    judgings: Mapped[int | None]
    consent: Mapped[bool | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads a plain dict

    @property
    def facts(self) -> Card:
        """The card as a value."""
        return Card(
            self.employer,
            self.employer_id,
            self.title,
            self.since_year,
            self.birth_year,
            self.judgings,
            self.consent,
        )


class AdmissionException(GroupOwned):
    """A judge admitted although conditions were not met, with the reason; only ever added."""

    __tablename__ = "admission_exception"

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"))
    lacking: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(200))
    by_name: Mapped[Short]
    at: Mapped[datetime]


class Declaration(GroupOwned):
    """A relation of a judge to a unit or a person, by name: nobody looked at entries for it."""

    __tablename__ = "declaration"

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    relation: Mapped[Relation]
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"))
    person_name: Mapped[str] = mapped_column(String(50), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    mode: Mapped[Mode | None]
    by_id: Mapped[int | None] = mapped_column(BIG)
    by_name: Mapped[Short]
    at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]
    dropped_reason: Mapped[str] = mapped_column(String(200), default="")

    track: Mapped[Track] = relationship()
    user: Mapped[User] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this declaration lies in."""
        return self.track.scopes


class SetAside(GroupOwned):
    """A judge whose sheet does not count for an entry, as settled when the map was opened."""

    __tablename__ = "set_aside"
    __table_args__ = (UniqueConstraint("seat_id", "entry_id"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    seat_id: Mapped[int] = mapped_column(BIG, ForeignKey("judge_seat.id"))
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    relation: Mapped[Relation]

    entry: Mapped[Entry] = relationship()
