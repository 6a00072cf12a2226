"""Codes for those who may know only codes; the map for those who hold it, or once it is open."""

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventsys import clock
from eventsys.attendance.models import Arrival
from eventsys.db import session
from eventsys.draws.models import BlindCode, CodeDraw
from eventsys.draws.rules import MapSealed
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind, EventState
from eventsys.identity.actor import Actor
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.rules import Permission, Role, ScopeKind
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from eventsys.timetable.models import Placement, Station
from eventsys.timetable.queries import PEOPLE
from eventsys.vault import vault


@dataclass(frozen=True)
class BlindEntry:
    """All a judge may know of an entry: its code."""

    code: str


@dataclass(frozen=True)
class MinuteLine:
    """One line of the encryption judge's minute: for the sealed envelope, for nobody else."""

    code: str
    entry: Entry
    station: str


def draw_of(track_id: int) -> CodeDraw | None:
    """The draw of a track, committed to or done."""
    return session().scalar(select(CodeDraw).where(CodeDraw.track_id == track_id))


def code_count(track_id: int) -> int:
    """How many codes were drawn: that much everybody may know."""
    counted = select(func.count(BlindCode.id)).where(BlindCode.track_id == track_id)
    return session().scalar(counted) or 0


def blind_list(track_id: int) -> list[BlindEntry]:
    """The codes of a track in their own order: no entry, no station, nothing that leads to one.

    A station would lead there: leaders and the public may know who sits where.
    """
    found = select(BlindCode.code).where(BlindCode.track_id == track_id).order_by(BlindCode.code)
    return [BlindEntry(code) for code in session().scalars(found)]


def entry_of_codes(track_id: int) -> dict[str, int]:
    """Which entry stands behind each code; refused until the map was opened before a witness."""
    found = draw_of(track_id)
    if found is None or found.opened_at is None:
        track = session().get(Track, track_id)
        raise MapSealed(track=track.name if track else "")
    pairs = (
        select(BlindCode.code, BlindCode.entry_id)
        .where(BlindCode.track_id == track_id)
        .order_by(BlindCode.code)
    )
    return {code: entry_id for code, entry_id in session().execute(pairs)}  # noqa: C416  rows


def seed_of(found: CodeDraw) -> str | None:
    """The seed, once the map is open: from then on anybody may draw again."""
    return vault().open(found.seed_sealed) if found.opened_at else None


def minute(track_id: int) -> list[MinuteLine]:
    """The whole map in the order of the codes. Only the encryption judge's page may ask."""
    codes = (
        select(BlindCode)
        .where(BlindCode.track_id == track_id)
        .options(joinedload(BlindCode.entry).options(*PEOPLE))
        .order_by(BlindCode.code)
    )
    lines = list(session().scalars(codes).unique())
    placed = session().execute(
        select(Placement.entry_id, Station.label)
        .join(Station, Station.id == Placement.station_id)
        .where(Placement.entry_id.in_([one.entry_id for one in lines]), Placement.part == "")
    )
    labels = {entry_id: label for entry_id, label in placed}  # noqa: C416  rows, not pairs
    return [MinuteLine(one.code, one.entry, labels.get(one.entry_id, "")) for one in lines]


def supervisors(track: Track) -> list[User]:
    """The accounts that may witness: supervisors of the track or its event, in office today."""
    today = clock.today()
    wanted = [
        and_(RoleGrant.scope_kind == scope.kind, RoleGrant.scope_id == scope.id)
        for scope in track.scopes
    ]
    found = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            User.group_id == track.group_id,
            User.closed_at.is_(None),
            RoleGrant.role == Role.SUPERVISOR,
            RoleGrant.ended_at.is_(None),
            or_(RoleGrant.starts_on.is_(None), RoleGrant.starts_on <= today),
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
            or_(*wanted),
        )
        .order_by(User.name, User.id)
        .distinct()
    )
    return list(session().scalars(found))


def tracks_to_draw(actor: Actor) -> list[tuple[Track, int]]:
    """The competition tracks this encryption judge has still to draw, with how many are here."""
    events = actor.scope_ids(Permission.DRAW, ScopeKind.EVENT)
    tracks = actor.scope_ids(Permission.DRAW, ScopeKind.TRACK)
    here = (
        select(func.count(Arrival.id))
        .join(Entry, Entry.id == Arrival.entry_id)
        .where(Entry.track_id == Track.id, Entry.state == EntryState.APPROVED)
        .scalar_subquery()
    )
    found = (
        select(Track, here)
        .join(Track.event)
        .options(contains_eager(Track.event))
        .outerjoin(CodeDraw, CodeDraw.track_id == Track.id)
        .where(
            Event.kind == EventKind.COMPETITION,
            Event.state.in_([EventState.PUBLISHED, EventState.REGISTRATION_CLOSED]),
            Event.ends_on >= clock.today(),
            CodeDraw.drawn_at.is_(None),
            or_(Event.id.in_(events), Track.id.in_(tracks)),
        )
        .order_by(Event.name, Track.code)
    )
    return [(track, number) for track, number in session().execute(found)]
