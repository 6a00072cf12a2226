"""Laws of names, numbers and marks that hold for every input."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from eventsys.id_numbers import (
    IdNumberRefused,
    age_on,
    mask_id_number,
    normalise_id_number,
)
from eventsys.person_names import INVISIBLE, MAX_LENGTH, SPACES, NameRefused, normalise_name
from eventsys.rounding import round_half_up
from eventsys.schemes.aspects import NO_SPEC, AspectKind, AspectSpec, aspect_points
from eventsys.scoring.rules import (
    MEAN,
    MEDIAN,
    TRIMMED_MEAN,
    Module,
    aggregate,
    rank_points,
    weighted,
)
from eventsys.scoring.scores import entry_scores
from tests.panels import ONE, RULES, aspect, panel

TODAY = date(2026, 7, 1)
MARKS = st.decimals(0, 100, places=2)
PANELS = st.lists(MARKS, min_size=3, max_size=9)
STRATEGIES = st.sampled_from([MEAN, TRIMMED_MEAN, MEDIAN])
ANY_CHARACTER = st.characters(codec=None) | st.characters(categories=["Cs", "Cc", "Cf", "Zs"])
NAME_PIECES = st.sampled_from(
    [*"张三〇\u4dae\u2f83\ue863Lé.\u00b7\u30fb' -\u0301\ufe00\u200b\u3000"]
)
NUMBER_PIECES = st.sampled_from([*"0123456789XxHE.-' \uff11\u0425\u200b"])


def card(birth: date, order: int) -> str:
    """A citizen number with a right check character, computed independently of the product."""
    body = f"410105{birth:%Y%m%d}{order:03}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "0123456789X"[(1 - total) % 11]


CARDS = st.builds(card, st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))


@given(st.text(ANY_CHARACTER | NAME_PIECES, max_size=60) | st.text(NAME_PIECES, max_size=60))
def test_a_stored_name_is_stored_unchanged_ever_after(text: str):
    try:
        name = normalise_name(text)
    except NameRefused:
        return

    assert normalise_name(name) == name
    assert 1 <= len(name) <= MAX_LENGTH
    assert name.encode("utf-8")
    assert not set(name) & set(INVISIBLE + SPACES) - {" "}


@given(st.text("赵钱孙李周吴郑王", min_size=2, max_size=10), st.integers(0, 10), st.data())
def test_invisible_characters_and_spaces_never_make_a_second_person(name, place, data):
    extra = data.draw(st.text(st.sampled_from(INVISIBLE + SPACES), min_size=1, max_size=5))

    assert normalise_name(name[:place] + extra + name[place:]) == name


@given(st.text(ANY_CHARACTER | NUMBER_PIECES, max_size=30) | st.text(NUMBER_PIECES, max_size=30))
def test_a_stored_number_is_stored_unchanged_ever_after(text: str):
    try:
        number = normalise_id_number(text, TODAY)
    except IdNumberRefused:
        return

    assert normalise_id_number(number.value, TODAY) == number
    assert re.fullmatch("[A-Z0-9]{5,18}", number.value)


@given(CARDS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_mistyped_character_of_a_card_is_always_noticed(number: str, place: int, typed: str):
    assume(number[place] != typed)
    assert normalise_id_number(number, TODAY).value == number

    try:
        normalise_id_number(number[:place] + typed + number[place + 1 :], TODAY)
    except IdNumberRefused:
        return
    raise AssertionError


@given(CARDS)
def test_a_mask_never_shows_the_digits_of_the_birth(number: str):
    assert mask_id_number(number)[4:14] == "*" * 10
    assert len(mask_id_number(number)) == len(number)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 40_000))
def test_age_never_shrinks_and_grows_by_at_most_one_a_day(birth: date, days: int):
    day = birth + timedelta(days)

    assert age_on(birth, day + timedelta(1)) - age_on(birth, day) in (0, 1)
    assert age_on(birth, day) >= 0


@given(STRATEGIES, PANELS, st.randoms(use_true_random=False))
def test_an_aggregate_lies_between_the_extremes_whatever_the_order(strategy, marks, random):
    shuffled = random.sample(marks, len(marks))

    mark = aggregate(strategy, marks)

    assert Fraction(min(marks)) <= mark <= Fraction(max(marks))
    assert aggregate(strategy, shuffled) == mark


@given(PANELS, st.data())
def test_a_trimmed_mean_does_not_care_how_extreme_one_outlier_is(marks, data):
    outlier = max(marks) + data.draw(MARKS)
    ordered = sorted(marks)

    assert aggregate(TRIMMED_MEAN, [*ordered[:-1], outlier]) == aggregate(TRIMMED_MEAN, ordered)


@given(STRATEGIES, PANELS, st.integers(0, 8), MARKS)
def test_a_better_mark_never_lowers_the_aggregate(strategy, marks, which, gain):
    which %= len(marks)
    better = [*marks[:which], marks[which] + gain, *marks[which + 1 :]]

    assert aggregate(strategy, better) >= aggregate(strategy, marks)


@given(st.fractions(-1000, 1000), st.integers(0, 6))
def test_rounding_moves_by_at_most_half_a_unit_and_has_the_stated_places(value, places):
    rounded = round_half_up(value, places)

    assert abs(Fraction(rounded) - value) * 2 <= Fraction(1, 10**places)
    assert rounded.as_tuple().exponent == -places
    assert round_half_up(rounded, places) == rounded


@given(
    st.sampled_from([*"JBMD"]).map(AspectKind),
    st.decimals("0.01", 50, places=2),
    MARKS,
    MARKS,
    st.integers(0, 3),
)
def test_points_of_an_aspect_lie_between_nothing_and_its_maximum(kind, full, one, other, raw):
    spec = AspectSpec(min(one, other), max(one, other), one)
    value = Decimal(min(raw, 1) if kind is AspectKind.CHECK else raw)

    assert 0 <= aspect_points(kind, full, spec, value) <= Fraction(full)


@given(st.decimals("0.01", 50, places=2))
def test_the_best_judgement_wins_all_points_and_the_worst_none(full):
    points = [aspect_points(AspectKind.JUDGEMENT, full, NO_SPEC, Decimal(n)) for n in range(4)]

    assert points == [0, Fraction(full) / 3, Fraction(full) * 2 / 3, Fraction(full)]


@given(st.lists(PANELS, min_size=1, max_size=5), st.data())
def test_an_entry_with_one_sheet_missing_has_no_total_and_else_one_up_to_one_hundred(panels, data):
    weight = Decimal(100) / Decimal(len(panels))
    modules = [Module(str(n), weight, Decimal(100)) for n in range(len(panels))]
    marks = {str(n): aggregate(MEAN, panel) for n, panel in enumerate(panels)}
    complete = weighted(modules, marks)
    missing = data.draw(st.sampled_from(sorted(marks)))

    incomplete = weighted(modules, marks | {missing: None})

    assert complete.total is not None
    assert 0 <= complete.total <= 100
    assert (incomplete.total, incomplete.missing) == (None, (missing,))


# ---- the panel as a whole: order and scale must not decide, and one extreme is one extreme

CODES = [f"A-{n}" for n in range(1, 6)]
GRIDS = st.lists(st.lists(st.integers(0, 10), min_size=5, max_size=5), min_size=2, max_size=5)
"""Marks of five judges for some entries; few different values, so that ties are common."""


def scores(grid, strategy, *, entries=None, scale=1, aside=None):
    """The exact marks by code, computed with judges and entries in the given order."""
    trims = strategy == "trimmed_mean"
    full = Decimal(10 * scale)
    rules = replace(
        RULES,
        strategy=strategy,
        drop_high=int(trims),
        drop_low=int(trims),
        modules=(replace(ONE, full=full),),
    )
    rows = list(zip(CODES, grid, strict=False))
    found = panel(
        [aspect(1, str(full))],
        {
            code: {seat: [row[seat - 1] * scale] for seat in range(1, 6)}
            for code, row in (rows if entries is None else [rows[n] for n in entries])
        },
    )
    got = entry_scores(found, rules, aside)
    return {code: one.modules[0].points for code, one in got.items()}


NAMES = st.sampled_from(["mean", "trimmed_mean", "median", "rank_points"])


@given(GRIDS, NAMES, st.permutations(range(1, 6)))
def test_the_order_of_the_judges_decides_nothing(grid, name, order):
    shuffled = [[row[seat - 1] for seat in order] for row in grid]

    assert scores(shuffled, name) == scores(grid, name)


@given(GRIDS, NAMES, st.data())
def test_the_order_of_the_entries_decides_nothing(grid, name, data):
    order = data.draw(st.permutations(range(len(grid))))

    assert scores(grid, name, entries=order) == scores(grid, name)


@given(GRIDS, NAMES, st.sampled_from([2, 5, 10]))
def test_marks_out_of_more_points_change_no_share_and_no_rank(grid, name, scale):
    assert scores(grid, name, scale=scale) == scores(grid, name)


@given(st.lists(st.integers(0, 3), min_size=5, max_size=9))
def test_exactly_one_mark_is_dropped_at_each_end_however_many_are_alike(marks):
    kept = (sum(marks) - max(marks) - min(marks), len(marks) - 2)

    assert aggregate(TRIMMED_MEAN, [Decimal(one) for one in marks]) == Fraction(*kept)


@given(GRIDS, NAMES, st.integers(1, 5))
def test_a_judge_who_stands_aside_from_all_is_as_if_never_there(grid, name, seat):
    aside = dict.fromkeys(CODES, frozenset({seat}))
    without = [[0 if n == seat - 1 else one for n, one in enumerate(row)] for row in grid]

    assert scores(grid, name, aside=aside) == scores(without, name, aside=aside)


@given(GRIDS, st.integers(1, 5), st.integers(0, 10))
def test_what_a_recused_judge_gave_never_moves_that_entry(grid, seat, instead):
    aside = {CODES[0]: frozenset({seat})}
    other = [list(row) for row in grid]
    other[0][seat - 1] = instead

    for name in ("mean", "trimmed_mean", "median"):
        assert scores(grid, name, aside=aside) == scores(other, name, aside=aside)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_points_for_places_add_up_alike_for_every_judge(totals):
    given = rank_points(dict(enumerate(totals)), 100)

    assert sum(given.values()) == Fraction(100 * (len(totals) + 1), 2)
    assert all(
        (given[one] > given[two]) == (totals[one] > totals[two]) for one in given for two in given
    )
