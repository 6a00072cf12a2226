"""When people can come, from a table: compared, kept as a whole, twice the same is nothing."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.duties.actions import say_when
from eventsys.duties.models import Availability
from eventsys.duties.queries import availability_of
from eventsys.duties.rules import Stretch
from eventsys.duties.time_importing import TimesMoved, effect_of, keep_times, people_of
from eventsys.duties.time_tables import HEADINGS, read_times, write_times
from eventsys.errors import Forbidden
from eventsys.events.models import Event
from eventsys.identity.models import User
from eventsys.imports import RowsLost
from tests.applicants import workbook

HEAD = tuple(HEADINGS.values())
CANNOT = "cannot come"
DAY = date(2026, 5, 20)


def same(text):
    return text


@pytest.fixture
def event(organizer, world):
    return session().get_one(Event, world.competition_a)


def line(person, can=CANNOT, **cells):
    given = {"person": person, "can": can, **cells}
    return tuple(given.get(key, "") for key in HEADINGS)


def read(event, *lines):
    return read_times(workbook(HEAD, *lines), "时间.xlsx", people_of(event), same)


def keep(actor, event, *lines):
    found = read(event, *lines)
    assert found.problems == []
    with transaction():
        return keep_times(actor, event, found.rows, effect_of(found.times).seen, same)


def judge(key="judge1_a") -> User:
    return session().scalars(select(User).where(User.username == key)).one()


def stretches(user):
    session().expire_all()
    return [one.stretch for one in availability_of([user.id]).get(user.id, [])]


def test_rows_are_kept_for_names_and_login_names(organizer, event):
    effect = keep(
        organizer,
        event,
        line(judge().name, weekday="星期二", from_time="8:30", to_time="12:00"),
        line("judge2_a", "can come", from_on="2026-05-20", to_on="2026年5月22日", reason="出差"),
    )

    assert [len(effect.new), len(effect.changed), effect.same, effect.untouched] == [2, 0, 0, 0]
    assert stretches(judge()) == [Stretch(False, 1, None, None, 510, 720)]
    assert stretches(judge("judge2_a")) == [Stretch(True, None, DAY, date(2026, 5, 22))]
    deed = session().scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert deed is not None
    assert (deed.deed, deed.facts) == ("availability.imported", {"people": 2, "number": 2})


def test_the_same_table_again_and_the_export_change_nothing(organizer, event):
    lines = (line("judge1_a", from_on="2026-05-20"), line("judge2_a", weekday="Monday"))
    keep(organizer, event, *lines)
    people, out = people_of(event), io.BytesIO()
    write_times(out, people, availability_of(people), same)

    for found in (read(event, *lines), read_times(out.getvalue(), "导出.xlsx", people, same)):
        effect = effect_of(found.times)
        assert [len(effect.new), len(effect.changed), effect.same] == [0, 0, 2]
    cells = [[cell.value for cell in row] for row in load_workbook(out).worksheets[0].iter_rows()]
    assert cells[0] == list(HEAD)
    assert len(cells) == 3


def test_another_remark_is_a_change_and_an_empty_one_is_none(organizer, event):
    keep(organizer, event, line("judge1_a", from_on="2026-05-20", reason="出差"))

    assert len(keep(organizer, event, line("judge1_a", from_on="2026-05-20")).changed) == 0
    effect = keep(organizer, event, line("judge1_a", from_on="2026-05-20", reason="开会"))

    assert [(one.reason, len(effect.changed)) for one, _line in effect.changed] == [("开会", 1)]
    assert session().scalars(select(Availability.reason)).all() == ["开会"]


def test_every_mistake_is_named_with_row_and_column(organizer, event):
    found = read(
        event,
        line("nobody"),
        line("judge1_a", "perhaps", from_on="2026-05-20"),
        line("judge1_a", weekday="someday"),
        line("judge1_a", from_on="2026-02-30"),
        line("judge1_a", from_on="2026-05-20", from_time="25:00"),
        line("judge1_a"),
        line("judge1_a", from_on="2026-05-20", to_on="2026-05-19"),
        line("judge1_a", from_on="2026-05-20", from_time="9:00", to_time="8:00"),
        line("judge1_a", from_on="2026-05-20", reason="长" * 101),
        line("judge1_a", from_on="2026-05-21"),
        line("judge1_a", from_on="2026-05-21"),
    )

    assert [(one.row, one.column_header, type(one.refusal).__name__) for one in found.problems] == [
        (2, "Person", "PersonUnknown"),
        (3, "At this time", "CanUnclear"),
        (4, "Weekday", "WeekdayUnclear"),
        (5, "From day", "DateUnclear"),
        (6, "From time", "TimeUnclear"),
        (7, "From day", "AvailabilityUnclear"),
        (8, "To day", "AvailabilityUpsideDown"),
        (9, "To time", "HoursUpsideDown"),
        (10, "Remark", "TextTooLong"),
        (12, "Person", "TimesRepeated"),
    ]


def test_two_people_of_one_name_need_their_login_names(organizer, event):
    judge("judge2_a").name = judge().name
    session().flush()

    found = read(event, line(judge().name, from_on="2026-05-20"), line("judge2_a", weekday="周一"))

    assert [type(one.refusal).__name__ for one in found.problems] == ["PersonUnclear"]
    assert [one.user_id for one in found.times] == [judge("judge2_a").id]


def test_whoever_was_faster_is_not_passed_over(organizer, event):
    found = read(event, line("judge1_a", from_on="2026-05-20"))
    seen = effect_of(found.times).seen
    with transaction():
        say_when(organizer, judge(), Stretch(False, from_on=DAY, to_on=DAY))

    with pytest.raises(TimesMoved), transaction():
        keep_times(organizer, event, found.rows, seen, same)

    assert len(stretches(judge())) == 1


def test_rows_about_others_and_by_others_are_refused(act, organizer, event):
    found = read(event, line("judge1_a", from_on="2026-05-20"))
    seen = effect_of(found.times).seen
    with pytest.raises(Forbidden), transaction():
        keep_times(act("judge1_a"), event, found.rows, seen, same)

    row = found.rows[0]
    other = type(row)(row.number, dict(row.values) | {"person": "leader1_a"})
    with pytest.raises(RowsLost), transaction():
        keep_times(organizer, event, [other], seen, same)
    assert stretches(judge()) == []
