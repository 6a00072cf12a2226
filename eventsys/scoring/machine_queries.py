"""What the examination machine delivered so far, code by code."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.events.rules import EventKind
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.states import SchemeState
from eventsys.scoring.models import Mark, Marking, MarkSheet


@dataclass(frozen=True)
class MachineRow:
    """A work code that counts, with the machine's marks by aspect key; gaps are still to come."""

    code: str
    marks: dict[int, Decimal]


def machine_table(track: Track, aspects: Sequence[Aspect]) -> list[MachineRow]:
    """Every code that counts, in order; a mark only where all its sheets have it."""
    counting = select(MarkSheet.id, MarkSheet.code).where(
        MarkSheet.track_id == track.id, MarkSheet.void_reason == ""
    )
    sheets: dict[str, list[int]] = {}
    for sheet_id, code in session().execute(counting.order_by(MarkSheet.code)):
        sheets.setdefault(code, []).append(sheet_id)
    keys = [one.mark_key for one in aspects]
    found = session().execute(
        select(Mark.sheet_id, Mark.aspect_id, Mark.raw)
        .join(Mark.sheet)
        .where(MarkSheet.track_id == track.id, Mark.aspect_id.in_(keys), Mark.raw.is_not(None))
    )
    raws = {(sheet_id, key): raw for sheet_id, key, raw in found if raw is not None}
    return [
        MachineRow(
            code,
            {
                key: raws[own[0], key]
                for key in keys
                if all((sheet_id, key) in raws for sheet_id in own)
            },
        )
        for code, own in sheets.items()
    ]


def tracks_with_machine_marks(actor: Actor) -> list[Track]:
    """Tracks of a score clerk whose marking runs and whose scheme has machine aspects."""
    keys = actor.scope_ids(Permission.KEY_PAPER, ScopeKind.TRACK)
    found = (
        select(Track)
        .join(Track.event)
        .join(Marking, Marking.track_id == Track.id)
        .join(Scheme, Scheme.track_id == Track.id)
        .join(Criterion, Criterion.scheme_id == Scheme.id)
        .join(Aspect, Aspect.criterion_id == Criterion.id)
        .where(
            Track.id.in_(keys),
            Event.kind == EventKind.COMPETITION,
            Marking.submitted_at.is_(None),
            Scheme.state == SchemeState.IN_FORCE,
            Aspect.kind == AspectKind.MACHINE,
        )
        .distinct()
        .order_by(Track.id)
    )
    return list(session().scalars(found))
