"""The second person: confirms or gives back, never edits, never their own."""

import pytest
from sqlalchemy import select

from eventsys.db import new_id, session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.identity.models import RoleGrant, User
from eventsys.identity.queries import actor_of
from eventsys.identity.rules import Role, ScopeKind
from eventsys.scoring.actions import SheetChanged, submit_sheet
from eventsys.scoring.chief_actions import AlreadySignedOff, ReturnReasonMissing, void_code
from eventsys.scoring.confirm_actions import (
    NothingToConfirm,
    OwnSheet,
    confirm_code,
    confirm_sheet,
    reject_sheet,
)
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.rules import RevoteNeeded
from eventsys.scoring.states import SheetState
from eventsys.states import WrongState
from tests import judging


@pytest.fixture
def codes(inside, world):
    found = judging.ready_to_mark(world)
    judging.mark_everything(world, judging.same_for_all(found))
    return found


@pytest.fixture
def clerk(act):
    return act("clerk_a")


def give_role(world, name, role):
    """The account holds a role at the track besides its own; as the person who asks."""
    with transaction():
        session().add(
            RoleGrant(
                id=new_id(),
                user_id=judging.user(name).id,
                group_id=world.group_a,
                role=role,
                scope_kind=ScopeKind.TRACK,
                scope_id=world.track_a,
                granted_at=judging.NOW,
            )
        )
    session().expire_all()
    return actor_of(judging.user(name))


def same_person(*names):
    """The accounts belong to one person."""
    person = session().scalars(select(User.person_id).where(User.person_id.is_not(None))).first()
    with transaction():
        for name in names:
            judging.user(name).person_id = person
    session().expire_all()


def test_a_confirmed_sheet_says_who_confirmed_it(clerk, codes, world):
    sheet = judging.sheet(world, 1, codes[0])
    with transaction():
        confirm_sheet(clerk, sheet, sheet.version)

    assert (sheet.state, sheet.confirmed_by) == (SheetState.CONFIRMED, "甲统分员")
    assert sheet.confirmed_by_id == clerk.user_id


def test_the_chief_judge_may_confirm_too(act, codes, world):
    sheet = judging.sheet(world, 1, codes[0])
    with transaction():
        confirm_sheet(act("chief_a"), sheet, sheet.version)

    assert sheet.state is SheetState.CONFIRMED


@pytest.mark.parametrize("name", ["judge2_a", "organizer_a", "supervisor_a", "clerk_b"])
def test_nobody_else_confirms(act, codes, world, name):
    sheet = judging.sheet(world, 1, codes[0])
    with pytest.raises(Forbidden), transaction():
        confirm_sheet(act(name), sheet, sheet.version)


def test_a_judge_who_is_a_clerk_too_does_not_confirm_their_own_sheet(codes, world):
    both = give_role(world, "judge1_a", Role.SCORE_CLERK)
    own, other = judging.sheet(world, 1, codes[0]), judging.sheet(world, 2, codes[0])
    with pytest.raises(OwnSheet), transaction():
        confirm_sheet(both, own, own.version)
    with pytest.raises(OwnSheet), transaction():
        reject_sheet(both, own, "请再看一遍")
    with transaction():
        confirm_sheet(both, other, other.version)

    assert (own.state, other.state) == (SheetState.SUBMITTED, SheetState.CONFIRMED)


def test_another_account_of_the_same_person_does_not_confirm_either(act, codes, world):
    same_person("judge1_a", "clerk_a")
    own = judging.sheet(world, 1, codes[0])

    with pytest.raises(OwnSheet), transaction():
        confirm_sheet(act("clerk_a"), own, own.version)


def test_who_typed_a_sheet_from_paper_does_not_confirm_it(clerk, act, codes, world):
    sheet = judging.sheet(world, 1, codes[0])
    with transaction():
        sheet.keyed_by_id = judging.user("clerk_a").id
        sheet.keyed_with_id = judging.user("clerk2_a").id
    for name in ("clerk_a", "clerk2_a"):
        with pytest.raises(OwnSheet), transaction():
            confirm_sheet(act(name), sheet, sheet.version)

    with transaction():
        confirm_sheet(act("chief_a"), sheet, sheet.version)

    assert sheet.state is SheetState.CONFIRMED


