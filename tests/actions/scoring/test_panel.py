"""Seating judges, recusal, and what must be there before the marking opens."""

import pytest
from sqlalchemy import func, select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Conflict, Forbidden
from eventsys.identity.actions import ALWAYS, add_grant
from eventsys.identity.models import Person, RoleGrant
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.panels.actions import (
    ChiefMissing,
    MustStandAside,
    NotAJudge,
    PanelFixed,
    PanelIncomplete,
    SeatedTwice,
    seat_judges,
)
from eventsys.panels.queries import seats_of
from eventsys.schemes.models import Aspect
from eventsys.schemes.rules import SchemeIncomplete
from eventsys.scoring.chief_actions import AlreadySignedOff, PanelTooSmall, ReturnReasonMissing
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.panel_actions import (
    CodesMissing,
    MarkingOpen,
    excuse_judge,
    open_marking,
)
from tests import judging


@pytest.fixture
def organizer(act):
    return act("organizer_a")


def open_it(organizer, world):
    with transaction():
        return open_marking(organizer, judging.track_of(world))


def test_seating_replaces_the_panel_as_a_whole(organizer, world):
    judging.seat(world)
    with transaction():
        seat_judges(organizer, judging.track_of(world), {2: world.judge1_a})

    assert [(one.seat, one.user_id) for one in seats_of(world.track_a)] == [(2, world.judge1_a)]


def test_only_judges_of_this_very_track_are_seated(organizer, world):
    with pytest.raises(NotAJudge), transaction():
        seat_judges(organizer, judging.track_of(world), {1: world.chief_a})
    with pytest.raises(NotAJudge), transaction():
        seat_judges(organizer, judging.track_of(world), {1: world.judge1_b})


def test_nobody_has_two_seats(organizer, world):
    with pytest.raises(SeatedTwice), transaction():
        seat_judges(organizer, judging.track_of(world), {1: world.judge1_a, 2: world.judge1_a})


def test_the_team_leader_of_a_unit_that_takes_part_stands_aside(organizer, world):
    with transaction():
        scope = Scope(ScopeKind.UNIT, world.unit2_a)
        judge = judging.user("judge1_a")
        add_grant(judge, world.group_a, Role.TEAM_LEADER, scope, ALWAYS, None)

    with pytest.raises(MustStandAside) as refused, transaction():
        seat_judges(organizer, judging.track_of(world), {1: world.judge1_a})

    assert refused.value.facts == {
        "name": "甲裁判1",
        "reason": "Leads the team of a unit that takes part",
        "unit": "甲工业学院",
    }


def test_a_judge_whose_own_unit_takes_part_stands_aside(organizer, world):
    with transaction():
        judging.user("judge1_a").person_id = world.person_trainee1_a

    with pytest.raises(MustStandAside), transaction():
        seat_judges(organizer, judging.track_of(world), {1: world.judge1_a})


def test_a_judge_from_a_unit_without_entries_may_sit(organizer, world):
    with transaction():
        judging.user("judge1_a").person_id = world.person_trainee1_a
        session().get_one(Person, world.person_trainee1_a).unit_id = world.unit3_a
    with transaction():
        seat_judges(organizer, judging.track_of(world), {1: world.judge1_a})

    assert len(seats_of(world.track_a)) == 1


def test_marking_opens_when_scheme_panel_and_codes_are_ready(organizer, world):
    track = judging.track_of(world)
    with pytest.raises(SchemeIncomplete), transaction():
        open_marking(organizer, track)
    judging.write_scheme(world)
    with pytest.raises(PanelIncomplete), transaction():
        open_marking(organizer, track)
    judging.seat(world, 4)
    with pytest.raises(PanelIncomplete), transaction():
        open_marking(organizer, track)
    judging.seat(world)
    with pytest.raises(CodesMissing), transaction():
        open_marking(organizer, track)
    codes = judging.draw(world)

    assert open_it(organizer, world) == len(codes) * 5
    dealt = session().execute(select(MarkSheet.code, func.count()).group_by(MarkSheet.code))
    assert dict(dealt.all()) == dict.fromkeys(codes, 5)


def test_marking_needs_a_chief_judge_beside_the_panel(organizer, world):
    judging.write_scheme(world)
    judging.draw(world)
    judging.seat(world)
    with transaction():
        for grant in session().scalars(select(RoleGrant).where(RoleGrant.role == Role.CHIEF_JUDGE)):
            grant.ended_at = judging.NOW

    with pytest.raises(ChiefMissing), transaction():
        open_marking(organizer, judging.track_of(world))


def test_a_conflict_that_came_later_is_found_when_the_marking_opens(organizer, world):
    judging.write_scheme(world)
    judging.draw(world)
    judging.seat(world)
    with transaction():
        judging.user("judge3_a").person_id = world.person_trainee1_a

    with pytest.raises(MustStandAside), transaction():
        open_marking(organizer, judging.track_of(world))


def test_the_panel_is_fixed_once_the_sheets_are_dealt(organizer, world):
    judging.ready_to_mark(world)

    with pytest.raises(PanelFixed), transaction():
        seat_judges(organizer, judging.track_of(world), {})
    with pytest.raises(MarkingOpen), transaction():
        open_marking(organizer, judging.track_of(world))


def test_an_excused_judge_no_longer_counts_until_too_few_are_left(organizer, world):
    judging.ready_to_mark(world)
    seats = seats_of(world.track_a)

    with transaction():
        excuse_judge(organizer, seats[0], "突发疾病离场")
        excuse_judge(organizer, seats[1], "突发疾病离场")
    with pytest.raises(PanelTooSmall), transaction():
        excuse_judge(organizer, seats[2], "突发疾病离场")
    with pytest.raises(ReturnReasonMissing), transaction():
        excuse_judge(organizer, seats[2], "病")

    left = [one.seat for one in seats_of(world.track_a) if one.excused_at is None]
    assert left == [3, 4, 5]


def test_a_judge_is_excused_once_and_recorded_once(organizer, world):
    judging.ready_to_mark(world)
    seat = seats_of(world.track_a)[0]
    with transaction():
        excuse_judge(organizer, seat, "突发疾病离场")

    with pytest.raises(Conflict), transaction():
        excuse_judge(organizer, seat, "家中有急事")

    told = select(AuditEntry.facts).where(AuditEntry.deed == "judge.excused")
    assert [one["reason"] for one in session().scalars(told)] == ["突发疾病离场"]
    assert seats_of(world.track_a)[0].excused_reason == "突发疾病离场"


def test_nobody_is_excused_after_the_signature(organizer, world):
    judging.signed_off(world)

    with pytest.raises(AlreadySignedOff), transaction():
        excuse_judge(organizer, seats_of(world.track_a)[0], "突发疾病离场")


@pytest.mark.parametrize("name", ["organizer2_a", "judge1_a", "chief_a", "organizer_b"])
def test_only_the_organizer_seats_and_opens(act, world, name):
    with pytest.raises(Forbidden), transaction():
        seat_judges(act(name), judging.track_of(world), {})
    with pytest.raises(Forbidden), transaction():
        open_marking(act(name), judging.track_of(world))


def test_a_scheme_changed_to_incomplete_stops_the_first_mark(organizer, world):
    codes = judging.ready_to_mark(world)
    with transaction():
        session().scalars(select(Aspect).where(Aspect.code == "B1.3")).one().max_points += 1

    with pytest.raises(SchemeIncomplete):
        judging.mark(world, 1, codes[0], ("90", "90", "3"))
