"""Two prices put in force at once: never two on the same day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

from sqlalchemy import select

from eventsys.db import session, transaction
from eventsys.errors import DomainError
from eventsys.fees import actions
from eventsys.fees.actions import NegotiationFacts
from eventsys.fees.models import FeeStandard, Negotiation
from eventsys.fees.rules import Item, Proposal
from eventsys.fees.states import Bearer, CostItemKind, ExamForm, Mode, Side

HELD = date(2026, 3, 2)
FILES = 4


def agreed(actor, world, number):
    facts = NegotiationFacts(f"F-{number}", world.certificate_a, ExamForm.PAPER, "河南省", "")
    item = Item(CostItemKind.MARKING, "1", Bearer.ISSUER, 100 + number)
    proposal = Proposal(Side.GROUP, HELD, Mode.LETTER, {"1": 100 + number}, (item,))
    with transaction():
        negotiation = actions.open_negotiation(actor, world.group_a, facts)
        made = actions.add_round(actor, negotiation, proposal)
        actions.agree_on(actor, negotiation, made, "协议")
        return negotiation.id


def test_prices_put_in_force_at_once_never_cover_the_same_day(app, act, world):
    actor = act("organizer_a")
    files = [agreed(actor, world, number) for number in range(FILES)]
    session().close()
    start = Barrier(FILES)

    def put(position):
        with app.app_context():
            start.wait()
            negotiation = session().get_one(Negotiation, files[position])
            starts_on = HELD + timedelta(days=30 * position)
            try:
                with transaction():
                    actions.put_in_force(actor, negotiation, starts_on)
            except DomainError:
                return 0
            return 1

    with ThreadPoolExecutor(FILES) as pool:
        kept = sum(pool.map(put, range(FILES)))

    found = session().scalars(select(FeeStandard).order_by(FeeStandard.starts_on)).all()
    assert len(found) == kept >= 1
    assert [one.ends_on for one in found] == [
        *(one.starts_on - timedelta(days=1) for one in found[1:]),
        None,
    ]
