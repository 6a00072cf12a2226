"""Skill-level certificates (职业技能等级证书) and their levels."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.catalogue.rules import CertificateSystem
from eventsys.db import BIG, GroupOwned, Id, Short
from eventsys.groups.models import Unit
from eventsys.identity.rules import Scope, ScopeKind


class SkillCertificate(GroupOwned):
    """A certificate of one issuer; numerals of levels mean opposite things in the two systems."""

    __tablename__ = "skill_certificate"
    __table_args__ = (UniqueConstraint("group_id", "code"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[Short]
    name_en: Mapped[Short]
    system: Mapped[CertificateSystem]
    issuer_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))

    issuer: Mapped[Unit] = relationship()
    levels: Mapped[list["CertificateLevel"]] = relationship(order_by="CertificateLevel.rank")

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this certificate lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class CertificateLevel(GroupOwned):
    """One level: ``code`` as its system writes it, ``rank`` rising with skill, 1 lowest."""

    __tablename__ = "certificate_level"
    __table_args__ = (UniqueConstraint("certificate_id", "code"),)

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(BIG, ForeignKey("skill_certificate.id"))
    code: Mapped[str] = mapped_column(String(5))
    rank: Mapped[int]
    name: Mapped[str] = mapped_column(String(20))
    name_en: Mapped[str] = mapped_column(String(30))
