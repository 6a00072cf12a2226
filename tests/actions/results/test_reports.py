"""The result workbook and the sheet to sign: same numbers as the screen, constant queries."""

import io

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from eventsys import clock
from eventsys.db import session, transaction
from eventsys.errors import RuleBroken
from eventsys.incidents.states import Effect
from eventsys.results.actions import draw_up
from eventsys.results.reports import make_result_sheet_pdf, make_results_xlsx
from eventsys.tasks.models import Task
from eventsys.tasks.work import Work
from tests import judging
from tests.actions.results.test_versions import decide
from tests.queries import count_queries


def work_for(track_id, settings, language="en"):
    task = Task(payload={"track_id": track_id}, language=language)
    return Work(
        task=task,
        out=io.BytesIO(),
        progress=lambda _done, _total: None,
        words=str,
        public_url="http://localhost",
        fonts_dir=settings.fonts_dir,
        keys_dir=settings.instance,
    )


def sheets(work):
    book = load_workbook(io.BytesIO(work.out.getvalue()), read_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_workbook_holds_results_modules_and_every_judges_marks(inside, world, settings):
    codes = judging.opened(world)
    with transaction():
        publication = draw_up(judging.actor("organizer_a"), judging.track_of(world), clock.now())
        digest = publication.digest
    work = work_for(world.track_a, settings)

    name = make_results_xlsx(work)

    found = sheets(work)
    assert name == "甲技能大赛_·_track_a_Result_workbook.xlsx"
    assert list(found) == ["Results", "Module scores", "Judges' marks"]
    assert found["Results"][1][0].endswith(f"SHA-256 {digest}")
    assert [row[:2] + row[4:] for row in found["Results"][3:5]] == [
        [1, codes[0], 95, 90, 92, "First prize"],
        [2, codes[1], 94, 89, 91, "Second prize"],
    ]
    assert found["Module scores"][3:5] == [
        [codes[0], "A Planning", 95, 95, 95, 95, 95, 95, 100, 40, 38],
        [codes[0], "B Machining and measuring", 90, 90, 90, 90, 90, 90, 100, 60, 54],
    ]
    assert len(found["Judges' marks"]) == 3 + 6 * 5
    assert found["Judges' marks"][3] == [
        codes[0], "A", "A1.1", "工艺文件每处错误", "Deduction", 70, 10, 10, 10, 10, 10,
    ]  # fmt: skip


def test_the_files_say_what_was_drawn_up_also_after_a_correction(inside, world, settings):
    codes = judging.opened(world)
    with transaction():
        draw_up(judging.actor("organizer_a"), judging.track_of(world), clock.now())
    decide(world, codes[0], Effect.MODULE_CANCELLED, module="B")
    work, paper = work_for(world.track_a, settings), work_for(world.track_a, settings)

    make_results_xlsx(work)
    make_result_sheet_pdf(paper)

    rows = sheets(work)["Results"]
    assert [rows[3][place] for place in (0, 1, 4, 5, 6)] == [1, codes[0], 95, 90, 92]
    text = PdfReader(io.BytesIO(paper.out.getvalue())).pages[0].extract_text()
    assert text.index(codes[0]) < text.index(codes[1])
    assert "90.00" in text


def test_before_the_map_is_open_the_workbook_names_nobody(inside, world, settings):
    judging.signed_off(world)
    work = work_for(world.track_a, settings)

    make_results_xlsx(work)

    found = sheets(work)["Results"]
    assert found[1] == ["Preview, not drawn up"]
    assert [row[2:4] for row in found[3:]] == [[None, None]] * 6


def test_the_sheet_to_sign_shows_the_ranking_with_its_digest(inside, world, settings):
    judging.opened(world)
    with transaction():
        digest = draw_up(judging.actor("organizer_a"), judging.track_of(world), clock.now()).digest
    work = work_for(world.track_a, settings)

    name = make_result_sheet_pdf(work)

    text = "".join(page.extract_text() for page in PdfReader(work.out).pages)
    assert name.endswith(".pdf")
    assert digest in text.replace("\n", "")
    assert "92.00" in text


def test_these_files_are_for_competitions_only(inside, world, settings):
    for make in (make_results_xlsx, make_result_sheet_pdf):
        with pytest.raises(RuleBroken):
            make(work_for(world.class_a, settings))


@pytest.mark.parametrize(("entries", "aspects"), [(1, 4), (30, 40), (300, 4)])
def test_the_workbook_takes_the_same_queries_for_any_number_of_entries(
    inside, world, settings, entries, aspects
):
    judging.lay_down(world, entries, aspects)
    session().expunge_all()
    work = work_for(world.track_a, settings)

    with count_queries() as sent:
        make_results_xlsx(work)

    assert len(sheets(work)["Results"]) == 3 + entries + 6
    assert sum(one.startswith("SELECT") for one in sent) == 34
