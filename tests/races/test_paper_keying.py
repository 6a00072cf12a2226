"""Two people press at the same moment: each keying once, one settlement, one reading."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from eventsys.db import session, transaction
from eventsys.errors import DomainError
from eventsys.paper import keying_actions, queries
from eventsys.paper.models import PaperKeying, PaperReading
from eventsys.paper.rules import Keying
from eventsys.scoring.models import MarkOperation, MarkSheet
from eventsys.scoring.states import SheetState
from tests import judging

PAPER = {"A1.1": "3", "A1.2": "2", "B1.1": "10", "B1.2": "31.99", "B1.3": "1"}


@pytest.fixture
def sheet(inside, world):
    return judging.sheet(world, 1, judging.ready_to_mark(world)[0]).id


def at_once(app, deeds):
    """What each deed gave back, or the refusal it met, when all begin together."""
    start = Barrier(len(deeds))

    def run(deed):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    return deed()
            except (DomainError, IntegrityError) as refused:
                return type(refused)
            finally:
                session().close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def keying(name, sheet_id, world, **changed):
    actor, ids = judging.actor(name), judging.aspect_ids(world)
    given = PAPER | {code.replace("_", "."): raw for code, raw in changed.items()}
    values = {str(ids[code]): Decimal(raw) for code, raw in given.items()}
    return lambda: keying_actions.key_sheet(actor, session().get_one(MarkSheet, sheet_id), values)


def test_two_clerks_at_once_are_the_first_and_the_second(app, sheet, world):
    deeds = [keying("clerk_a", sheet, world), keying("clerk2_a", sheet, world)]
    session().close()

    stages = at_once(app, deeds)

    kept = session().query(PaperKeying).order_by(PaperKeying.place).all()
    assert sorted(stages) == sorted([Keying.ONE, Keying.SETTLED])
    assert [one.place for one in kept] == [1, 2]
    assert session().get_one(MarkSheet, sheet).state is SheetState.SUBMITTED
    assert session().query(MarkOperation).filter_by(sheet_id=sheet).count() == len(PAPER)


def test_one_clerk_pressing_eight_times_keys_once(app, sheet, world):
    deeds = [keying("clerk_a", sheet, world)] * 8
    session().close()

    answers = at_once(app, deeds)

    assert answers.count(Keying.ONE) == 1
    assert session().query(PaperKeying).count() == 1


def test_both_propose_at_once_and_one_reading_waits(app, sheet, world):
    for deed in (keying("clerk_a", sheet, world), keying("clerk2_a", sheet, world, A1_1="8")):
        with transaction():
            deed()
    aspect = str(judging.aspect_ids(world)["A1.1"])
    actors = [judging.actor(name) for name in ("clerk_a", "clerk2_a")]

    def propose(actor):
        return lambda: (
            keying_actions.propose_reading(
                actor, session().get_one(MarkSheet, sheet), {aspect: Decimal(3)}
            ).id
        )

    session().close()
    answers = at_once(app, [propose(actor) for actor in actors])

    assert sum(isinstance(one, int) for one in answers) == 1
    assert session().query(PaperReading).count() == 1


def test_confirming_twice_at_once_enters_the_sheet_once(app, sheet, world):
    for deed in (keying("clerk_a", sheet, world), keying("clerk2_a", sheet, world, A1_1="8")):
        with transaction():
            deed()
    aspect = str(judging.aspect_ids(world)["A1.1"])
    one, two = judging.actor("clerk_a"), judging.actor("clerk2_a")
    with transaction():
        own = session().get_one(MarkSheet, sheet)
        reading = keying_actions.propose_reading(one, own, {aspect: Decimal(3)}).id

    def confirm():
        own = session().get_one(MarkSheet, sheet)
        return keying_actions.confirm_reading(two, own, reading)

    session().close()
    answers = at_once(app, [confirm] * 6)

    assert answers.count(None) == 1
    assert session().query(MarkOperation).filter_by(sheet_id=sheet).count() == len(PAPER)


def test_without_the_hold_on_the_sheet_the_database_still_keeps_places_apart(
    app, sheet, world, monkeypatch
):
    """The wrong build: nobody waits for anybody; the unique places are what refuses."""
    monkeypatch.setattr(keying_actions, "_hold_open", lambda _sheet: None)
    monkeypatch.setattr(keying_actions, "keying_state", lambda _key: queries.KeyingState())
    deeds = [keying("clerk_a", sheet, world), keying("clerk2_a", sheet, world)]
    session().close()

    answers = at_once(app, deeds)

    assert IntegrityError in answers
    assert session().query(PaperKeying).count() == 1
