"""What an event's plan needs, its items, runs of the planner, and moves by hand."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.db import BIG, GroupOwned, Id
from eventsys.duties.rules import Office
from eventsys.events.models import Event, Track
from eventsys.holds import Queue
from eventsys.identity.models import User
from eventsys.identity.rules import Scope
from eventsys.plans.states import STALLED_AFTER, MoveKind, RunState
from eventsys.plans.ways import Way
from eventsys.registration.models import Entry
from eventsys.timetable.models import Session
from eventsys.timetable.states import Purpose


class PlanSettings(GroupOwned):
    """What holds for the whole plan of an event. All lengths are minutes.

    ``shifts``: a list of {day, starts, ends, name}: the day counts from the event's first (0),
    the times from its midnight. ``wishes``: importance by kind of wish. ``severities``: by kind of
    clash, where the organizer may choose. ``revision`` grows with every change of the plan: whoever
    changes it says which one they saw.
    """

    __tablename__ = "plan_settings"
    __table_args__ = (UniqueConstraint("event_id"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"))
    shifts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    rest: Mapped[int] = mapped_column(default=10)
    duty_rest: Mapped[int] = mapped_column(default=0)
    gap: Mapped[int] = mapped_column(default=60)
    reset: Mapped[int] = mapped_column(default=10)
    travel: Mapped[int] = mapped_column(default=30)
    wishes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    severities: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    most: Mapped[int | None]
    most_a_day: Mapped[int | None]
    most_per_unit: Mapped[int] = mapped_column(default=1)
    odd_panels: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes these settings lie in."""
        return self.event.scopes


