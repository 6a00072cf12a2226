"""Lots are fair, repeatable, and keep people of one school apart."""

import hashlib
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsys.timetable.lots import (
    Contender,
    Spot,
    draw_spots,
    natural,
    numbered,
    random_numbers,
    shuffled,
)
from eventsys.timetable.refusals import (
    CannotKeepApart,
    NotEnoughStations,
    SessionOutside,
    SessionUpsideDown,
    TooManyStations,
    check_times,
    overlap,
)
from tests.seating import neighbours_of_one_unit


def room(stations: int, wide: int, session: int = 1) -> list[Spot]:
    return [Spot(session, n, *divmod(n, wide)) for n in range(stations)]


def at(hour: int) -> datetime:
    return datetime(2026, 7, 14, hour, tzinfo=UTC)


def test_random_numbers_are_the_hashes_of_seed_and_counter():
    numbers = random_numbers("seed")

    hashed = [hashlib.sha256(f"seed:{n}".encode()).digest()[:8] for n in range(3)]
    assert [next(numbers) for _ in range(3)] == [int.from_bytes(raw, "big") for raw in hashed]


def test_a_known_seed_gives_a_known_order():
    assert shuffled("2026", list("ABCDEFGH")) == list("GHEBCDAF")


@given(st.text(max_size=20), st.lists(st.integers(), max_size=40))
def test_a_shuffle_loses_and_adds_nothing(seed, things):
    assert sorted(shuffled(seed, things)) == sorted(things)


def test_every_place_is_equally_likely():
    firsts = Counter(shuffled(f"seed {n}", "abcd")[0] for n in range(4000))

    assert all(900 < firsts[letter] < 1100 for letter in "abcd")


@given(st.permutations(range(12)), st.text(max_size=8))
def test_the_order_in_which_entries_are_given_plays_no_part(order, seed):
    people = [Contender(n, n % 3) for n in order]

    assert draw_spots(seed, people, room(15, 5), apart=True) == draw_spots(
        seed, sorted(people, key=lambda one: one.entry), room(15, 5), apart=True
    )


def test_without_keeping_apart_the_first_spots_fill_and_the_last_stay_free():
    seating = draw_spots("s", [Contender(n, 1) for n in range(7)], room(10, 5), apart=False)

    assert sorted(spot.station for spot in seating.values()) == list(range(7))


@pytest.mark.parametrize(("units", "people", "wide"), [(2, 30, 5), (3, 30, 5), (5, 28, 6)])
def test_candidates_of_one_school_do_not_sit_side_by_side(units, people, wide):
    candidates = [Contender(n, n % units) for n in range(people)]

    seating = draw_spots("exam", candidates, room(people, wide), apart=True)

    assert neighbours_of_one_unit(seating, {n: n % units for n in range(people)}) == 0


def test_people_placed_before_count_as_neighbours():
    seated = [(Spot(1, 0, 0, 0), 7)]

    seating = draw_spots("s", [Contender(1, 7)], room(3, 3)[1:], seated, apart=True)

    assert seating[1].station == 2


def test_too_many_entries_are_refused_with_both_numbers():
    with pytest.raises(NotEnoughStations) as refused:
        draw_spots("s", [Contender(n, 1) for n in range(5)], room(4, 2), apart=False)

    assert refused.value.facts == {"entries": 5, "stations": 4}


def test_nobody_is_drawn_into_a_session_at_the_time_of_another_part():
    spots = room(2, 2, session=1) + room(2, 2, session=2)
    people = [Contender(n, n, frozenset({1})) for n in (1, 2)] + [Contender(3, 3)]

    for seed in "abcdef":
        seating = draw_spots(seed, people, spots, apart=False)
        assert {seating[1].session, seating[2].session} == {2}


def test_a_draw_that_would_put_somebody_in_two_places_is_refused():
    people = [Contender(1, 1, frozenset({1}))]

    with pytest.raises(CannotKeepApart):
        draw_spots("s", people, room(3, 3), apart=True)


def test_labels_sort_as_people_count():
    assert sorted(["A10", "S1", "A2", "9", "10"], key=natural) == ["9", "10", "A2", "A10", "S1"]


@pytest.mark.parametrize(
    ("taken", "prefix", "labels"),
    [
        ([], "", ["01", "02", "03"]),
        (["01", "02"], "", ["03", "04", "05"]),
        (["01", "A07"], "A", ["A08", "A09", "A10"]),
        (["99"], "", ["100", "101", "102"]),
    ],
)
def test_new_stations_are_numbered_on(taken, prefix, labels):
    assert numbered(taken, prefix, 3) == labels


@pytest.mark.parametrize("number", [0, -1, 201])
def test_a_silly_number_of_stations_is_refused(number):
    with pytest.raises(TooManyStations):
        numbered([], "", number)


def test_a_session_ends_after_it_starts():
    day = date(2026, 7, 14)

    with pytest.raises(SessionUpsideDown):
        check_times(at(9), at(9), day, day)


def test_the_days_of_an_event_are_days_in_shanghai():
    day = date(2026, 7, 14)
    check_times(at(0), at(15), day, day)

    with pytest.raises(SessionOutside):
        check_times(at(14), at(17), day, day)  # 17:00 UTC is one o'clock of the 15th


def test_one_session_may_begin_when_the_other_ends():
    assert not overlap(at(9), at(11), at(11), at(12))
    assert overlap(at(9), at(11), at(10), at(12))
