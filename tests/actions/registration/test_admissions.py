"""Ways into a final: its selection, or the organizer's exception with a reason."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.groups.models import Unit
from eventsys.identity.actions import ReasonMissing
from eventsys.registration import actions
from eventsys.registration.admissions import (
    AdmittedAlready,
    NoSelection,
    SelectionCounts,
    admissions_of,
    admit_directly,
    closed_to,
    selection_of,
)
from eventsys.registration.importing import Group, keep_import
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState, OnlyBySelection
from tests import judging
from tests.actions.results.test_stages import final_of
from tests.applicants import single

REASON = "主办方代表队，经执委会批准"


@pytest.fixture
def final(inside, world):
    """A final of the first track; the result of the selection does not count in it."""
    return final_of(world, 3, weight="0")


def unit(world, key="unit1_a"):
    return session().get_one(Unit, getattr(world, key))


def admit(actor, final, where, reason=REASON):
    with transaction():
        return admit_directly(actor, final, where, reason)


def test_nobody_enters_a_final_and_the_refusal_says_how_to_get_in(act, world, final):
    leader, where = act("leader1_a"), unit(world)
    deeds = (
        lambda: actions.submit_new(leader, final, where, [single(1)]),
        lambda: actions.draft_entry(leader, final, where, single(1)),
        lambda: keep_import(leader, final, where, "a.xlsx", [Group(single(1), (2,))]),
    )
    for deed in deeds:
        with pytest.raises(OnlyBySelection) as refused, transaction():
            deed()
        name = judging.track_of(world).name
        assert refused.value.facts == {"track": "决赛", "selection": name, "n": 3}
    found = select(func.count(Entry.id)).where(Entry.track_id == final.id)
    assert session().scalar(found) == 0
    assert selection_of(final).id == world.track_a


def test_a_unit_the_organizer_admitted_enters_and_no_other(act, world, final):
    admit(act("organizer_a"), final, unit(world))
    with transaction():
        (entry,) = actions.submit_new(act("leader1_a"), final, unit(world), [single(1)])

    assert entry.state is EntryState.SUBMITTED
    with pytest.raises(OnlyBySelection), transaction():
        actions.submit_new(act("leader2_a"), final, unit(world, "unit2_a"), [single(2)])
    assert closed_to([final], [world.unit1_a, world.unit2_a]) == set()
    assert closed_to([final], [world.unit2_a]) == {final.id}
    kept = (
        session()
        .scalars(select(AuditEntry).where(AuditEntry.deed == "unit.admitted_directly"))
        .one()
    )
    assert kept.facts == {"unit": unit(world).name, "reason": REASON}


def test_an_admission_is_the_organizers_once_and_with_a_reason(act, world, final):
    organizer, where = act("organizer_a"), unit(world)
    for name in ("leader1_a", "chief_a", "organizer2_a", "organizer_b"):
        with pytest.raises(Forbidden):
            admit(act(name), final, where)
    with pytest.raises(ReasonMissing):
        admit(organizer, final, where, "准")
    with pytest.raises(NoSelection):
        admit(organizer, judging.track_of(world), where)
    admit(organizer, final, where)
    with pytest.raises(AdmittedAlready):
        admit(organizer, final, where)

    assert [one.unit_id for one in admissions_of(final.id)] == [where.id]
    for deed in ("DELETE FROM direct_admission", "UPDATE direct_admission SET reason = ''"):
        with pytest.raises(DBAPIError):
            session().execute(text(deed))
        session().rollback()


def test_where_the_selection_counts_nobody_is_admitted_directly(act, inside, world):
    with pytest.raises(SelectionCounts):
        admit(act("organizer_a"), final_of(world, 3, weight="30"), unit(world))
