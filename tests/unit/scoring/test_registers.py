"""Heads of a register: what follows from a set of operations, whatever their order."""

from decimal import Decimal
from itertools import permutations

import pytest

from eventsys.scoring.registers import Given, register_of, sees_itself


def given(op, raw, *seen):
    return Given(op, None if raw is None else Decimal(raw), frozenset(seen))


def outcome(*operations):
    register = register_of(operations)
    return register.raw, register.is_contested, [head.op for head in register.heads]


def test_nothing_given_is_nothing_held():
    assert outcome() == (None, False, [])


def test_the_last_one_of_a_chain_holds():
    assert outcome(given("a", 1), given("b", 2, "a"), given("c", 3, "b")) == (3, False, ["c"])


def test_values_that_did_not_see_each_other_are_contested():
    assert outcome(given("a", 1), given("b", 2)) == (None, True, ["a", "b"])


def test_equal_values_are_not_contested():
    assert outcome(given("a", "1.50"), given("b", "1.5")) == (Decimal("1.5"), False, ["a", "b"])


def test_a_cleared_value_against_a_given_one_is_contested():
    assert outcome(given("a", None), given("b", 2)) == (None, True, ["a", "b"])


def test_a_cleared_value_alone_leaves_nothing():
    assert outcome(given("a", 1), given("b", None, "a")) == (None, False, ["b"])


def test_whoever_saw_only_some_of_the_values_settles_nothing():
    assert outcome(given("a", 1), given("b", 2), given("c", 3, "a")) == (None, True, ["b", "c"])


def test_whoever_saw_all_values_settles_them():
    assert outcome(given("a", 1), given("b", 2), given("c", 1, "a", "b")) == (1, False, ["c"])


@pytest.mark.parametrize(
    "operations",
    [
        (given("a", 1), given("b", 2, "a"), given("c", 3, "a"), given("d", 2, "b", "c")),
        (given("a", 1), given("b", 2), given("c", None, "b"), given("d", 4, "never sent")),
    ],
)
def test_the_order_of_arrival_plays_no_part(operations):
    outcomes = {str(outcome(*order)) for order in permutations(operations)}

    assert len(outcomes) == 1


def test_an_operation_cannot_have_seen_one_that_saw_it():
    known = {"a": given("a", 1, "c"), "b": given("b", 1, "a")}

    assert sees_itself(given("x", 1, "x"), known)
    assert sees_itself(given("c", 1, "b"), known)
    assert not sees_itself(given("d", 1, "b"), known)
