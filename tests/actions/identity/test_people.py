"""Identity numbers: sealed at rest, masked on sight, revealed for a reason, never merged."""

import json
import os
from datetime import date
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from eventsys.audit.models import AuditEntry
from eventsys.db import Model, db, leave_groups, new_id, session, transaction
from eventsys.errors import Forbidden
from eventsys.id_numbers import IdKind, IdNumber, mask_id_number, normalise_id_number
from eventsys.identity import actions
from eventsys.identity.actions import OtherName, PersonFacts, ReasonMissing, ReasonTellsNumber
from eventsys.identity.models import Person, Reveal
from eventsys.identity.queries import person_with_number
from eventsys.vault import Vault, vault
from tests.world import TODAY, id_number

NUMBER = id_number(410105, date(2003, 3, 3), 777)
OTHER = id_number(410105, date(2004, 4, 4), 888)
PHONE = "13912345678"


def facts(name="王林", number=NUMBER, unit_id=None, phone=""):
    return PersonFacts(name, normalise_id_number(number, TODAY), unit_id, phone)


def register(actor, *args, **kwargs):
    with transaction():
        return actions.register_person(actor, actor.group_id, facts(*args, **kwargs))


def entries(person):
    leave_groups()
    found = select(AuditEntry).where(AuditEntry.thing_id == person.id).order_by(AuditEntry.sequence)
    return session().scalars(found).all()


# ---- sealed


def test_the_number_and_the_telephone_open_again_and_are_masked(act):
    person = register(act("leader1_a"), phone=PHONE)

    assert actions.id_number_of(person) == NUMBER
    assert vault().open(person.phone_sealed) == PHONE
    assert person.id_masked == mask_id_number(NUMBER)
    assert NUMBER[6:14] not in person.id_masked


def test_twice_the_same_number_is_sealed_differently_and_found_as_one(act, world):
    first = register(act("leader1_a"))
    second = register(act("leader1_b"))

    assert first.id_sealed != second.id_sealed
    assert (first.group_id, second.group_id) == (world.group_a, world.group_b)
    assert first.id_index == second.id_index == vault().index(NUMBER)


def test_an_altered_seal_does_not_open(act):
    sealed = register(act("leader1_a")).id_sealed
    for position in (0, 1, 13, len(sealed) - 1):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(InvalidTag):
            vault().open(bytes(altered))


def test_another_installation_opens_nothing_and_finds_nothing():
    one, other = Vault.of(b"a" * 32), Vault.of(b"b" * 32)
    sealed = one.seal(NUMBER)

    assert one.open(sealed) == NUMBER
    assert one.index(NUMBER) != other.index(NUMBER)
    with pytest.raises(InvalidTag):
        other.open(sealed)


def everything(database) -> bytes:
    """Every byte the database keeps: its files, or every column of every table as text."""
    if database.url.startswith("sqlite"):
        return b"".join(one.read_bytes() for one in files_of(database) if one.is_file())
    with db.engine.connect() as connection:
        return "".join(
            repr([list(map(plain, row)) for row in connection.execute(select(table))])
            for table in Model.metadata.sorted_tables
        ).encode()


def plain(value: object) -> object:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else value


def files_of(database) -> list[Path]:
    file = database.file
    return [file, *(file.with_name(file.name + rest) for rest in ("-wal", "-shm", "-journal"))]


def shapes(number: str) -> dict[str, bytes]:
    """How a number could lie somewhere in clear."""
    return {
        "plain": number.encode(),
        "without check digit": number[:17].encode(),
        "birth date and order": number[6:17].encode(),
        "wide": number.encode("utf-16-le"),
        "backwards": number[::-1].encode(),
    }


def found_in(haystack: bytes, number: str) -> list[str]:
    return [name for name, shape in shapes(number).items() if shape in haystack]


def test_the_scan_would_find_a_number_in_clear(inside, database, world):
    with transaction():
        session().execute(text("UPDATE unit SET city = :n"), {"n": NUMBER})

    assert "plain" in found_in(everything(database), NUMBER)


def test_no_number_lies_in_clear_in_the_database(act, database, world):
    person = register(act("leader1_a"), phone=PHONE)
    with transaction():
        actions.reveal(act("organizer_a"), person, "核对证件照片")

    kept = everything(database)

    assert (found_in(kept, NUMBER), PHONE.encode() in kept) == ([], False)


def test_no_number_is_left_after_changing_and_deleting(act, database, world):
    person = register(act("leader1_a"), phone=PHONE)
    key = person.id
    with transaction():
        session().get_one(Person, key).id_sealed = vault().seal(OTHER)
    with transaction():
        session().delete(session().get_one(Person, key))

    kept = everything(database)

    assert found_in(kept, NUMBER) + found_in(kept, OTHER) == []
    assert PHONE.encode() not in kept


def test_no_number_of_many_lies_in_clear_in_the_database(act, database, world):
    numbers = [id_number(410105, date(2000, 1, 1 + order % 28), order) for order in range(1, 100)]
    leader = act("leader1_a")
    with transaction():
        for number in numbers:
            actions.register_person(leader, leader.group_id, facts(number=number))

    kept = everything(database)

    assert [number for number in numbers if number.encode() in kept] == []


