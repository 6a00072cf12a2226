"""Kinds and states of long work, and how long files are kept."""

from datetime import timedelta
from enum import StrEnum

from eventsys.errors import N_


class TaskKind(StrEnum):
    """What is to be made."""

    ENTRIES_XLSX = "entries_xlsx"
    RESULTS_XLSX = "results_xlsx"
    RESULT_SHEET_PDF = "result_sheet_pdf"
    TICKETS_PDF = "tickets_pdf"
    SIGN_IN_PDF = "sign_in_pdf"
    HOURS_XLSX = "hours_xlsx"
    EXAM_XLSX = "exam_xlsx"
    SEATS_PDF = "seats_pdf"
    DRAW_MINUTE_PDF = "draw_minute_pdf"
    APPEAL_RULING_PDF = "appeal_ruling_pdf"
    CERTIFICATES = "certificates"
    CERTIFICATES_PDF = "certificates_pdf"
    PAPER_SHEETS_PDF = "paper_sheets_pdf"
    EVIDENCE_PACK = "evidence_pack"
    PLAN_TICKETS_PDF = "plan_tickets_pdf"
    PLAN_DOORS_PDF = "plan_doors_pdf"
    PLAN_DESKS_PDF = "plan_desks_pdf"
    PLAN_SIGN_IN_PDF = "plan_sign_in_pdf"
    PLAN_MAPS_PDF = "plan_maps_pdf"
    PLAN_DUTIES_PDF = "plan_duties_pdf"
    PLAN_HANDBOOKS_PDF = "plan_handbooks_pdf"
    PLAN_BOOK_PDF = "plan_book_pdf"


TASK_LABELS: dict[TaskKind, str] = {
    TaskKind.ENTRIES_XLSX: N_("List of entries"),
    TaskKind.RESULTS_XLSX: N_("Result workbook"),
    TaskKind.RESULT_SHEET_PDF: N_("Result sheet to sign"),
    TaskKind.TICKETS_PDF: N_("Tickets"),
    TaskKind.SIGN_IN_PDF: N_("Sign-in sheets"),
    TaskKind.HOURS_XLSX: N_("Training hours"),
    TaskKind.EXAM_XLSX: N_("Exam results and amounts owed"),
    TaskKind.SEATS_PDF: N_("Seat lists"),
    TaskKind.DRAW_MINUTE_PDF: N_("Minute of the draw"),
    TaskKind.APPEAL_RULING_PDF: N_("Decision letter of an appeal"),
    TaskKind.CERTIFICATES: N_("Issue certificates"),
    TaskKind.CERTIFICATES_PDF: N_("Certificates to print"),
    TaskKind.PAPER_SHEETS_PDF: N_("Marking sheets on paper"),
    TaskKind.EVIDENCE_PACK: N_("Evidence pack"),
    TaskKind.PLAN_TICKETS_PDF: N_("Tickets"),
    TaskKind.PLAN_DOORS_PDF: N_("Door sheets"),
    TaskKind.PLAN_DESKS_PDF: N_("Desk labels"),
    TaskKind.PLAN_SIGN_IN_PDF: N_("Sign-in sheets with photos"),
    TaskKind.PLAN_MAPS_PDF: N_("Seat maps"),
    TaskKind.PLAN_DUTIES_PDF: N_("Duty lists"),
    TaskKind.PLAN_HANDBOOKS_PDF: N_("Handbooks of the rooms"),
    TaskKind.PLAN_BOOK_PDF: N_("Order book"),
}


class TaskState(StrEnum):
    """Where the work stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


STATE_LABELS: dict[TaskState, str] = {
    TaskState.WAITING: N_("Waiting for its turn"),
    TaskState.RUNNING: N_("Working"),
    TaskState.DONE: N_("Done"),
    TaskState.FAILED: N_("Not made"),
}

FILE_LIFE = timedelta(hours=24)
STALLED_AFTER = timedelta(minutes=10)
