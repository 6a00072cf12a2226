"""Negotiations, rounds, prices, cost items and the standards they end in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsys.catalogue.models import SkillCertificate
from eventsys.catalogue.rules import CertificateSystem
from eventsys.db import BIG, GroupOwned, Id, Long, Short
from eventsys.fees.states import Bearer, CostItemKind, ExamForm, Mode, NegotiationState, Side
from eventsys.identity.rules import Scope, ScopeKind


class Negotiation(GroupOwned):
    """One negotiation file between the group and the issuer of a certificate."""

    __tablename__ = "negotiation"
    __table_args__ = (UniqueConstraint("group_id", "code"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(30))
    certificate_id: Mapped[int] = mapped_column(BIG, ForeignKey("skill_certificate.id"))
    exam_form: Mapped[ExamForm]
    region: Mapped[str] = mapped_column(String(50))
    basis: Mapped[Long] = mapped_column(default="")
    state: Mapped[NegotiationState] = mapped_column(default=NegotiationState.DRAFT)
    agreed_round_id: Mapped[int | None] = mapped_column(BIG)
    agreement_no: Mapped[str] = mapped_column(String(60), default="")
    in_force_from: Mapped[date | None]
    broken_off_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]

    certificate: Mapped[SkillCertificate] = relationship()
    rounds: Mapped[list["NegotiationRound"]] = relationship(
        order_by="NegotiationRound.number", back_populates="negotiation"
    )

    @property
    def scopes(self) -> list[Scope]:
        """The scopes this negotiation lies in."""
        return [Scope(ScopeKind.GROUP, self.group_id)]


class NegotiationRound(GroupOwned):
    """One proposal of one side; rounds are only ever added."""

    __tablename__ = "negotiation_round"
    __table_args__ = (UniqueConstraint("negotiation_id", "number"),)

    id: Mapped[Id]
    negotiation_id: Mapped[int] = mapped_column(BIG, ForeignKey("negotiation.id"))
    number: Mapped[int]
    proposed_by: Mapped[Side]
    held_on: Mapped[date]
    mode: Mapped[Mode]
    attendees: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[Long] = mapped_column(default="")
    bank_person_times: Mapped[int | None]
    recorded_at: Mapped[datetime]

    negotiation: Mapped[Negotiation] = relationship(back_populates="rounds")
    prices: Mapped[list["RoundPrice"]] = relationship(order_by="RoundPrice.level_code")
    items: Mapped[list["CostItem"]] = relationship(order_by="CostItem.position")


class RoundPrice(GroupOwned):
    """The price per person-time at one level in one round, in fen."""

    __tablename__ = "round_price"
    __table_args__ = (
        UniqueConstraint("round_id", "level_code"),
        CheckConstraint("fen >= 0", name="fen"),
    )

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(BIG, ForeignKey("negotiation_round.id"))
    level_code: Mapped[str] = mapped_column(String(5))
    fen: Mapped[int]


class CostItem(GroupOwned):
    """One cost item at one level in one round, in fen per person-time, and who carries it."""

    __tablename__ = "cost_item"
    __table_args__ = (
        UniqueConstraint("round_id", "level_code", "kind"),
        CheckConstraint("fen >= 0", name="fen"),
    )

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(BIG, ForeignKey("negotiation_round.id"))
    position: Mapped[int]
    level_code: Mapped[str] = mapped_column(String(5))
    kind: Mapped[CostItemKind]
    bearer: Mapped[Bearer]
    fen: Mapped[int]
    basis: Mapped[Short] = mapped_column(default="")


class FeeStandard(GroupOwned):
    """A price in force from a day until a later one takes its place."""

    __tablename__ = "fee_standard"
    __table_args__ = (UniqueConstraint("certificate_id", "level_code", "region", "starts_on"),)

    id: Mapped[Id]
    certificate_id: Mapped[int] = mapped_column(BIG, ForeignKey("skill_certificate.id"))
    negotiation_id: Mapped[int] = mapped_column(BIG, ForeignKey("negotiation.id"))
    level_code: Mapped[str] = mapped_column(String(5))
    region: Mapped[str] = mapped_column(String(50))
    fen: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class FeeCap(GroupOwned):
    """An upper limit of the total cost, entered as the document says it; the latest holds."""

    __tablename__ = "fee_cap"
    __table_args__ = (
        UniqueConstraint("group_id", "system", "exam_form", "level_code", "starts_on"),
    )

    id: Mapped[Id]
    system: Mapped[CertificateSystem]
    exam_form: Mapped[ExamForm]
    level_code: Mapped[str] = mapped_column(String(5))
    fen: Mapped[int]
    starts_on: Mapped[date]
    document_no: Mapped[Short]
