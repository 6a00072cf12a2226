"""Result files of competitions: the workbook, and the sheet to sign."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter

from eventsys import clock
from eventsys.db import session
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.events.rules import EventKind, ModuleRule, PartRule
from eventsys.exports import Column, Kind, Table, safe_file_name, to_xlsx
from eventsys.incidents.rules import Effects
from eventsys.panels.models import JudgeSeat
from eventsys.printing.documents import ResultLine, ResultSheet, result_sheet_pdf
from eventsys.results.honour_reports import (
    beside_columns,
    beside_values,
    earned_words,
    honour_notes,
    honour_tables,
)
from eventsys.results.models import Publication, ResultRow
from eventsys.results.queries import publication_of, rows_of
from eventsys.results.ranking import Standing, Standings, standings
from eventsys.results.scale import Medal
from eventsys.results.states import OUTCOME_LABELS, Outcome
from eventsys.rounding import round_half_up
from eventsys.schemes.models import Aspect
from eventsys.schemes.rules import KIND_LABELS
from eventsys.scoring.rules import TOTAL_PLACES
from eventsys.tasks.work import Work

Words = Callable[[str], str]


class NotACompetition(RuleBroken):
    message = N_("This file is made for competitions only. Choose the file of this kind of event.")


@dataclass(frozen=True)
class Reader:
    """For whom a file is made: words and names in their language."""

    words: Words
    is_english: bool

    def name(self, thing: Track | ModuleRule | PartRule) -> str:
        """A name in the reader's language, Chinese where there is no English one."""
        return thing.name_en if self.is_english and thing.name_en else thing.name

    def outcome(self, outcome: Outcome | None) -> str:
        """What a result came to."""
        return self.words(OUTCOME_LABELS[outcome]) if outcome else ""


def reader_of(work: Work) -> Reader:
    """For whom the task makes its file."""
    return Reader(work.words, work.task.language == "en")


def track_of(work: Work) -> Track:
    """The track the task is about."""
    return session().get_one(Track, work.task.payload["track_id"])


STATES = {
    "drawn_up": N_("Drawn up, not public"),
    "notice": N_("Public notice"),
    "final": N_("Final"),
}


def stage_of(publication: Publication) -> str:
    """How far results are: drawn up, in their public notice, or final."""
    if publication.public_at is None:
        return "drawn_up"
    notice = publication.notice
    return "final" if notice is not None and notice.final_at is not None else "notice"


# ---- competitions


def make_results_xlsx(work: Work) -> str:
    """Results, module scores, and every judge's marks by code, on three sheets."""
    track, reader = track_of(work), reader_of(work)
    if track.event.kind is not EventKind.COMPETITION:
        raise NotACompetition
    ranking, publication = standings(track), publication_of(track.id)
    title = f"{track.event.name} · {reader.name(track)}"
    tables = [
        _results_table(ranking, publication, reader),
        _modules_table(ranking, reader),
        _marks_table(ranking, reader),
        *honour_tables(publication.honours if publication else {}, reader.words),
    ]
    above = [title, state_line(publication, reader)]
    work.progress(0, 1)
    to_xlsx(tables, work.out, header_lines=above)
    return safe_file_name(f"{title} {reader.words(N_('Result workbook'))}", "xlsx")


def state_line(publication: Publication | None, reader: Reader) -> str:
    """Whether the numbers are drawn up or public, with the digest that proves them."""
    words = reader.words
    if publication is None:
        return words(N_("Preview, not drawn up"))
    told = words(STATES[stage_of(publication)])
    moment = clock.in_shanghai(publication.public_at or publication.drawn_up_at)
    return f"{told} {moment:%Y-%m-%d %H:%M}  SHA-256 {publication.digest}"


def _results_table(ranking: Standings, publication: Publication | None, reader: Reader) -> Table:
    words = reader.words
    frozen = {row.entry_id: row for row in rows_of(publication.id)} if publication else {}
    shown = _as_drawn_up(ranking, frozen)
    columns = [
        Column("place", words(N_("Rank")), Kind.INTEGER),
        Column("code", words(N_("Entry code"))),
        Column("name", words(N_("Full name"))),
        Column("unit", words(N_("School or unit"))),
        *_module_columns(ranking, reader),
        *beside_columns(shown, words),
        Column("total", words(N_("Total marks")), Kind.DECIMAL),
        Column("prize", words(N_("Prize"))),
        *_earned_columns(frozen, words),
    ]
    codes = [one.code for one in ranking.modules]
    rows = [_result_row(one, frozen, reader, codes) for one in shown]
    return Table(words(N_("Results")), columns, rows)


