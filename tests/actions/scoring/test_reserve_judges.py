"""A reserve judge who joins while the others mark gets every code."""

import pytest
from sqlalchemy import func, select

from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.identity.actions import ALWAYS, add_grant
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.panels.actions import MustStandAside, NotAJudge, SeatedTwice
from eventsys.panels.queries import seats_of
from eventsys.scoring.chief_actions import AlreadySignedOff
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.panel_actions import MarkingNotOpen, add_reserve
from tests import judging


@pytest.fixture
def spare(inside, world):
    """A scoring judge of the track without a seat."""
    with transaction():
        found = judging.user("assessor_a")
        scope = Scope(ScopeKind.TRACK, world.track_a)
        add_grant(found, world.group_a, Role.JUDGE, scope, ALWAYS, None)
    return found


def add(act, world, judge, name="organizer_a"):
    with transaction():
        return add_reserve(act(name), judging.track_of(world), judge)


def test_every_code_is_dealt_and_those_set_aside_stay_so(act, world, spare):
    codes = judging.ready_to_mark(world)
    with transaction():
        for sheet in session().scalars(select(MarkSheet).where(MarkSheet.code == codes[0])):
            sheet.void_reason = "未提交作品"

    seat = add(act, world, spare)

    assert (seat.seat, seat.is_reserve) == (6, True)
    own = session().scalars(select(MarkSheet).where(MarkSheet.seat_id == seat.id))
    assert {one.code: one.void_reason for one in own} == {
        code: "未提交作品" if code == codes[0] else "" for code in codes
    }
    assert session().scalar(select(func.count(MarkSheet.id))) == len(codes) * 6


def test_only_a_judge_who_fits_joins_and_only_while_they_mark(act, world, spare):
    with pytest.raises(MarkingNotOpen):
        add(act, world, spare)
    judging.ready_to_mark(world)
    with pytest.raises(NotAJudge):
        add(act, world, judging.user("clerk_a"))
    with pytest.raises(SeatedTwice):
        add(act, world, judging.user("judge1_a"))
    with pytest.raises(Forbidden):
        add(act, world, spare, "chief_a")
    with transaction():
        spare.person_id = world.person_entry4_a
    with pytest.raises(MustStandAside):
        add(act, world, spare)

    assert len(seats_of(world.track_a)) == 5


def test_nobody_joins_after_the_handing_over(act, world, spare):
    judging.signed_off(world)

    with pytest.raises(AlreadySignedOff):
        add(act, world, spare)
