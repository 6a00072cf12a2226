"""Long work: the worker takes what people asked for, one task at a time, and keeps the file."""

import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import force_locale, gettext

from eventsys import clock
from eventsys.appeals.reports import make_ruling_pdf
from eventsys.archive.reports import make_pack
from eventsys.attendance.reports import make_hours_xlsx
from eventsys.config import Settings
from eventsys.db import COPY, enter_group, leave_groups, reading_a_copy, session, transaction
from eventsys.draws.reports import make_minute_pdf
from eventsys.errors import N_, DomainError
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
from eventsys.tasks.models import Task
from eventsys.tasks.rules import MOST_ATTEMPTS, TaskKind
from eventsys.tasks.work import Maker, Work
from scheduling.certificates import issue_certificates, print_certificates
from scheduling.papers import PAPERS

log = logging.getLogger(__name__)
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


class Hold:
    """The worker's hold on one task: renewed by every report, lost when another takes over."""

    def __init__(self, task: Task, claimed_at: datetime) -> None:
        self.task_id = task.id
        self.since = claimed_at
        self.reported = 0.0

    def report(self, done: int, total: int) -> None:
        """Show the owner how far it is; the first and the last report always count."""
        moment = time.monotonic()
        if 0 < done < total and moment - self.reported < REPORT_EVERY:
            return
        self.reported = moment
        with transaction():
            self.since = actions.note_progress(self.task_id, self.since, done, total)


def do_waiting_tasks(makers: Mapping[TaskKind, Maker] | None = None) -> int:
    """Do everything that waits. Safe in any number of workers: each task is done by one."""
    done = 0
    while _do_one(MAKERS if makers is None else makers):
        done += 1
    return done


def _do_one(makers: Mapping[TaskKind, Maker]) -> bool:
    leave_groups()
    session().close()
    if queries.next_task_id(clock.now()) is None:
        session().close()
        return False
    moment = clock.now()
    with transaction():
        task = actions.claim_task(moment)
    if task is not None:
        _hold_and_make(task, moment, makers)
    return True


def _hold_and_make(task: Task, moment: datetime, makers: Mapping[TaskKind, Maker]) -> None:
    hold = Hold(task, moment)
    enter_group(task.group_id)
    try:
        with force_locale(task.language):
            _make(task, hold, makers)
    except actions.LostHold:
        log.warning("task %s was taken over by another worker", hold.task_id)
    finally:
        leave_groups()
        session().close()


def _make(task: Task, hold: Hold, makers: Mapping[TaskKind, Maker]) -> None:
    try:
        if task.attempts > MOST_ATTEMPTS:
            _fail(hold, gettext(GIVEN_UP))
        else:
            _write_file(task, hold, makers[task.kind])
    except actions.LostHold:
        raise
    except DomainError as refusal:
        _fail(hold, refusal.told(gettext))
    except Exception:
        number = secrets.token_hex(4)
        log.exception("task %s, error %s", hold.task_id, number)
        _fail(hold, gettext(BROKEN) % {"number": number})


def _write_file(task: Task, hold: Hold, maker: Maker) -> None:
    settings = _settings()
    with new_file(settings.files_dir, task.id) as draft:
        work = Work(
            task=task,
            out=draft.out,
            progress=hold.report,
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
            actions.finish_task(hold.task_id, hold.since, name=name, path=path, digest=digest)


def _fail(hold: Hold, problem: str) -> None:
    session().rollback()
    with transaction():
        actions.fail_task(hold.task_id, hold.since, problem)


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
