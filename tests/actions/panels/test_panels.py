"""Conditions of admission, cards, exceptions, seats of reserve judges, fixing."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.identity.rules import Role
from eventsys.panels.actions import (
    MustStandAside,
    NotAdmitted,
    NotAJudge,
    PanelFixed,
    PanelIncomplete,
    TermsFacts,
    admit_exception,
    fix_panel,
    keep_card,
    seat_judges,
    set_terms,
)
from eventsys.panels.queries import (
    card_of,
    holders_by_role,
    panel_of,
    seats_of,
    standings_of,
)
from eventsys.panels.rules import (
    Card,
    ExceptionReasonMissing,
    Mode,
    NothingToExcept,
    Relation,
    Requirement,
    Terms,
    TermsUnfit,
    Title,
)
from eventsys.scoring.panel_actions import open_marking
from tests import judging
from tests.queries import count_queries


@pytest.fixture
def organizer(act):
    return act("organizer_a")


ANY = Terms()


def ask(organizer, world, terms=ANY, *, reserves=0, modes=None, sponsors="", age_on=None):
    facts = TermsFacts(terms, age_on, reserves, modes or {}, sponsors)
    with transaction():
        set_terms(organizer, judging.track_of(world), facts)


def tell(organizer, world, card, judge=1):
    with transaction():
        keep_card(organizer, judging.track_of(world), judging.user(f"judge{judge}_a"), card)


def take_seats(organizer, world, *judges):
    seats = {n: judging.user(f"judge{judge}_a").id for n, judge in enumerate(judges, start=1)}
    with transaction():
        seat_judges(organizer, judging.track_of(world), seats)


def standing(world, judge=1, seated=()):
    user = judging.user(f"judge{judge}_a")
    return standings_of(judging.track_of(world), [user], seated)[user.id]


def test_a_judge_who_does_not_meet_a_condition_is_not_seated_until_excepted(organizer, world):
    ask(organizer, world, Terms(min_years=5, needs_consent=True))
    tell(organizer, world, Card(since_year=judging.NOW.year, consent=True))

    with pytest.raises(NotAdmitted) as refused:
        take_seats(organizer, world, 1)
    assert refused.value.facts == {"name": "甲裁判1", "lacking": "Years in the profession"}

    judge = judging.user("judge1_a")
    with transaction():
        admit_exception(organizer, judging.track_of(world), judge, "  缺少同工种裁判，执委会同意 ")
    take_seats(organizer, world, 1)

    (kept,) = session().scalars(select(AuditEntry.facts).where(AuditEntry.deed == "judge.excepted"))
    assert kept == {
        "name": "甲裁判1",
        "reason": "缺少同工种裁判，执委会同意",
        "lacking": ["years"],
    }


def test_what_is_not_known_may_be_seated_and_stops_the_dealing(organizer, world):
    judging.write_scheme(world)
    judging.draw(world)
    ask(organizer, world, Terms(min_judgings=1))
    judging.seat(world)

    with pytest.raises(NotAdmitted), transaction():
        open_marking(organizer, judging.track_of(world))
    for judge in range(1, 6):
        tell(organizer, world, Card(judgings=judge), judge)
    with transaction():
        open_marking(organizer, judging.track_of(world))

    assert panel_of(world.track_a).fixed_at is not None


def test_judges_of_one_employer_are_counted_over_the_panel(organizer, world):
    ask(organizer, world, Terms(most_per_unit=1))
    for judge in (1, 2):
        tell(organizer, world, Card(employer="郑州机床厂"), judge)
    tell(organizer, world, Card(employer="洛阳轴承厂"), 3)

    take_seats(organizer, world, 1, 3)
    with pytest.raises(NotAdmitted):
        take_seats(organizer, world, 1, 2)
    seated = [judging.user(f"judge{n}_a").id for n in (1, 3)]
    assert standing(world, 2, seated).violated == [Requirement.PER_UNIT]
    assert standing(world, 3, seated).violated == []


def test_the_age_is_reckoned_on_the_day_the_track_names(organizer, world):
    tell(organizer, world, Card(birth_year=1960))
    ask(organizer, world, Terms(max_age=65), age_on=date(2025, 1, 1))
    assert standing(world).lacking == []

    ask(organizer, world, Terms(max_age=65), age_on=date(2027, 1, 1))
    assert standing(world).violated == [Requirement.AGE]


def test_a_card_is_kept_once_for_each_judge_and_takes_the_name_of_the_unit(organizer, world):
    tell(organizer, world, Card("不用", world.unit3_a, Title.SENIOR))
    tell(organizer, world, Card("郑州机床厂 ", None, Title.TECHNICIAN, 2001, 1970, 4, False))

    assert card_of(world.judge1_a).facts == Card(
        "郑州机床厂", None, Title.TECHNICIAN, 2001, 1970, 4, False
    )
    tell(organizer, world, Card("不用", world.unit3_a))
    assert card_of(world.judge1_a).facts == Card("甲中等专业学校", world.unit3_a)


def test_nobody_is_written_about_who_does_not_judge_here(organizer, world):
    stranger = judging.user("leader1_a")
    with pytest.raises(NotAJudge), transaction():
        keep_card(organizer, judging.track_of(world), stranger, Card())
    with pytest.raises(NotAJudge), transaction():
        admit_exception(organizer, judging.track_of(world), stranger, "说明理由")


def test_an_exception_needs_a_reason_and_something_to_except(organizer, world):
    judge = judging.user("judge1_a")
    with pytest.raises(NothingToExcept), transaction():
        admit_exception(organizer, judging.track_of(world), judge, "说明理由")
    ask(organizer, world, Terms(min_years=5))
    with pytest.raises(ExceptionReasonMissing), transaction():
        admit_exception(organizer, judging.track_of(world), judge, " 缺 ")


def test_the_database_refuses_to_change_an_exception(organizer, world):
    ask(organizer, world, Terms(min_years=5))
    with transaction():
        judge = judging.user("judge1_a")
        admit_exception(organizer, judging.track_of(world), judge, "执委会同意")

    for deed in ("UPDATE admission_exception SET reason = 'x'", "DELETE FROM admission_exception"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as current:
            current.execute(text(deed))


def test_conditions_are_checked_and_fixed_with_the_panel(organizer, world):
    with pytest.raises(TermsUnfit):
        ask(organizer, world, Terms(most_per_unit=0))
    judging.ready_to_mark(world)
    with pytest.raises(PanelFixed):
        ask(organizer, world, Terms(min_years=5))
    with pytest.raises(PanelFixed), transaction():
        fix_panel(organizer, judging.track_of(world))


def test_what_a_relation_leads_to_is_for_the_track_to_say(organizer, world):
    tell(organizer, world, Card(employer_id=world.unit1_a))
    with pytest.raises(MustStandAside):
        take_seats(organizer, world, 1)

    ask(organizer, world, modes={Relation.EMPLOYER: Mode.ENTRY, Relation.HOST: Mode.NOTHING})
    take_seats(organizer, world, 1)

    (reason,) = standing(world).reasons
    assert (reason.relation, reason.mode) == (Relation.EMPLOYER, Mode.ENTRY)
    assert reason.entries >= {world.entry1_a, world.entry2_a, world.entry3_a}


def test_staff_of_the_host_and_of_sponsors_do_not_judge_at_all(organizer, world):
    track = judging.track_of(world)
    with transaction():
        track.event.host_id = world.unit3_a
    tell(organizer, world, Card(employer_id=world.unit3_a))
    ask(organizer, world, sponsors="  \n郑州 机床厂\n")
    tell(organizer, world, Card(employer="郑州机床厂"), 2)

    assert standing(world, 1).bar.relation is Relation.HOST
    assert standing(world, 2).bar.relation is Relation.SPONSOR
    assert standing(world, 3).bar is None


def test_an_employer_is_known_by_its_name_as_well(organizer, world):
    tell(organizer, world, Card(employer=" 甲职业 技术学院"))

    assert standing(world).bar.relation is Relation.EMPLOYER


def test_whoever_takes_part_or_instructs_stands_aside(organizer, world):
    with transaction():
        judging.user("judge1_a").person_id = world.person_entry1_a

    relations = {one.relation for one in standing(world).reasons}
    assert relations == {Relation.EMPLOYER, Relation.HOST, Relation.CONTESTANT}


def test_a_chief_judge_who_must_stand_aside_does_not_lead_the_panel(organizer, world):
    judging.write_scheme(world)
    judging.draw(world)
    judging.seat(world)
    with transaction():
        chief = judging.user("chief_a")
        keep_card(organizer, judging.track_of(world), chief, Card(employer_id=world.unit1_a))

    with pytest.raises(MustStandAside) as refused, transaction():
        open_marking(organizer, judging.track_of(world))
    assert refused.value.facts["name"] == chief.name


def test_seats_beyond_the_panel_are_reserve_seats_and_get_sheets_too(organizer, world):
    judging.write_scheme(world)
    codes = judging.draw(world)
    ask(organizer, world, reserves=1)
    track = judging.track_of(world)
    with transaction():
        seats = {n: judging.user(f"judge{n}_a").id for n in range(1, 5)}
        seat_judges(organizer, track, {**seats, 6: world.judge5_a})
    with pytest.raises(PanelIncomplete) as refused, transaction():
        open_marking(organizer, track)
    assert refused.value.facts == {"given": 4, "needed": 5}

    assert [seat.is_reserve for seat in seats_of(track.id)] == [False] * 4 + [True]
    assert codes


@pytest.mark.parametrize("name", ["organizer2_a", "judge1_a", "chief_a", "organizer_b"])
def test_only_the_organizer_looks_after_a_panel(act, world, name):
    track, judge = judging.track_of(world), judging.user("judge1_a")
    facts = TermsFacts(Terms(), None, 0, {}, "")
    for deed in (
        lambda who: set_terms(who, track, facts),
        lambda who: keep_card(who, track, judge, Card()),
        lambda who: admit_exception(who, track, judge, "说明理由"),
        lambda who: fix_panel(who, track),
    ):
        with pytest.raises(Forbidden), transaction():
            deed(act(name))


def test_all_offices_are_found_with_their_holders(inside, world):
    held = holders_by_role(judging.track_of(world))

    assert [one.id for one in held[Role.CHIEF_JUDGE]] == [world.chief_a]
    assert {one.id for one in held[Role.SCORE_CLERK]} == {world.clerk_a, world.clerk2_a}
    assert [one.id for one in held[Role.FLOOR_JUDGE]] == [world.floor_a]
    assert len(held[Role.JUDGE]) == 5


def test_the_questions_do_not_grow_with_the_panel(organizer, world):
    track = judging.track_of(world)
    people = [judging.user(f"judge{n}_a") for n in range(1, 6)]
    ask(organizer, world, Terms(min_years=1), sponsors="甲\n乙\n丙")

    def asked(users):
        session().expire_all()
        _ = [(user.id, user.person_id) for user in people], track.event.starts_on, track.id
        with count_queries() as counted:
            standings_of(track, users, [user.id for user in users])
        return len(counted)

    assert asked(people[:1]) == asked(people)
