"""Dealing entries to sessions, shifts of a day, availability: pure."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsys.duties.rules import MINUTES_A_DAY, Stretch, away, merged, outside
from eventsys.plans.dealing import Asked, Comer, Standing, chunks, deal, follows, in_step
from eventsys.plans.shifts import (
    NoShift,
    Shift,
    ShiftsOverlap,
    ShiftUpsideDown,
    check_shifts,
    pattern_of,
)


def test_groups_are_as_few_and_as_even_as_can_be():
    assert [len(one) for one in chunks(list(range(25)), 12)] == [9, 8, 8]
    assert chunks([], 12) == []
    assert [len(one) for one in chunks(list(range(24)), 12)] == [12, 12]


@given(
    st.integers(0, 200),
    st.integers(1, 40),
    st.lists(st.integers(0, 60), max_size=3),
    st.text(alphabet="0123456789abcdef", min_size=8, max_size=8),
)
def test_everybody_is_dealt_once_and_no_session_is_too_full(number, at_once, sizes, seed):
    comers = [Comer(n) for n in range(1, number + 1)]
    standing, at = [], 1
    for place, size in enumerate(sizes, start=1):
        some = frozenset(range(at, at + min(size, at_once)))
        standing.append(Standing(place, place, members=some))
        at += len(some)

    dealt = deal(seed, Asked("", 0, at_once), comers, standing)

    everybody = [entry for one in dealt for entry in one.members]
    assert sorted(everybody) == list(range(1, number + 1))
    assert all(len(one.members) <= at_once for one in dealt)
    assert dealt == deal(seed, Asked("", 0, at_once), comers, standing)


def test_who_has_a_session_keeps_it():
    standing = [Standing(7, 1, members=frozenset({1, 2, 99}))]

    first, *_rest = deal("x", Asked("", 0, 2), [Comer(n) for n in range(1, 6)], standing)

    assert first.members == {1, 2}
    assert first.joins == ()


def test_nobody_joins_what_has_begun():
    standing = [Standing(7, 1, members=frozenset({1}), is_open=False)]

    first, second = deal("x", Asked("", 0, 5), [Comer(1), Comer(2)], standing)

    assert (first.joins, second.item, second.members) == ((), 0, {2})


def test_entries_of_a_vendor_sit_together_as_many_as_it_has_stations():
    comers = [Comer(n, "海康" if n <= 5 else "") for n in range(1, 9)]

    dealt = deal("x", Asked("P", 1, 10, {"海康": 3}), comers, [])

    assert sorted((one.vendor, len(one.members)) for one in dealt) == [
        ("", 3),
        ("海康", 2),
        ("海康", 3),
    ]


def test_parts_of_one_step_rotate_among_groups_of_the_same_size():
    made = in_step([Asked("A", 0, 10), Asked("B", 0, 6), Asked("C", 1, 20)])

    assert [one.at_once for one in made] == [6, 6, 20]


def test_a_later_step_waits_for_the_sessions_with_the_same_people():
    asked = [Asked("T", 0, 30), Asked("P", 1, 2)]
    dealt = {"T": [(1, frozenset({1, 2})), (2, frozenset({3, 4}))], "P": [(3, frozenset({2, 3}))]}

    assert follows(asked, dealt) == {3: [1, 2]}


def test_shifts_are_kept_for_every_day_and_read_again():
    shifts = [Shift(480, 720, "上午"), Shift(780, 1020)]

    kept = check_shifts(shifts, [1, 0])

    assert [(one["day"], one["starts"]) for one in kept] == [(0, 480), (0, 780), (1, 480), (1, 780)]
    assert pattern_of(kept) == (shifts, {0, 1})


@pytest.mark.parametrize(
    ("shifts", "days", "refusal"),
    [
        ([], [0], NoShift),
        ([Shift(480, 720)], [], NoShift),
        ([Shift(720, 480)], [0], ShiftUpsideDown),
        ([Shift(480, 720), Shift(700, 800)], [0], ShiftsOverlap),
    ],
)
def test_shifts_that_cannot_be_are_refused(shifts, days, refusal):
    with pytest.raises(refusal):
        check_shifts(shifts, days)


def test_a_lecturer_who_comes_only_on_tuesdays_is_away_on_all_other_days():
    monday = date(2026, 11, 23)

    assert away([Stretch(can=True, weekday=1)], monday, 3) == [
        (0, MINUTES_A_DAY),
        (2 * MINUTES_A_DAY, 3 * MINUTES_A_DAY),
    ]


def test_a_morning_away_is_taken_out_of_the_days_somebody_can_come():
    day = date(2026, 11, 24)
    lines = [
        Stretch(can=True, weekday=1),
        Stretch(can=False, from_on=day, to_on=day, to_minute=720),
    ]

    assert away(lines, day, 1) == [(0, 720)]


@given(st.lists(st.tuples(st.integers(0, 1440), st.integers(0, 1440)).map(sorted).map(tuple)))
def test_what_is_free_and_what_is_outside_make_a_day(free):
    spans = [one for one in free if one[0] < one[1]]

    whole = sorted([*merged(spans), *outside(spans)])

    assert sum(end - start for start, end in whole) == MINUTES_A_DAY
