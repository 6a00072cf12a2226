"""Two workers at once: every task is done exactly once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from eventsys.db import session, transaction
from eventsys.tasks import actions
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind, TaskState
from scheduling.work import do_waiting_tasks

TASKS = 10


def test_two_workers_do_each_task_exactly_once(app, act):
    actor = act("office_a")
    with transaction():
        wanted = [
            actions.ask(actor, actor.group_id, TaskKind.SEATS_PDF, "x", n=n).id
            for n in range(TASKS)
        ]
    session().close()
    made, start = [], Barrier(2)

    def make(work):
        made.append(work.task.id)
        work.out.write(b"x")
        return "x"

    def worker():
        with app.app_context():
            start.wait()
            return do_waiting_tasks({TaskKind.SEATS_PDF: make})

    with ThreadPoolExecutor(2) as pool:
        workers = [pool.submit(worker) for _ in range(2)]
        for one in workers:
            one.result()

    assert sorted(made) == sorted(wanted)
    assert set(session().scalars(select(Task.state))) == {TaskState.DONE}