def _as_drawn_up(ranking: Standings, frozen: Mapping[int, ResultRow]) -> tuple[Standing, ...]:
    """The ranking now; once drawn up, as it was then: a later correction is a later version."""
    if not frozen:
        return ranking.rows
    kept = [
        (frozen[one.entry.id].position, _as_frozen(one, frozen[one.entry.id]))
        for one in ranking.rows
        if one.entry is not None and one.entry.id in frozen
    ]
    return tuple(one for _position, one in sorted(kept, key=itemgetter(0)))


def _as_frozen(one: Standing, row: ResultRow) -> Standing:
    parts = row.parts
    modules = parts.get("modules", {})
    points_off = _number(parts.get("points_off"))
    return replace(
        one,
        place=row.place,
        is_shared=row.is_shared,
        outcome=row.outcome,
        score=replace(one.score, total=row.total),
        marks={code: _number(fact["mark"]) for code, fact in modules.items()},
        selection=_number(parts.get("selection")),
        scale=parts.get("scale"),
        medal=Medal(parts["medal"]) if "medal" in parts else None,
        effects=Effects(points_off=points_off) if points_off else None,
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _module_columns(ranking: Standings, reader: Reader) -> list[Column]:
    return [
        Column(f"module {one.code}", f"{one.code} {reader.name(one)} / {one.full:f}", Kind.DECIMAL)
        for one in ranking.modules
    ]


def _earned_columns(frozen: Mapping[int, ResultRow], words: Words) -> list[Column]:
    """What ranks earned besides, where some did."""
    has_some = any(row.parts.get("consequences") for row in frozen.values())
    return [Column("earned", words(N_("Earned besides")))] if has_some else []


def _result_row(
    one: Standing, frozen: Mapping[int, ResultRow], reader: Reader, codes: Sequence[str]
) -> dict[str, object]:
    """A line of the first sheet, with the names as they were drawn up."""
    row = frozen.get(one.entry.id) if one.entry else None
    name, unit = (row.label, row.unit_name) if row else _who(one)
    return {
        "place": one.place,
        "code": one.code,
        "name": name,
        "unit": unit,
        **dict.fromkeys(f"module {code}" for code in codes),
        **{f"module {code}": mark for code, mark in one.marks.items()},
        **beside_values(one, reader.words),
        "earned": earned_words(row.parts if row else {}, is_english=reader.is_english),
        "total": one.score.total,
        "prize": reader.outcome(one.outcome),
    }


def _who(one: Standing) -> tuple[str, str]:
    return (one.entry.label, one.entry.unit.name) if one.entry else ("", "")


def _modules_table(ranking: Standings, reader: Reader) -> Table:
    """What every judge gave in every module, and what the ruleset made of it."""
    words = reader.words
    judges = ranking.panel.seats
    columns = [
        Column("code", words(N_("Entry code"))),
        Column("module", words(N_("Module"))),
        *_judge_columns(judges, words, Kind.DECIMAL),
        Column("mark", words(N_("Mark of the module")), Kind.DECIMAL),
        Column("full", words(N_("Full marks")), Kind.DECIMAL),
        Column("weight", words(N_("Weight in percent")), Kind.DECIMAL),
        Column("points", words(N_("Points in the total")), Kind.DECIMAL),
    ]
    return Table(words(N_("Module scores")), columns, list(_module_rows(ranking, reader)))


def _module_rows(ranking: Standings, reader: Reader) -> Iterator[dict[str, object]]:
    panel = ranking.panel
    for one in sorted((row for row in ranking.rows if row.code), key=lambda row: row.code):
        given = {
            seat_id: panel.tally.module_totals(panel.raws_of(sheet))
            for seat_id, sheet in panel.sheets[one.code].items()
        }
        points = {score.code: score.points for score in one.score.modules}
        for module in ranking.modules:
            yield {
                "code": one.code,
                "module": f"{module.code} {reader.name(module)}",
                **{
                    f"judge {seat.seat}": round_half_up(
                        given[seat.id].get(module.code, Fraction(0)), 2
                    )
                    for seat in panel.seats
                    if seat.id in given
                },
                "mark": one.marks.get(module.code),
                "full": module.full,
                "weight": module.weight,
                "points": _rounded(points.get(module.code)),
            }


def _rounded(value: Fraction | None) -> Decimal | None:
    return None if value is None else round_half_up(value, TOTAL_PLACES)


def _judge_columns(judges: Sequence[JudgeSeat], words: Words, kind: Kind) -> list[Column]:
    return [
        Column(f"judge {seat.seat}", f"{words(N_('Judge'))} {seat.seat}", kind) for seat in judges
    ]


def _marks_table(ranking: Standings, reader: Reader) -> Table:
    """Every raw value: one line for each code and aspect, one column for each judge."""
    words = reader.words
    columns = [
        Column("code", words(N_("Entry code"))),
        Column("module", words(N_("Module"))),
        Column("aspect", words(N_("Aspect"))),
        Column("text", words(N_("What is judged"))),
        Column("kind", words(N_("Type"))),
        Column("max", words(N_("Maximum mark")), Kind.DECIMAL),
        *_judge_columns(ranking.panel.seats, words, Kind.DECIMAL),
    ]
    return Table(words(N_("Judges' marks")), columns, list(_mark_rows(ranking, reader)))


def _mark_rows(ranking: Standings, reader: Reader) -> Iterator[dict[str, object]]:
    panel = ranking.panel
    seats = {seat.id: seat.seat for seat in panel.seats}
    kinds = {kind: reader.words(label) for kind, label in KIND_LABELS.items()}
    blank = dict.fromkeys((f"judge {number}" for number in seats.values()), None)
    for code, dealt in sorted(panel.sheets.items()):
        raws = {seats[seat_id]: panel.raws_of(sheet) for seat_id, sheet in dealt.items()}
        for aspect in panel.tally.aspects:
            given = {f"judge {number}": own.get(aspect.mark_key) for number, own in raws.items()}
            yield {
                "code": code,
                "module": aspect.criterion.module_code,
                "aspect": aspect.code,
                "text": _aspect_text(aspect, reader),
                "kind": kinds[aspect.kind],
                "max": aspect.max_points,
                **blank,
                **given,
            }


def _aspect_text(aspect: Aspect, reader: Reader) -> str:
    return aspect.text_en if reader.is_english and aspect.text_en else aspect.text


def make_result_sheet_pdf(work: Work) -> str:
    """The ranking on paper, for the signatures of chief judge, supervisor and data officer."""
    track, reader = track_of(work), reader_of(work)
    if track.event.kind is not EventKind.COMPETITION:
        raise NotACompetition
    ranking, publication = standings(track), publication_of(track.id)
    frozen = {row.entry_id: row for row in rows_of(publication.id)} if publication else {}
    codes = [one.code for one in ranking.modules]
    sheet = ResultSheet(
        title=track.event.name,
        subtitle=reader.name(track),
        status=_paper_status(publication, reader),
        modules=tuple(f"{one.code} {reader.name(one)}" for one in ranking.modules),
        rows=tuple(
            _paper_line(_result_row(one, frozen, reader, codes), one, codes)
            for one in _as_drawn_up(ranking, frozen)
        ),
        notes=tuple(_notes(ranking, publication, reader)),
        version=_version(publication),
        digest=publication.digest if publication else "",
    )
    title = f"{track.event.name} {reader.name(track)}"
    work.progress(0, 1)
    work.out.write(result_sheet_pdf(sheet, translate=work.words, fonts_dir=work.fonts_dir))
    return safe_file_name(f"{title} {reader.words(N_('Result sheet to sign'))}", "pdf")


def _paper_status(publication: Publication | None, reader: Reader) -> str:
    if publication is None:
        return reader.words(N_("Preview, not drawn up"))
    return reader.words(STATES[stage_of(publication)])


def _version(publication: Publication | None) -> str:
    moment = publication.drawn_up_at if publication else clock.now()
    return f"{clock.in_shanghai(moment):%Y-%m-%d %H:%M:%S}"


def _paper_line(row: dict[str, object], one: Standing, codes: Sequence[str]) -> ResultLine:
    return ResultLine(
        place="" if row["place"] is None else str(row["place"]),
        code=one.code,
        name=str(row["name"]),
        unit=str(row["unit"]),
        scores=tuple(_two_places(one.marks.get(code)) for code in codes),
        total=_two_places(row["total"]),
        prize=str(row["prize"]),
    )


def _two_places(mark: object) -> str:
    return f"{mark:.2f}" if isinstance(mark, Decimal) else "\u2014"


def _notes(ranking: Standings, publication: Publication | None, reader: Reader) -> Iterator[str]:
    """The formula, so that a reader can check the numbers."""
    judges = sum(not seat.is_reserve for seat in ranking.panel.judging)
    weights = ", ".join(f"{one.code} {one.weight:f} %" for one in ranking.modules)
    yield f"{reader.words(N_('Judges'))}: {judges}"
    yield f"{reader.words(N_('Weight in percent'))}: {weights}"
    if publication:
        if publication.reason:
            corrected = reader.words(N_("Corrected"))
            yield f"{corrected}: {publication.reason} ({publication.version})"
        yield from honour_notes(publication.honours, reader.words)