class PlanNeed(GroupOwned):
    """What one part of a track needs; from it and the entries the sessions are worked out.

    ``at_once``: how many entries one session takes. ``step``: parts of a lower step come first;
    parts of one step rotate among groups. ``posts``: how many people by office. ``way``: how the
    entries come into the sessions, the same for all parts of a track.
    """

    __tablename__ = "plan_need"
    __table_args__ = (UniqueConstraint("track_id", "part"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"), index=True)
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    part: Mapped[str] = mapped_column(String(5), default="")
    minutes: Mapped[int]
    at_once: Mapped[int]
    purpose: Mapped[Purpose]
    equipment: Mapped[str] = mapped_column(String(300), default="")
    step: Mapped[int] = mapped_column(default=0)
    posts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seniors: Mapped[int] = mapped_column(default=0)
    way: Mapped[Way] = mapped_column(default=Way.LOT)

    track: Mapped[Track] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this need lies in."""
        return self.track.scopes


class PlanItem(GroupOwned):
    """A session that is to be held. Without ``session`` it lies in the tray.

    ``after``: the items that must have ended. ``shifts`` and ``rooms``: the only ones allowed, or
    nothing said; a shift is named by its day and start, ``[day, starts]``. ``is_fixed``: the
    planner leaves it where it is. ``key`` says what it was worked out from, so that working out
    again finds it again; it is empty for what somebody added by hand.
    """

    __tablename__ = "plan_item"
    __table_args__ = (UniqueConstraint("track_id", "name"), UniqueConstraint("session_id"))

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"), index=True)
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"))
    part: Mapped[str] = mapped_column(String(5), default="")
    key: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(40))
    minutes: Mapped[int]
    size: Mapped[int] = mapped_column(default=0)
    purpose: Mapped[Purpose | None]
    vendor: Mapped[str] = mapped_column(String(40), default="")
    equipment: Mapped[str] = mapped_column(String(300), default="")
    after: Mapped[list[Any]] = mapped_column(JSON, default=list)
    shifts: Mapped[list[Any] | None] = mapped_column(JSON)
    rooms: Mapped[list[Any] | None] = mapped_column(JSON)
    is_alone: Mapped[bool] = mapped_column(default=True)
    is_fixed: Mapped[bool] = mapped_column(default=False)
    session_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("session.id", ondelete="SET NULL")
    )

    track: Mapped[Track] = relationship()
    session: Mapped[Session | None] = relationship()
    posts: Mapped[list["PlanPost"]] = relationship(
        order_by="PlanPost.office, PlanPost.seat",
        back_populates="item",
        cascade="all, delete-orphan",
    )
    members: Mapped[list["PlanMember"]] = relationship(
        back_populates="item", cascade="all, delete-orphan"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this item lies in."""
        return self.track.scopes


class PlanPost(GroupOwned):
    """A seat in an office that an item needs; posts of one ``panel`` go to the same person.

    Who serves is the Duty of the item's session with the same office and seat.
    """

    __tablename__ = "plan_post"
    __table_args__ = (UniqueConstraint("item_id", "office", "seat"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BIG, ForeignKey("plan_item.id"))
    office: Mapped[Office]
    seat: Mapped[int]
    needs_senior: Mapped[bool] = mapped_column(default=False)
    panel: Mapped[int] = mapped_column(default=0)

    item: Mapped[PlanItem] = relationship(back_populates="posts")


class PlanMember(GroupOwned):
    """An entry that belongs to an item: it takes part in that session, at whatever station."""

    __tablename__ = "plan_member"
    __table_args__ = (UniqueConstraint("entry_id", "part"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(BIG, ForeignKey("plan_item.id"), index=True)
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    part: Mapped[str] = mapped_column(String(5), default="")

    item: Mapped[PlanItem] = relationship(back_populates="members")
    entry: Mapped[Entry] = relationship()


class EntryNeed(GroupOwned):
    """What is known of an entry that matters for its seat: chosen vendor, class, paper."""

    __tablename__ = "entry_need"
    __table_args__ = (UniqueConstraint("entry_id"),)

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("entry.id"))
    vendor: Mapped[str] = mapped_column(String(40), default="")
    school_class: Mapped[str] = mapped_column(String(60), default="")
    paper: Mapped[str] = mapped_column(String(20), default="")

    entry: Mapped[Entry] = relationship()


class GroupDraw(GroupOwned):
    """One dealing of entries into the sessions of a track.

    By lot the ``seed`` repeats it; the other ways have none, the entries themselves repeat them.
    """

    __tablename__ = "group_draw"

    id: Mapped[Id]
    track_id: Mapped[int] = mapped_column(BIG, ForeignKey("track.id"), index=True)
    way: Mapped[Way] = mapped_column(default=Way.LOT)
    seed: Mapped[str] = mapped_column(String(64), default="")
    placed: Mapped[int]
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int | None] = mapped_column(BIG)
    drawn_by: Mapped[str] = mapped_column(String(50))


class PlanRun(GroupOwned):
    """One run of the planner: what was asked, how far it is, what it found, what became of it.

    ``claimed_at`` is the last sign of life of the worker that holds it, and its proof of holding.
    ``curve``: [[tenths of a second, unplaced, cost], …]. ``found``: the plan as plain values.
    ``revision`` is the plan it started from. With a ``file_name`` it is no run but a plan that
    somebody brought in, to be compared and accepted alike.
    """

    __tablename__ = "plan_run"
    __table_args__ = (Index("ix_plan_run_state_created", "state", "created_at"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"), index=True)
    owner_id: Mapped[int] = mapped_column(BIG, ForeignKey("user_account.id"))
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[RunState] = mapped_column(default=RunState.WAITING)
    seconds: Mapped[int]
    seed: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(120), default="")
    move_little: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stop_asked_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(50), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    cost: Mapped[int | None]
    unplaced: Mapped[int | None]
    curve: Mapped[list[Any]] = mapped_column(JSON, default=list)
    problem: Mapped[str] = mapped_column(String(500), default="")
    found: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)

    event: Mapped[Event] = relationship()
    owner: Mapped[User] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this run lies in."""
        return self.event.scopes


RUNS = Queue(PlanRun, RunState.WAITING, RunState.RUNNING, STALLED_AFTER)


class PlanMove(GroupOwned):
    """One change of a plan by hand, with what was before and after, for undoing.

    ``number`` is the revision of the event's plan that it made. ``before`` and ``after`` are plain
    values of what ``kind`` changes; ``op`` is the page's own name for it, so that what is sent
    twice is done once. A move that takes another back, or repeats it, names it in ``of_id``; the
    one taken back says by which in ``undone_by``.
    """

    __tablename__ = "plan_move"
    __table_args__ = (UniqueConstraint("event_id", "number"), UniqueConstraint("event_id", "op"))

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BIG, ForeignKey("event.id"))
    number: Mapped[int]
    kind: Mapped[MoveKind]
    item_id: Mapped[int | None] = mapped_column(BIG, index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_id: Mapped[int | None] = mapped_column(BIG)
    by: Mapped[str] = mapped_column(String(50))
    at: Mapped[datetime]
    op: Mapped[str | None] = mapped_column(String(40))
    of_id: Mapped[int | None] = mapped_column(BIG)
    undone_by: Mapped[int | None] = mapped_column(BIG)

    event: Mapped[Event] = relationship()

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this move lies in."""
        return self.event.scopes
