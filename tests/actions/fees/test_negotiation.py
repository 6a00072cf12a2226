"""A fee negotiation from the first proposal to the price in force."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.catalogue.rules import CertificateSystem
from eventsys.db import enter_group, session, transaction
from eventsys.errors import Forbidden, NotThere
from eventsys.fees import actions, queries, rules
from eventsys.fees.actions import CapFacts, NegotiationFacts
from eventsys.fees.models import FeeStandard
from eventsys.fees.rules import Item, Proposal
from eventsys.fees.states import Bearer, CostItemKind, ExamForm, Mode, NegotiationState, Side
from eventsys.states import WrongState

HELD = date(2026, 3, 2)
PRICES = {"1": 42000, "2": 45000, "3": 48000}


def proposal(prices=None, held_on=HELD, by=Side.ISSUER):
    prices = prices or PRICES
    items = tuple(
        Item(CostItemKind.MARKING, level, Bearer.ISSUER, fen) for level, fen in prices.items()
    )
    return Proposal(by, held_on, Mode.MEETING, prices, items, attendees="双方代表")


@pytest.fixture
def organizer(act):
    return act("organizer_a")


@pytest.fixture
def opened(organizer, world):
    """A function that opens a file for the certificate of group A."""

    def open_one(code="XS-2026-01", region="河南省"):
        facts = NegotiationFacts(
            code, world.certificate_a, ExamForm.COMPUTER, region, "办函〔2023〕6号"
        )
        with transaction():
            return actions.open_negotiation(organizer, world.group_a, facts)

    return open_one


@pytest.fixture
def settle(organizer, opened):
    """A function that brings a new file to a price in force."""

    def run(code, starts_on, prices=None, region="河南省"):
        negotiation = opened(code, region)
        with transaction():
            made = actions.add_round(organizer, negotiation, proposal(prices))
        with transaction():
            actions.agree_on(organizer, negotiation, made, "协议 1 号")
        with transaction():
            actions.put_in_force(organizer, negotiation, starts_on)
        return negotiation

    return run


def test_two_rounds_an_agreement_and_a_price_in_force(organizer, opened, world):
    negotiation = opened()
    with transaction():
        actions.add_round(organizer, negotiation, proposal())
    lower = {"1": 40000, "2": 43000, "3": 46000}
    with transaction():
        second = actions.add_round(
            organizer, negotiation, proposal(lower, HELD + timedelta(days=9), Side.GROUP)
        )
    with transaction():
        actions.agree_on(organizer, negotiation, second, "协议〔2026〕3 号")
    with transaction():
        actions.put_in_force(organizer, negotiation, date(2026, 4, 1))

    day = date(2026, 4, 1)
    assert [queries.price_on(world.certificate_a, code, day).fen for code in "123"] == [
        40000,
        43000,
        46000,
    ]
    assert queries.price_on(world.certificate_a, "1", day - timedelta(days=1)) is None
    assert negotiation.state is NegotiationState.IN_FORCE
    deeds = session().scalars(select(AuditEntry.deed).order_by(AuditEntry.sequence)).all()
    assert deeds[-5:] == [
        "negotiation.opened",
        "negotiation.proposed",
        "negotiation.proposed",
        "negotiation.agreed",
        "price.put_in_force",
    ]


def test_rounds_are_numbered_and_come_back_as_they_were_given(organizer, opened):
    negotiation = opened()
    given = proposal()
    with transaction():
        actions.add_round(organizer, negotiation, given)

    (found,) = queries.rounds_of(negotiation.id)

    assert (found.number, queries.proposal_of(found)) == (1, given)


def test_a_refused_round_leaves_nothing(organizer, opened):
    negotiation = opened()
    wrong = Proposal(Side.ISSUER, HELD, Mode.LETTER, {"1": 5}, ())

    with pytest.raises(rules.PriceDiffers), transaction():
        actions.add_round(organizer, negotiation, wrong)

    assert (queries.rounds_of(negotiation.id), negotiation.state) == ([], NegotiationState.DRAFT)


def test_a_round_lies_neither_ahead_nor_before_the_last_one(organizer, opened):
    negotiation = opened()
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(rules.NotYetHeld), transaction():
        actions.add_round(organizer, negotiation, proposal(held_on=tomorrow))
    with transaction():
        actions.add_round(organizer, negotiation, proposal())

    with pytest.raises(rules.RoundOutOfOrder), transaction():
        actions.add_round(organizer, negotiation, proposal(held_on=HELD - timedelta(days=1)))


def test_a_later_price_ends_the_earlier_one_the_day_before(settle, world):
    settle("F-1", date(2026, 4, 1))
    settle("F-2", date(2026, 9, 1), {"1": 39000, "2": 45000, "3": 48000})

    found = [one for one in queries.prices_of(world.certificate_a) if one.level_code == "1"]
    assert [(one.fen, one.starts_on, one.ends_on) for one in found] == [
        (39000, date(2026, 9, 1), None),
        (42000, date(2026, 4, 1), date(2026, 8, 31)),
    ]
    for day, fen in ((date(2026, 8, 31), 42000), (date(2026, 9, 1), 39000)):
        assert queries.price_on(world.certificate_a, "1", day).fen == fen


@pytest.mark.parametrize("day", [date(2026, 4, 1), date(2026, 3, 15)])
def test_a_price_cannot_start_on_or_before_a_day_already_priced(settle, day):
    settle("F-1", date(2026, 4, 1))

    with pytest.raises(rules.LaterPrice):
        settle("F-2", day)

    assert len(session().scalars(select(FeeStandard)).all()) == 3


def test_another_region_has_its_own_price_and_ours_is_the_one_found(settle, world):
    settle("F-1", date(2026, 4, 1))
    settle("F-2", date(2026, 4, 1), {"1": 50300, "2": 50300, "3": 41500}, region="浙江省")

    assert queries.price_on(world.certificate_a, "3", date(2026, 5, 1)).fen == 48000
    assert queries.prices_on([world.certificate_a], date(2026, 5, 1)).keys() == {
        (world.certificate_a, code) for code in "123"
    }


def test_a_price_does_not_hold_before_it_was_agreed(organizer, settle):
    with pytest.raises(rules.StartsTooEarly):
        settle("F-1", HELD - timedelta(days=1))


def test_a_limit_entered_before_the_agreement_is_held_against_it(organizer, opened, world):
    negotiation = opened()
    with transaction():
        made = actions.add_round(organizer, negotiation, proposal())
    facts = CapFacts(
        CertificateSystem.ONE_PLUS_X, "3", ExamForm.COMPUTER, 47999, date(2020, 1, 1), "11号"
    )
    with transaction():
        actions.enter_cap(organizer, world.group_a, facts)

    with pytest.raises(rules.OverCap), transaction():
        actions.agree_on(organizer, negotiation, made, "协议")
    with pytest.raises(actions.CapKnown), transaction():
        actions.enter_cap(organizer, world.group_a, facts)


def test_a_limit_of_the_other_system_does_not_count(organizer, opened, world):
    facts = CapFacts(CertificateSystem.FIVE_LEVEL, "3", ExamForm.COMPUTER, 1, date(2020, 1, 1), "x")
    with transaction():
        actions.enter_cap(organizer, world.group_a, facts)
    negotiation = opened()

    with transaction():
        actions.add_round(organizer, negotiation, proposal())

    assert negotiation.state is NegotiationState.PROPOSED


def test_a_broken_off_file_takes_no_further_round_and_keeps_the_old_price(
    organizer, settle, opened, world
):
    settle("F-1", date(2026, 4, 1))
    negotiation = opened("F-2")
    with transaction():
        actions.break_off(organizer, negotiation, "双方未达成一致")

    with pytest.raises(WrongState), transaction():
        actions.add_round(organizer, negotiation, proposal())

    assert queries.price_on(world.certificate_a, "1", date(2026, 5, 1)).fen == 42000


def test_the_round_of_another_file_cannot_be_agreed_on(organizer, opened):
    first, second = opened("F-1"), opened("F-2")
    with transaction():
        theirs = actions.add_round(organizer, first, proposal())
    with transaction():
        actions.add_round(organizer, second, proposal())

    with pytest.raises(NotThere), transaction():
        actions.agree_on(organizer, second, theirs, "x")


def test_a_file_number_is_used_once(opened):
    opened("F-1")

    with pytest.raises(actions.CodeTaken):
        opened("F-1")


@pytest.mark.parametrize(
    "name", ["organizer2_a", "admin_a", "leader1_a", "organizer_b", "office_a"]
)
def test_only_organizers_of_the_whole_group_negotiate(act, opened, name):
    negotiation = opened()
    with pytest.raises(Forbidden), transaction():
        actions.add_round(act(name), negotiation, proposal())
    with pytest.raises(Forbidden), transaction():
        actions.break_off(act(name), negotiation, "nein")


def test_what_waits_is_counted_for_the_group_of_who_asks(opened, settle, world):
    enter_group(world.group_a)
    assert (queries.unsettled(), queries.unpriced(clock.today())) == (0, 1)

    settle("F-1", date(2026, 4, 1))
    opened("F-2")

    assert (queries.unsettled(), queries.unpriced(clock.today())) == (1, 0)
    assert queries.unpriced(date(2026, 3, 31)) == 1
    enter_group(world.group_b)
    assert (queries.unsettled(), queries.unpriced(clock.today())) == (0, 1)
