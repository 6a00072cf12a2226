"""A frozen version of a marking scheme is fixed by the database; a draft beside it is not."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eventsys.db import session, transaction
from eventsys.schemes.actions import edit_aspect
from eventsys.schemes.queries import aspects_of, digest_of, facts_of, scheme_of
from eventsys.scoring.version_actions import approve_correction, draft_correction
from tests import judging

FROZEN = "the scheme is frozen"
VERSIONS = {
    ":of_first": "(SELECT id FROM criterion WHERE scheme_id = :first)",
    ":of_second": "(SELECT id FROM criterion WHERE scheme_id = :second)",
    ":first": "(SELECT id FROM scheme WHERE version = 1)",
    ":second": "(SELECT id FROM scheme WHERE version = 2)",
}
CHANGES = {
    "aspect": "UPDATE aspect SET max_points = 1 WHERE criterion_id IN :of_first",
    "key": "UPDATE aspect SET kept_key = NULL WHERE criterion_id IN :of_first",
    "criterion": "UPDATE criterion SET module_code = 'B' WHERE scheme_id = :first",
    "thawed": "UPDATE scheme SET frozen_at = NULL WHERE id = :first",
    "drafted": "UPDATE scheme SET state = 'draft' WHERE id = :first",
    "renumbered": "UPDATE scheme SET version = 9 WHERE id = :first",
    "sections": "UPDATE scheme SET sections = '[1]' WHERE id = :first",
    "deviation": "UPDATE scheme SET deviation = 1 WHERE id = :first",
    "scheme": "DELETE FROM scheme WHERE id = :first",
}
JOINS = {
    "aspect": (
        "UPDATE aspect SET code = 'X',"
        " criterion_id = (SELECT min(id) FROM criterion WHERE scheme_id = :first)"
        " WHERE id = (SELECT min(id) FROM aspect WHERE criterion_id IN :of_second)"
    ),
    "criterion": (
        "UPDATE criterion SET scheme_id = :first, code = 'X'"
        " WHERE id = (SELECT min(id) FROM criterion WHERE scheme_id = :second)"
    ),
}
AGAIN = "UPDATE scheme SET state = 'in_force', superseded_at = NULL WHERE id = :first"


def of_second(statement: str) -> str:
    """The same done to the second version."""
    return statement.replace("first", "second")


def outcome(statement: str, *before: str) -> str:
    """What the database says; nothing is kept either way."""
    for name, query in VERSIONS.items():
        statement = statement.replace(name, query)
    try:
        for one in (*before, statement):
            session().execute(text(one))
    except DBAPIError as refusal:
        return FROZEN if FROZEN in str(refusal.orig) else str(refusal.orig)
    else:
        return "accepted"
    finally:
        session().rollback()


def dropped(name: str, table: str) -> str:
    """The statement that takes a protection away: a wrong build."""
    on = "" if session().get_bind().dialect.name == "sqlite" else f" ON {table}"
    return f"DROP TRIGGER {name}{on}"


@pytest.fixture
def draft(inside, world):
    """A frozen first version and a second one drafted beside it."""
    codes = judging.ready_to_mark(world)
    judging.mark(world, 1, codes[0], ("90", "90", "3"))
    organizer = judging.actor("organizer_a")
    with transaction():
        made = draft_correction(organizer, judging.track_of(world), "外径公差与图纸不符")
    with transaction():
        aspect = made.criteria[0].aspects[0]
        edit_aspect(organizer, aspect, facts_of(aspect), again=True)
    return made


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_of_a_frozen_version_changes(draft, what):
    assert outcome(CHANGES[what]) == FROZEN


@pytest.mark.parametrize("what", JOINS)
def test_nothing_joins_a_frozen_version(draft, what):
    assert outcome(JOINS[what]) == FROZEN


def test_a_draft_may_change(draft):
    for statement in CHANGES.values():
        if "scheme SET" not in statement and "DELETE" not in statement:
            assert outcome(of_second(statement)) == "accepted", statement


def test_an_approved_version_and_the_one_it_replaced_are_both_frozen(draft, world):
    with transaction():
        approve_correction(judging.actor("chief_a"), draft, digest_of(draft))

    assert outcome(AGAIN) == FROZEN
    for statement in CHANGES.values():
        assert outcome(statement) == FROZEN, statement
        assert outcome(of_second(statement)) == FROZEN, statement
    assert scheme_of(world.track_a).version == 2
    assert len(aspects_of(judging.track_of(world))) == 5


def test_without_its_triggers_a_frozen_aspect_would_change(draft):
    weak = [dropped(f"aspect_{name}_update", "aspect") for name in ("frozen", "joins")]

    assert outcome(CHANGES["aspect"], *weak) == "accepted"


def test_without_the_second_trigger_a_draft_would_put_an_aspect_into_the_frozen_version(draft):
    assert outcome(JOINS["aspect"], dropped("aspect_joins_update", "aspect")) == "accepted"


def test_without_its_trigger_a_frozen_scheme_would_thaw(draft):
    assert outcome(CHANGES["thawed"], dropped("scheme_frozen_update", "scheme")) == "accepted"
