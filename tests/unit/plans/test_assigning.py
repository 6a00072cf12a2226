"""Entries into sessions by the planner: nobody lost, nothing too full, few schools divided."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsys.plans.assigning import assign
from eventsys.plans.dealing import Asked, Comer, Standing
from eventsys.plans.effects import effect_of
from eventsys.plans.ways import Way, ways_open
from eventsys.timetable.rules import Span
from tests.panels import RULES

WAYS = (Way.TOGETHER, Way.SPREAD)


def people(*sizes: int, vendor: str = "", first: int = 1) -> list[Comer]:
    """So many entries of each of some schools."""
    made = []
    for unit, size in enumerate(sizes, start=1):
        made += [Comer(first + len(made) + n, vendor, unit) for n in range(size)]
    return made


def halls(way, at_once, comers, standing=()):
    """The schools in each session."""
    unit_of = {one.entry: one.unit for one in comers}
    dealt = assign(way, Asked("", 0, at_once), comers, standing)
    return [sorted(unit_of[entry] for entry in one.members) for one in dealt]


def divided(way, at_once, comers):
    dealt = assign(way, Asked("", 0, at_once), comers, [])
    return effect_of([one.members for one in dealt], {x.entry: x.unit for x in comers}).divided


# ---- what holds for both


@st.composite
def fields(draw):
    """A part, entries of some schools and makes, and sessions that stand, some with times."""
    number = draw(st.integers(0, 60))
    comers = [
        Comer(
            entry,
            draw(st.sampled_from(["", "", "海康"])),
            draw(st.integers(1, 9)),
            draw(st.integers(0, 3)),
            tuple(Span(60 * n, 60 * n + 60) for n in draw(st.sets(st.integers(0, 5), max_size=2))),
        )
        for entry in range(1, number + 1)
    ]
    at_once, vendors = draw(st.integers(1, 20)), {"海康": draw(st.integers(1, 12))}
    asked = Asked("", 0, at_once, vendors)
    standing, left = [], list(comers)
    for n in range(1, draw(st.integers(0, 4)) + 1):
        vendor = draw(st.sampled_from(["", "海康"]))
        most = min(at_once, vendors["海康"]) if vendor else at_once
        some = [one for one in left if one.vendor == vendor][: draw(st.integers(0, most))]
        left = [one for one in left if one not in some]
        span = draw(st.sampled_from([None, Span(0, 90), Span(100, 200)]))
        members = frozenset({one.entry for one in some} | {1000 + n})
        standing.append(Standing(n, n, vendor, members, draw(st.booleans()), span))
    return asked, comers, standing


@given(st.sampled_from(WAYS), fields())
def test_everybody_comes_once_into_a_session_with_room_of_their_make_when_they_are_free(way, field):
    asked, comers, standing = field

    dealt = assign(way, asked, comers, standing)

    everybody = [entry for one in dealt for entry in one.members]
    assert sorted(everybody) == [one.entry for one in comers]
    facts, stood = {one.entry: one for one in comers}, {one.item: one for one in standing}
    for one in dealt:
        most = min(asked.at_once, asked.by_vendor["海康"]) if one.vendor else asked.at_once
        before = stood[one.item].members & facts.keys() if one.item else frozenset()
        assert one.members == before | set(one.joins)
        assert len(one.members) <= max(most, len(before))
        assert {facts[entry].vendor for entry in one.joins} <= {one.vendor}
        if one.item and one.joins:
            span = stood[one.item].span
            assert stood[one.item].is_open
            assert not any(
                span and span.starts < busy.ends and busy.starts < span.ends
                for entry in one.joins
                for busy in facts[entry].busy
            )


@given(st.sampled_from(WAYS), fields())
def test_the_same_entries_give_the_same_sessions(way, field):
    assert assign(way, *field) == assign(way, *field)


@given(st.sampled_from(WAYS), st.lists(st.integers(1, 9), max_size=12), st.integers(1, 12))
def test_there_are_as_few_sessions_as_there_must_be(way, sizes, at_once):
    made = halls(way, at_once, people(*sizes))

    assert len(made) == -(-sum(sizes) // at_once)


@pytest.mark.parametrize("way", WAYS)
def test_who_has_a_session_keeps_it_and_who_withdrew_leaves(way):
    standing = [Standing(7, 1, members=frozenset({1, 2, 99}))]

    first, *_rest = assign(way, Asked("", 0, 2), people(1, 1, 3), standing)

    assert (first.members, first.joins) == ({1, 2}, ())


@pytest.mark.parametrize("way", WAYS)
def test_nobody_joins_what_has_begun(way):
    standing = [Standing(7, 1, members=frozenset({1}), is_open=False)]

    first, second = assign(way, Asked("", 0, 5), people(2), standing)

    assert (first.joins, second.item, second.members) == ((), 0, {2})


@pytest.mark.parametrize("way", WAYS)
def test_who_is_elsewhere_at_the_time_of_a_session_gets_another(way):
    standing = [Standing(7, 1, span=Span(540, 660))]
    busy = Comer(1, unit=1, busy=(Span(600, 700),))

    first, second = assign(way, Asked("", 0, 5), [busy, Comer(2, unit=2)], standing)

    assert (first.joins, second.joins) == ((2,), (1,))


# ---- a school together


def test_a_school_that_fits_is_not_divided():
    assert halls(Way.TOGETHER, 4, people(3, 3, 1, 1)) == [[1, 1, 1, 3], [2, 2, 2, 4]]


def test_a_school_larger_than_a_session_fills_neighbouring_ones():
    made = halls(Way.TOGETHER, 4, people(2, 9, 1))

    at = [n for n, units in enumerate(made) if 2 in units]
    assert len(at) == 3
    assert at == list(range(at[0], at[0] + 3))


def test_schools_of_one_size_are_divided_only_where_a_session_ends_within_one():
    assert divided(Way.TOGETHER, 6, people(*[2] * 30)) == 0
    assert divided(Way.TOGETHER, 6, people(*[4] * 3)) == 1


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(5, 8))
def test_schools_that_fit_into_a_session_are_divided_as_little_as_can_be(sizes, at_once):
    least = fewest_parts(sizes, at_once, -(-sum(sizes) // at_once))

    assert parts_of(sizes, at_once) == least


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(2, 4))
def test_larger_schools_are_divided_at_most_once_more_than_they_must(sizes, at_once):
    least = fewest_parts(sizes, at_once, -(-sum(sizes) // at_once))

    assert parts_of(sizes, at_once) <= least + 1


def parts_of(sizes: list[int], at_once: int) -> int:
    """The schools of every session, counted together."""
    return sum(len(set(some)) for some in halls(Way.TOGETHER, at_once, people(*sizes)))


def fewest_parts(sizes: list[int], at_once: int, number: int) -> int:
    """Every school goes into some of the sessions; tried out from few parts to many.

    A set of schools that shares sessions without another needs one part fewer than both together:
    what counts is into how many such sets schools and sessions can be parted.
    """
    best = 0
    for marks in product(range(len(sizes)), repeat=len(sizes)):
        groups = [
            sum(size for size, mark in zip(sizes, marks, strict=True) if mark == n)
            for n in set(marks)
        ]
        if sum(-(-one // at_once) for one in groups) <= number:
            best = max(best, len(groups))
    least = min(number, sum(-(-one // at_once) for one in [sum(sizes)]))
    return len(sizes) + least - best


def test_late_entries_join_their_school():
    comers = people(2, 2)
    standing = [Standing(7, 1, members=frozenset({3})), Standing(8, 2, members=frozenset({1}))]

    first, second = assign(Way.TOGETHER, Asked("", 0, 3), comers, standing)

    assert (first.joins, second.joins) == ((4,), (2,))


def test_people_of_one_session_before_come_together_again():
    comers = [Comer(n, unit=n, group=1 + n % 2) for n in range(1, 9)]

    made = assign(Way.TOGETHER, Asked("", 1, 4), comers, [])

    assert [one.members for one in made] == [{2, 4, 6, 8}, {1, 3, 5, 7}]


# ---- schools spread


def test_every_school_is_in_every_session_as_evenly_as_can_be():
    made = halls(Way.SPREAD, 6, people(6, 3, 3))

    assert made == [[1, 1, 1, 2, 2, 3], [1, 1, 1, 2, 3, 3]]


@given(st.lists(st.integers(1, 9), min_size=2, max_size=9), st.integers(2, 9))
def test_no_session_belongs_to_one_school_unless_it_must(sizes, at_once):
    made = halls(Way.SPREAD, at_once, people(*sizes))

    lonely = sum(len(set(some)) == 1 < len(some) for some in made)
    others = sum(sizes) - max(sizes)
    assert lonely <= max(0, len(made) - others)
    assert max(map(len, made)) - min(map(len, made)) <= 1


def test_the_next_part_follows_the_groups_of_the_one_before():
    comers = [Comer(n, unit=1 + n % 4, group=1 + (n > 12)) for n in range(1, 25)]

    made = assign(Way.SPREAD, Asked("", 1, 6), comers, [])

    assert [{1 + (n > 12) for n in one.members} for one in made] == [{1}, {1}, {2}, {2}]


# ---- what comes of it, and what is open


def test_an_effect_counts_sessions_divided_schools_and_lonely_sessions():
    unit_of = {1: 10, 2: 10, 3: 20}

    found = effect_of([{1}, {2, 3}, set()], unit_of)

    assert (found.sessions, found.units, found.divided, found.lonely) == (2, 2, 1, 1)


def test_a_ruleset_with_drawn_numbers_leaves_only_the_lot():
    assert ways_open(RULES) == tuple(Way)
    assert ways_open(replace(RULES, anonymity_levels=2)) == (Way.LOT,)
