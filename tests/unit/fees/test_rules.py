"""Proposals add up to the fen, or say where they do not."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsys.fees import rules
from eventsys.fees.rules import Cap, Difference, Item, Proposal
from eventsys.fees.states import COST_ITEM_LABELS, Bearer, CostItemKind, ExamForm, Mode, Side

K, ISSUER, SCHOOL = CostItemKind, Bearer.ISSUER, Bearer.SCHOOL
NAMES = {"1": "Elementary", "2": "Intermediate", "3": "Advanced"}
DAY = date(2026, 3, 1)


def item(kind, fen, level="1", bearer=ISSUER):
    return Item(kind, level, bearer, fen)


def proposal(prices, *items, bank=None):
    return Proposal(Side.ISSUER, DAY, Mode.MEETING, prices, items, bank_person_times=bank)


def check(given_proposal, form=ExamForm.PAPER, caps=None):
    rules.check_proposal(given_proposal, form, caps or {}, NAMES)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("420", 42000),
        ("420.5", 42050),
        ("0.01", 1),
        ("1,234.56", 123456),
        ("¥ 420.00", 42000),
        ("４２０．００", 42000),
        (" 0 ", 0),
        ("0.29", 29),
        ("99999.99", 9999999),
        ("100000", 10000000),
    ],
)
def test_yuan_become_fen_exactly(text, fen):
    assert rules.fen_of(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", "-1", "+1", "1.234", "1e3", "1.", ".5", "NaN", "一百", "1 000", "1,2.3.4", "9999999", "٣"],
)
def test_what_is_not_an_amount_in_yuan_is_refused(text):
    with pytest.raises(rules.NotMoney):
        rules.fen_of(text)


@given(st.integers(0, rules.MOST_FEN))
def test_every_amount_survives_being_written_and_read(fen):
    written = rules.yuan_of(fen)

    assert rules.fen_of(written) == fen
    assert Decimal(written) * 100 == fen


@given(st.lists(st.tuples(st.sampled_from(K), st.integers(0, 99_999)), max_size=9))
def test_a_price_passes_exactly_when_it_equals_what_the_issuer_carries(amounts):
    items = tuple(
        item(kind, fen, bearer=ISSUER if n % 2 else SCHOOL) for n, (kind, fen) in enumerate(amounts)
    )
    carried = sum(fen for n, (_kind, fen) in enumerate(amounts) if n % 2)

    check(proposal({"1": carried}, *items, bank=50_000))
    for wrong in (carried + 1, carried - 1):
        with pytest.raises(rules.PriceDiffers):
            check(proposal({"1": wrong}, *items, bank=50_000))


def test_a_difference_of_one_fen_is_named_with_level_and_both_sums():
    with pytest.raises(rules.PriceDiffers) as refusal:
        check(
            proposal(
                {"1": 100, "2": 30001}, item(K.MARKING, 100), item(K.MARKING, 30000, level="2")
            )
        )

    assert refusal.value.facts == {
        "level": "Intermediate",
        "price": "¥300.01",
        "items": "¥300.00",
        "difference": "¥0.01",
    }


def test_what_the_school_carries_is_cost_but_not_price():
    both = proposal({"1": 30000}, item(K.MARKING, 30000), item(K.VENUE, 5000, bearer=SCHOOL))

    check(both)

    assert rules.total_cost(both.items, "1") == 35000
    assert rules.carried_by_issuer(both.items, "1") == 30000


def test_a_higher_level_may_cost_less():
    published = {"1": 50300, "2": 50300, "3": 41500}

    check(proposal(published, *(item(K.MARKING, f, level=c) for c, f in published.items())))


def test_items_without_a_price_are_refused_by_level():
    with pytest.raises(rules.PriceMissing) as refusal:
        check(proposal({"1": 100}, item(K.MARKING, 100), item(K.MARKING, 5, level="3")))

    assert refusal.value.facts == {"level": "Advanced"}


def test_a_proposal_without_any_price_is_refused():
    with pytest.raises(rules.NoPrices):
        check(proposal({}))


@pytest.mark.parametrize("kind", [K.PRINTING, K.PAPER_ASSEMBLY])
@pytest.mark.parametrize("bearer", Bearer)
def test_a_computer_exam_prints_and_assembles_nothing_whoever_would_carry_it(kind, bearer):
    paid = proposal({"1": 1 if bearer is ISSUER else 0}, item(kind, 1, bearer=bearer))

    check(paid, ExamForm.PAPER)
    with pytest.raises(rules.ItemNotDue) as refusal:
        check(paid, ExamForm.COMPUTER)

    assert refusal.value.facts["item"] == COST_ITEM_LABELS[kind]


def test_a_computer_exam_with_nothing_for_paper_passes():
    check(proposal({"1": 500}, item(K.SYSTEM, 500), item(K.PRINTING, 0)), ExamForm.COMPUTER)


@pytest.mark.parametrize(("spread", "good"), [(None, False), (49_999, False), (50_000, True)])
def test_a_question_bank_is_spread_over_fifty_thousand_person_times(spread, good):
    bank = proposal({"1": 100}, item(K.QUESTION_BANK, 100), bank=spread)

    if good:
        check(bank)
    else:
        with pytest.raises(rules.BankTooNarrow):
            check(bank)


def test_the_limit_is_held_against_the_total_cost_and_named_with_its_document():
    both = proposal({"1": 30000}, item(K.MARKING, 30000), item(K.VENUE, 5000, bearer=SCHOOL))

    check(both, caps={"1": Cap(35000, "文号"), "2": Cap(0, "文号")})
    with pytest.raises(rules.OverCap) as refusal:
        check(both, caps={"1": Cap(34999, "教职成厅函〔2020〕11号")})

    assert refusal.value.facts == {
        "level": "Elementary",
        "total": "¥350.00",
        "cap": "¥349.99",
        "document": "教职成厅函〔2020〕11号",
    }


def test_differences_name_what_moved_and_who_carries_it_now():
    first = proposal({"1": 300, "2": 50}, item(K.MARKING, 200), item(K.VENUE, 100))
    second = proposal(
        {"1": 150, "2": 50},
        item(K.MARKING, 150),
        item(K.VENUE, 100, bearer=SCHOOL),
        item(K.SYSTEM, 0),
    )

    moved = rules.differences(first, second, NAMES)

    assert moved == [
        Difference("1", None, 300, 150),
        Difference("1", K.MARKING, 200, 150, ISSUER, ISSUER),
        Difference("1", K.SYSTEM, None, 0, None, ISSUER),
        Difference("1", K.VENUE, 100, 100, ISSUER, SCHOOL),
    ]
    assert [one.change for one in moved] == [-150, -50, 0, 0]