def test_the_keys_do_not_lie_beside_the_rows(inside, database, settings):
    kept = everything(database)

    secret = settings.keys_dir / "secret"
    assert secret.read_bytes().strip() not in kept
    assert settings.secret not in kept
    if os.name == "posix":
        assert secret.stat().st_mode & 0o077 == 0


# ---- one person once


def test_the_same_number_and_name_is_the_same_person(act):
    leader = act("leader1_a")

    assert register(leader).id == register(leader).id


def test_the_same_number_under_another_name_is_never_merged(act):
    leader = act("leader1_a")
    person = register(leader)

    with pytest.raises(OtherName) as refused:
        register(leader, name="王琳")

    assert session().get_one(Person, person.id).name == "王林"
    assert refused.value.field == "name"


def test_the_refusal_does_not_tell_the_whole_name_behind_a_number(act):
    register(act("leader1_a"), name="欧阳王林")

    with pytest.raises(OtherName) as refused:
        register(act("leader2_a"), name="张三丰")

    assert refused.value.facts == {"name": "欧***"}


def test_two_people_of_one_name_are_two(act):
    leader = act("leader1_a")

    assert register(leader).id != register(leader, number=OTHER).id


def test_the_same_number_is_another_person_in_another_group(act):
    assert register(act("leader1_a")).id != register(act("leader1_b"), name="王琳").id


def test_the_database_keeps_a_number_once_in_a_group(act, world):
    person = register(act("leader1_a"))
    twin = {
        column.key: getattr(person, column.key)
        for column in Person.__table__.columns
        if column.key != "id"
    }

    with pytest.raises(IntegrityError), transaction():
        session().add(Person(id=new_id(), **twin))


def test_a_number_is_found_in_its_own_group_only(act, world):
    person = register(act("leader1_a"))

    assert person_with_number(world.group_a, NUMBER).id == person.id
    assert person_with_number(world.group_b, NUMBER) is None


def test_an_id_of_another_kind_is_masked_and_sealed_too(act, world):
    number = IdNumber(IdKind.PASSPORT, "E12345678")
    with transaction():
        leader = act("leader1_a")
        person = actions.register_person(
            leader, world.group_a, PersonFacts("Anna Lee", number, None)
        )

    assert actions.id_number_of(person) == "E12345678"
    assert "345" not in person.id_masked


# ---- reveal


def reveals(person):
    leave_groups()
    found = select(Reveal).where(Reveal.person_id == person.id).order_by(Reveal.at)
    return [(one.user_id, one.group_id, one.reason) for one in session().scalars(found)]


@pytest.mark.parametrize("account", ["organizer_a", "office_a"])
def test_who_may_see_a_number_sees_it_and_that_is_kept(act, world, account):
    person, actor = register(act("leader1_a")), act(account)

    with transaction():
        shown = actions.reveal(actor, person, "  核对证件照片 ")

    assert shown == NUMBER
    assert reveals(person) == [(actor.user_id, world.group_a, "核对证件照片")]
    last = entries(person)[-1]
    assert (last.deed, last.actor_id, last.facts) == (
        "id_number.revealed",
        actor.user_id,
        {"reason": "核对证件照片"},
    )


def test_each_look_is_kept_separately(act):
    person, office = register(act("leader1_a")), act("office_a")
    for reason in ("核对证件照片", "补打证书需要"):
        with transaction():
            actions.reveal(office, person, reason)

    assert [reason for _user, _group, reason in reveals(person)] == ["核对证件照片", "补打证书需要"]


@pytest.mark.parametrize(
    "account",
    [
        "root",
        "admin_a",
        "organizer2_a",
        "leader1_a",
        "judge1_a",
        "chief_a",
        "encryptor_a",
        "supervisor_a",
        "steward_a",
        "assessor_a",
        "participant_a",
        "organizer_b",
        "office_b",
    ],
)
def test_nobody_else_sees_a_number(act, account):
    person = register(act("leader1_a"))

    with pytest.raises(Forbidden), transaction():
        actions.reveal(act(account), person, "核对证件照片")

    assert reveals(person) == []


@pytest.mark.parametrize("reason", ["", "    ", "核对", "    核对照    "])
def test_without_a_reason_nothing_is_shown(act, reason):
    person = register(act("leader1_a"))

    with pytest.raises(ReasonMissing), transaction():
        actions.reveal(act("office_a"), person, reason)

    assert reveals(person) == []


@pytest.mark.parametrize(
    "reason", [f"核对 {NUMBER}", f"核对{NUMBER[:17]}号", f"尾号{NUMBER[6:14]}核对"]
)
def test_a_reason_does_not_carry_the_number_into_the_record(act, reason):
    person = register(act("leader1_a"))

    with pytest.raises(ReasonTellsNumber), transaction():
        actions.reveal(act("office_a"), person, reason)


def test_no_entry_of_the_record_tells_a_number(act, world):
    person = register(act("leader1_a"), phone=PHONE)
    with transaction():
        actions.reveal(act("office_a"), person, "核对证件照片")

    leave_groups()
    told = json.dumps([one.facts for one in session().scalars(select(AuditEntry))])
    assert (NUMBER in told, NUMBER[6:14] in told, PHONE in told) == (False, False, False)
    assert [one.deed for one in entries(person)] == ["person.registered", "id_number.revealed"]
