"""Committing to a seed, drawing the codes, opening the map: each in sight of somebody else."""

import secrets
from datetime import datetime

from sqlalchemy import select

from eventsys import clock
from eventsys.attendance.actions import end_check_in
from eventsys.attendance.queries import arrived
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.draws import queries
from eventsys.draws.models import BlindCode, CodeDraw
from eventsys.draws.policy import may_draw, may_open_map, may_witness
from eventsys.draws.rules import (
    AlreadyDrawn,
    AlreadyOpened,
    NobodyHere,
    NotBlind,
    NotDrawn,
    WitnessUnfit,
    commitment,
    draw,
)
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.vault import vault


def commit_seed(actor: Actor, track: Track) -> CodeDraw:
    """Make the seed, seal it, and write down its commitment, while people still come in."""
    authorize(actor, may_draw, track)

    _lock(track)
    if track.event.kind is not EventKind.COMPETITION:
        raise NotBlind
    found = queries.draw_of(track.id)
    if found is not None:
        return found

    seed = secrets.token_hex(32)
    made = CodeDraw(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        commitment=commitment(seed),
        seed_sealed=vault().seal(seed),
        committed_at=clock.now(),
    )
    session().add(made)
    session().flush()

    record(actor, "codes.committed", made, commitment=made.commitment)
    return made


def draw_codes(actor: Actor, track: Track, witness: User) -> CodeDraw:
    """Draw the codes of all entries that are here, once; whoever comes later gets none."""
    authorize(actor, may_draw, track)

    made = commit_seed(actor, track)
    if made.drawn_at is not None:
        raise AlreadyDrawn(track=track.name, moment=_shown(made.drawn_at))
    if not may_witness(witness, actor, track):
        raise WitnessUnfit
    here = arrived(track.id)
    if not here:
        raise NobodyHere(track=track.name)
    end_check_in(actor, track)

    codes = draw(vault().open(made.seed_sealed), here)
    session().add_all(
        BlindCode(
            id=new_id(),
            group_id=track.group_id,
            draw_id=made.id,
            track_id=track.id,
            code=code,
            entry_id=entry_id,
        )
        for entry_id, code in sorted(codes.items(), key=lambda pair: pair[1])
    )
    made.drawn_at, made.drawn_by_id, made.drawn_by = clock.now(), actor.user_id, actor.name
    made.witness = witness.name
    session().flush()

    # the record is read before the opening: it holds how many, never who, and never the seed
    record(actor, "codes.drawn", made, codes=len(codes), witness=witness.name)
    return made


def unseal(actor: Actor, opened: CodeDraw, witness: User) -> None:
    """Open the map: two named people, once. Whether the marks allow it is the caller's question."""
    authorize(actor, may_open_map, opened)

    _lock(opened.track)
    session().refresh(opened)
    if opened.drawn_at is None:
        raise NotDrawn(track=opened.track.name)
    if opened.opened_at is not None:
        raise AlreadyOpened(track=opened.track.name, moment=_shown(opened.opened_at))
    if not may_witness(witness, actor, opened.track):
        raise WitnessUnfit

    opened.opened_at, opened.opened_by = clock.now(), actor.name
    opened.opening_witness = witness.name

    seed = vault().open(opened.seed_sealed)
    record(actor, "map.opened", opened, witness=witness.name, seed=seed)


def _lock(track: Track) -> None:
    """A draw and a check-in never run beside each other; neither do two draws."""
    session().scalar(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))


def _shown(moment: datetime) -> str:
    return f"{clock.in_shanghai(moment):%Y-%m-%d %H:%M}"
