"""A ranking that the second calculation does not confirm is never drawn up."""

from dataclasses import replace
from decimal import Decimal

import pytest

from eventsys.results.ranking import standings
from eventsys.results.second_calculation import CalculationsDiffer, check_twice
from eventsys.schemes.queries import competition_rules
from tests import judging


@pytest.fixture
def ranking(inside, world):
    judging.opened(world)
    return standings(judging.track_of(world))


@pytest.fixture
def rules(world):
    return competition_rules(judging.track_of(world))


def changed(ranking, **facts):
    return replace(ranking, rows=(replace(ranking.rows[0], **facts), *ranking.rows[1:]))


def test_the_ranking_as_computed_is_confirmed(ranking, rules):
    check_twice(ranking, rules)


def test_a_total_off_by_a_hundredth_is_refused(ranking, rules):
    score = replace(ranking.rows[0].score, total=Decimal("92.01"))

    with pytest.raises(CalculationsDiffer) as refused:
        check_twice(changed(ranking, score=score), rules)

    assert refused.value.facts == {"code": ranking.rows[0].code, "first": 9201, "second": 9200}


def test_a_wrong_place_is_refused(ranking, rules):
    with pytest.raises(CalculationsDiffer):
        check_twice(changed(ranking, place=2), rules)


def test_a_total_for_a_code_that_has_none_is_refused(ranking, rules):
    code = ranking.rows[0].code
    for sheet in ranking.panel.sheets[code].values():
        sheet.void_reason = "x"

    with pytest.raises(CalculationsDiffer):
        check_twice(ranking, rules)
