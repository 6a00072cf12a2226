"""The clock of the public notice, by minutes and by working days with their moved holidays."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from eventsys.events.rules import CompetitionRules, TrainingRules
from eventsys.results.finality import notice_ends
from eventsys.results.workdays import CHINA, Calendar

PLAIN = Calendar("plain", frozenset(), frozenset())
RULES = CompetitionRules(None, None, 1, 1, 1, 0, (), 5)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "number", "last"),
    [
        ("2026-03-02", 3, "2026-03-05"),  # Monday: Tuesday to Thursday
        ("2026-03-06", 1, "2026-03-09"),  # Friday: over the weekend
        ("2026-03-07", 1, "2026-03-09"),  # Saturday
        ("2026-04-30", 1, "2026-05-06"),  # over the holidays of May
        ("2026-05-08", 1, "2026-05-09"),  # the Saturday on which people work
        ("2026-09-30", 3, "2026-10-10"),  # National Day, then a working Saturday
        ("2026-03-02", 0, "2026-03-02"),
    ],
)
def test_working_days_leave_out_weekends_and_holidays_and_count_moved_days(day, number, last):
    assert CHINA.after(date.fromisoformat(day), number) == date.fromisoformat(last)


def test_a_year_without_a_calendar_has_only_weekends():
    assert CHINA.after(date(2031, 9, 30), 1) == date(2031, 10, 1)


def test_minutes_run_from_the_second_of_publication():
    rules = replace(RULES, notice_minutes=120)
    start = moment("2026-05-10T07:00:00+08:00")

    assert notice_ends(start, rules, PLAIN) == moment("2026-05-10T09:00:00+08:00")


def test_working_days_end_at_midnight_and_the_first_day_does_not_count():
    rules = replace(RULES, notice_minutes=0, notice_workdays=3)
    start = moment("2026-03-06T18:30:00+08:00")

    assert notice_ends(start, rules, PLAIN) == moment("2026-03-12T00:00:00+08:00")


def test_the_longer_of_the_two_clocks_counts():
    rules = replace(RULES, notice_minutes=60 * 24 * 10, notice_workdays=1)
    start = moment("2026-03-02T08:00:00+08:00")

    assert notice_ends(start, rules, PLAIN) == moment("2026-03-12T08:00:00+08:00")


def test_the_day_is_the_day_in_shanghai():
    rules = replace(RULES, notice_minutes=0, notice_workdays=1)
    start = moment("2026-03-03T01:00:00+08:00")  # still the second of March in UTC

    assert notice_ends(start, rules, PLAIN) == moment("2026-03-05T00:00:00+08:00")


def test_classes_have_no_notice():
    start = moment("2026-03-03T01:00:00+08:00")

    assert notice_ends(start, TrainingRules(1, 1, ()), PLAIN) == start
