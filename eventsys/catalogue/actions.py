"""Listing certificates with the levels of their system."""

from dataclasses import dataclass

from eventsys.audit.actions import record
from eventsys.catalogue.models import CertificateLevel, SkillCertificate
from eventsys.catalogue.policy import may_add_certificate
from eventsys.catalogue.queries import same_certificate
from eventsys.catalogue.rules import LEVELS, CertificateSystem
from eventsys.db import new_id, session
from eventsys.errors import N_, RuleBroken
from eventsys.groups.models import Unit
from eventsys.groups.rules import UnitKind
from eventsys.identity.policy import Actor, authorize


class CertificateKnown(RuleBroken):
    field = "code"
    message = N_(
        "A certificate with this code or name is already listed. Use that one, or correct the code."
    )


class NotAnIssuer(RuleBroken):
    field = "issuer_id"
    message = N_("Certificates are issued by an assessment organisation. Choose one of those.")


@dataclass(frozen=True)
class CertificateFacts:
    """What a skill-level certificate is."""

    code: str
    name: str
    name_en: str
    system: CertificateSystem
    issuer_id: int


def add_certificate(actor: Actor, group_id: int, facts: CertificateFacts) -> SkillCertificate:
    """List a certificate; its levels follow from its system."""
    authorize(actor, may_add_certificate, group_id)
    issuer = session().get(Unit, facts.issuer_id)
    if issuer is None or issuer.group_id != group_id or issuer.kind is not UnitKind.ISSUER:
        raise NotAnIssuer
    if same_certificate(group_id, facts.code, facts.name):
        raise CertificateKnown

    certificate = SkillCertificate(
        id=new_id(),
        group_id=group_id,
        code=facts.code,
        name=facts.name,
        name_en=facts.name_en,
        system=facts.system,
        issuer_id=issuer.id,
    )
    session().add(certificate)
    session().flush()
    session().add_all(
        CertificateLevel(
            group_id=group_id,
            certificate_id=certificate.id,
            code=level.code,
            rank=level.rank,
            name=level.name,
            name_en=level.name_en,
        )
        for level in LEVELS[facts.system]
    )

    record(
        actor,
        "skill_certificate.listed",
        certificate,
        code=facts.code,
        name=facts.name,
        issuer=issuer.name,
    )
    return certificate
