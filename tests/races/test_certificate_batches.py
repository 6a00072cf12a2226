"""Two batches at once: each certificate once, numbers without gap or twin."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventsys.certificates.actions import issue_due
from eventsys.certificates.keys import ready_signer
from eventsys.certificates.models import Certificate, Register
from eventsys.db import session, transaction
from eventsys.errors import Conflict
from eventsys.events.models import Track
from eventsys.results.states import Outcome
from tests.published import enter_many, publish

PEOPLE, BATCHES, AT_ONCE = 24, 3, 5


def test_batches_at_once_issue_each_certificate_once_and_number_without_gaps(
    app, act, world, settings
):
    actor = act("office_a")
    names = [f"选手{n}" for n in range(PEOPLE)]
    keys = enter_many(world.track_a, world.unit1_a, names)
    publish(world.track_a, dict.fromkeys(keys, Outcome.FIRST))
    signer = ready_signer(settings.keys_dir)
    session().close()
    start = Barrier(BATCHES)

    def one_hundred():
        with transaction():
            track = session().get_one(Track, world.track_a)
            return len(issue_due(actor, track, signer, AT_ONCE))

    def batch():
        with app.app_context():
            start.wait()
            made = 0
            while True:
                try:
                    more = one_hundred()
                except (IntegrityError, Conflict):
                    continue  # two began the register at once; the worker begins it beforehand
                made += more
                if not more:
                    return made

    with ThreadPoolExecutor(BATCHES) as pool:
        made = [one.result() for one in [pool.submit(batch) for _ in range(BATCHES)]]

    found = session().scalars(select(Certificate).order_by(Certificate.number)).all()
    assert sum(made) == len(found) == PEOPLE
    assert [int(one.number[7:13]) for one in found] == list(range(1, PEOPLE + 1))
    assert len({(one.entry_id, one.person_id) for one in found}) == PEOPLE
    assert session().scalars(select(Register.last_serial)).all() == [PEOPLE]
