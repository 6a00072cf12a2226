"""What a track gives to the evidence pack. A feature adds one function and one line below.

``ALWAYS`` is in every pack. ``ONCE_LOCKED`` comes when the marks are locked: before that nobody who
knows the contestants may look at a mark. Entries appear as codes, and only in an open map.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from html import escape
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload, selectinload

from eventsys import clock
from eventsys.appeals.models import Appeal
from eventsys.archive.queries import things_of
from eventsys.archive.rules import Piece
from eventsys.certificates.models import Certificate
from eventsys.db import Model, session
from eventsys.draws.models import LevelDraw, StationMove
from eventsys.draws.queries import draw_of, entries_by_code, public_record
from eventsys.events.models import Track
from eventsys.events.rules import EventKind
from eventsys.incidents.models import Incident
from eventsys.paper.models import PaperKeying, PaperPrint, PaperReading, PaperScan
from eventsys.rechecks.models import Recheck, RecheckItem
from eventsys.results.models import Publication
from eventsys.schemes.models import Scheme
from eventsys.schemes.queries import aspects_in, competition_rules, versions_of
from eventsys.scoring.models import MarkSheet
from eventsys.signatures.models import Signature
from eventsys.works.models import Work

Contributor = Callable[[Track, Path], Iterable[Piece]]
"""Pieces of one track; the folder is where uploaded files lie."""
NEVER = frozenset({"group_id", "entry_id", "seed_sealed", "content", "document", "strokes"})
"""Columns that are written out by their own contributor, or by none."""


def plain(row: Model, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """A row as JSON: every column but those that are left out."""
    left_out = NEVER.union(without)
    columns = inspect(type(row)).column_attrs
    return {one.key: as_json(getattr(row, one.key)) for one in columns if one.key not in left_out}


def as_json(value: Any) -> Any:
    """A value as JSON keeps it, exact numbers as text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def codes_by_entry(track: Track) -> dict[int, str]:
    """The code of each entry once the map is open; nothing before."""
    found = draw_of(track.id)
    if found is None or found.opened_at is None:
        return {}
    return {entry_id: code for code, entry_id in entries_by_code(track.id).items()}


# ---- in every pack


def rules_of(track: Track, _files: Path) -> Iterator[Piece]:
    """The ruleset with the digest it was frozen under, and what the track is."""
    rules = track.ruleset
    about = plain(track, without={"id", "event_id", "used", "last_number"})
    yield Piece("track.json", about)
    yield Piece(
        "ruleset.json",
        {"data": rules.data, "digest": rules.digest, "frozen_at": as_json(rules.frozen_at)},
    )


def schemes_of(track: Track, _files: Path) -> Iterator[Piece]:
    """Every version of the marking scheme, for programs and for people."""
    if track.event.kind is not EventKind.COMPETITION:
        return
    modules = [one.code for one in competition_rules(track).modules]
    for scheme in versions_of(track.id):
        aspects = [
            plain(one) | {"module": one.criterion.module_code, "criterion": one.criterion.code}
            for one in aspects_in(scheme, modules)
        ]
        name = f"scheme-v{scheme.version}"
        yield Piece(f"{name}.json", plain(scheme) | {"aspects": aspects})
        yield Piece(f"{name}.html", _scheme_page(track, scheme, aspects).encode())


def _scheme_page(track: Track, scheme: Scheme, aspects: list[dict[str, Any]]) -> str:
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(str(one[key]))}</td>"
            for key in ("module", "criterion", "code", "text", "kind", "max_points")
        )
        + "</tr>"
        for one in aspects
    )
    title = escape(f"{track.name} 评分标准 第 {scheme.version} 版")
    heads = "".join(f"<th>{one}</th>" for one in ("模块", "项目", "编号", "评分点", "类型", "分值"))
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>{escape(scheme.reason)}</p>"
        f'<table border="1"><tr>{heads}</tr>{rows}</table></html>'
    )


def draws_of(track: Track, _files: Path) -> Iterator[Piece]:
    """What it takes to draw again, and the minute: who drew each level before whom."""
    if draw_of(track.id) is None:
        return
    yield Piece("draw.json", public_record(track))
    levels = session().scalars(
        select(LevelDraw).where(LevelDraw.track_id == track.id).order_by(LevelDraw.position)
    )
    found = draw_of(track.id)
    minute = {
        "draw": plain(found) if found else None,
        "levels": [plain(one, without={"pool", "drawn_by_id"}) for one in levels],
    }
    if found and found.opened_at:
        moves = session().scalars(select(StationMove).where(StationMove.track_id == track.id))
        minute["moves"] = [plain(one) for one in moves]
    yield Piece("draw-minute.json", minute)


def publications_of(track: Track, _files: Path) -> Iterator[Piece]:
    """Every version of the results that became public, as published."""
    codes = codes_by_entry(track)
    found = session().scalars(
        select(Publication)
        .where(Publication.track_id == track.id, Publication.public_at <= clock.now())
        .options(selectinload(Publication.rows), joinedload(Publication.notice))
        .order_by(Publication.version)
    )
    for one in found:
        rows = [plain(row) | {"code": codes.get(row.entry_id, "")} for row in one.rows]
        for row in rows:
            row["total"] = None if row["total"] is None else f"{Decimal(row['total']):.2f}"
        notice = plain(one.notice) if one.notice else None
        piece = plain(one) | {"notice": notice, "rows": rows}
        yield Piece(f"results-v{one.version}.json", piece)


