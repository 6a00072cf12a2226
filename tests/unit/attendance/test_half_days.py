"""When one may sign in, and what hours that makes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from eventsys import clock
from eventsys.attendance.rules import (
    ClassOver,
    HalfDayKey,
    NoLessonsNow,
    NotYetOpen,
    ReasonMissing,
    UnknownHalfDay,
    WindowOver,
    check_reason,
    check_window,
    completes,
    current_half_day,
    half_day_named,
    hours,
    hours_by_year,
    key_of,
    percent,
)
from eventsys.events.rules import HalfDay, TrainingRules

FIRST, SECOND = date(2026, 12, 31), date(2027, 1, 1)
CLASS = (
    HalfDay(FIRST, "am", Decimal(4), "教学设计"),
    HalfDay(FIRST, "pm", Decimal("3.5"), "企业参观"),
    HalfDay(SECOND, "am", Decimal(4), "公开课"),
    HalfDay(SECOND, "pm", Decimal("0.5"), "结业"),
)
KEYS = [key_of(one) for one in CLASS]


def shanghai(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, second, tzinfo=clock.SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "part"),
    [
        (shanghai(31, 7), "am"),
        (shanghai(31, 12, 29, 59), "am"),
        (shanghai(31, 12, 30), "pm"),
        (shanghai(31, 18, 29, 59), "pm"),
        (datetime(2026, 12, 30, 23, 0, tzinfo=UTC), "am"),  # already the 31st in Shanghai
    ],
)
def test_the_clock_of_shanghai_says_which_half_day_it_is(moment, part):
    assert key_of(current_half_day(CLASS, moment)) == HalfDayKey(FIRST, part)


@pytest.mark.parametrize(
    ("moment", "coming"),
    [
        (shanghai(31, 6, 59, 59), (FIRST, "morning")),
        (shanghai(31, 18, 30), (SECOND, "morning")),
        (shanghai(1, 12), (FIRST, "morning")),
    ],
)
def test_outside_the_lessons_the_refusal_names_the_next_half_day(moment, coming):
    with pytest.raises(NoLessonsNow) as refused:
        current_half_day(CLASS, moment)

    assert refused.value.facts == {"day": coming[0].isoformat(), "part": coming[1]}


def test_after_the_last_half_day_the_class_is_over():
    with pytest.raises(ClassOver):
        current_half_day(CLASS, datetime(2027, 1, 1, 18, 30, tzinfo=clock.SHANGHAI))


def test_the_window_of_a_half_day_is_half_open():
    check_window(KEYS[0], shanghai(31, 7))
    check_window(KEYS[0], shanghai(31, 12, 29, 59))

    with pytest.raises(NotYetOpen) as early:
        check_window(KEYS[0], shanghai(31, 6, 59, 59))
    with pytest.raises(WindowOver) as late:
        check_window(KEYS[0], shanghai(31, 12, 30))

    assert early.value.facts["opens"] == "07:00"
    assert late.value.facts["closes"] == "12:30"


def test_a_half_day_the_class_does_not_have_is_refused():
    assert half_day_named(CLASS, KEYS[1]) is CLASS[1]

    with pytest.raises(UnknownHalfDay):
        half_day_named(CLASS, HalfDayKey(date(2026, 12, 30), "am"))


@pytest.mark.parametrize(
    ("signed", "total", "share"),
    [
        ([], "0", "0.00"),
        (KEYS[:1], "4", "33.33"),
        (KEYS[:2], "7.5", "62.50"),
        (KEYS[3:], "0.5", "4.17"),
        (KEYS, "12", "100.00"),
        ([*KEYS, HalfDayKey(date(2030, 1, 1), "am")], "12", "100.00"),
    ],
)
def test_hours_add_up_by_half_day(signed, total, share):
    assert hours(CLASS, signed) == Decimal(total)
    assert percent(CLASS, signed) == Decimal(share)


def test_a_class_over_new_year_gives_each_year_its_own_hours():
    assert hours_by_year(CLASS, KEYS[1:3]) == {2026: Decimal("3.5"), 2027: Decimal(4)}
    assert hours_by_year(CLASS, []) == {2026: Decimal(0), 2027: Decimal(0)}


@pytest.mark.parametrize(
    ("threshold", "completed"), [("62.5", True), ("62.51", False), ("62.50", True), ("0", True)]
)
def test_completion_is_compared_exactly(threshold, completed):
    rules = TrainingRules(5, 40, CLASS, attendance_percent=Decimal(threshold))

    assert completes(rules, KEYS[:2]) is completed


def test_a_share_that_only_looks_like_the_threshold_does_not_complete():
    thirds = tuple(HalfDay(date(2026, 7, n), "am", Decimal(1), "") for n in (1, 2, 3))
    rules = TrainingRules(5, 40, thirds, attendance_percent=Decimal("66.67"))
    signed = [key_of(one) for one in thirds[:2]]

    assert percent(thirds, signed) == Decimal("66.67")
    assert completes(rules, signed) is False


def test_a_reason_says_something():
    assert check_reason("  扫错了别人的证  ") == "扫错了别人的证"

    with pytest.raises(ReasonMissing):
        check_reason(" 扫错了   ")
