"""Long work: asked for once, done once, kept whole, forgotten in time."""

import hashlib
import os
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden, RuleBroken
from eventsys.groups.models import Unit
from eventsys.holds import MOST_ATTEMPTS
from eventsys.identity.models import User
from eventsys.notifications.models import Message
from eventsys.tasks import actions
from eventsys.tasks.models import Task
from eventsys.tasks.rules import FILE_LIFE, STALLED_AFTER, TaskKind, TaskState
from scheduling.work import do_waiting_tasks, sweep_files

KIND = TaskKind.SEATS_PDF


class NothingThere(RuleBroken):
    message = "There is nothing to print. Choose at least one entry."


def write_hello(work):
    work.progress(0, 2)
    work.out.write(b"hello")
    work.progress(2, 2)
    return "问候.txt"


def ask_for(actor, **payload):
    with transaction():
        return actions.ask(actor, actor.group_id, KIND, "操作记录", **payload).id


def found(task_id):
    return session().get_one(Task, task_id, populate_existing=True)


def deeds():
    return list(session().scalars(select(AuditEntry.deed).order_by(AuditEntry.sequence)))


def test_a_finished_task_keeps_a_whole_file_and_tells_its_owner(act, settings):
    task_id = ask_for(act("office_a"), year=2026)

    assert do_waiting_tasks({KIND: write_hello}) == 1

    task = found(task_id)
    assert (task.state, task.done, task.total, task.file_name) == (TaskState.DONE, 2, 2, "问候.txt")
    assert task.file_hash == hashlib.sha256(b"hello").hexdigest()
    assert (settings.files_dir / task.file_path).read_bytes() == b"hello"
    message = session().scalars(select(Message).where(Message.user_id == task.owner_id)).one()
    assert (message.link, message.facts) == (f"/tasks/{task.id}", {"name": "操作记录"})
    assert deeds()[-2:] == ["file.asked", "file.made"]


def test_asking_again_before_it_is_done_gives_the_same_task(act):
    first, again = (ask_for(act("office_a"), year=2026) for _ in range(2))
    other = ask_for(act("office_a"), year=2025)

    assert (again == first, other == first) == (True, False)
    assert do_waiting_tasks({KIND: write_hello}) == 2


def test_nobody_asks_for_a_file_of_another_group(act, world):
    with pytest.raises(Forbidden), transaction():
        actions.ask(act("office_a"), world.group_b, KIND, "x")


def test_a_refusal_fails_the_task_with_its_words_in_the_owners_language(act, settings):
    def refuse(work):
        work.out.write(b"half")
        raise NothingThere

    before = set((settings.files_dir / "tasks").glob("*"))
    task_id = ask_for(act("office_a"))
    do_waiting_tasks({KIND: refuse})

    task = found(task_id)
    assert (task.state, task.problem) == (
        TaskState.FAILED,
        "没有可打印的内容，请至少选择一项。",
    )
    assert set((settings.files_dir / "tasks").glob("*")) == before
    assert do_waiting_tasks({KIND: refuse}) == 0


def test_a_bug_fails_the_task_with_a_number_that_is_in_the_log(act, caplog):
    def break_down(_work):
        raise ZeroDivisionError

    task_id = ask_for(act("office_a"))
    do_waiting_tasks({KIND: break_down})

    task = found(task_id)
    number = task.problem.rpartition("：")[2]
    assert (task.state, len(number)) == (TaskState.FAILED, 8)
    assert f"error {number}" in caplog.text


def test_words_are_spoken_in_the_language_the_owner_had_when_asking(act):
    actor = act("office_a")
    with transaction():
        session().execute(update(User).where(User.id == actor.user_id).values(language="en"))
    task_id = ask_for(actor)

    do_waiting_tasks({KIND: lambda work: work.words("My files")})

    assert found(task_id).file_name == "My files"


def test_a_maker_sees_the_rows_of_the_tasks_group_only(act, world):
    seen = []

    def look(work):
        seen.append({unit.group_id for unit in session().scalars(select(Unit))})
        return "x"

    ask_for(act("office_a"))
    ask_for(act("office_b"))
    do_waiting_tasks({KIND: look})

    assert sorted(seen, key=min) == sorted([{world.group_a}, {world.group_b}], key=min)


def another_worker(app):
    with app.app_context():
        return do_waiting_tasks({KIND: write_hello})


def test_a_task_left_by_a_silent_worker_is_taken_over_and_the_late_one_leaves_nothing(
    app, act, at, settings
):
    start = clock.now()
    task_id = ask_for(act("office_a"))
    made = []

    def slow(work):
        made.append(work)
        if len(made) == 1:
            at(start + STALLED_AFTER + timedelta(seconds=1))
            assert another_worker(app) == 1
        work.out.write(b"too late")
        return "late.txt"

    before = set((settings.files_dir / "tasks").glob("*"))
    at(start)
    do_waiting_tasks({KIND: slow})

    task = found(task_id)
    assert (task.state, task.file_name) == (TaskState.DONE, "问候.txt")
    left = set((settings.files_dir / "tasks").glob("*")) - before
    assert left == {settings.files_dir / task.file_path}


def test_a_worker_that_reports_is_not_silent(app, act, at):
    start = clock.now()
    task_id = ask_for(act("office_a"))

    def long_work(work):
        at(start + STALLED_AFTER - timedelta(seconds=1))
        work.progress(0, 9)
        at(start + STALLED_AFTER + timedelta(minutes=1))
        assert another_worker(app) == 0
        return "long.txt"

    at(start)
    do_waiting_tasks({KIND: long_work})

    assert found(task_id).file_name == "long.txt"


def test_a_task_that_brings_its_worker_down_is_given_up(act):
    task_id = ask_for(act("office_a"))
    with transaction():
        session().execute(update(Task).values(attempts=MOST_ATTEMPTS))

    do_waiting_tasks({KIND: write_hello})

    assert found(task_id).state is TaskState.FAILED


def test_files_are_deleted_after_a_day_and_can_no_longer_be_fetched(act, at, settings):
    actor = act("office_a")
    task_id = ask_for(actor)
    do_waiting_tasks({KIND: write_hello})
    path = settings.files_dir / found(task_id).file_path

    at(clock.now() + FILE_LIFE + timedelta(seconds=1))
    sweep_files()
    sweep_files()

    assert (path.exists(), found(task_id).file_path) == (False, "")
    with pytest.raises(actions.FileGone):
        actions.fetch_file(actor, found(task_id))


def test_what_a_power_cut_left_without_a_task_is_swept_after_an_hour(act, settings):
    task_id = ask_for(act("office_a"))
    do_waiting_tasks({KIND: write_hello})
    kept = settings.files_dir / found(task_id).file_path
    folder = kept.parent
    orphan, fresh = folder / "1-old", folder / "1-fresh.part"
    for path in (orphan, fresh):
        path.write_bytes(b"")
    long_ago = clock.now().timestamp() - 7200
    os.utime(orphan, (long_ago, long_ago))
    os.utime(kept, (long_ago, long_ago))

    sweep_files()

    assert (orphan.exists(), fresh.exists(), kept.exists()) == (False, True, True)
    fresh.unlink()


def test_only_the_owner_fetches_and_it_goes_on_record(act):
    task_id = ask_for(act("office_a"))
    do_waiting_tasks({KIND: write_hello})

    for other in ("admin_a", "organizer_a", "office_b", "root"):
        with pytest.raises(Forbidden):
            actions.fetch_file(act(other), found(task_id))
    with transaction():
        actions.fetch_file(act("office_a"), found(task_id))

    assert deeds()[-1] == "file.fetched"
