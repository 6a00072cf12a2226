"""Asking for files, bringing them in, closing the hand-in, sweeping what nobody knows."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.draws.queries import entry_at_station
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.registration.models import Entry
from eventsys.works import queries
from eventsys.works.files import files_before, keep_file
from eventsys.works.models import HandIn, Work, WorkSlot
from eventsys.works.policy import (
    may_ask_for_works,
    may_close_hand_in,
    may_fetch_works,
    may_see_works,
    may_send_works,
)
from eventsys.works.rules import (
    MOST_SLOTS,
    ClosedAlready,
    HandInClosed,
    HandInOpen,
    NoSlots,
    SlotFacts,
    SlotInUse,
    SlotTaken,
    StationUnknown,
    TooManySlots,
    check_file,
    check_slot,
)
from eventsys.works.stripping import check_nameless, clean

ORPHAN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Upload:
    """What a form brought: the name is looked at for its extension only, and forgotten."""

    name: str
    data: bytes
    files_dir: Path


def ask_for_file(actor: Actor, track: Track, facts: SlotFacts) -> WorkSlot:
    """Put one more file on the list of what every entry hands in."""
    authorize(actor, may_ask_for_works, track)
    check_slot(facts)
    _lock(track)
    _check_open(track)
    slots = queries.slots_of(track.id)
    if any(one.code == facts.code for one in slots):
        raise SlotTaken
    if len(slots) >= MOST_SLOTS:
        raise TooManySlots(most=MOST_SLOTS)

    made = WorkSlot(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        code=facts.code,
        name=facts.name,
        extensions=list(facts.extensions),
        most_megabytes=facts.most_megabytes,
        is_remote=facts.is_remote,
    )
    session().add(made)
    session().flush()

    record(actor, "work_slot.added", made, code=made.code, name=made.name)
    return made


def drop_slot(actor: Actor, slot: WorkSlot) -> None:
    """Take a file off the list, as long as nobody handed it in."""
    authorize(actor, may_ask_for_works, slot.track)
    _lock(slot.track)
    if queries.is_used(slot.id):
        raise SlotInUse

    session().delete(slot)

    record(actor, "work_slot.removed", slot.track, code=slot.code)


def fetch_work(actor: Actor, slot: WorkSlot, station: str, upload: Upload) -> Work:
    """Keep a file fetched on the floor, by the number of the station it lay at."""
    authorize(actor, may_fetch_works, slot.track)
    entry_id = entry_at_station(slot.track_id, station)
    if entry_id is None or station not in queries.stations(slot.track_id):
        raise StationUnknown

    return _keep(actor, slot, entry_id, upload, station)


def send_work(actor: Actor, slot: WorkSlot, entry: Entry, upload: Upload) -> Work:
    """Keep a file that the entry's own people sent."""
    authorize(actor, may_send_works, entry)
    if slot.track_id != entry.track_id or not slot.is_remote:
        raise NoSlots

    return _keep(actor, slot, entry.id, upload, "")


def _keep(actor: Actor, slot: WorkSlot, entry_id: int, upload: Upload, station: str) -> Work:
    _lock(slot.track)
    _check_open(slot.track)
    facts = facts_of(slot)
    extension = check_file(upload.name, upload.data, facts)
    cleaned = clean(extension, upload.data)
    check_nameless(extension, cleaned, queries.names_of(entry_id))

    made = Work(
        id=new_id(),
        group_id=slot.group_id,
        track_id=slot.track_id,
        slot_id=slot.id,
        entry_id=entry_id,
        station=station,
        version=queries.last_version(entry_id, slot.id) + 1,
        extension=extension,
        path=keep_file(upload.files_dir, cleaned),
        size=len(cleaned),
        received=hashlib.sha256(upload.data).hexdigest(),
        stored=hashlib.sha256(cleaned).hexdigest(),
        at=clock.now(),
        by_id=actor.user_id,
        by_name=actor.name,
    )
    session().add(made)
    session().flush()

    record(
        actor, "work.handed_in", made, code=slot.code, version=made.version, sha256=made.received
    )
    return made


def facts_of(slot: WorkSlot) -> SlotFacts:
    """A slot as the rules take it."""
    types = tuple(slot.extensions)
    return SlotFacts(slot.code, slot.name, types, slot.most_megabytes, slot.is_remote)


def close_hand_in(actor: Actor, track: Track) -> HandIn:
    """From now on nothing is added, and judges may look."""
    authorize(actor, may_close_hand_in, track)
    _lock(track)
    if queries.hand_in_of(track.id) is not None:
        raise ClosedAlready
    if not queries.slots_of(track.id):
        raise NoSlots

    made = HandIn(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        closed_at=clock.now(),
        closed_by=actor.name,
    )
    session().add(made)
    session().flush()

    counted = select(func.count(Work.id)).where(Work.track_id == track.id)
    record(actor, "hand_in.closed", track, files=session().scalar(counted) or 0)
    return made


def read_work(actor: Actor, track: Track, code: str, slot_code: str) -> Work | None:
    """The file of a code for a judge; the same answer for no file, no slot and no such code."""
    authorize(actor, may_see_works, track)
    if queries.hand_in_of(track.id) is None:
        raise HandInOpen

    return queries.work_of(track.id, code, slot_code)


def sweep_works(files_dir: Path, moment: datetime) -> int:
    """Delete files that no row knows: left by a request that failed after writing."""
    old = files_before(files_dir, moment - ORPHAN_AFTER)
    orphans = set(old) - queries.known_paths(old)
    for path in orphans:
        (files_dir / path).unlink(missing_ok=True)
    return len(orphans)


def _check_open(track: Track) -> None:
    over = queries.hand_in_of(track.id)
    if over is not None:
        raise HandInClosed(moment=f"{clock.in_shanghai(over.closed_at):%Y-%m-%d %H:%M}")


def _lock(track: Track) -> None:
    """A file never comes in beside the closing."""
    session().scalar(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))
