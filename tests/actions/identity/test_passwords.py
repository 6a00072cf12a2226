"""What is kept of a password, and what guessing it costs."""

import time
from statistics import median

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from sqlalchemy import func, select

from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.identity import actions
from eventsys.identity.actions import Place, TooManyAttempts, WrongOldPassword, WrongSignIn
from eventsys.identity.models import LoginSession, SignInAttempt, User
from eventsys.identity.queries import user_named
from eventsys.identity.rules import WeakPassword
from tests.world import PASSWORD

PLACE = Place("10.0.0.1", "browser" * 60)
NEW = "yiju-hen-chang-de-xin-mima"


def sign_in(username="leader1_a", password=PASSWORD):
    with transaction():
        return actions.sign_in(username, password, PLACE)


def test_passwords_are_kept_as_argon2id_with_19_mib_and_two_passes(inside, world):
    used = extract_parameters(session().get_one(User, world.leader1_a).password_hash)

    assert (used.type, used.memory_cost, used.time_cost, used.parallelism) == (Type.ID, 19456, 2, 1)
    assert (used.salt_len, used.hash_len) == (16, 32)


def test_the_same_password_is_kept_differently_each_time():
    assert actions.hash_password(PASSWORD) != actions.hash_password(PASSWORD)


def test_a_password_is_compared_to_its_last_character(inside, world):
    for wrong in (PASSWORD[:-1], PASSWORD + " ", PASSWORD.upper(), "", PASSWORD + "\0"):
        with pytest.raises(WrongSignIn):
            sign_in(password=wrong)


def test_an_unknown_name_costs_as_much_time_as_a_wrong_password(inside, world):
    def cost(username):
        start = time.perf_counter()
        with pytest.raises(WrongSignIn):
            sign_in(username, "wrong-password")
        return time.perf_counter() - start

    pairs = [(cost("leader1_a"), cost("leader9_a")) for _ in range(7)]
    known, unknown = (median(times) for times in zip(*pairs, strict=True))

    assert 0.5 < unknown / known < 2


def test_signing_in_keeps_what_the_list_of_devices_shows(inside, world):
    user, _token = sign_in()

    found = session().scalars(select(LoginSession).where(LoginSession.user_id == user.id)).one()
    assert (found.source, found.device) == ("10.0.0.1", PLACE.device[:200])


def test_guesses_are_counted_without_telling_for_whom(inside, world):
    with transaction():
        actions.note_wrong_password(" Leader1_A", PLACE)

    (key,) = session().scalars(select(SignInAttempt.key))
    assert key == actions.attempt_key("leader1_a", PLACE.source)
    assert "leader1_a" not in key


def test_signing_in_does_not_reset_the_count_of_guesses(inside, world):
    for _ in range(8):
        with transaction():
            actions.note_wrong_password("leader1_a", PLACE)
    sign_in()

    with pytest.raises(TooManyAttempts):
        actions.check_attempts("leader1_a", PLACE.source)
    assert session().scalar(select(func.count(SignInAttempt.id))) == 8


def test_changing_needs_the_present_password(act):
    user = user_named("leader1_a")

    with pytest.raises(WrongOldPassword), transaction():
        actions.change_password(act("leader1_a"), user, "wrong-password", NEW)

    assert sign_in()[0].id == user.id


def test_nobody_changes_somebody_else_s_password(act):
    for account in ("admin_a", "root", "leader2_a"):
        with pytest.raises(Forbidden), transaction():
            actions.change_password(act(account), user_named("leader1_a"), PASSWORD, NEW)


def test_the_new_password_must_fit_the_roles_held_now(act):
    with pytest.raises(WeakPassword) as refused, transaction():
        actions.change_password(act("judge1_a"), user_named("judge1_a"), PASSWORD, "tian-qi-hao")

    assert refused.value.facts == {"least": 12}


def test_a_refused_change_leaves_every_device_signed_in(act):
    user, _token = sign_in()

    with pytest.raises(WeakPassword), transaction():
        actions.change_password(act("leader1_a"), user, PASSWORD, "kurz")

    ended = select(LoginSession.ended_at).where(LoginSession.user_id == user.id)
    assert session().scalars(ended).all() == [None]


def test_ending_a_session_of_somebody_else_is_refused(act):
    user, _token = sign_in()
    found = session().scalars(select(LoginSession).where(LoginSession.user_id == user.id)).one()

    with pytest.raises(Forbidden), transaction():
        actions.end_session(act("admin_a"), found)
