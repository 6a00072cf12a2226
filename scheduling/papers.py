"""The papers of a version of a timetable: drawn in Chinese, whatever language is read here."""

from collections.abc import Mapping

from flask_babel import force_locale

from eventsys.releases.papers_book import make_plan_book
from eventsys.releases.papers_handbook import make_plan_handbooks
from eventsys.releases.papers_people import make_plan_duties, make_plan_tickets
from eventsys.releases.papers_rooms import (
    make_plan_desks,
    make_plan_doors,
    make_plan_maps,
    make_plan_sign_in,
)
from eventsys.tasks.rules import TaskKind
from eventsys.tasks.work import Maker, Work


def _in_chinese(maker: Maker) -> Maker:
    def made(work: Work) -> str:
        with force_locale("zh"):
            return maker(work)

    return made


PAPERS: Mapping[TaskKind, Maker] = {
    TaskKind.PLAN_BOOK_PDF: _in_chinese(make_plan_book),
    TaskKind.PLAN_TICKETS_PDF: _in_chinese(make_plan_tickets),
    TaskKind.PLAN_DOORS_PDF: _in_chinese(make_plan_doors),
    TaskKind.PLAN_DESKS_PDF: _in_chinese(make_plan_desks),
    TaskKind.PLAN_SIGN_IN_PDF: _in_chinese(make_plan_sign_in),
    TaskKind.PLAN_MAPS_PDF: _in_chinese(make_plan_maps),
    TaskKind.PLAN_DUTIES_PDF: _in_chinese(make_plan_duties),
    TaskKind.PLAN_HANDBOOKS_PDF: _in_chinese(make_plan_handbooks),
}
