"""Passwords, sign-in names, terms of office; what each role holds."""

from datetime import date

import pytest

from eventsys.identity.policy import fits
from eventsys.identity.rules import (
    BLIND_ROLES,
    GRANTS,
    PLATFORM,
    ROLE_LABELS,
    SCOPES_OF_ROLE,
    CommonPassword,
    EndsBeforeStart,
    LongPassword,
    Permission,
    Role,
    Scope,
    ScopeKind,
    UsernameUnfit,
    WeakPassword,
    check_password,
    check_term,
    check_username,
    normalise_username,
)

LEADER = frozenset({Role.TEAM_LEADER})
STAFF = frozenset({Role.JUDGE})
NAMES = ("wanglin", "王林")


@pytest.mark.parametrize(
    ("roles", "password"),
    [
        (LEADER, "tian-qi-"),
        (LEADER, "今天天气真的好啊"),
        (frozenset(), "tian-qi-"),
        (STAFF, "tian-qi-hao-"),
        (STAFF, "王林今天早上吃了三个大包子"),
        (STAFF, "correct horse battery"),
        (STAFF, "x9" * 99 + "!?"),
    ],
)
def test_a_sentence_of_one_s_own_is_a_good_password(roles, password):
    check_password(password, roles, NAMES)


@pytest.mark.parametrize(
    ("roles", "password", "least"),
    [
        (LEADER, "tian-qi", 8),
        (LEADER, "", 8),
        (frozenset({Role.PARTICIPANT}), "tian-qi", 8),
        (STAFF, "tian-qi-hao", 12),
        (LEADER | STAFF, "tian-qi-hao", 12),
        (frozenset({Role.PLATFORM_ADMIN}), "tian-qi-hao", 12),
        (frozenset({Role.GROUP_ADMIN}), "tian-qi-hao", 12),
        (frozenset({Role.ORGANIZER}), "tian-qi-hao", 12),
        (frozenset({Role.CERTIFICATE_OFFICE}), "tian-qi-hao", 12),
    ],
)
def test_a_short_password_is_refused_with_the_number_of_characters(roles, password, least):
    with pytest.raises(WeakPassword) as refused:
        check_password(password, roles, NAMES)

    assert refused.value.facts == {"least": least}
    assert refused.value.field == "password"


def test_an_endless_password_is_refused_before_anybody_hashes_it():
    with pytest.raises(LongPassword):
        check_password("ab9" * 67, LEADER, NAMES)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password2026!",
        "PASSW0RD",
        "passw0rd123456",
        "12345678",
        "123456789012",
        "13800138000",
        "20050101",
        "2005-01-01",
        "520131452013",
        "aaaaaaaaaaaa",
        "abababababab",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "1q2w3e4r5t6y",
        "abcdefghijkl",
        "Admin@123456",
        "administrator",
        "woaini520520",
        "saixunzheng2026",
        "wanglin123",
        "WangLin-2026",
        "王林王林2026",
        "wanglinwanglin",
    ],
)
def test_a_guessable_password_is_refused(password):
    with pytest.raises(CommonPassword) as refused:
        check_password(password, LEADER, NAMES)

    assert refused.value.field == "password"


def test_a_guessable_password_does_not_get_better_by_being_long_enough_for_staff():
    with pytest.raises(CommonPassword):
        check_password("123456789012", STAFF, NAMES)


def test_the_own_name_is_found_whatever_its_case():
    with pytest.raises(CommonPassword):
        check_password("wanglin-9x", LEADER, ("WangLin",))


@pytest.mark.parametrize("name", ["", "王"])
def test_a_name_of_at_most_one_character_says_nothing_about_a_password(name):
    check_password("tian-qi-hao-王", LEADER, (name,))


@pytest.mark.parametrize("given", ["leader.1", " Leader_1 ", "A-1", "x" * 40])
def test_a_sign_in_name_is_kept_in_one_spelling(given):
    assert check_username(given) == normalise_username(given) == given.strip().lower()


@pytest.mark.parametrize(
    "given",
    ["", "ab", "x" * 41, "领队一", "a b c", "ab\n", "аdmin", "admin\u200b", "a@b.cn", "名"],
)
def test_a_sign_in_name_that_looks_like_another_is_refused(given):
    with pytest.raises(UsernameUnfit):
        check_username(given)


def test_look_alikes_that_fold_together_are_one_sign_in_name():
    assert [check_username(given) for given in ("\ufb01lip", "FILIP", "filip")] == ["filip"] * 3


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (None, None),
        (date(2027, 1, 1), None),
        (None, date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 1, 2)),
    ],
)
def test_a_term_of_office_may_be_open_or_one_day_long(starts, ends):
    check_term(starts, ends)


def test_a_term_of_office_does_not_end_before_it_begins():
    with pytest.raises(EndsBeforeStart) as refused:
        check_term(date(2027, 1, 2), date(2027, 1, 1))

    assert refused.value.field == "ends_on"


def test_every_role_has_a_label_permissions_and_a_place():
    assert set(ROLE_LABELS) == set(GRANTS) == set(SCOPES_OF_ROLE) == set(Role)
    assert {permission for held in GRANTS.values() for permission in held} == set(Permission)


def test_judges_hold_nothing_by_which_entries_could_be_named():
    naming = {Permission.ENTRIES_SEE, Permission.ID_REVEAL, Permission.MAP_OPEN, Permission.DRAW}

    assert {role for role in BLIND_ROLES if GRANTS[role] & naming} == set()


def test_the_platform_administrator_holds_nothing_inside_a_group():
    assert GRANTS[Role.PLATFORM_ADMIN] == {Permission.GROUPS_MANAGE}
    holders = {role for role in Role if Permission.GROUPS_MANAGE in GRANTS[role]}
    assert holders == {Role.PLATFORM_ADMIN}


@pytest.mark.parametrize(
    ("role", "kind", "good"),
    [
        (Role.GROUP_ADMIN, ScopeKind.GROUP, True),
        (Role.GROUP_ADMIN, ScopeKind.EVENT, False),
        (Role.TEAM_LEADER, ScopeKind.UNIT, True),
        (Role.TEAM_LEADER, ScopeKind.GROUP, False),
        (Role.JUDGE, ScopeKind.TRACK, True),
        (Role.JUDGE, ScopeKind.EVENT, False),
        (Role.JUDGE, ScopeKind.GROUP, False),
        (Role.ORGANIZER, ScopeKind.EVENT, True),
        (Role.ORGANIZER, ScopeKind.TRACK, False),
        (Role.CERTIFICATE_OFFICE, ScopeKind.EVENT, False),
        (Role.ORGANIZER, ScopeKind.PLATFORM, False),
    ],
)
def test_a_role_is_held_in_the_kinds_of_place_that_fit_it(role, kind, good):
    assert fits(role, Scope(kind, 1)) is good


def test_only_the_platform_administrator_is_held_on_the_platform():
    assert [role for role in Role if fits(role, PLATFORM)] == [Role.PLATFORM_ADMIN]
