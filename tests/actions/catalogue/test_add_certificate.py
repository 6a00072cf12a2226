"""The catalogue: a certificate comes with the levels of its system."""

import pytest

from eventsys.catalogue.actions import (
    CertificateFacts,
    CertificateKnown,
    NotAnIssuer,
    add_certificate,
)
from eventsys.catalogue.rules import CertificateSystem
from eventsys.db import session, transaction
from eventsys.errors import Forbidden


def facts(world, **other):
    given = {
        "code": "MV-02",
        "name": "机器视觉系统应用",
        "name_en": "Machine vision",
        "system": CertificateSystem.ONE_PLUS_X,
        "issuer_id": world.unit4_a,
    }
    return CertificateFacts(**given | other)


def add(actor, world, **other):
    with transaction():
        return add_certificate(actor, world.group_a, facts(world, **other))


@pytest.mark.parametrize(
    ("system", "codes"),
    [(CertificateSystem.ONE_PLUS_X, "123"), (CertificateSystem.FIVE_LEVEL, "54321")],
)
def test_the_numerals_of_the_two_systems_rise_in_opposite_directions(act, world, system, codes):
    made = add(act("organizer_a"), world, system=system)

    assert "".join(level.code for level in made.levels) == codes
    assert [level.rank for level in made.levels] == list(range(1, len(codes) + 1))


def test_a_code_or_name_is_listed_once(act, world):
    add(act("organizer_a"), world)

    for other in ({"name": "另一证书"}, {"code": "MV-03"}):
        with pytest.raises(CertificateKnown):
            add(act("organizer_a"), world, **other)


@pytest.mark.parametrize("unit", ["unit1_a", "unit4_b"])
def test_only_an_issuer_of_the_group_issues(act, world, unit):
    with pytest.raises(NotAnIssuer):
        add(act("organizer_a"), world, issuer_id=getattr(world, unit))


@pytest.mark.parametrize(
    "name", ["organizer2_a", "admin_a", "leader1_a", "office_a", "organizer_b"]
)
def test_only_organizers_of_the_whole_group_add_certificates(act, world, name):
    with pytest.raises(Forbidden):
        add(act(name), world)
    session().rollback()
