"""Printing marking sheets, attaching scans of signed ones, and saying whether they agree."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import Conflict
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.paper.files import keep_bytes
from eventsys.paper.models import PaperPrint, PaperScan, PaperVerdict
from eventsys.paper.policy import may_handle_paper, may_print_blank, may_see_scan
from eventsys.paper.queries import (
    blank_contents,
    digest_of_sheet,
    filled_contents,
    printed,
    scans_of,
)
from eventsys.paper.rules import (
    NoCodesYet,
    NothingOnSheets,
    ScanKind,
    ScanKnown,
    ScanUnreadable,
    SheetOpen,
    check_reason,
    scan_kind,
)
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.states import SheetState
from eventsys.signing import content_digest
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind
from eventsys.works.images import strip_jpeg, strip_png
from eventsys.works.rules import NotWhatItSays


def ask_blank_sheets(actor: Actor, track: Track, title: str) -> Task:
    """Have one blank sheet printed for every code and seat."""
    authorize(actor, may_print_blank, track)
    contents = blank_contents(track)
    if not contents:
        raise NoCodesYet

    task = _ask(actor, track, title, contents)

    record(actor, "paper.blank_printed", track, sheets=len(contents))
    return task


def ask_filled_sheets(actor: Actor, track: Track, title: str) -> Task:
    """Have every sheet that was handed in printed as entered, to be signed."""
    authorize(actor, may_handle_paper, track)
    contents = filled_contents(track)
    if not contents:
        raise NothingOnSheets

    task = _ask(actor, track, title, contents)

    record(actor, "paper.filled_printed", track, sheets=len(contents))
    return task


def _ask(actor: Actor, track: Track, title: str, contents: Sequence[Mapping[str, Any]]) -> Task:
    """Write down what will stand on the paper, then have exactly that drawn."""
    session().scalar(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))
    by_digest = {content_digest(one): one for one in contents}
    known = printed(track.id, list(by_digest))
    for digest, content in by_digest.items():
        if digest not in known:
            known[digest] = _print(actor, track, digest, content)
    session().flush()
    keys = [known[digest].id for digest in by_digest]
    kind = TaskKind.PAPER_SHEETS_PDF
    return ask(actor, track.group_id, kind, title, track_id=track.id, print_ids=keys)


def _print(actor: Actor, track: Track, digest: str, content: Mapping[str, Any]) -> PaperPrint:
    made = PaperPrint(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        code=content["code"],
        seat=content["seat"],
        is_filled=content["filled"],
        content=dict(content),
        digest=digest,
        printed_at=clock.now(),
        printed_by=actor.name,
    )
    session().add(made)
    return made


# ---- scans


def attach_scan(actor: Actor, sheet: MarkSheet, data: bytes, files_dir: Path) -> PaperScan:
    """Keep the scan of a signed sheet; an earlier one stays as an earlier version.

    Pictures lose what a camera writes into them beside the picture; the page is kept as it is.
    """
    authorize(actor, may_handle_paper, sheet.track)
    session().refresh(sheet, with_for_update={"of": MarkSheet})
    kind = scan_kind(data)
    kept = _bare(kind, data)
    path, digest = keep_bytes(files_dir, kept)
    if any(one.file_hash == digest for one in scans_of(sheet.id)):
        raise ScanKnown

    version = select(func.max(PaperScan.version)).where(PaperScan.sheet_id == sheet.id)
    made = PaperScan(
        id=new_id(),
        group_id=sheet.group_id,
        track_id=sheet.track_id,
        sheet_id=sheet.id,
        version=(session().scalar(version) or 0) + 1,
        kind=kind,
        file_path=path,
        file_hash=digest,
        received_hash=hashlib.sha256(data).hexdigest(),
        size=len(kept),
        uploaded_at=clock.now(),
        uploaded_by=actor.name,
    )
    session().add(made)
    session().flush()

    seat = sheet.seat.seat
    record(actor, "scan.attached", sheet, code=sheet.code, seat=seat, sha256=digest)
    return made


def _bare(kind: ScanKind, data: bytes) -> bytes:
    """The file as it is kept; a PDF stays byte for byte what the scanner made."""
    try:
        match kind:
            case ScanKind.JPEG:
                return strip_jpeg(data)
            case ScanKind.PNG:
                return strip_png(data)
            case ScanKind.PDF:
                return data
    except NotWhatItSays as broken:
        raise ScanUnreadable from broken


def judge_scan(
    actor: Actor, scan: PaperScan, seen: str, *, agrees: bool, reason: str = ""
) -> PaperVerdict:
    """Say whether the paper agrees with the marks as they were shown (``seen`` is their digest)."""
    authorize(actor, may_see_scan, scan)
    sheet = scan.sheet
    session().refresh(sheet, with_for_update={"of": MarkSheet})
    if sheet.state is SheetState.OPEN:
        raise SheetOpen
    if seen != digest_of_sheet(sheet) or scan.id != scans_of(sheet.id)[0].id:
        raise Conflict
    said = "" if agrees else check_reason(reason)

    made = PaperVerdict(
        id=new_id(),
        group_id=scan.group_id,
        scan_id=scan.id,
        agrees=agrees,
        reason=said,
        digest=seen,
        at=clock.now(),
        by_id=actor.user_id,
        by_name=actor.name,
    )
    session().add(made)
    session().flush()

    code, seat = sheet.code, sheet.seat.seat
    record(
        actor,
        "paper.agrees" if agrees else "paper.differs",
        sheet,
        code=code,
        seat=seat,
        reason=said,
    )
    return made
