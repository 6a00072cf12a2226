"""Signing by hand over HTTP: the judge's sheet, the lock, and where the signatures are shown."""

import pytest
from sqlalchemy import func, select

from eventsys.db import session, transaction
from eventsys.identity.actions import attempt_key
from eventsys.identity.models import SignInAttempt
from eventsys.rechecks.actions import find_agreement
from eventsys.rechecks.queries import items_of, recheck_of
from eventsys.scoring.models import Marking
from eventsys.scoring.states import SheetState
from eventsys.signatures.models import Signature
from tests import judging
from tests.world import PASSWORD

DRAWN = "[[[100,200],[400,220]]]"
PATH = "M100 200L400 220"


@pytest.fixture
def code(app, world):
    """A sheet of judge 1 that is marked and open; the ruleset asks for a signature."""
    with app.app_context():
        judging.change_rules(world, drawn_signatures=True)
        found = judging.ready_to_mark(world)[0]
        judging.mark(world, 1, found, ("90", "85", "2"), submit=False)
    return found


@pytest.fixture
def judge(browse):
    return browse("judge1_a")


@pytest.fixture
def hand_in(app, judge, code, world):
    def send(**given):
        with app.app_context():
            version = judging.sheet(world, 1, code).version
        data = {"version": str(version), **given}
        return judge.post(f"/judging/{world.track_a}/{code}/submit", data=data)

    return send


def state(app, world, code):
    with app.app_context():
        return judging.sheet(world, 1, code).state


def kept(app):
    with app.app_context():
        return session().scalar(select(func.count(Signature.id)))


def test_the_sheet_asks_for_a_signature_only_where_the_ruleset_does(app, judge, code, world):
    path = f"/judging/{world.track_a}/{code}"
    asked = judge.get(path).text
    with app.app_context():
        judging.change_rules_again(world, drawn_signatures=False)
    free = judge.get(path).text

    assert ("data-signature-needed" in asked, "手写签名（选填）" in asked) == (True, False)
    assert ("data-signature-needed" in free, "手写签名（选填）" in free) == (False, True)
    assert (asked.count('form="submit-form"'), free.count('form="submit-form"')) == (2, 2)


def test_an_unsigned_sheet_comes_back_and_says_what_to_do(app, hand_in, world, code):
    answer = hand_in()

    assert (answer.status_code, state(app, world, code)) == (422, SheetState.OPEN)
    assert "尚未提交：本赛项规程要求手写签名" in answer.text
    assert "data-again" in answer.text


def test_a_drawn_sheet_is_handed_in_and_the_chief_judge_sees_the_signature(
    app, hand_in, browse, world, code
):
    assert hand_in(signature=DRAWN).status_code == 302
    assert state(app, world, code) is SheetState.SUBMITTED

    for name, place in (("chief_a", "chief"), ("clerk_a", "confirm")):
        page = browse(name).get(f"/{place}/{world.track_a}/{code}").text
        assert page.count(f'd="{PATH}"') == 1
        assert "甲裁判1 的签名" in page


def test_a_password_stands_for_the_signature_and_wrong_ones_are_counted(
    app, hand_in, browse, world, code
):
    wrong = hand_in(password="guess-guess-guess")
    assert (wrong.status_code, "密码错误" in wrong.text) == (422, True)
    with app.app_context():
        assert session().scalar(select(func.count(SignInAttempt.id))) == 1
    assert (state(app, world, code), kept(app)) == (SheetState.OPEN, 0)

    assert hand_in(password=PASSWORD).status_code == 302
    page = browse("chief_a").get(f"/chief/{world.track_a}/{code}").text
    assert "（以密码确认代替签名）" in page


def test_what_was_drawn_stays_when_it_is_refused(hand_in):
    answer = hand_in(signature="[[[1,1]]]")

    assert (answer.status_code, "笔迹太小" in answer.text) == (422, True)
    assert 'value="[[[1,1]]]"' in answer.text


def test_too_many_strokes_are_refused_and_not_taken_for_none(app, hand_in, world, code):
    with app.app_context():
        judging.change_rules_again(world, drawn_signatures=False)
    answer = hand_in(signature="[" + "[[1,1]]," * 9000 + "[[1,1]]]")

    assert (answer.status_code, state(app, world, code)) == (422, SheetState.OPEN)


# ---- the lock


@pytest.fixture
def locking(app, browse, world):
    """The supervisor's page of the lock, everything else done."""
    with app.app_context():
        judging.re_checked(world, drawn_signatures=True)
        with transaction():
            who, track = judging.actor("supervisor_a"), judging.track_of(world)
            for item in items_of(recheck_of(track.id)):
                find_agreement(who, track, item.code)
    return browse("supervisor_a")


def test_both_sign_the_lock_and_both_pages_show_it(app, locking, browse, world):
    path = f"/rechecks/{world.track_a}"
    chief = {"chief": str(world.chief_a), "password": PASSWORD}
    assert locking.get(f"{path}/lock").text.count("data-signature-needed") == 2
    half = locking.post(f"{path}/lock", data={**chief, "own_signature": DRAWN})
    assert (half.status_code, half.text.count("本赛项规程要求手写签名")) == (422, 2)

    signed = {**chief, "own_signature": DRAWN, "chief_by_password": "y"}
    assert locking.post(f"{path}/lock", data=signed).status_code == 302

    for page in (locking.get(path), browse("chief_a").get(f"/chief/{world.track_a}")):
        assert page.text.count(f'd="{PATH}"') == 1
        assert page.text.count("（以密码确认代替签名）") == 1


def test_the_supervisors_wrong_password_counts_against_the_supervisor(app, locking, world):
    path = f"/rechecks/{world.track_a}/lock"
    data = {
        "chief": str(world.chief_a),
        "password": PASSWORD,
        "own_password": "guess-guess-guess",
        "chief_signature": DRAWN,
    }
    answer = locking.post(path, data=data)

    assert (answer.status_code, answer.text.count("您本人的密码错误")) == (422, 2)
    with app.app_context():
        tried = session().scalars(select(SignInAttempt.key)).all()
        assert tried == [attempt_key("supervisor_a", "127.0.0.1")]
        assert session().scalars(select(Marking.locked_at)).all() == [None]
