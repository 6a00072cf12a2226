"""Printing: the paper is the frozen record, and what cannot be printed is refused by name."""

import io
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select, update

from eventsys.certificates import actions, reports, rules
from eventsys.certificates.keys import ready_signer
from eventsys.certificates.models import Certificate
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.results.states import Outcome
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskState
from scheduling.work import do_waiting_tasks
from tests.published import enter_many, publish


@pytest.fixture
def issued(act, world, settings):
    """A function that issues first prizes to new people with these names."""

    def run(names):
        keys = enter_many(world.track_a, world.unit1_a, names)
        publish(world.track_a, dict.fromkeys(keys, Outcome.FIRST))
        with transaction():
            track = session().get_one(Track, world.track_a)
            signer = ready_signer(settings.keys_dir)
            actions.issue_due(act("office_a"), track, signer, 100)
        return list(session().scalars(select(Certificate).order_by(Certificate.number)))

    return run


def printed(actor, certificates, settings):
    with transaction():
        task_id = actions.ask_to_print(actor, certificates, "证书").id
    do_waiting_tasks()
    task = session().get_one(Task, task_id, populate_existing=True)
    content = (settings.files_dir / task.file_path).read_bytes() if task.file_path else b""
    return task, content


def test_the_paper_bears_names_numbers_and_chinese_labels_whoever_prints(act, issued, settings):
    found = issued(["张骉", "欧阳淏然"])
    office = act("office_a")
    with transaction():
        session().execute(update(User).where(User.id == office.user_id).values(language="en"))

    wanted = [[one.holder, one.number, "证书编号"] for one in found]
    task, content = printed(office, found, settings)

    assert (task.state, task.problem) == (TaskState.DONE, "")
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    found = [
        [word for word in words if word in text] for words, text in zip(wanted, texts, strict=True)
    ]
    assert found == wanted


def test_a_name_the_font_lacks_stops_the_print_and_the_character_is_named(act, issued, settings):
    found = issued(["张骉", "吴\U0002ceb0"])

    task, content = printed(act("office_a"), found, settings)

    assert (task.state, content) == (TaskState.FAILED, b"")
    assert "吴\U0002ceb0" in task.problem
    assert "U+2CEB0" in task.problem


def test_a_record_altered_in_the_database_is_not_printed(act, issued, settings):
    (one,) = issued(["张骉"])
    with transaction():
        document = {**one.document, "award": "特等奖"}
        session().execute(update(Certificate).values(document=document))

    number = one.number
    task, _content = printed(act("office_a"), [one], settings)

    assert (task.state, number in task.problem) == (TaskState.FAILED, True)


def test_only_valid_certificates_are_printed(act, issued):
    office, (one,) = act("office_a"), issued(["张骉"])
    with transaction():
        actions.revoke(office, one, "成绩更正后收回")

    with pytest.raises(rules.NotValid), transaction():
        actions.ask_to_print(office, [one], "x")


def test_holder_leader_of_the_unit_and_office_print_and_nobody_else(act, issued, world):
    (one,) = issued(["张骉"])
    with transaction():
        user = session().get_one(User, world.participant_a)
        user.person_id = one.person_id

    for name in ("participant_a", "leader1_a", "office_a"):
        with transaction():
            actions.ask_to_print(act(name), [one], name)
    for name in ("leader2_a", "participant_b", "office_b", "judge1_a", "admin_a"):
        with pytest.raises(Forbidden), transaction():
            actions.ask_to_print(act(name), [one], name)


def test_at_most_two_thousand_go_into_one_file(act, issued):
    (one,) = issued(["张骉"])

    with pytest.raises(rules.TooManyAtOnce), transaction():
        actions.ask_to_print(act("office_a"), [one] * 2001, "x")


def test_more_than_one_pdf_holds_come_as_several_pdfs_in_order(act, issued, settings, monkeypatch):
    monkeypatch.setattr(reports, "PAGES_AT_ONCE", 2)
    found = issued(["张一", "张二", "张三", "张四", "张五"])
    numbers = [one.number for one in found]

    task, content = printed(act("office_a"), found, settings)

    assert (task.done, task.total, task.file_name) == (5, 5, "证书.zip")
    with ZipFile(io.BytesIO(content)) as archive:
        parts = [PdfReader(io.BytesIO(archive.read(name))) for name in archive.namelist()]
        assert archive.namelist() == ["0001_证书.pdf", "0003_证书.pdf", "0005_证书.pdf"]
    texts = [page.extract_text() for part in parts for page in part.pages]
    assert [number in text for number, text in zip(numbers, texts, strict=True)] == [True] * 5


def test_a_whole_track_is_printed_without_those_the_font_cannot_draw(act, issued, settings, world):
    issued(["张骉", "吴\U0002ceb0", "欧阳淏然"])
    with transaction():
        track = session().get_one(Track, world.track_a)
        task_id = actions.ask_to_print_track(act("office_a"), track).id

    do_waiting_tasks()

    task = session().get_one(Task, task_id, populate_existing=True)
    pages = PdfReader(io.BytesIO((settings.files_dir / task.file_path).read_bytes())).pages
    assert (task.problem, len(pages)) == ("", 2)


def test_the_file_of_an_issue_lists_what_the_track_has(act, world, inside, settings):
    keys = enter_many(world.track_a, world.unit1_a, ["张骉", "=1+1"])
    publish(world.track_a, dict.fromkeys(keys, Outcome.FIRST))
    with transaction():
        track = session().get_one(Track, world.track_a)
        task_id = actions.ask_to_issue(act("office_a"), track).id

    do_waiting_tasks()

    task = session().get_one(Task, task_id, populate_existing=True)
    sheet = load_workbook(
        io.BytesIO((settings.files_dir / task.file_path).read_bytes())
    ).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in rows[-2:]] == ["张骉", "=1+1"]
    assert [cell.data_type for cell in list(sheet.iter_rows())[-1][:2]] == ["s", "s"]
