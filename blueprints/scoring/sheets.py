"""A judge's page as the template draws it. Built from codes and marks: entries are out of reach."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from flask import url_for
from flask_babel import gettext as _

from blueprints.language import language, named
from blueprints.schemes.words import rule_words
from eventsys.panels.models import JudgeSeat
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect
from eventsys.schemes.queries import aspects_of, competition_rules
from eventsys.schemes.tally import Tally
from eventsys.scoring.models import Mark, MarkSheet
from eventsys.scoring.queries import marks_of, raws_of_seat, sheets_of
from eventsys.scoring.states import SheetState


@dataclass(frozen=True)
class RowView:
    """One aspect with what the judge gave; ``points`` are exact, ``raw`` is ``None`` if blank."""

    aspect_id: int
    code: str
    text: str
    kind: str
    max: Decimal
    lo: Decimal | None
    hi: Decimal | None
    unit: str
    step: Decimal | None
    levels: Sequence[str]
    raw: Decimal | None
    points: Fraction | None
    heads: Sequence[Mapping[str, str]]
    is_contested: bool
    module: str
    spec: Mapping[str, object]
    hint: str
    more: str


@dataclass(frozen=True)
class SectionView:
    """One criterion with its aspects."""

    code: str
    name: str
    max: Decimal
    rows: Sequence[RowView]


@dataclass(frozen=True)
class SheetView:
    """One sheet: code, state, sections, where to save and to submit.

    ``owner`` tells judges who share a tablet apart; it names nobody.
    """

    code: str
    owner: str
    track_name: str
    event_name: str
    module_name: str
    status: str
    note: str
    version: int
    save_url: str
    submit_url: str
    is_signed: bool  # the ruleset asks for a signature
    sections: Sequence[SectionView]
    total: Fraction


@dataclass(frozen=True)
class Stop:
    """One sheet in the list beside the page, ``todo`` or ``done``; ``total`` once submitted."""

    code: str
    state: str
    is_current: bool
    url: str
    total: Fraction | None


@dataclass(frozen=True)
class JudgePage:
    """Everything ``scoring/mark_sheet.html`` takes."""

    sheet: SheetView
    rail: list[Stop]
    previous_url: str | None
    next_url: str | None


def judge_page(seat: JudgeSeat, sheet: MarkSheet) -> JudgePage:
    """The page of one sheet of a judge."""
    tally = Tally(aspects_of(seat.track))
    rail = _rail(seat, sheet, tally)
    urls = [stop.url for stop in rail]
    here = next(place for place, stop in enumerate(rail) if stop.code == sheet.code)
    return JudgePage(
        sheet=_sheet(seat, sheet, tally),
        rail=rail,
        previous_url=urls[here - 1] if here else None,
        next_url=urls[here + 1] if here + 1 < len(urls) else None,
    )


def text_of(aspect: Aspect) -> str:
    """What is judged, in the reader's language."""
    return aspect.text_en if aspect.text_en and language() == "en" else aspect.text


def owner_of(user_id: int) -> str:
    """A tag for what a tablet keeps: another judge's marks are neither shown nor sent."""
    return hashlib.sha256(f"tablet {user_id}".encode()).hexdigest()[:16]


def status_of(sheet: MarkSheet) -> str:
    """The state as the page knows it: locked for its judge where nothing more can be entered."""
    closed = sheet.void_reason or sheet.seat.excused_at is not None
    return SheetState.LOCKED.value if closed else sheet.state.value


def _sheet(seat: JudgeSeat, sheet: MarkSheet, tally: Tally) -> SheetView:
    track = seat.track
    marks = marks_of(sheet.id)
    rules = competition_rules(track)
    modules = [f"{one.code} {named(one)}" for one in rules.modules]
    return SheetView(
        code=sheet.code,
        owner=owner_of(seat.user_id),
        track_name=named(track),
        event_name=named(track.event),
        module_name=" · ".join(modules),
        status=status_of(sheet),
        note=_note(sheet),
        version=sheet.version,
        save_url=url_for("scoring.save_marks", track_id=track.id),
        submit_url=url_for("scoring.submit_sheet", track_id=track.id, code=sheet.code),
        is_signed=rules.drawn_signatures,
        sections=_sections(tally, marks),
        total=tally.total({key: one.raw for key, one in marks.items() if one.raw is not None}),
    )


def _note(sheet: MarkSheet) -> str:
    if sheet.void_reason:
        return _("The chief judge set this code aside: nothing was handed in. No marks are needed.")
    if sheet.returned_reason and sheet.state is SheetState.OPEN:
        return _("The chief judge returned this sheet: %(reason)s", reason=sheet.returned_reason)
    return ""


def _sections(tally: Tally, marks: Mapping[int, Mark]) -> list[SectionView]:
    sections = []
    for criterion, aspects in groupby(tally.aspects, key=lambda aspect: aspect.criterion):
        rows = [_row(aspect, marks.get(aspect.mark_key), tally) for aspect in aspects]
        full = sum((row.max for row in rows if row.kind != AspectKind.VIOLATION), Decimal(0))
        above = f"{named(criterion.parent)} · " if criterion.parent else ""
        sections.append(SectionView(criterion.code, above + named(criterion), full, rows))
    return sections


def _row(aspect: Aspect, mark: Mark | None, tally: Tally) -> RowView:
    raw = mark.raw if mark else None
    limits = aspect.limits
    return RowView(
        aspect_id=aspect.mark_key,
        code=aspect.code,
        text=text_of(aspect),
        kind=aspect.kind.value,
        max=aspect.max_points,
        lo=limits.low,
        hi=limits.high,
        unit=aspect.spec.get("unit", ""),
        step=limits.step,
        levels=aspect.spec.get("levels", ()),
        raw=raw,
        points=None if raw is None else tally.points(aspect, raw),
        heads=[{**head, "raw": head["raw"] or ""} for head in mark.heads] if mark else [],
        is_contested=bool(mark and mark.is_contested),
        module=aspect.criterion.module_code,
        spec=aspect.spec,
        hint=rule_words(aspect),
        more=" · ".join(filter(None, (aspect.spec.get("note"), aspect.spec.get("need")))),
    )


def _rail(seat: JudgeSeat, current: MarkSheet, tally: Tally) -> list[Stop]:
    raws = raws_of_seat(seat.id)
    stops = []
    for sheet in sheets_of(seat.id):
        is_open = status_of(sheet) == SheetState.OPEN.value
        totalled = not is_open and not sheet.void_reason
        stops.append(
            Stop(
                code=sheet.code,
                state="todo" if is_open else "done",
                is_current=sheet.id == current.id,
                url=url_for("scoring.mark_sheet", track_id=seat.track_id, code=sheet.code),
                total=tally.total(raws.get(sheet.id, {})) if totalled else None,
            )
        )
    return stops
