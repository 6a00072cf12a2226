"""Codes that too few judges may mark where the ruleset refuses them: the exception (§1.7)."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.draws.queries import opened_entries
from eventsys.draws.rules import WitnessUnfit
from eventsys.errors import Forbidden
from eventsys.panels.recusal_actions import DeclaredFacts, declare
from eventsys.panels.rules import Relation
from eventsys.results import actions, queries
from eventsys.results.few_judges import NotFew, allow_fewer, exceptions_of, few_cases
from eventsys.results.outcomes import FewJudges, competition_lines
from eventsys.results.ranking import standings
from eventsys.scoring.chief_actions import ReturnReasonMissing
from eventsys.scoring.signing import WrongPassword
from tests import judging
from tests.world import PASSWORD

REASON = "候补裁判因病缺席，经赛项执委会研究同意"


def recused(world, marked=judging.mark_everything, **rules):
    """The map is open; the first judge stands aside from the three entries of unit 1."""
    judging.change_rules(world, **{"few_judges": "refuse", "min_judges": 5, **rules})
    codes = judging.ready_to_mark(world)
    with transaction():
        facts = DeclaredFacts(Relation.FORMER_COACH, world.unit1_a, "")
        declare(judging.actor("judge1_a"), judging.track_of(world), facts)
    marked(world, judging.same_for_all(codes))
    judging.confirm_everything(world)
    judging.sign(world)
    with transaction():
        actions.open_map(
            judging.actor("encryptor_a"), judging.track_of(world), judging.user("supervisor_a")
        )
    behind = opened_entries(world.track_a)
    return sorted(code for code in codes if behind[code].unit_id == world.unit1_a)


def allow(world, code, by="organizer_a", witness="supervisor_a", reason=REASON, word=PASSWORD):
    with transaction():
        beside = judging.user(witness)
        track = judging.track_of(world)
        return allow_fewer(judging.actor(by), track, code, reason, beside, word)


def test_each_exception_gives_its_code_the_mean_of_the_rest_and_both_calculators_agree(
    inside, world
):
    codes = recused(world)
    track = judging.track_of(world)
    with pytest.raises(FewJudges) as refused:
        competition_lines(track)
    assert refused.value.facts == {"needed": 5, "codes": ", ".join(codes)}

    allow(world, codes[0])
    with pytest.raises(FewJudges) as refused:
        competition_lines(track)
    assert refused.value.facts["codes"] == ", ".join(codes[1:])
    for code in codes[1:]:
        allow(world, code)

    lines = competition_lines(track)
    assert [line.total for line in lines] == [Decimal(f"{92 - n}.00") for n in range(6)]
    by_exception = {
        line.parts["code"]: line.parts["judges"] for line in lines if line.parts.get("few_judges")
    }
    assert by_exception == dict.fromkeys(codes, 4)
    with transaction():
        organizer = judging.actor("organizer_a")
        actions.draw_up(organizer, judging.track_of(world), clock.now())
    assert queries.publication_of(world.track_a).version == 1


def test_many_cases_come_up_one_page_after_the_other(inside, world):
    codes = recused(world)
    track = judging.track_of(world)

    first = few_cases(track, most=2)
    allow(world, first[0].code)
    then = few_cases(track, most=2)

    assert len(first) == 2
    assert {one.code for one in first + then} == set(codes)


def test_the_effect_is_shown_before_it_is_allowed(inside, world):
    codes = recused(world)
    cases = few_cases(judging.track_of(world))

    behind = opened_entries(world.track_a)
    wanted = {code: behind[code].id for code in codes}
    assert {one.code: one.entry.id for one in cases} == wanted
    assert {one.judges for one in cases} == {4}
    shown = {one.code: (one.total, one.place) for one in cases}
    allow(world, codes[1])
    after = competition_of(world)
    assert shown[codes[1]] == after[codes[1]]


def competition_of(world):
    """Total and place by code as the ranking has them now."""
    return {
        row.code: (row.score.total, row.place) for row in standings(judging.track_of(world)).rows
    }


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"by": "chief_a"}, Forbidden),
        ({"by": "supervisor_a"}, Forbidden),
        ({"witness": "chief_a"}, WitnessUnfit),
        ({"word": "guess-guess-guess"}, WrongPassword),
        ({"reason": "同意"}, ReturnReasonMissing),
        ({"code": "X-99"}, NotFew),
    ],
)
def test_it_takes_the_organizer_a_reason_and_a_supervisor_who_proves_to_be_there(
    inside, world, facts, refusal
):
    codes = recused(world)
    with pytest.raises(refusal):
        allow(world, **{"code": codes[0], **facts})
    assert exceptions_of(world.track_a) == []


def test_an_exception_is_made_once_on_record_and_never_changed(inside, world):
    codes = recused(world)
    allow(world, codes[0])
    with pytest.raises(NotFew):
        allow(world, codes[0])

    kept = (
        session().scalars(select(AuditEntry).where(AuditEntry.deed == "few_judges.allowed")).one()
    )
    assert (kept.facts["code"], kept.facts["judges"], kept.facts["witness"]) == (
        codes[0],
        4,
        judging.user("supervisor_a").name,
    )
    for deed in ("DELETE FROM few_judges_exception", "UPDATE few_judges_exception SET judges = 9"):
        with pytest.raises(DBAPIError):
            session().execute(text(deed))
        session().rollback()


def test_nothing_is_to_decide_while_the_map_is_closed_or_the_ruleset_takes_the_mean(inside, world):
    recused(world, few_judges="mean")
    assert few_cases(judging.track_of(world)) == []
    assert len(competition_lines(judging.track_of(world))) == 6
