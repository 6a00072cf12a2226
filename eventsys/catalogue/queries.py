"""Certificates of the present group, their levels and issuers."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventsys.catalogue.models import CertificateLevel, SkillCertificate
from eventsys.db import session
from eventsys.groups.models import Unit
from eventsys.groups.rules import UnitKind


def certificates(text: str = "") -> Select[SkillCertificate]:
    """Certificates by name, with levels and issuers; optionally those whose name has ``text``."""
    found = (
        select(SkillCertificate)
        .options(joinedload(SkillCertificate.issuer), selectinload(SkillCertificate.levels))
        .order_by(SkillCertificate.name, SkillCertificate.id)
    )
    if text:
        found = found.where(
            or_(
                SkillCertificate.name.contains(text, autoescape=True),
                SkillCertificate.code.startswith(text, autoescape=True),
            )
        )
    return found


def all_certificates() -> list[SkillCertificate]:
    """Every certificate of the group by name, for lists to choose from."""
    return list(session().scalars(certificates()))


def same_certificate(group_id: int, code: str, name: str) -> bool:
    """Whether a certificate with this code or name is listed already."""
    found = select(SkillCertificate.id).where(
        SkillCertificate.group_id == group_id,
        or_(SkillCertificate.code == code, SkillCertificate.name == name),
    )
    return session().scalar(found.limit(1)) is not None


def issuers() -> list[Unit]:
    """The assessment organisations among the group's units."""
    found = select(Unit).where(Unit.kind == UnitKind.ISSUER).order_by(Unit.name)
    return list(session().scalars(found))


def level_of(certificate_id: int, code: str) -> CertificateLevel | None:
    """One level of a certificate by the code its system writes."""
    return session().scalar(
        select(CertificateLevel).where(
            CertificateLevel.certificate_id == certificate_id, CertificateLevel.code == code
        )
    )
