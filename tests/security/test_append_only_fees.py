"""Rounds, prices and items of a negotiation are only ever added: the database itself refuses."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eventsys.db import session, transaction
from eventsys.fees import actions
from eventsys.fees.actions import NegotiationFacts
from eventsys.fees.rules import Item, Proposal
from eventsys.fees.states import Bearer, CostItemKind, ExamForm, Mode, Side


@pytest.fixture
def on_file(act, world):
    """A negotiation of group A with one round."""
    actor = act("organizer_a")
    facts = NegotiationFacts("F-1", world.certificate_a, ExamForm.PAPER, "河南省", "")
    items = (Item(CostItemKind.MARKING, "1", Bearer.ISSUER, 100),)
    with transaction():
        negotiation = actions.open_negotiation(actor, world.group_a, facts)
        actions.add_round(
            actor,
            negotiation,
            Proposal(Side.ISSUER, date(2026, 3, 2), Mode.MEETING, {"1": 100}, items),
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE round_price SET fen = 1",
        "UPDATE cost_item SET bearer = 'school'",
        "UPDATE negotiation_round SET held_on = '2020-01-01'",
        "DELETE FROM round_price",
        "DELETE FROM cost_item",
        "DELETE FROM negotiation_round",
    ],
)
def test_direct_sql_cannot_change_what_was_proposed(on_file, statement):
    with pytest.raises(DBAPIError, match="append-only"), transaction() as current:
        current.execute(text(statement))

    kept = "SELECT fen FROM round_price UNION ALL SELECT fen FROM cost_item"
    assert session().execute(text(kept)).all() == [(100,), (100,)]
