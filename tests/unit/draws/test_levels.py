"""Contest and station numbers: repeatable, one each, inside the session; moves; the record."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsys.draws.rules import (
    Group,
    Level,
    StationLabelUnfit,
    TooFewStations,
    commitment,
    draw_groups,
    draw_level,
    draws_again,
    in_order,
    moved,
    running_numbers,
    source_label,
    station_number,
)

KNOWN = {"01": "B3", "02": "B1", "03": "B2"}
SOURCES = st.lists(st.integers(1, 999).map("{:03d}".format), unique=True, max_size=40)


def stream(name: str):
    n = 0
    while True:
        yield int.from_bytes(hashlib.sha256(f"{name}:{n}".encode()).digest()[:8], "big")
        n += 1


def pick(numbers, limit: int) -> int:
    return next(one for one in numbers if one < 2**64 // limit * limit) % limit


def again(seed: str, place: int, group: Group) -> dict[str, str]:
    """The documented algorithm, written down a second time from its description."""
    order, numbers = list(group.numbers), stream(f"{seed}/group:{place}")
    for last in range(len(order) - 1, 0, -1):
        other = pick(numbers, last + 1)
        order[last], order[other] = order[other], order[last]
    return dict(zip(sorted(group.sources), order, strict=False))


def test_a_known_seed_gives_known_numbers():
    assert draw_groups("2026", [Group("", ("01", "02", "03"), ("B1", "B2", "B3"))]) == KNOWN


@given(st.text(max_size=20), SOURCES, SOURCES)
def test_anybody_with_the_seed_draws_the_same_numbers(seed, some, others):
    groups = [
        Group("上午", tuple(some), tuple(f"01{n}" for n in running_numbers(len(some) + 2))),
        Group("下午", tuple(others), tuple(f"02{n}" for n in running_numbers(len(others)))),
    ]

    drawn = draw_groups(seed, groups)

    parts = [again(seed, 1, groups[0]), again(seed, 2, groups[1])]
    assert drawn == parts[0] | parts[1]


@given(st.text(max_size=20), SOURCES)
def test_every_source_gets_one_number_of_its_group(seed, sources):
    numbers = running_numbers(len(sources))

    drawn = draw_groups(seed, [Group("", tuple(sources), numbers)])

    assert set(drawn) == set(sources)
    assert sorted(drawn.values()) == sorted(numbers)


def test_a_group_without_enough_stations_is_refused_with_the_numbers():
    with pytest.raises(TooFewStations) as refused:
        draw_groups("x", [Group("上午场", ("01", "02"), ("A1",))])

    assert refused.value.facts == {"session": "上午场", "entries": 2, "stations": 1}


def test_contest_numbers_tell_nothing_of_the_order_of_the_tickets():
    upwards = 0
    for n in range(200):
        drawn = draw_groups(f"seed {n}", [Group("", ("001", "002"), ("01", "02"))])
        upwards += drawn["001"] < drawn["002"]

    assert 70 < upwards < 130


def test_numbers_stand_in_the_order_people_read():
    assert in_order(["10", "2", "A1", "A10", "A2"]) == ["2", "10", "A1", "A2", "A10"]
    assert running_numbers(3) == ("01", "02", "03")
    assert running_numbers(100)[-1] == "100"


@pytest.mark.parametrize("label", ["A/1", "", "a b", "123456789", "%2F"])
def test_a_label_that_cannot_stand_in_an_address_is_refused(label):
    with pytest.raises(StationLabelUnfit):
        station_number("01", label)


def test_a_label_bears_the_session_before_it():
    assert [station_number("", "备01"), station_number("02", "A-7")] == ["备01", "02A-7"]


def test_moves_lead_from_the_drawn_station_to_the_last_one():
    moves = [("03", "09"), ("01", "08"), ("09", "10"), ("77", "78")]

    assert moved(["01", "02", "03"], moves) == {"01": "08", "02": "02", "03": "10"}


def record(seed: str, level: Level) -> dict:
    group = Group("", ("001", "002", "003"), running_numbers(3))
    lots = draw_level(level, seed, [group])
    return {
        "level": level.value,
        "seed": seed,
        "commitment": commitment(seed),
        "groups": [group.plain()],
        "lots": [[source, number] for source, number in lots.items()],
    }


@pytest.mark.parametrize("level", Level)
def test_a_record_is_checked_by_drawing_again(level):
    assert draws_again(record("abc", level))


@pytest.mark.parametrize("level", Level)
def test_a_seed_chosen_afterwards_or_an_exchanged_lot_is_found(level):
    fair = record("abc", level)
    (first, one), (second, other), *rest = fair["lots"]

    assert not draws_again(fair | {"commitment": commitment("another")})
    assert not draws_again(fair | {"seed": "another", "commitment": commitment("another")})
    assert not draws_again(fair | {"lots": [[first, other], [second, one], *rest]})


def test_the_first_level_is_drawn_for_tickets_whichever_it_is():
    labels = [source_label(Level.WORK, 1), source_label(Level.WORK, 3)]

    assert labels == ["Ticket no.", "Station number"]
