"""Two people do the same deed at once: one effect, and the other is told."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Conflict, DomainError
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.rechecks.actions import find_agreement, hand_over, lock_together
from eventsys.rechecks.models import Recheck
from eventsys.rechecks.queries import items_of, recheck_of
from eventsys.scoring import chief_actions
from eventsys.scoring.confirm_actions import confirm_sheet, reject_sheet
from eventsys.scoring.correction_actions import (
    approve_correction,
    ask_correction,
    refuse_correction,
)
from eventsys.scoring.correction_queries import correction_of
from eventsys.scoring.models import CorrectionDecision, Marking, MarkSheet
from eventsys.scoring.states import SheetState
from tests import judging
from tests.world import PASSWORD


def at_once(app, deeds):
    """Do every deed in a thread of its own; what each gave, or the refusal."""
    start = Barrier(len(deeds))

    def run(deed):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    return deed() or "done"
            except DomainError as refusal:
                return refusal
            finally:
                session().close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def deeds(name):
    return session().scalar(select(func.count(AuditEntry.id)).where(AuditEntry.deed == name))


@pytest.fixture
def marked(inside, world):
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    return codes


def test_two_clerks_confirm_one_sheet_once(app, act, marked, world):
    sheet = judging.sheet(world, 1, marked[0])
    key, seen = sheet.id, sheet.version
    clerks = [act("clerk_a"), act("clerk2_a")]
    session().close()

    answers = at_once(
        app,
        [
            lambda clerk=clerk: confirm_sheet(clerk, session().get_one(MarkSheet, key), seen)
            for clerk in clerks
        ],
    )

    assert sorted(isinstance(one, Conflict) for one in answers) == [False, True]
    kept = session().get_one(MarkSheet, key)
    assert (kept.state, kept.version, deeds("sheet.confirmed")) == (
        SheetState.CONFIRMED,
        seen + 1,
        1,
    )


def test_confirming_and_giving_back_at_once_leaves_one_of_the_two(app, act, marked, world):
    sheet = judging.sheet(world, 1, marked[0])
    key, seen = sheet.id, sheet.version
    clerks = [act("clerk_a"), act("clerk2_a")]
    session().close()

    answers = at_once(
        app,
        [
            lambda: confirm_sheet(clerks[0], session().get_one(MarkSheet, key), seen),
            lambda: reject_sheet(clerks[1], session().get_one(MarkSheet, key), "与签名不一致"),
        ],
    )

    assert sorted(isinstance(one, Conflict) for one in answers) == [False, True]
    assert deeds("sheet.confirmed") + deeds("sheet.rejected") == 1


def test_the_marks_are_handed_over_once(app, act, inside, world):
    judging.change_rules(world, recheck_top=Decimal(30), recheck_sample=Decimal(15))
    codes = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(codes))
    judging.confirm_everything(world)
    chief = act("chief_a")
    session().close()

    def hand():
        return hand_over(chief, session().get_one(Track, world.track_a), PASSWORD)

    answers = at_once(app, [hand, hand])

    refused = [one for one in answers if isinstance(one, chief_actions.AlreadySignedOff)]
    assert (len(refused), deeds("marks.signed_off"), deeds("recheck.drawn")) == (1, 1, 1)
    assert session().scalar(select(func.count(Recheck.id))) == 1


def test_handing_over_and_giving_a_sheet_back_never_cross(app, act, marked, world):
    judging.confirm_everything(world)
    key = judging.sheet(world, 1, marked[0]).id
    chief = act("chief_a")
    session().close()

    answers = at_once(
        app,
        [
            lambda: hand_over(chief, session().get_one(Track, world.track_a), PASSWORD),
            lambda: chief_actions.return_sheet(
                chief, session().get_one(MarkSheet, key), "请再看一遍"
            ),
        ],
    )

    refused = [isinstance(one, DomainError) for one in answers]
    assert sorted(refused) == [False, True]
    state = session().get_one(MarkSheet, key).state
    handed = session().scalars(select(Marking.submitted_at)).one() is not None
    assert (state, handed) == (
        (SheetState.OPEN, False) if refused[0] else (SheetState.LOCKED, True)
    )


def test_a_correction_is_decided_once(app, act, inside, world):
    codes = judging.signed_off(world)
    sheet, key = judging.sheet(world, 1, codes[0]), judging.aspect_ids(world)["A1.2"]
    with transaction():
        ask_correction(act("clerk_a"), sheet, key, Decimal(1), "录入时看错一格")
    chief = act("chief_a")
    session().close()

    def asked():
        return correction_of(world.track_a, 1)

    answers = at_once(
        app,
        [
            lambda: approve_correction(chief, asked()),
            lambda: refuse_correction(chief, asked(), "不是录入错误"),
        ],
    )

    assert sorted(isinstance(one, Conflict) for one in answers) == [False, True]
    assert session().scalar(select(func.count(CorrectionDecision.id))) == 1


def test_the_marks_are_locked_once(app, act, inside, world):
    judging.re_checked(world)
    supervisors = [act("supervisor_a"), act("supervisor2_a")]
    with transaction():
        for item in items_of(recheck_of(world.track_a)):
            find_agreement(supervisors[0], judging.track_of(world), item.code)
    chief = judging.user("chief_a").id
    session().close()

    def locking(supervisor):
        track = session().get_one(Track, world.track_a)
        lock_together(supervisor, track, session().get_one(User, chief), PASSWORD)

    answers = at_once(app, [lambda one=one: locking(one) for one in supervisors])

    assert sorted(isinstance(one, Conflict) for one in answers) == [False, True]
    assert (deeds("marks.locked"), deeds("recheck.finished")) == (1, 1)


def test_a_code_is_checked_once(app, act, inside, world):
    judging.re_checked(world)
    code = items_of(recheck_of(world.track_a))[0].code
    supervisors = [act("supervisor_a"), act("supervisor2_a")]
    session().close()

    def checking(supervisor):
        find_agreement(supervisor, session().get_one(Track, world.track_a), code)

    answers = at_once(app, [lambda one=one: checking(one) for one in supervisors])

    assert sorted(isinstance(one, Conflict) for one in answers) == [False, True]
    assert deeds("recheck.agreed") == 1
