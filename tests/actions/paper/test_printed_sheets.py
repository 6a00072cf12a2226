"""Printed sheets: codes and no names, a content check that tells when they are out of date."""

import io

import pytest
from pypdf import PdfReader

from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.identity.models import Person
from eventsys.paper import actions, queries, rules
from eventsys.paper.models import PaperPrint
from eventsys.paper.reports import make_sheets_pdf
from eventsys.registration.models import Entry
from eventsys.scoring.models import Mark
from eventsys.tasks.rules import TaskKind
from eventsys.tasks.work import Work
from tests import judging

MARKS = ("90", "85", "2")


@pytest.fixture
def codes(inside, world):
    return judging.ready_to_mark(world)


def ask(action, name, world):
    with transaction():
        return action(judging.actor(name), judging.track_of(world), "评分表")


def drawn(task, settings) -> tuple[str, list[str]]:
    out = io.BytesIO()
    work = Work(
        task=task,
        out=out,
        progress=lambda _done, _total: None,
        words=str,
        public_url="https://s.example.edu.cn",
        fonts_dir=settings.fonts_dir,
        keys_dir=settings.keys_dir,
    )
    name = make_sheets_pdf(work)
    return name, [page.extract_text() for page in PdfReader(out).pages]


def test_a_blank_sheet_for_every_code_and_seat_in_piles_by_seat(codes, world):
    task = ask(actions.ask_blank_sheets, "organizer_a", world)

    made = queries.prints(task.payload["print_ids"])

    assert task.kind is TaskKind.PAPER_SHEETS_PDF
    assert [(one.seat, one.code) for one in made] == [
        (seat, code) for seat in range(1, 6) for code in codes
    ]
    assert {(one.is_filled, len(one.content["marks"])) for one in made} == {(False, 0)}


def test_sheets_as_entered_are_printed_of_what_was_handed_in_only(codes, world):
    judging.mark(world, 1, codes[0], MARKS)
    judging.mark(world, 2, codes[0], MARKS, submit=False)

    task = ask(actions.ask_filled_sheets, "clerk_a", world)

    made = queries.prints(task.payload["print_ids"])
    ids = judging.aspect_ids(world)
    assert [(one.code, one.seat, one.is_filled) for one in made] == [(codes[0], 1, True)]
    assert made[0].content["marks"] == {
        str(ids[code]): rules_text(raw) for code, raw in judging.raws_for(MARKS).items()
    }


def rules_text(raw: str) -> str:
    return raw.rstrip("0").rstrip(".") if "." in raw else raw


def test_the_paper_shows_code_seat_marks_and_check_and_names_nobody(codes, world, settings):
    judging.mark(world, 1, codes[0], MARKS)
    task = ask(actions.ask_filled_sheets, "chief_a", world)

    name, pages = drawn(task, settings)

    made = queries.prints(task.payload["print_ids"])[0]
    wanted = [codes[0], rules.short_digest(made.digest), made.digest, made.content["scheme"]]
    names = [one.name for one in session().query(Person)]
    keys = [str(one.id) for one in session().query(Entry)]
    text = "".join(pages)
    assert name == "评分表.pdf"
    assert [one for one in wanted if one not in text] == []
    assert [one for one in names + keys if one in text] == []


def test_asking_again_for_the_same_content_prints_the_same_sheets(codes, world):
    first = ask(actions.ask_blank_sheets, "organizer_a", world).payload["print_ids"]
    second = ask(actions.ask_blank_sheets, "clerk_a", world).payload["print_ids"]

    assert first == second
    assert session().query(PaperPrint).count() == len(codes) * 5


def test_a_sheet_is_out_of_date_once_its_marks_change(codes, world):
    judging.mark(world, 1, codes[0], MARKS)
    key = ask(actions.ask_filled_sheets, "clerk_a", world).payload["print_ids"][0]
    printed = session().get_one(PaperPrint, key)
    before = queries.is_current(printed)

    with transaction():
        sheet_id = judging.sheet(world, 1, codes[0]).id
        session().query(Mark).filter_by(sheet_id=sheet_id)[0].raw += 1

    found = queries.find_print(world.track_a, printed.digest[:12])
    assert before is True
    assert found is not None
    assert found.id == printed.id
    assert queries.is_current(found) is False


def test_nothing_is_printed_before_there_is_something(inside, world):
    with pytest.raises(rules.NoCodesYet):
        ask(actions.ask_blank_sheets, "organizer_a", world)
    judging.ready_to_mark(world)
    with pytest.raises(rules.NothingOnSheets):
        ask(actions.ask_filled_sheets, "clerk_a", world)


@pytest.mark.parametrize("name", ["organizer_a", "judge1_a", "leader1_a", "clerk_b"])
def test_marks_are_printed_for_clerks_and_the_chief_judge_only(codes, world, name):
    judging.mark(world, 1, codes[0], MARKS)
    with pytest.raises(Forbidden):
        ask(actions.ask_filled_sheets, name, world)


@pytest.mark.parametrize("name", ["judge1_a", "leader1_a", "organizer2_a", "organizer_b"])
def test_blank_sheets_are_printed_by_who_prepares_or_handles_paper(codes, world, name):
    with pytest.raises(Forbidden):
        ask(actions.ask_blank_sheets, name, world)
