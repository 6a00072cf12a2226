"""Registration from a table: everything is entered or nothing, and nothing is entered twice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.events.models import Track
from eventsys.events.rules import WindowClosed
from eventsys.groups.models import Unit
from eventsys.identity.models import Person
from eventsys.registration import actions, importing, queries, tables
from eventsys.registration.models import Entry, ImportDraft, Member, UnitQuota
from eventsys.registration.rules import EntryState, shape_of
from tests.applicants import name, number, single, workbook
from tests.queries import count_queries

HEAD = ("队伍", "角色", "姓名", "证件号码")


def track(world, key="team_track_a"):
    return session().get_one(Track, getattr(world, key))


def unit(world, key="unit1_a"):
    return session().get_one(Unit, getattr(world, key))


def two_teams(second=4):
    return (
        ("先锋队", "选手", name(1), number(1)),
        ("先锋队", "选手", name(2), number(2)),
        ("先锋队", "指导教师", name(9), number(9)),
        ("后卫队", "选手", name(3), number(3)),
        ("后卫队", "选手", name(second), number(second)),
    )


def read(world, *lines, key="team_track_a", head=HEAD):
    found = track(world, key)
    shape = shape_of(found.event.kind, found.rules)
    return tables.read_entries(workbook(head, *lines), "名单.xlsx", shape)


def keep(act, world, *lines, who="leader1_a"):
    reading = read(world, *lines)
    with transaction():
        draft = importing.keep_import(
            act(who), track(world), unit(world), "名单.xlsx", reading.groups
        )
        return draft.id


def confirm(actor, draft_id):
    with transaction():
        return importing.confirm_import(actor, session().get_one(ImportDraft, draft_id))


def problems(survey):
    return [(one.row, one.column_header, type(one.refusal).__name__) for one in survey.problems]


def rows():
    session().expire_all()
    return {
        kind.__tablename__: session().scalar(select(func.count()).select_from(kind))
        for kind in (Entry, Member, Person, UnitQuota, ImportDraft, AuditEntry)
    }


def test_a_confirmed_table_is_entered_and_submitted_as_a_whole(act, world):
    draft = keep(act, world, *two_teams())

    assert confirm(act("leader1_a"), draft) == 2

    entries = (
        session()
        .scalars(select(Entry).where(Entry.track_id == world.team_track_a).order_by(Entry.number))
        .all()
    )
    assert [(one.number, one.team_name, one.state) for one in entries] == [
        (1, "先锋队", EntryState.SUBMITTED),
        (2, "后卫队", EntryState.SUBMITTED),
    ]
    assert [one.role.value for one in entries[0].members] == [
        "contestant",
        "contestant",
        "instructor",
    ]
    assert queries.quota_of(world.team_track_a, world.unit1_a).used == 2
    assert rows()["import_draft"] == 0


def test_a_kept_table_shows_no_name_and_no_number_in_the_database(act, world):
    draft = session().get_one(ImportDraft, keep(act, world, *two_teams()))

    for secret in (name(1), number(1), "先锋队"):
        assert secret.encode() not in draft.sealed
    assert [group.facts.team_name for group in importing.groups_of(draft)] == ["先锋队", "后卫队"]


def test_the_same_table_twice_enters_nobody_twice(act, world):
    confirm(act("leader1_a"), keep(act, world, *two_teams()))
    before = rows()

    found = importing.survey(track(world), unit(world), read(world, *two_teams()).groups)

    assert (len(found.new), problems(found)) == (0, [])
    assert [(group.rows, entry.number) for group, entry in found.known] == [
        ((2, 3, 4), 1),
        ((5, 6), 2),
    ]
    assert rows() == before


def test_a_longer_table_enters_only_what_is_new(act, world):
    confirm(act("leader1_a"), keep(act, world, *two_teams()[:3]))

    assert confirm(act("leader1_a"), keep(act, world, *two_teams())) == 1
    assert queries.quota_of(world.team_track_a, world.unit1_a).used == 2


def test_every_problem_is_told_with_row_and_column(act, world):
    with transaction():
        actions.submit_new(
            act("leader2_a"), track(world, "track_a"), unit(world, "unit2_a"), [single(3)]
        )
    lines = (
        ("先锋队", "选手", name(1), number(1)),
        ("先锋队", "选手", "洛别名", number(1)),
        ("后卫队", "选手", name(3), number(3)),
        ("后卫队", "选手", name(4), number(4)),
        ("孤军队", "选手", name(5), number(5)),
    )

    found = importing.survey(track(world), unit(world), read(world, *lines).groups)

    assert problems(found) == [
        (3, "证件号码", "NamedTwice"),
        (4, "证件号码", "AlreadyEnteredElsewhere"),
        (6, "", "TeamSizeUnfit"),
        (6, "", "QuotaFull"),
    ]


def test_the_first_row_beyond_the_quota_is_named(act, world):
    lines = [
        (f"{order}队", "选手", name(2 * order + at), number(2 * order + at))
        for order in range(1, 5)
        for at in (0, 1)
    ]

    found = importing.survey(track(world), unit(world), read(world, *lines).groups)

    assert problems(found) == [(6, "", "QuotaFull")]
    assert found.problems[0].refusal.facts["asked"] == 4


def test_what_changed_since_the_preview_stops_the_whole_table(act, world):
    draft = keep(act, world, *two_teams())
    with transaction():
        actions.submit_new(
            act("leader2_a"), track(world, "track_a"), unit(world, "unit2_a"), [single(4)]
        )
    before = rows()

    with pytest.raises(importing.ImportUnfit) as refused:
        confirm(act("leader1_a"), draft)

    assert [(one.row, type(one.refusal).__name__) for one in refused.value.problems] == [
        (6, "AlreadyEnteredElsewhere")
    ]
    assert rows() == before


def test_a_table_confirmed_after_closing_enters_nothing(act, world, at):
    draft = keep(act, world, *two_teams())
    before = rows()

    at(track(world).event.registration_closes_at)
    with pytest.raises(WindowClosed):
        confirm(act("leader1_a"), draft)

    assert rows() == before


@pytest.mark.parametrize("who", ["leader2_a", "organizer_a", "leader1_b"])
def test_nobody_else_confirms_or_finds_a_table(act, world, who):
    draft = keep(act, world, *two_teams())

    with pytest.raises(Forbidden):
        confirm(act(who), draft)
    assert queries.import_draft(act(who), draft) is None
    assert queries.import_draft(act("leader1_a"), draft).id == draft


def test_a_table_is_forgotten_after_its_hour(act, world, at):
    draft = keep(act, world, *two_teams())
    later = clock.now() + timedelta(hours=1)

    at(later)
    with transaction():
        gone = importing.forget_imports(later)

    assert (gone, session().get(ImportDraft, draft)) == (1, None)


def test_an_expired_table_is_not_found_even_before_it_is_swept(act, world, at):
    draft = keep(act, world, *two_teams())

    at(clock.now() + timedelta(hours=1))

    assert queries.import_draft(act("leader1_a"), draft) is None


def test_a_second_upload_for_the_same_track_replaces_the_first(act, world):
    keep(act, world, *two_teams())
    second = keep(act, world, *two_teams()[:2])

    assert session().scalars(select(ImportDraft.id)).all() == [second]


def test_the_work_grows_with_the_table_but_not_with_a_query_per_row(act, world):
    def lines(first, many):
        return [(name(one), number(one)) for one in range(first, first + many)]

    def asked(many):
        reading = read(world, *lines(1, many), key="exam_track_a", head=("姓名", "证件号码"))
        found, member = track(world, "exam_track_a"), unit(world)
        found.rules, found.event.kind, member.name  # noqa: B018  loaded beforehand
        with count_queries() as sent:
            importing.survey(found, member, reading.groups)
        return len(sent)

    assert asked(1) == asked(15)
