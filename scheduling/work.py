"""Long work: the worker takes what people asked for, one task at a time, and keeps the file."""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext

from eventsys import clock
from eventsys.appeals.reports import make_ruling_pdf
from eventsys.archive.reports import make_pack
from eventsys.attendance.reports import make_hours_xlsx
from eventsys.config import Settings
from eventsys.db import COPY, reading_a_copy, session, transaction
from eventsys.draws.reports import make_minute_pdf
from eventsys.errors import N_
from eventsys.paper.reports import make_sheets_pdf
from eventsys.registration.reports import make_entries_xlsx
from eventsys.releases.papers_current import (
    make_current_seats,
    make_current_sign_in,
    make_current_tickets,
)
from eventsys.results.exam_reports import make_exam_xlsx
from eventsys.results.reports import make_result_sheet_pdf, make_results_xlsx
from eventsys.tasks import actions, queries
from eventsys.tasks.files import new_file, old_files
from eventsys.tasks.models import TASKS, Task
from eventsys.tasks.rules import TaskKind
from eventsys.tasks.work import Maker, Work
from scheduling.certificates import issue_certificates, print_certificates
from scheduling.papers import PAPERS
from scheduling.taking import Hold, Trade, do_all

REPORT_EVERY = 1.0  # seconds between two progress writes
ORPHAN_AFTER = timedelta(hours=1)
BROKEN = N_(
    "The file could not be made because something broke on our side. Ask for it again; if that does"
    " not help, give your administrator this number: %(number)s"
)
GIVEN_UP = N_(
    "This was tried several times and the worker stopped each time. Ask for a smaller part, or tell"
    " your administrator."
)

MAKERS: dict[TaskKind, Maker] = {
    TaskKind.APPEAL_RULING_PDF: make_ruling_pdf,
    TaskKind.CERTIFICATES: issue_certificates,
    TaskKind.CERTIFICATES_PDF: print_certificates,
    TaskKind.ENTRIES_XLSX: make_entries_xlsx,
    TaskKind.RESULTS_XLSX: make_results_xlsx,
    TaskKind.RESULT_SHEET_PDF: make_result_sheet_pdf,
    TaskKind.EXAM_XLSX: make_exam_xlsx,
    TaskKind.TICKETS_PDF: make_current_tickets,
    TaskKind.SIGN_IN_PDF: make_current_sign_in,
    TaskKind.SEATS_PDF: make_current_seats,
    TaskKind.DRAW_MINUTE_PDF: make_minute_pdf,
    TaskKind.HOURS_XLSX: make_hours_xlsx,
    TaskKind.PAPER_SHEETS_PDF: make_sheets_pdf,
    TaskKind.EVIDENCE_PACK: make_pack,
    **PAPERS,
}

WRITES = frozenset({TaskKind.CERTIFICATES, TaskKind.CERTIFICATES_PDF})
"""Makers that see what they wrote before; all others only read."""


def do_waiting_tasks(makers: Mapping[TaskKind, Maker] | None = None) -> int:
    """Make every file that waits; how many were tried."""
    known = MAKERS if makers is None else makers

    def make(task: Task, hold: Hold) -> None:
        _write_file(task, hold, known[task.kind])

    return do_all(Trade(TASKS, make, actions.fail_task, BROKEN, GIVEN_UP, _anew))


def _anew(_moment: datetime) -> dict[str, Any]:
    return {"done": 0}


def _reporting(hold: Hold) -> Callable[[int, int], None]:
    """Shows the owner how far it is; the first and the last report always count."""
    reported = 0.0

    def report(done: int, total: int) -> None:
        nonlocal reported
        moment = time.monotonic()
        if 0 < done < total and moment - reported < REPORT_EVERY:
            return
        reported = moment
        with transaction():
            hold.since = actions.note_progress(hold.row_id, hold.since, done, total)

    return report


def _write_file(task: Task, hold: Hold, maker: Maker) -> None:
    settings = _settings()
    with new_file(settings.files_dir, task.id) as draft:
        work = Work(
            task=task,
            out=draft.out,
            progress=_reporting(hold),
            words=gettext,
            public_url=settings.public_url,
            fonts_dir=settings.fonts_dir,
            keys_dir=settings.keys_dir,
            files_dir=settings.files_dir,
        )
        with nullcontext() if task.kind in WRITES else reading_a_copy(settings.instance):
            name = maker(work)
        session().rollback()  # the reading is over: nobody's writing waits for the disk
        path, digest = draft.keep()
        with transaction():
            actions.finish_task(hold.row_id, hold.since, name=name, path=path, digest=digest)


def sweep_files() -> int:
    """Delete files that have lain long enough, and what a power cut left without a task."""
    settings, moment = _settings(), clock.now()
    with transaction():
        gone = actions.forget_expired(moment)
    old = old_files(settings.files_dir, moment - ORPHAN_AFTER)
    kept = queries.kept_paths(old)
    session().close()
    gone += [path for path in old if path not in kept]
    for path in set(gone):
        (settings.files_dir / path).unlink(missing_ok=True)
    for copy in settings.instance.glob(f"{COPY}*"):
        if copy.stat().st_mtime < (moment - ORPHAN_AFTER).timestamp():
            copy.unlink(missing_ok=True)
    return len(set(gone))


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
