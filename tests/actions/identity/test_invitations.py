"""An invitation makes one account with what was granted, once, within seven days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import db, leave_groups, session, transaction
from eventsys.errors import DomainError, Forbidden
from eventsys.identity import grant_actions
from eventsys.identity.actions import ALWAYS, HASHER, NameTaken, Place, Term
from eventsys.identity.grant_actions import InvitationUsed, ScopeUnfit
from eventsys.identity.models import Invitation, RoleGrant, User
from eventsys.identity.queries import invitation_by_token, token_hash, user_named
from eventsys.identity.rules import (
    PLATFORM,
    EndsBeforeStart,
    Role,
    Scope,
    ScopeKind,
    UsernameUnfit,
    WeakPassword,
)

GOOD = "yiju-hen-chang-de-mima"
PLACE = Place("10.0.0.1", "browser")


@pytest.fixture
def unit(world):
    return Scope(ScopeKind.UNIT, world.unit1_a)


def invite(actor, role=Role.TEAM_LEADER, scope=None, term=ALWAYS, group_id=None):
    with transaction():
        return grant_actions.invite(actor, group_id or actor.group_id, "新领队", role, scope, term)


def accept(token, username="newcomer", password=GOOD):
    found = invitation_by_token(token, clock.now())
    if found is None:
        raise InvitationUsed
    with transaction():
        return grant_actions.accept_invitation(found, username, password, PLACE)


def test_the_account_holds_what_was_granted_and_nothing_else(act, world, unit):
    term = Term(date(2027, 1, 1), date(2027, 12, 31))
    admin = act("admin_a")
    invitation, token = invite(admin, scope=unit, term=term)

    user = accept(token, "New.Comer")

    grant = session().scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    assert (user.username, user.name, user.group_id) == ("new.comer", "新领队", world.group_a)
    assert (grant.role, Scope(grant.scope_kind, grant.scope_id)) == (Role.TEAM_LEADER, unit)
    assert (grant.group_id, Term(grant.starts_on, grant.ends_on)) == (world.group_a, term)
    assert grant.granted_by_id == admin.user_id
    assert invitation.used_by_id == user.id
    assert HASHER.verify(user.password_hash, GOOD)


def test_only_the_hash_of_the_link_is_kept(act, unit):
    invitation, token = invite(act("admin_a"), scope=unit)

    assert invitation.token_hash == token_hash(token)
    assert len(token) >= 32
    assert token not in repr(session().execute(select(Invitation.__table__)).all())


def test_a_used_link_is_dead(act, unit):
    _invitation, token = invite(act("admin_a"), scope=unit)
    accept(token)

    with pytest.raises(InvitationUsed):
        accept(token, "another")


def test_an_invitation_still_held_in_another_tab_is_dead_too(act, unit):
    invitation, token = invite(act("admin_a"), scope=unit)
    accept(token)

    with pytest.raises(InvitationUsed), transaction():
        grant_actions.accept_invitation(invitation, "another", GOOD, PLACE)

    assert user_named("another") is None


@pytest.mark.parametrize(
    ("after", "alive"),
    [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)],
)
def test_a_link_lives_seven_days(act, at, unit, after, alive):
    start = clock.now()
    at(start)
    invitation, token = invite(act("admin_a"), scope=unit)

    at(start + after)

    assert (invitation_by_token(token, clock.now()) is not None) is alive
    if not alive:
        with pytest.raises(InvitationUsed), transaction():
            grant_actions.accept_invitation(invitation, "late", GOOD, PLACE)


def counts():
    """How many accounts and roles there are."""
    return [session().scalar(select(func.count(kind.id))) for kind in (User, RoleGrant)]


def test_eight_at_once_make_exactly_one_account(app, act, unit):
    _invitation, token = invite(act("admin_a"), scope=unit)
    before = counts()
    session().close()
    start = Barrier(8)

    def try_to_accept(number):
        with app.app_context():
            start.wait()
            try:
                accept(token, f"newcomer{number}")
            except DomainError as refusal:
                return type(refusal).__name__
            return "accepted"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(try_to_accept, range(8)))

    assert sorted(answers) == ["InvitationUsed"] * 7 + ["accepted"]
    assert counts() == [number + 1 for number in before]


def test_a_taken_name_is_refused_and_leaves_the_link_alive(act, unit):
    _invitation, token = invite(act("admin_a"), scope=unit)

    with pytest.raises(NameTaken):
        accept(token, "Leader1_A")

    assert accept(token).username == "newcomer"


@pytest.mark.parametrize(
    ("username", "password", "refusal"),
    [
        ("领队", GOOD, UsernameUnfit),
        ("newcomer", "newcomer", DomainError),
        ("newcomer", "kuai-le", WeakPassword),
    ],
)
def test_a_bad_name_or_password_is_refused_and_leaves_the_link_alive(
    act, unit, username, password, refusal
):
    _invitation, token = invite(act("admin_a"), scope=unit)

    with pytest.raises(refusal):
        accept(token, username, password)

    assert invitation_by_token(token, clock.now()) is not None


def test_staff_need_a_longer_password_from_the_first_day(act, world):
    scope = Scope(ScopeKind.TRACK, world.track_a)
    _invitation, token = invite(act("admin_a"), Role.JUDGE, scope)

    with pytest.raises(WeakPassword):
        accept(token, "newjudge", "tian-qi-hao")


# ---- where a role can be given


PLACES = {
    (Role.GROUP_ADMIN, "group"),
    (Role.ORGANIZER, "group"),
    (Role.ORGANIZER, "event"),
    (Role.TEAM_LEADER, "unit"),
    (Role.PARTICIPANT, "group"),
    (Role.STEWARD, "event"),
    (Role.STEWARD, "track"),
    (Role.ENCRYPTION_JUDGE, "event"),
    (Role.ENCRYPTION_JUDGE, "track"),
    (Role.CHIEF_JUDGE, "track"),
    (Role.JUDGE, "track"),
    (Role.FLOOR_JUDGE, "event"),
    (Role.FLOOR_JUDGE, "track"),
    (Role.SCORE_CLERK, "track"),
    (Role.SUPERVISOR, "event"),
    (Role.SUPERVISOR, "track"),
    (Role.ASSESSOR, "event"),
    (Role.ASSESSOR, "track"),
    (Role.CERTIFICATE_OFFICE, "group"),
}
THINGS = {"group": "group", "event": "competition", "track": "track", "unit": "unit1"}


def scope_of(world, kind, mark):
    return Scope(ScopeKind(kind), world.ids[f"{THINGS[kind]}_{mark}"])


@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_given_where_it_fits_and_nowhere_else(act, world, role, kind):
    admin, scope = act("admin_a"), scope_of(world, kind, "a")

    if (role, kind) in PLACES:
        assert invite(admin, role, scope)[0].role is role
    else:
        with pytest.raises(ScopeUnfit):
            invite(admin, role, scope)


@pytest.mark.parametrize(("role", "kind"), sorted(PLACES))
def test_a_place_of_another_group_typed_by_hand_is_refused(act, world, role, kind):
    admin, scope = act("admin_a"), scope_of(world, kind, "b")

    with pytest.raises(ScopeUnfit):
        invite(admin, role, scope)
    leader = session().get_one(User, world.leader1_a)
    with pytest.raises(ScopeUnfit), transaction():
        grant_actions.grant_role(admin, leader, role, scope, ALWAYS)

    assert session().scalar(select(func.count(Invitation.id))) == 0


@pytest.mark.parametrize(
    ("kind", "thing"), [("event", "track"), ("track", "competition"), ("unit", "group")]
)
def test_an_id_of_another_kind_of_thing_is_refused(act, world, kind, thing):
    scope = Scope(ScopeKind(kind), world.ids[f"{thing}_a"])

    for role in Role:
        with pytest.raises(ScopeUnfit):
            invite(act("admin_a"), role, scope)


@pytest.mark.parametrize("scope", [PLATFORM, Scope(ScopeKind.GROUP, 0)])
def test_a_platform_administrator_is_never_invited(act, scope):
    with pytest.raises(ScopeUnfit):
        invite(act("admin_a"), Role.PLATFORM_ADMIN, scope)


def test_a_term_that_ends_before_it_begins_is_refused(act, unit):
    with pytest.raises(EndsBeforeStart):
        invite(act("admin_a"), scope=unit, term=Term(date(2027, 1, 2), date(2027, 1, 1)))


# ---- who invites


@pytest.mark.parametrize(
    "account",
    [
        "root",
        "organizer_a",
        "office_a",
        "leader1_a",
        "judge1_a",
        "chief_a",
        "participant_a",
        "admin_b",
    ],
)
def test_only_the_administrator_of_the_group_invites(act, world, unit, account):
    with pytest.raises(Forbidden):
        invite(act(account), scope=unit, group_id=world.group_a)


def test_a_withdrawn_link_is_dead(act, unit):
    admin = act("admin_a")
    invitation, token = invite(admin, scope=unit)

    with transaction():
        grant_actions.withdraw_invitation(admin, invitation)

    assert invitation_by_token(token, clock.now()) is None
    assert invitation.used_by_id is None
    with pytest.raises(InvitationUsed), transaction():
        grant_actions.withdraw_invitation(admin, invitation)


def test_only_the_administrator_of_the_group_withdraws(act, world, unit):
    invitation, token = invite(act("admin_a"), scope=unit)

    for account in ("admin_b", "organizer_a", "root"):
        with pytest.raises(Forbidden), transaction():
            grant_actions.withdraw_invitation(act(account), invitation)

    assert invitation_by_token(token, clock.now()) is not None


def test_inviting_withdrawing_and_accepting_are_on_record_without_the_link(act, unit):
    admin = act("admin_a")
    first, token = invite(admin, scope=unit)
    second, _token = invite(admin, scope=unit)
    accept(token)
    with transaction():
        grant_actions.withdraw_invitation(admin, second)

    leave_groups()
    found = (
        session()
        .scalars(
            select(AuditEntry)
            .where(AuditEntry.thing_kind == "invitation")
            .order_by(AuditEntry.sequence)
        )
        .all()
    )
    assert [(one.deed, one.thing_id) for one in found] == [
        ("invitation.made", first.id),
        ("invitation.made", second.id),
        ("invitation.accepted", first.id),
        ("invitation.withdrawn", second.id),
    ]
    assert token not in repr([one.facts for one in found])
    db.session.remove()
