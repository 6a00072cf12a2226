"""Relations declared by judges or entered for them, and whose sheets then count for nothing."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from eventsys.audit.models import AuditEntry
from eventsys.db import enter_group, session, transaction
from eventsys.errors import Conflict, Forbidden
from eventsys.identity.actions import ALWAYS, add_grant
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.panels.actions import MustStandAside, seat_judges
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import declarations_of, seats_of, standing_aside
from eventsys.panels.recusal_actions import (
    AlreadySettled,
    DeclaredFacts,
    DeclaredTooLate,
    NotDeclaredHere,
    declare,
    declare_for,
    drop_declaration,
    settle_recusals,
)
from eventsys.panels.rules import (
    DeclarationEmpty,
    ExceptionReasonMissing,
    Mode,
    Relation,
    RelationUnfit,
)
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from tests import judging


def say(act, world, judge=1, **facts):
    given = {"relation": Relation.KINSHIP, "unit_id": None, "person_name": "", **facts}
    with transaction():
        return declare(act(f"judge{judge}_a"), judging.track_of(world), DeclaredFacts(**given))


def seats(world):
    return {one.seat: one.id for one in seats_of(world.track_a)}


def person_of(world, entry):
    found = session().get_one(Entry, world.ids[f"entry{entry}_a"])
    return found.members[0].person.name


def test_a_relation_to_a_person_concerns_the_entry_the_person_is_in(act, world):
    judging.seat(world)
    say(act, world, 2, person_name=f" {person_of(world, 4)} ")

    assert standing_aside(world.track_a) == {world.entry4_a: frozenset({seats(world)[2]})}


def test_a_relation_to_a_unit_concerns_all_its_entries(act, world):
    judging.seat(world)
    say(act, world, 1, unit_id=world.unit2_a, relation=Relation.FORMER_COACH)

    aside = standing_aside(world.track_a)
    assert set(aside) == {world.entry4_a, world.entry5_a, world.entry6_a}
    assert set(aside.values()) == {frozenset({seats(world)[1]})}


def test_unit_and_person_together_both_have_to_fit(act, world):
    judging.seat(world)
    say(act, world, 1, unit_id=world.unit1_a, person_name=person_of(world, 4))
    assert standing_aside(world.track_a) == {}
    say(act, world, 1, unit_id=world.unit2_a, person_name=person_of(world, 4))

    assert set(standing_aside(world.track_a)) == {world.entry4_a}


def test_an_entry_that_comes_after_the_seating_is_looked_at_too(act, world):
    judging.seat(world)
    entry = session().get_one(Entry, world.entry4_a)
    with transaction():
        entry.state = EntryState.WITHDRAWN
    say(act, world, 1, person_name=person_of(world, 4))
    assert standing_aside(world.track_a) == {}
    with transaction():
        entry.state = EntryState.APPROVED

    assert set(standing_aside(world.track_a)) == {world.entry4_a}


def test_a_declared_relation_may_keep_a_judge_out_of_the_event(act, world):
    facts = DeclaredFacts(Relation.OTHER, world.unit1_a, "", "同一课题组", Mode.EVENT)
    track = judging.track_of(world)
    with transaction():
        declare_for(act("organizer_a"), track, judging.user("judge1_a"), facts)

    with pytest.raises(MustStandAside) as refused, transaction():
        seat_judges(act("organizer_a"), track, {1: world.judge1_a})
    assert refused.value.facts["unit"] == "甲职业技术学院"


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"person_name": "  "}, DeclarationEmpty),
        ({"unit_id": 4711}, NotDeclaredHere),
        ({"relation": Relation.EMPLOYER, "person_name": "王芳"}, RelationUnfit),
    ],
)
def test_a_declaration_has_to_name_somebody(act, world, facts, refusal):
    with pytest.raises(refusal):
        say(act, world, **facts)


def test_a_unit_of_another_group_cannot_be_named(act, world):
    enter_group(world.group_a)

    with pytest.raises(NotDeclaredHere):
        say(act, world, unit_id=world.unit1_b)


def test_a_declaration_is_set_aside_once_and_with_a_reason(act, world):
    judging.seat(world)
    organizer = act("organizer_a")
    made = say(act, world, 1, unit_id=world.unit2_a)
    with pytest.raises(ExceptionReasonMissing), transaction():
        drop_declaration(organizer, made, "错")
    with transaction():
        drop_declaration(organizer, made, "误报，已核实")
    with pytest.raises(Conflict), transaction():
        drop_declaration(organizer, made, "误报，已核实")

    assert standing_aside(world.track_a) == {}
    (kept,) = declarations_of(world.track_a, world.judge1_a)
    assert kept.dropped_reason == "误报，已核实"


def test_judges_declare_for_themselves_and_organizers_for_judges(act, world):
    track = judging.track_of(world)
    facts = DeclaredFacts(Relation.KINSHIP, world.unit1_a, "")
    for name in ("organizer_a", "clerk_a", "leader1_a", "judge1_b"):
        with pytest.raises(Forbidden), transaction():
            declare(act(name), track, facts)
    for name in ("judge1_a", "chief_a", "organizer2_a", "organizer_b"):
        with pytest.raises(Forbidden), transaction():
            declare_for(act(name), track, judging.user("judge1_a"), facts)
    with transaction():
        declare(act("chief_a"), track, facts)
    made = declarations_of(track.id, world.chief_a)[0]
    with pytest.raises(Forbidden), transaction():
        drop_declaration(act("chief_a"), made, "误报，已核实")


def test_what_is_settled_at_the_opening_stays_whatever_changes_later(act, world):
    judging.seat(world)
    say(act, world, 2, person_name=person_of(world, 4))
    track = judging.track_of(world)
    before = standing_aside(track.id)
    with transaction():
        assert settle_recusals(act("supervisor_a"), track) == 1
        scope = Scope(ScopeKind.UNIT, world.unit1_a)
        add_grant(judging.user("judge1_a"), world.group_a, Role.TEAM_LEADER, scope, ALWAYS, None)

    assert standing_aside(track.id) == before
    with pytest.raises(AlreadySettled), transaction():
        settle_recusals(act("supervisor_a"), track)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as current:
        current.execute(text("DELETE FROM set_aside"))


@pytest.mark.parametrize("name", ["organizer_a", "chief_a", "judge1_a", "supervisor_b"])
def test_only_who_opens_the_map_settles(act, world, name):
    with pytest.raises(Forbidden), transaction():
        settle_recusals(act(name), judging.track_of(world))


def test_nothing_is_declared_after_the_opening(act, world):
    judging.opened(world)

    with pytest.raises(DeclaredTooLate):
        say(act, world, 1, unit_id=world.unit2_a)


def test_the_record_tells_that_something_was_declared_and_not_about_whom(act, world):
    say(act, world, 1, unit_id=world.unit2_a, person_name="王芳", note="表亲")

    told = session().scalars(select(AuditEntry.facts).where(AuditEntry.deed == "recusal.declared"))
    assert told.all() == [{"name": "甲裁判1"}]


def test_a_team_leader_among_the_seated_counts_for_none_of_the_unit(act, world):
    judging.seat(world)
    with transaction():
        scope = Scope(ScopeKind.UNIT, world.unit2_a)
        add_grant(judging.user("judge3_a"), world.group_a, Role.TEAM_LEADER, scope, ALWAYS, None)

    seat = session().scalars(select(JudgeSeat.id).where(JudgeSeat.seat == 3)).one()
    assert standing_aside(world.track_a)[world.entry4_a] == frozenset({seat})
