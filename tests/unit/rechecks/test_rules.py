"""What is re-checked: the worked numbers of the field, ties, and the limit."""

import hashlib
from decimal import Decimal
from fractions import Fraction

import pytest

from eventsys.rechecks.rules import (
    RecheckRule,
    error_rate,
    is_over,
    pick,
    sample_size,
    top_size,
)

USUAL = RecheckRule("percent", Decimal(30), Decimal(15), Decimal(5), "entries")
TEN = RecheckRule("count", Decimal(10), Decimal(15), Decimal(5), "entries")
NOTHING = RecheckRule("percent", Decimal(0), Decimal(0), Decimal(5), "entries")


def codes(number):
    """So many codes with different totals, the last the best."""
    return {f"K-{n:04d}": Decimal(n) for n in range(number)}


@pytest.mark.parametrize(
    ("number", "top", "sample"), [(23, 7, 3), (40, 12, 5), (10, 3, 2), (100, 30, 11)]
)
def test_so_many_are_re_checked_as_the_field_has_worked_out(number, top, sample):
    picked = pick("seed", codes(number), USUAL)

    assert (top_size(USUAL, number), sample_size(USUAL, number - top)) == (top, sample)
    assert (len(picked.top), len(picked.sample)) == (top, sample)


@pytest.mark.parametrize(("number", "top", "sample"), [(23, 10, 2), (10, 10, 0), (4, 4, 0)])
def test_the_best_may_be_a_number_instead_of_a_share(number, top, sample):
    picked = pick("seed", codes(number), TEN)

    assert (len(picked.top), len(picked.sample)) == (top, sample)


def test_the_best_are_the_ones_with_the_highest_totals():
    assert pick("seed", codes(10), USUAL).top == ("K-0009", "K-0008", "K-0007")


def test_codes_tied_with_the_last_of_the_best_are_checked_too():
    totals = {"A": Decimal(90), "B": Decimal(80), "C": Decimal(80), "D": Decimal(80)}
    rule = RecheckRule("count", Decimal(2), Decimal(0), Decimal(5), "entries")

    assert pick("seed", totals, rule).top == ("A", "B", "C", "D")


def test_the_same_seed_draws_the_same_sample_and_another_one_another():
    given = codes(40)
    turned = dict(reversed(given.items()))

    assert pick("one", given, USUAL) == pick("one", turned, USUAL)
    assert pick("one", given, USUAL).sample != pick("two", given, USUAL).sample


def by_hand(seed, rest, number):
    """The sample, written from the words of the rule and not from its code."""
    order, counter = sorted(rest), 0
    for last in range(len(order) - 1, 0, -1):
        while True:
            digest = hashlib.sha256(f"{seed}/recheck:{counter}".encode()).digest()
            value, counter = int.from_bytes(digest[:8], "big"), counter + 1
            if value < 2**64 // (last + 1) * (last + 1):
                break
        other = value % (last + 1)
        order[last], order[other] = order[other], order[last]
    return tuple(sorted(order[:number]))


@pytest.mark.parametrize("seed", ["9f1c", "0" * 64, "another"])
def test_anybody_with_the_seed_can_draw_the_sample_again(seed):
    given = codes(40)
    picked = pick(seed, given, USUAL)

    assert picked.sample == by_hand(seed, set(given) - set(picked.top), 5)


def test_a_ruleset_without_re_check_needs_none():
    assert (NOTHING.is_needed, USUAL.is_needed) == (False, True)
    assert pick("seed", codes(40), NOTHING) == pick("seed", {}, USUAL)


@pytest.mark.parametrize(
    ("errors", "base", "over"),
    [(0, 10, False), (1, 20, False), (1, 19, True), (2, 41, False), (3, 41, True), (0, 0, False)],
)
def test_exactly_at_the_limit_is_not_over_it(errors, base, over):
    assert is_over(USUAL, errors, base) is over


def test_the_rate_is_an_exact_percentage():
    assert error_rate(1, 3) == Fraction(100, 3)
