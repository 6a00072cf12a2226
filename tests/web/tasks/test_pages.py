"""Pages of long work: a request only asks; the owner alone watches and fetches."""

import pytest

from eventsys.db import session, transaction
from eventsys.identity.queries import actor_of, user_named
from eventsys.tasks import actions
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind, TaskState
from scheduling.work import do_waiting_tasks

NAME = "成绩 工作簿.txt"


def write(work):
    work.out.write(b"content")
    return NAME


@pytest.fixture
def task_id(app):
    """A task of the certificate office of group A."""
    with app.app_context(), transaction():
        user = user_named("office_a")
        actor = actor_of(user)
        return actions.ask(actor, user.group_id, TaskKind.SEATS_PDF, "操作记录 2026").id


@pytest.fixture
def work(app):
    """The worker, when it is called."""

    def run():
        with app.app_context():
            return do_waiting_tasks({TaskKind.SEATS_PDF: write})

    return run


def stored(app, task_id):
    with app.app_context():
        return session().get_one(Task, task_id)


def test_looking_at_a_task_does_not_do_the_work(app, browse, task_id):
    client = browse("office_a")

    answers = [client.get(f"/tasks/{task_id}{part}").status_code for part in ("", "/progress")]

    assert answers == [200, 200]
    assert stored(app, task_id).state is TaskState.WAITING


def test_a_finished_task_stops_the_asking_and_offers_its_file(browse, task_id, work):
    client = browse("office_a")
    work()

    watched = client.get(f"/tasks/{task_id}/progress")
    file = client.get(f"/tasks/{task_id}/file")

    assert (watched.status_code, "hx-get" in watched.text) == (286, False)
    assert f"/tasks/{task_id}/file" in watched.text
    assert (file.status_code, file.get_data()) == (200, b"content")
    assert file.headers["Content-Disposition"].startswith("attachment; filename")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"
    file.close()


def test_a_file_not_ready_cannot_be_fetched(browse, task_id):
    assert browse("office_a").get(f"/tasks/{task_id}/file").status_code == 409


def test_a_file_altered_on_disk_is_not_given_out(app, browse, task_id, work, settings):
    work()
    path = settings.files_dir / stored(app, task_id).file_path
    path.write_bytes(b"altered")

    assert browse("office_a").get(f"/tasks/{task_id}/file").status_code == 409


@pytest.mark.parametrize("other", ["admin_a", "organizer_a", "office_b", "root"])
def test_anybody_else_finds_nothing(browse, task_id, other):
    client = browse(other)

    answers = [
        client.get(f"/tasks/{task_id}{part}").status_code for part in ("", "/progress", "/file")
    ]

    assert answers == [404, 404, 404]
    assert "操作记录 2026" not in client.get("/tasks").text


def test_my_files_lists_what_i_asked_for(browse, task_id):
    assert "操作记录 2026" in browse("office_a").get("/tasks").text
    assert "操作记录 2026" not in browse("office_b").get("/tasks").text
