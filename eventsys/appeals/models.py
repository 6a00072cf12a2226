"""Clocks, appeals, their papers, panels, rulings and deposits."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.appeals.rules import Started, whole_second
from eventsys.appeals.states import (
    TO_RULE,
    AppealState,
    ClockStart,
    Consequence,
    DepositDeed,
    Ground,
    Outcome,
)
from eventsys.db import BIG, GroupOwned, Id, Long, Short
from eventsys.events.models import Track
from eventsys.identity.rules import Scope
from eventsys.registration.models import Entry


class AppealClock(GroupOwned):
    """What starts the time for appeals happened at a moment; a later version corrects it."""

    __tablename__ = "appeal_clock"
    __table_args__ = (UniqueConstraint("track_id", "start", "module", "version"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    start: Mapped[ClockStart]
    module: Mapped[str] = mapped_column(String(5), default="")
    version: Mapped[int]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(BIG)
    recorded_by: Mapped[str] = mapped_column(String(50))

    @property
    def started(self) -> Started:
        """The row as a value."""
        return Started(self.start, self.module, self.at)


class AppealClosing(GroupOwned):
    """From here on nobody appeals about a version of a track's results: it is final."""

    __tablename__ = "appeal_closing"
    __table_args__ = (UniqueConstraint("track_id", "version"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(50))


class AppealReopening(GroupOwned):
    """A later version changed the result of an entry: its leader may appeal until ``ends_at``."""

    __tablename__ = "appeal_reopening"
    __table_args__ = (UniqueConstraint("entry_id", "version"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    version: Mapped[int]
    at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Appeal(GroupOwned):
    """A team leader's appeal about what happened to an entry of their unit."""

    __tablename__ = "appeal"
    __table_args__ = (UniqueConstraint("track_id", "number"),)

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"), index=True)
    number: Mapped[int]
    state: Mapped[AppealState] = mapped_column(index=True)
    level: Mapped[int] = mapped_column(default=1)
    ground: Mapped[Ground]
    module: Mapped[str] = mapped_column(String(5), default="")
    text: Mapped[Long]
    second_text: Mapped[Long] = mapped_column(default="")
    lodged_at: Mapped[datetime]
    lodged_by_id: Mapped[int | None] = mapped_column(BIG)
    lodged_by: Mapped[str] = mapped_column(String(50))
    window_ends_at: Mapped[datetime | None]
    respond_by: Mapped[datetime]
    second_until: Mapped[datetime | None]
    deposit: Mapped[int] = mapped_column(default=0)  # fen
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    track: Mapped[Track] = relationship()
    entry: Mapped[Entry] = relationship()
    papers: Mapped[list["AppealPaper"]] = relationship(order_by="AppealPaper.at")
    members: Mapped[list["AppealMember"]] = relationship(
        order_by="AppealMember.level, AppealMember.position"
    )
    rulings: Mapped[list["Ruling"]] = relationship(order_by="Ruling.level", back_populates="appeal")
    deposits: Mapped[list["AppealDeposit"]] = relationship(order_by="AppealDeposit.at")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads a plain dict

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this appeal lies in: its unit's as well as its track's."""
        return self.entry.scopes

    @property
    def title(self) -> str:
        """How papers and refusals call it."""
        return f"{self.track.code}-S{self.number:02d}"

    def __str__(self) -> str:
        return self.title

    @property
    def panel(self) -> list["AppealMember"]:
        """Who rules at the present level, without those who stepped aside."""
        return [
            one for one in self.members if one.level == self.level and one.stepped_aside_at is None
        ]

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it keeps results from becoming final: undecided, or it may still go on."""
        if self.state in TO_RULE:
            return True
        until = self.second_until
        return (
            self.state is AppealState.RULED
            and until is not None
            and whole_second(moment) <= whole_second(until)
        )

    def is_overdue_at(self, moment: datetime) -> bool:
        """Whether the panel should have answered by now."""
        return self.state in TO_RULE and moment > self.respond_by


class AppealPaper(GroupOwned):
    """A file handed in with an appeal."""

    __tablename__ = "appeal_paper"

    id: Mapped[Id]
    appeal_id: Mapped[int] = mapped_column(BIG, ForeignKey("appeal.id"), index=True)
    name: Mapped[Short]
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime]

    appeal: Mapped[Appeal] = relationship(overlaps="papers")


class AppealMember(GroupOwned):
    """A member of the panel that rules at one level; the first one presides."""

    __tablename__ = "appeal_member"
    __table_args__ = (UniqueConstraint("appeal_id", "level", "user_id"),)

    id: Mapped[Id]
    appeal_id: Mapped[int] = mapped_column(BIG, ForeignKey("appeal.id"), index=True)
    level: Mapped[int]
    position: Mapped[int]
    user_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(50))
    named_at: Mapped[datetime]
    named_by: Mapped[str] = mapped_column(String(50))
    stepped_aside_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")


class Ruling(GroupOwned):
    """What a panel ruled at one level; never changed. ``digest`` covers what the letter says."""

    __tablename__ = "ruling"
    __table_args__ = (UniqueConstraint("appeal_id", "level"),)

    id: Mapped[Id]
    appeal_id: Mapped[int] = mapped_column(BIG, ForeignKey("appeal.id"))
    level: Mapped[int]
    outcome: Mapped[Outcome]
    votes_for: Mapped[int]
    votes_against: Mapped[int]
    members: Mapped[str] = mapped_column(String(500))
    reasons: Mapped[Long]
    consequence: Mapped[Consequence]
    remedy: Mapped[str] = mapped_column(String(500), default="")
    incident_number: Mapped[int | None]
    is_last: Mapped[bool]
    ruled_at: Mapped[datetime]
    ruled_by_id: Mapped[int | None] = mapped_column(BIG)
    ruled_by: Mapped[str] = mapped_column(String(50))
    digest: Mapped[str] = mapped_column(String(64))

    appeal: Mapped[Appeal] = relationship(back_populates="rulings")

    @property
    def title(self) -> str:
        """How papers call it."""
        return f"{self.appeal.title}-{self.level}"


class AppealDeposit(GroupOwned):
    """A deposit was paid, refunded or kept; only ever added."""

    __tablename__ = "appeal_deposit"
    __table_args__ = (UniqueConstraint("appeal_id", "deed"),)

    id: Mapped[Id]
    appeal_id: Mapped[int] = mapped_column(BIG, ForeignKey("appeal.id"))
    deed: Mapped[DepositDeed]
    fen: Mapped[int]
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(50))
