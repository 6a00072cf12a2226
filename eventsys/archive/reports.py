"""Making the evidence pack of an event."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from eventsys import clock
from eventsys.archive import contributors
from eventsys.archive.contributors import Contributor, plain
from eventsys.archive.marks import marks_of_track
from eventsys.archive.packing import PackWriter, fingerprint
from eventsys.archive.queries import (
    chain_state,
    deeds_of,
    is_locked,
    is_settled,
    original_versions,
    things_of,
)
from eventsys.certificates.keys import ready_signer
from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.exports import safe_file_name
from eventsys.tasks.work import Work

ALWAYS: tuple[Contributor, ...] = (
    contributors.rules_of,
    contributors.schemes_of,
    contributors.draws_of,
    contributors.publications_of,
    contributors.certificates_of,
)
ONCE_LOCKED: tuple[Contributor, ...] = (
    marks_of_track,
    contributors.rechecks_of,
    contributors.works_of,
    contributors.incidents_of,
    contributors.appeals_of,
    contributors.paper_of,
    contributors.signatures_of,
)
GUIDE = Path(__file__).with_name("guide.html")


def make_pack(work: Work) -> str:
    """Everything that proves the results of an event, in one archive that checks itself.

    Marks of a track come in once they are locked; until all results are final it is provisional.
    """
    event = session().get_one(Event, work.task.payload["event_id"])
    signer, moment = ready_signer(work.keys_dir), clock.now()
    provisional = not is_settled(event)
    title = work.task.title
    facts = _facts(event, work, moment, provisional=provisional)
    pack = PackWriter(work.out, moment)
    steps = list(_steps(event))
    work.progress(0, len(steps) + 1)

    for done, (folder, track, contributor) in enumerate(steps, start=1):
        for piece in contributor(track, work.files_dir):
            pack.put(f"{folder}/{piece.name}", piece.content)
        work.progress(done, len(steps) + 1)
    _put_event(pack, event)
    pack.put("核验.html", GUIDE.read_text("utf-8").replace("{key}", fingerprint(signer)).encode())
    pack.put_verifier()
    pack.seal(signer, facts)
    work.progress(len(steps) + 1, len(steps) + 1)
    return safe_file_name(title, "zip")


def _facts(event: Event, work: Work, moment: datetime, *, provisional: bool) -> dict[str, Any]:
    folders = [_folder(place) for place, _track in enumerate(event.tracks, start=1)]
    return {
        "event": {"code": event.code, "name": event.name, "kind": event.kind.value},
        "made_for": work.public_url,
        "made_on": f"{clock.in_shanghai(moment):%Y-%m-%d %H:%M}",
        "provisional": provisional,
        "tracks": folders,
    }


def _folder(place: int) -> str:
    return f"tracks/{place:02d}"


def _steps(event: Event) -> Iterator[tuple[str, Track, Contributor]]:
    for place, track in enumerate(event.tracks, start=1):
        wanted = ALWAYS + (ONCE_LOCKED if is_locked(track) else ())
        for contributor in wanted:
            yield _folder(place), track, contributor


def _put_event(pack: PackWriter, event: Event) -> None:
    """The event, where its originals lie, and its part of the record.

    The record of a track comes in with its marks: single deeds tell single marks.
    """
    pack.put("event.json", plain(event) | {"host": event.host.name})
    originals = [plain(one) | {"content": one.content} for one in original_versions(event.id)]
    pack.put("originals.json", originals)
    locked = [track.id for track in event.tracks if is_locked(track)]
    pack.put_lines("audit/entries.jsonl", deeds_of(event.group_id, things_of(locked, event.id)))
    pack.put("audit/chain.json", chain_state(event.group_id))