def certificates_of(track: Track, _files: Path) -> Iterator[Piece]:
    """The certificates issued, word for word, with their signatures."""
    found = session().scalars(
        select(Certificate).where(Certificate.track_id == track.id).order_by(Certificate.number)
    )
    rows = [plain(one, without={"person_id"}) | {"document": one.document} for one in found]
    if rows:
        yield Piece("certificates.json", rows)


# ---- once the marks are locked


def rechecks_of(track: Track, _files: Path) -> Iterator[Piece]:
    """The minute of the re-check: how the list was drawn and what was found."""
    found = session().scalar(select(Recheck).where(Recheck.track_id == track.id))
    if found is None:
        return
    items = session().scalars(
        select(RecheckItem)
        .where(RecheckItem.recheck_id == found.id)
        .order_by(RecheckItem.round, RecheckItem.code)
    )
    yield Piece("recheck.json", plain(found) | {"items": [plain(one) for one in items]})


def works_of(track: Track, _files: Path) -> Iterator[Piece]:
    """The digests of everything handed in, by code once the map is open; not the files."""
    codes = codes_by_entry(track)
    found = session().scalars(
        select(Work)
        .where(Work.track_id == track.id)
        .options(joinedload(Work.slot))
        .order_by(Work.stored, Work.version)
    )
    rows = [
        plain(one, without={"path"}) | {"code": codes.get(one.entry_id, ""), "slot": one.slot.code}
        for one in found
    ]
    if rows:
        yield Piece("works.json", rows)


def incidents_of(track: Track, _files: Path) -> Iterator[Piece]:
    """What happened in the room, with every decision."""
    codes = codes_by_entry(track)
    found = session().scalars(
        select(Incident)
        .where(Incident.track_id == track.id)
        .options(selectinload(Incident.decisions))
        .order_by(Incident.number)
    )
    rows = [
        plain(one)
        | {
            "code": codes.get(one.entry_id, ""),
            "decisions": [plain(decision) for decision in one.decisions],
        }
        for one in found
    ]
    if rows:
        yield Piece("incidents.json", rows)


def appeals_of(track: Track, _files: Path) -> Iterator[Piece]:
    """Appeals, their papers, panels, rulings and deposits."""
    codes = codes_by_entry(track)
    parts = (Appeal.papers, Appeal.members, Appeal.rulings, Appeal.deposits)
    found = session().scalars(
        select(Appeal)
        .where(Appeal.track_id == track.id)
        .options(*(selectinload(part) for part in parts))
        .order_by(Appeal.number)
    )
    rows = []
    for one in found:
        listed = {part.key: [plain(row) for row in getattr(one, part.key)] for part in parts}
        rows.append(plain(one) | {"code": codes.get(one.entry_id, "")} | listed)
        for paper in one.papers:
            yield Piece(f"appeals/{one.number}-{paper.id}", paper.content)
    if rows:
        yield Piece("appeals.json", rows)


def paper_of(track: Track, files: Path) -> Iterator[Piece]:
    """Printed sheets, scans with what was found on them, and both keyings of paper sheets."""
    prints = select(PaperPrint).where(PaperPrint.track_id == track.id)
    shown = [
        plain(one) | {"content": one.content}
        for one in session().scalars(prints.order_by(PaperPrint.printed_at, PaperPrint.digest))
    ]
    if shown:
        yield Piece("paper/printed.json", shown)
    scans = session().scalars(
        select(PaperScan)
        .where(PaperScan.track_id == track.id)
        .options(
            selectinload(PaperScan.verdicts),
            joinedload(PaperScan.sheet).joinedload(MarkSheet.seat),
        )
        .order_by(PaperScan.uploaded_at, PaperScan.id)
    )
    listed = []
    for one in scans:
        name = f"paper/{one.sheet.code}-{one.sheet.seat.seat}-v{one.version}.{one.kind.value}"
        verdicts = [plain(verdict) for verdict in one.verdicts]
        listed.append(plain(one, without={"file_path"}) | {"file": name, "verdicts": verdicts})
        yield Piece(name, files / one.file_path)
    if listed:
        yield Piece("paper/scans.json", listed)
    for name, model in (("keyings", PaperKeying), ("readings", PaperReading)):
        rows = session().scalars(
            select(model).join(model.sheet).where(MarkSheet.track_id == track.id)
        )
        if kept := [plain(one) for one in rows]:
            yield Piece(f"paper/{name}.json", kept)


def signatures_of(track: Track, _files: Path) -> Iterator[Piece]:
    """Every signature under a thing of this track, as a picture."""
    found = session().scalars(
        select(Signature)
        .where(Signature.thing_id.in_(things_of([track.id])))
        .order_by(Signature.at, Signature.id)
    )
    listed = []
    for one in found:
        listed.append(plain(one))
        if not one.is_typed:
            yield Piece(f"signatures/{one.id}.svg", one.picture.encode())
    if listed:
        yield Piece("signatures/signatures.json", listed)
