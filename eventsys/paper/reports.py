"""Marking sheets on paper: blank to mark on, filled to sign."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from zipfile import ZipFile

from sqlalchemy import select

from eventsys import clock
from eventsys.db import session
from eventsys.errors import N_
from eventsys.events.models import Track
from eventsys.exports import safe_file_name
from eventsys.panels.queries import seats_of
from eventsys.paper.models import PaperPrint
from eventsys.paper.queries import mark_key, prints, scheme_stamp
from eventsys.paper.rules import SchemeChanged, short_digest
from eventsys.printing.documents import ScoreAspect, ScoreSheet, score_sheets_pdf
from eventsys.rounding import round_half_up
from eventsys.schemes.aspects import MAX_JUDGEMENT, AspectKind
from eventsys.schemes.models import Aspect
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.tally import Tally
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.signing import sheet_digest, signed_sheets
from eventsys.signatures.models import Signature
from eventsys.tasks.work import Work

SHEETS_AT_ONCE = 40
CHOICES = {
    AspectKind.JUDGEMENT: tuple(str(level) for level in range(MAX_JUDGEMENT + 1)),
    AspectKind.CHECK: ("0", "1"),
}


def make_sheets_pdf(work: Work) -> str:
    """The sheets that were asked for, drawn from what was written down then.

    More than forty come as several PDFs in one archive.
    """
    track = session().get_one(Track, work.task.payload["track_id"])
    tally = Tally(aspects_of(track))
    wanted = prints(work.task.payload["print_ids"])
    signed = _signed(track, tally, wanted)
    stamp = scheme_stamp(tally.aspects)
    if any(one.content["scheme"] != stamp for one in wanted):
        raise SchemeChanged
    sheets = [
        replace(_sheet(work, track, tally, one), **_by_hand(work, signed.get(one.id)))
        for one in wanted
    ]
    title = work.task.title
    work.progress(0, len(sheets))

    parts = _parts(work, sheets)
    if len(sheets) <= SHEETS_AT_ONCE:
        work.out.write(next(parts)[1])
        return safe_file_name(title, "pdf")
    with ZipFile(work.out, "w") as archive:
        for first, pdf in parts:
            archive.writestr(safe_file_name(f"{first:04d} {title}", "pdf"), pdf)
    return safe_file_name(title, "zip")


def _parts(work: Work, sheets: Sequence[ScoreSheet]) -> Iterator[tuple[int, bytes]]:
    """The sheets as PDFs of a bearable size, each with the number of its first sheet."""
    for start in range(0, max(len(sheets), 1), SHEETS_AT_ONCE):
        part = sheets[start : start + SHEETS_AT_ONCE]
        yield start + 1, score_sheets_pdf(part, translate=work.words, fonts_dir=work.fonts_dir)
        work.progress(start + len(part), len(sheets))


def _sheet(work: Work, track: Track, tally: Tally, one: PaperPrint) -> ScoreSheet:
    english = work.task.language == "en"
    marks: dict[str, str] = one.content["marks"]
    raws = {int(key): Decimal(text) for key, text in marks.items()}
    short = short_digest(one.digest)
    where = f"{work.public_url}/paper/{track.id}/{one.code}/{one.seat}"
    return ScoreSheet(
        title=(track.name_en if english and track.name_en else track.name),
        subtitle=_subtitle(work, track, one),
        code=one.code,
        seat=str(one.seat),
        aspects=tuple(_aspects(tally, marks, english=english)),
        maximum_total=f"{sum((one.max_points for one in tally.aspects), Decimal(0)):f}",
        mark_total=f"{round_half_up(tally.total(raws), 2):.2f}" if one.is_filled else "",
        scheme_version=one.content["scheme"],
        short_digest=short,
        digest=one.digest,
        qr_text=f"{where}?print={short.replace(' ', '')}",
    )


def _signed(track: Track, tally: Tally, wanted: Sequence[PaperPrint]) -> dict[int, Signature]:
    """The signatures made on the device under just those marks that the papers show, by print."""
    found = session().scalars(select(MarkSheet).where(MarkSheet.track_id == track.id))
    sheets = {(one.code, one.seat_id): one for one in found}
    seats = {one.seat: one.id for one in seats_of(track.id)}
    kept = signed_sheets(track, sheets.values())
    signed = {}
    for one in wanted:
        sheet = sheets.get((one.code, seats.get(one.seat, 0)))
        signature = kept.get(sheet.id) if sheet and one.is_filled else None
        if sheet is None or signature is None:
            continue
        if signature.digest == sheet_digest(sheet, one.seat, tally, one.content["marks"]):
            signed[one.id] = signature
    return signed


def _by_hand(work: Work, one: Signature | None) -> dict[str, str]:
    """What stands on the judge's line when the sheet was signed on the device."""
    if one is None:
        return {}
    typed = work.words(N_("%(name)s, signed with the password")) % {"name": one.name}
    return {
        "judge": typed if one.is_typed else one.name,
        "judge_ink": "" if one.is_typed else one.picture,
        "signed_on": f"{clock.in_shanghai(one.at):%Y-%m-%d %H:%M}",
    }


def _subtitle(work: Work, track: Track, one: PaperPrint) -> str:
    event = track.event
    name = event.name_en if work.task.language == "en" and event.name_en else event.name
    kind = N_("Marks as entered, to be signed") if one.is_filled else N_("Sheet to mark on")
    return f"{name} · {work.words(kind)}"


def _aspects(tally: Tally, marks: dict[str, str], *, english: bool) -> Iterator[ScoreAspect]:
    for criterion, aspects in groupby(tally.aspects, key=lambda one: one.criterion):
        name = criterion.name_en if english and criterion.name_en else criterion.name
        for aspect in aspects:
            raw = marks.get(mark_key(aspect), "")
            if aspect.kind is AspectKind.MACHINE and not raw:
                continue
            yield ScoreAspect(
                section=f"{criterion.code} {name}",
                number=aspect.code,
                text=aspect.text_en if english and aspect.text_en else aspect.text,
                hint=aspect.spec.get("unit", ""),
                maximum=f"{aspect.max_points:f}",
                mark=_mark(tally, aspect, raw),
                choices=CHOICES.get(aspect.kind, ()) if not raw else (),
            )


def _mark(tally: Tally, aspect: Aspect, raw: str) -> str:
    """What was entered, and the points it makes."""
    if not raw:
        return ""
    return f"{raw} → {round_half_up(tally.points(aspect, Decimal(raw)), 2):.2f}"
