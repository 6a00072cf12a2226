"""T10: the record cannot be rewritten without being seen."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eventsys.audit.actions import record
from eventsys.audit.models import AuditEntry, AuditHead
from eventsys.audit.queries import verify_chain
from eventsys.db import db, session, transaction
from eventsys.identity.policy import Actor

TABLES = ("audit_entry", "negotiation_round", "round_price", "cost_item", "reveal")


def write_deeds(chain: int, count: int) -> None:
    for number in range(count):
        with transaction():
            record(Actor(1, "某人", chain), "thing.done", "thing", number=number)


def unprotected(statement: str, **values: object) -> None:
    """What somebody with the database's password can do."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER IF EXISTS audit_entry_no_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS audit_entry_no_delete"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), values)


def test_an_honest_chain_verifies(inside, world):
    write_deeds(world.group_a, 5)

    assert verify_chain(world.group_a) is None


TAMPERS = {
    "edit": "UPDATE audit_entry SET deed = 'nothing.done' WHERE chain = :c AND sequence = :n",
    "actor": "UPDATE audit_entry SET actor_name = 'x' WHERE chain = :c AND sequence = :n",
    "facts": "UPDATE audit_entry SET facts = '{}' WHERE chain = :c AND sequence = :n",
    "delete": "DELETE FROM audit_entry WHERE chain = :c AND sequence = :n",
    "hash": "UPDATE audit_entry SET hash = 'f' WHERE chain = :c AND sequence = :n",
    "cut the tail": "DELETE FROM audit_entry WHERE chain = :c AND sequence >= :n",
    "move away": "UPDATE audit_entry SET chain = 5 WHERE chain = :c AND sequence = :n",
}


@pytest.mark.parametrize("name", TAMPERS)
def test_a_tampered_entry_is_named(inside, world, name):
    write_deeds(world.group_a, 8)
    head = session().get_one(AuditHead, world.group_a).count
    db.session.remove()
    statement = TAMPERS[name]

    unprotected(statement, c=world.group_a, n=head - 3)

    broken = verify_chain(world.group_a)
    assert broken is not None
    assert broken.sequence == head - 3


def test_a_shortened_head_does_not_hide_a_cut_tail(inside, world):
    write_deeds(world.group_a, 4)
    head = session().get_one(AuditHead, world.group_a).count
    db.session.remove()

    unprotected(
        "DELETE FROM audit_entry WHERE chain = :c AND sequence = :n", c=world.group_a, n=head
    )
    unprotected("UPDATE audit_head SET count = :n WHERE chain = :c", c=world.group_a, n=head - 1)

    assert verify_chain(world.group_a) is not None


@pytest.mark.parametrize("deed", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_triggers_refuse_to_change_the_record(inside, world, deed):
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(deed.format("audit_entry")))


def test_entries_of_a_transaction_that_fails_are_not_kept(inside, world):
    def counted() -> int:
        return session().query(AuditEntry).count()

    before = counted()

    def fail_afterwards() -> None:
        with transaction():
            record(Actor(1, "某人", world.group_a), "thing.done", "thing")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()

    assert counted() == before


def test_the_command_names_the_bad_entry_and_fails(app, world):
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0
    with app.app_context():
        write_deeds(world.group_a, 3)
        head = session().get_one(AuditHead, world.group_a).count
        db.session.remove()
        unprotected(
            "UPDATE audit_entry SET deed = 'x' WHERE chain = :c AND sequence = :n",
            c=world.group_a,
            n=head - 1,
        )

    answer = runner.invoke(args=["audit", "verify"])

    assert answer.exit_code == 1
    assert f"chain {world.group_a}: entry {head - 1} is bad" in answer.output