def test_a_sheet_that_changed_since_it_was_looked_at_is_not_confirmed(clerk, act, codes, world):
    sheet = judging.sheet(world, 1, codes[0])
    seen = sheet.version
    with transaction():
        reject_sheet(clerk, sheet, "请再看一遍")
    with transaction():
        submit_sheet(act("judge1_a"), sheet, sheet.version)

    with pytest.raises(SheetChanged), transaction():
        confirm_sheet(clerk, sheet, seen)


def test_a_sheet_given_back_is_its_judges_again_with_the_reason(clerk, codes, world):
    sheet = judging.sheet(world, 1, codes[0])
    with pytest.raises(ReturnReasonMissing), transaction():
        reject_sheet(clerk, sheet, "错")
    with transaction():
        reject_sheet(clerk, sheet, "与签名不一致")

    assert (sheet.state, sheet.returned_reason) == (SheetState.OPEN, "与签名不一致")


def test_only_submitted_sheets_are_confirmed_or_given_back_by_the_second_person(
    clerk, codes, world
):
    sheet = judging.sheet(world, 1, codes[0])
    with transaction():
        confirm_sheet(clerk, sheet, sheet.version)
    with pytest.raises(WrongState), transaction():
        confirm_sheet(clerk, sheet, sheet.version)
    with pytest.raises(WrongState), transaction():
        reject_sheet(clerk, sheet, "与签名不一致")


def test_a_whole_code_is_confirmed_but_for_the_sheets_one_marked_oneself(codes, world):
    both = give_role(world, "judge1_a", Role.SCORE_CLERK)
    sheets = [judging.sheet(world, seat, codes[0]) for seat in range(1, 6)]
    seen = {seat: sheet.version for seat, sheet in enumerate(sheets, start=1)}
    with transaction():
        number = confirm_code(both, judging.track_of(world), codes[0], seen)

    assert number == 4
    assert [sheet.state for sheet in sheets] == [SheetState.SUBMITTED, *[SheetState.CONFIRMED] * 4]


def test_nothing_of_a_code_is_confirmed_when_one_sheet_changed(clerk, codes, world):
    sheets = [judging.sheet(world, seat, codes[0]) for seat in range(1, 6)]
    seen = {seat: sheet.version for seat, sheet in enumerate(sheets, start=1)} | {3: 1}
    with pytest.raises(SheetChanged), transaction():
        confirm_code(clerk, judging.track_of(world), codes[0], seen)

    states = session().scalars(select(MarkSheet.state).distinct()).all()
    assert states == [SheetState.SUBMITTED]
    with pytest.raises(NothingToConfirm), transaction():
        confirm_code(clerk, judging.track_of(world), codes[0], {})


def test_a_code_set_aside_has_nothing_to_confirm(clerk, act, codes, world):
    sheet = judging.sheet(world, 1, codes[0])
    with transaction():
        void_code(act("chief_a"), judging.track_of(world), codes[0], "未提交作品")

    with pytest.raises(NotThere), transaction():
        confirm_sheet(clerk, sheet, sheet.version)


def test_judges_who_must_vote_again_are_not_confirmed(clerk, inside, world):
    judging.change_rules(world, strategy="judgement_0_3", drop_high=0, drop_low=0)
    codes = judging.ready_to_mark(world)
    given = {codes[0]: [("80", "90", level) for level in "33311"]}
    judging.mark_everything(world, given)
    sheet = judging.sheet(world, 1, codes[0])

    with pytest.raises(RevoteNeeded) as refused, transaction():
        confirm_sheet(clerk, sheet, sheet.version)

    assert "A1.2" in refused.value.facts["aspects"]


def test_nothing_is_confirmed_or_given_back_after_the_handing_over(clerk, codes, world):
    judging.confirm_everything(world)
    judging.sign(world)
    sheet = judging.sheet(world, 1, codes[0])

    with pytest.raises(AlreadySignedOff), transaction():
        confirm_sheet(clerk, sheet, sheet.version)
    with pytest.raises(AlreadySignedOff), transaction():
        reject_sheet(clerk, sheet, "与签名不一致")
