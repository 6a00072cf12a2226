"""Who is admitted, and whose sheets count when somebody stands aside."""

from dataclasses import dataclass
from datetime import date

import pytest

from eventsys.panels.rules import (
    FULFILMENT_LABELS,
    MODE_LABELS,
    RANK,
    RELATION_LABELS,
    REQUIREMENT_LABELS,
    TITLE_LABELS,
    USUAL_MODES,
    Card,
    Fulfilment,
    Mode,
    Relation,
    Requirement,
    Terms,
    TermsUnfit,
    Title,
    check_list,
    check_terms,
    lacking,
    on_the_bench,
    plain,
    violated,
)

DAY = date(2026, 6, 1)
MET, NOT_MET, UNKNOWN = Fulfilment.MET, Fulfilment.NOT_MET, Fulfilment.UNKNOWN


@dataclass(frozen=True)
class Seat:
    """A seat as the choice sees it."""

    id: int
    seat: int
    is_reserve: bool = False
    excused_at: object = None


def states(card: Card, terms: Terms, of_unit: int = 1) -> dict[Requirement, Fulfilment]:
    return {one.requirement: one.state for one in check_list(card, terms, DAY, of_unit)}


def test_a_track_that_asks_nothing_has_an_empty_check_list():
    assert check_list(Card(), Terms(), DAY) == []


def test_a_condition_is_met_not_met_or_not_known():
    terms = Terms(5, Title.ASSOCIATE_SENIOR, 65, 2, True, 1)
    good = Card("甲厂", None, Title.SENIOR_TECHNICIAN, 2021, 1961, 2, True)
    poor = Card("甲厂", None, Title.TECHNICIAN, 2022, 1959, 1, False)

    assert set(states(good, terms).values()) == {MET}
    assert set(states(poor, terms, of_unit=2).values()) == {NOT_MET}
    assert set(states(Card(), terms).values()) == {UNKNOWN}
    assert set(states(good, terms)) == set(Requirement)


@pytest.mark.parametrize(
    ("born", "state"), [(1961, MET), (1960, UNKNOWN), (1959, NOT_MET), (None, UNKNOWN)]
)
def test_a_year_of_birth_leaves_the_age_open_by_one_year(born, state):
    assert states(Card(birth_year=born), Terms(max_age=65)) == {Requirement.AGE: state}


@pytest.mark.parametrize(
    ("title", "state"),
    [
        (Title.SENIOR, MET),
        (Title.ASSOCIATE_SENIOR, MET),
        (Title.SENIOR_TECHNICIAN, MET),
        (Title.TECHNICIAN, NOT_MET),
        (Title.NONE, NOT_MET),
        (None, UNKNOWN),
    ],
)
def test_a_senior_technician_counts_like_a_deputy_senior_title(title, state):
    terms = Terms(min_title=Title.ASSOCIATE_SENIOR)

    assert states(Card(title=title), terms) == {Requirement.TITLE: state}


def test_judges_of_an_unknown_employer_are_to_be_clarified():
    terms = Terms(most_per_unit=1)

    assert states(Card(employer=" "), terms) == {Requirement.PER_UNIT: UNKNOWN}
    assert states(Card(employer="甲厂"), terms, 1) == {Requirement.PER_UNIT: MET}
    assert states(Card(employer_id=7), terms, 2) == {Requirement.PER_UNIT: NOT_MET}


def test_an_exception_covers_what_was_lacking_when_it_was_made_and_no_more():
    checks = check_list(Card(judgings=0), Terms(min_years=5, min_judgings=2), DAY)

    assert lacking(checks) == [Requirement.YEARS, Requirement.JUDGINGS]
    assert violated(checks) == [Requirement.JUDGINGS]
    assert lacking(checks, {"judgings"}) == [Requirement.YEARS]
    assert violated(checks, {"judgings"}) == []


@pytest.mark.parametrize(
    "terms",
    [Terms(min_years=-1), Terms(max_age=-1), Terms(min_judgings=-1), Terms(most_per_unit=0)],
)
def test_conditions_nobody_can_meet_are_refused(terms):
    with pytest.raises(TermsUnfit):
        check_terms(terms)


def test_usual_conditions_are_accepted():
    assert check_terms(Terms(5, Title.SENIOR, 65, 2, True, 1)) is None


def test_names_are_compared_without_blanks_width_and_case():
    assert plain(" Ａcme 公 司 ") == plain("ACME公司")


def test_every_word_has_a_label_and_every_relation_a_usual_consequence():
    assert set(TITLE_LABELS) == set(RANK) == set(Title)
    assert set(REQUIREMENT_LABELS) == set(Requirement)
    assert set(FULFILMENT_LABELS) == set(Fulfilment)
    assert set(MODE_LABELS) == set(Mode)
    assert set(RELATION_LABELS) == set(USUAL_MODES) == set(Relation)


FIVE = [Seat(n, n) for n in range(1, 6)]
RESERVES = [Seat(6, 6, is_reserve=True), Seat(7, 7, is_reserve=True)]


def bench(seats, aside=()):
    return [one.id for one in on_the_bench(seats, frozenset(aside))]


def test_without_a_vacancy_reserve_judges_do_not_count():
    assert bench([*FIVE, *RESERVES]) == [1, 2, 3, 4, 5]


def test_a_reserve_judge_comes_in_for_each_who_stands_aside_in_order():
    assert bench([*FIVE, *RESERVES], {2}) == [1, 3, 4, 5, 6]
    assert bench([*FIVE, *RESERVES], {2, 4}) == [1, 3, 5, 6, 7]
    assert bench([*FIVE, *RESERVES], {2, 4, 5}) == [1, 3, 6, 7]


def test_a_reserve_judge_who_stands_aside_is_passed_over():
    assert bench([*FIVE, *RESERVES], {2, 6}) == [1, 3, 4, 5, 7]
    assert bench(FIVE, {2}) == [1, 3, 4, 5]


def test_a_reserve_judge_comes_in_for_an_excused_judge_for_every_entry():
    seats = [Seat(1, 1, excused_at="gone"), *FIVE[1:], Seat(6, 6, True, "gone"), RESERVES[1]]

    assert bench(seats) == [2, 3, 4, 5, 7]
    assert bench(seats, {1}) == [2, 3, 4, 5, 7]
