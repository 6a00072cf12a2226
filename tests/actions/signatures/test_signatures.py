"""Signatures are kept with what they sign, in the group, for good."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.identity.actor import Actor
from eventsys.identity.policy import System
from eventsys.signatures.actions import keep_signature
from eventsys.signatures.queries import signatures_by_thing, signatures_of
from eventsys.signatures.rules import NameDiffers

DIGEST = "ab" * 32
DRAWN = "[[[100,200],[400,220]],[[500,100]]]"


def sign(actor, group_id, thing_id=7, name="王芳", strokes=DRAWN):
    with transaction():
        return keep_signature(actor, "sheet", thing_id, group_id, name, strokes, DIGEST)


def test_a_drawn_signature_says_who_signed_what_and_on_whose_account(act, world):
    floor = act("floor_a")
    sign(floor, world.group_a)

    (kept,) = signatures_of("sheet", 7)
    assert (kept.name, kept.account_id, kept.account_name) == ("王芳", floor.user_id, floor.name)
    assert (kept.digest, kept.is_typed, kept.path) == (DIGEST, False, "M100 200L400 220M500 100h0")
    assert kept.picture.count("M100 200L400 220") == 1


def test_a_typed_name_is_recorded_as_typed_and_must_be_the_name(act, world):
    with pytest.raises(NameDiffers):
        sign(act("floor_a"), world.group_a, strokes="王方")
    sign(act("floor_a"), world.group_a, strokes="王 芳")

    (kept,) = signatures_of("sheet", 7)
    assert (kept.is_typed, kept.strokes) == (True, [])


def test_signatures_of_many_things_come_sorted_by_thing(act, world):
    for thing, name in ((1, "甲"), (2, "乙"), (1, "丙")):
        sign(act("floor_a"), world.group_a, thing, name)

    found = signatures_by_thing("sheet", [1, 2, 3])
    assert {key: [one.name for one in them] for key, them in found.items()} == {
        1: ["甲", "丙"],
        2: ["乙"],
    }
    assert signatures_of("incident", 1) == []


def test_nobody_signs_in_another_group_or_unnamed(act, world):
    with pytest.raises(Forbidden):
        sign(act("floor_b"), world.group_a)
    with pytest.raises(Forbidden):
        sign(Actor(None, "", None), world.group_a)
    assert sign(System(), world.group_a).account_name == "system"


def test_a_signature_without_a_fingerprint_of_what_was_signed_is_a_mistake_of_ours(act, world):
    with pytest.raises(ValueError, match="SHA-256"), transaction():
        keep_signature(act("floor_a"), "sheet", 7, world.group_a, "王芳", DRAWN, "ab")


@pytest.mark.parametrize("deed", ["UPDATE signature SET name = 'x'", "DELETE FROM signature"])
def test_the_database_refuses_to_change_a_signature(act, world, deed):
    sign(act("floor_a"), world.group_a)

    with pytest.raises(DBAPIError, match="append-only"), transaction() as current:
        current.execute(text(deed))
    assert [one.name for one in signatures_of("sheet", 7)] == ["王芳"]


def test_the_record_tells_of_the_signature_and_not_of_its_strokes(act, world):
    sign(act("floor_a"), world.group_a)

    told = session().scalars(select(AuditEntry.facts).where(AuditEntry.deed == "signature.kept"))
    assert told.all() == [{"kind": "sheet", "sha256": DIGEST}]
