"""The handbook of whoever watches over a room, with the record of the room to fill in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from eventsys import clock
from eventsys.errors import N_
from eventsys.events.rules import EventKind
from eventsys.printing.plan_documents import Handbook, RollLine, handbooks_pdf
from eventsys.releases.papers import (
    NobodyInVersion,
    Sitting,
    Source,
    Words,
    offices_of,
    read_source,
    span,
    version_of,
)
from eventsys.releases.rules import Fixed
from eventsys.tasks.pages import write_pages
from eventsys.tasks.work import Work
from eventsys.timetable.reports import DRAWN_LATE

PAGES_BESIDES = 40  # what the handbook weighs besides its roll, in lines

TITLES: Mapping[EventKind, str] = {
    EventKind.COMPETITION: N_("Handbook of the floor judge"),
    EventKind.TRAINING: N_("Handbook of the class"),
    EventKind.EXAM: N_("Invigilator's handbook"),
}
RECORDS: Mapping[EventKind, str] = {
    EventKind.COMPETITION: N_("Record of the contest room"),
    EventKind.TRAINING: N_("Record of the classroom"),
    EventKind.EXAM: N_("Record of the exam room"),
}
FROM_START, FROM_END = "start", "end"
Steps = tuple[tuple[str, int, str], ...]

CHECK_ROOM = N_(
    "Be in the room. Check stations, spare stations, clocks and cameras against the seat map."
)
END_NOW = N_(
    "Say that the time is over. Everybody stops; nobody leaves before everything is handed in."
)
FILL_RECORD = N_(
    "Count and seal what was handed in, fill in the record of the room, sign it in two, and hand"
    " both over."
)
STEPS: Mapping[EventKind, Steps] = {
    EventKind.COMPETITION: (
        (FROM_START, -45, CHECK_ROOM),
        (FROM_START, -30, N_("Check identity card and ticket of everybody; have them sign in.")),
        (FROM_START, -20, N_("Stations are drawn at the entrance; nobody changes a station.")),
        (FROM_START, -10, N_("Read out the rules of the room and hand out the tasks.")),
        (FROM_START, 0, N_("Give the signal to begin and write down the time.")),
        (FROM_END, -15, N_("Say that 15 minutes are left.")),
        (FROM_END, 0, END_NOW),
        (FROM_END, 10, FILL_RECORD),
    ),
    EventKind.TRAINING: (
        (FROM_START, -30, CHECK_ROOM),
        (FROM_START, -15, N_("Open the sign-in and have everybody sign.")),
        (FROM_START, 0, N_("Begin and write down the time.")),
        (FROM_END, 0, N_("Close the session, count those present, and sign the record.")),
    ),
    EventKind.EXAM: (
        (FROM_START, -45, CHECK_ROOM),
        (FROM_START, -30, N_("Let candidates in: compare face, identity card and ticket.")),
        (FROM_START, -10, N_("Read out the rules of the room and hand out the tasks.")),
        (FROM_START, 0, N_("Give the signal to begin and write down the time.")),
        (FROM_START, 30, N_("Let nobody in any more; count those absent and mark them.")),
        (FROM_END, -15, N_("Say that 15 minutes are left.")),
        (FROM_END, 0, END_NOW),
        (FROM_END, 10, FILL_RECORD),
    ),
}
RULES = (
    N_("There are always two of you in the room. Whoever leaves it writes down when and why."),
    N_(
        "A fault the person did not cause: move them to a spare station or add the minutes lost,"
        " decide it with the chief, and have them sign."
    ),
    N_(
        "A breach of the rules: keep the evidence, write down what you saw, sign in two, and report"
        " it at once. Decide nothing yourselves."
    ),
    N_("Nobody photographs tasks, works or screens. Telephones stay outside."),
)
NO_LINK = N_(
    "In this room nobody may know which person sits at which station: write stations, never names,"
    " into the record."
)


def make_plan_handbooks(work: Work) -> str:
    """One handbook for each session: steps with times, rules, the roll, the record of the room."""
    source = read_source(work, version_of(work))
    books = [_handbook(source, one, work.words) for one in source.sittings]
    if not books:
        raise NobodyInVersion
    draw = partial(
        handbooks_pdf, stamp=source.stamp, translate=work.words, fonts_dir=work.fonts_dir
    )
    return write_pages(work, books, draw, lambda one: len(one.rows) + PAGES_BESIDES)


def _handbook(source: Source, sitting: Sitting, words: Words) -> Handbook:
    line = sitting.line
    late = (NO_LINK,) if sitting.is_late else ()
    return Handbook(
        title=words(TITLES[source.kind]),
        record=words(RECORDS[source.kind]),
        event=source.event,
        what=f"{line.track} {line.session}",
        room=line.room,
        venue=line.venue,
        session=span(line),
        team=offices_of(sitting.served, words),
        steps=tuple(
            (_clock(line, origin, minutes), words(text))
            for origin, minutes, text in STEPS[source.kind]
        ),
        rules=tuple(words(text) for text in (*late, *RULES)),
        note=words(DRAWN_LATE) if sitting.is_late else "",
        rows=tuple(
            RollLine(number=one.who.number, name=one.who.name, unit=one.who.unit, seat=one.station)
            for one in sitting.seated
        ),
    )


def _clock(line: Fixed, origin: str, minutes: int) -> str:
    moment: datetime = line.starts_at if origin == FROM_START else line.ends_at
    return f"{clock.in_shanghai(moment) + timedelta(minutes=minutes):%H:%M}"
