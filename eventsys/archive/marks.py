"""The marks of a track as evidence: every sheet with its operations, and what was counted."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventsys.archive.contributors import as_json, codes_by_entry, plain
from eventsys.archive.rules import Piece
from eventsys.db import session
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.incidents.queries import effects_of
from eventsys.incidents.rules import Effects
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.models import CorrectionRequest, Mark, MarkOperation, MarkSheet
from eventsys.scoring.queries import PanelMarks, marking_of, panel_marks
from eventsys.scoring.rules import Level, Method
from eventsys.scoring.scores import aside_by_code, counted_sheets, scoring_modules

RECOMPUTED = frozenset({Method.MEAN, Method.TRIMMED_MEAN, Method.MEDIAN, Method.CONSENSUS})


def marks_of_track(track: Track, _files: Path) -> Iterator[Piece]:
    """Handing over, corrections, what was counted, and every sheet by itself."""
    marking, panel = marking_of(track.id), panel_marks(track)
    yield Piece("handing-over.json", plain(marking) if marking else {})
    yield Piece("corrections.json", corrections_of(track))
    yield Piece("marks.json", counted_of(track, panel))
    seats = {seat.id: seat.seat for seat in panel.seats}
    for code in sorted(panel.sheets):
        yield from _sheets(track.id, code, seats)


def _sheets(track_id: int, code: str, seats: dict[int, int]) -> Iterator[Piece]:
    """The sheets of one code: few enough to hold, read in three queries."""
    sheets = session().scalars(
        select(MarkSheet).where(MarkSheet.track_id == track_id, MarkSheet.code == code)
    )
    by_id = {one.id: one for one in sheets}
    operations: dict[int, list[dict[str, Any]]] = {key: [] for key in by_id}
    found = select(MarkOperation).where(MarkOperation.sheet_id.in_(by_id))
    for one in session().scalars(found.order_by(MarkOperation.at, MarkOperation.id)):
        operations[one.sheet_id].append(_operation(one))
    marks: dict[int, dict[str, str]] = {key: {} for key in by_id}
    held = select(Mark).where(Mark.sheet_id.in_(by_id), Mark.raw.is_not(None))
    for mark in session().scalars(held):
        marks[mark.sheet_id][str(mark.aspect_id)] = exact(mark.raw)
    for key, sheet in sorted(by_id.items(), key=lambda pair: seats[pair[1].seat_id]):
        seat = seats[sheet.seat_id]
        piece = plain(sheet) | {"seat": seat, "marks": marks[key], "operations": operations[key]}
        yield Piece(f"sheets/{code}-{seat}.json", piece)


def _operation(one: MarkOperation) -> dict[str, Any]:
    return {
        "op": one.op,
        "aspect": str(one.aspect_id),
        "raw": exact(one.raw),
        "seen": list(one.seen),
        "late": one.is_late,
        "device": one.device,
        "by": one.by_name,
        "at": as_json(one.at),
    }


def exact(raw: Decimal | None) -> Any:
    """A raw value as the pack writes it: 1.50 and 1.5 alike."""
    return None if raw is None else f"{raw.normalize() + 0:f}"


def corrections_of(track: Track) -> list[dict[str, Any]]:
    """Every request for a correction after the handing over, and what was decided."""
    found = session().scalars(
        select(CorrectionRequest)
        .where(CorrectionRequest.track_id == track.id)
        .options(
            joinedload(CorrectionRequest.decision),
            joinedload(CorrectionRequest.sheet).joinedload(MarkSheet.seat),
        )
        .order_by(CorrectionRequest.number)
    )
    return [
        plain(one)
        | {
            "code": one.sheet.code,
            "seat": one.sheet.seat.seat,
            "aspect": str(one.aspect_id),
            "old": exact(one.old),
            "new": exact(one.new),
            "version": one.decision.version if one.decision else None,
            "decision": plain(one.decision) if one.decision else None,
        }
        for one in found
    ]


def counted_of(track: Track, panel: PanelMarks) -> dict[str, Any]:
    """All a calculator needs: rules, aspects, and for every code the sheets that count."""
    codes = codes_by_entry(track)
    effects = {codes[key]: one for key, one in effects_of(track.id).items() if key in codes}
    aside = aside_by_code(track.id)
    seats = {seat.id: seat.seat for seat in panel.seats}
    entries = {}
    for code in sorted(panel.sheets):
        counting = counted_sheets(panel, code, aside.get(code, frozenset()))
        entries[code] = {
            "counting": [seats[sheet.seat_id] for sheet in counting],
            "marks": {
                str(seats[sheet.seat_id]): {
                    str(key): exact(raw) for key, raw in sorted(panel.raws_of(sheet).items())
                }
                for sheet in panel.sheets[code].values()
            },
            "effects": _effects(effects.get(code, Effects())),
            "few_allowed": code in panel.excepted,
        }
    rules = _rules(competition_rules(track))
    return {"rules": rules, "aspects": _aspects(panel), "entries": entries}


def _rules(rules: CompetitionRules) -> dict[str, Any]:
    modules = scoring_modules(rules)
    strategy = modules[0].strategy
    known = strategy.name in RECOMPUTED and strategy.level is Level.MODULE
    return {
        "modules": [
            {"code": one.code, "weight": f"{one.weight:f}", "full": f"{one.full:f}"}
            for one in modules
        ],
        "strategy": strategy.name.value,
        "drop_high": strategy.drop_high,
        "drop_low": strategy.drop_low,
        "min_judges": rules.min_judges,
        "few_judges": rules.few_judges,
        "tie_break": list(rules.tie_break),
        "beyond": not known or bool(rules.selection_code),
    }


def _aspects(panel: PanelMarks) -> dict[str, Any]:
    return {
        str(one.mark_key): {
            "code": one.code,
            "module": one.criterion.module_code,
            "kind": one.kind.value,
            "max": f"{one.max_points:f}",
            "spec": one.spec,
        }
        for one in panel.tally.aspects
    }


def _effects(one: Effects) -> dict[str, Any]:
    return {
        "points_off": f"{one.points_off:f}",
        "cancelled_modules": sorted(one.cancelled_modules),
        "disqualified": one.disqualified,
        "added_seconds": one.added_seconds,
    }
