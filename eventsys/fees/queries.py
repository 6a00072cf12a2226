"""Negotiation files, limits, and the prices in force on a day."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventsys.catalogue.models import CertificateLevel, SkillCertificate
from eventsys.catalogue.rules import CertificateSystem
from eventsys.db import session
from eventsys.fees.models import FeeCap, FeeStandard, Negotiation, NegotiationRound
from eventsys.fees.rules import Cap, Item, Proposal
from eventsys.fees.states import ExamForm, NegotiationState
from eventsys.groups.models import Group

OPEN = (NegotiationState.DRAFT, NegotiationState.PROPOSED, NegotiationState.AGREED)


def negotiations(
    state: NegotiationState | None = None, certificate_id: int | None = None
) -> Select[Negotiation]:
    """Negotiation files, newest first, with their certificates and rounds."""
    found = (
        select(Negotiation)
        .options(joinedload(Negotiation.certificate), selectinload(Negotiation.rounds))
        .order_by(Negotiation.created_at.desc(), Negotiation.id)
    )
    if state is not None:
        found = found.where(Negotiation.state == state)
    if certificate_id is not None:
        found = found.where(Negotiation.certificate_id == certificate_id)
    return found


def code_taken(group_id: int, code: str) -> bool:
    """Whether a file with this number exists."""
    found = select(Negotiation.id).where(Negotiation.group_id == group_id, Negotiation.code == code)
    return session().scalar(found) is not None


def rounds_of(negotiation_id: int) -> list[NegotiationRound]:
    """The rounds in their order, with prices and items."""
    found = (
        select(NegotiationRound)
        .where(NegotiationRound.negotiation_id == negotiation_id)
        .options(selectinload(NegotiationRound.prices), selectinload(NegotiationRound.items))
        .order_by(NegotiationRound.number)
    )
    return list(session().scalars(found))


def proposal_of(found: NegotiationRound) -> Proposal:
    """A recorded round as the value the rules work on."""
    return Proposal(
        proposed_by=found.proposed_by,
        held_on=found.held_on,
        mode=found.mode,
        prices={price.level_code: price.fen for price in found.prices},
        items=tuple(
            Item(item.kind, item.level_code, item.bearer, item.fen, item.basis)
            for item in found.items
        ),
        attendees=found.attendees,
        note=found.note,
        bank_person_times=found.bank_person_times,
    )


def level_names(certificate: SkillCertificate) -> dict[str, str]:
    """The levels of a certificate from lowest to highest: code to name (a message)."""
    return {level.code: level.name_en for level in certificate.levels}


def caps(group_id: int) -> Select[FeeCap]:
    """The limits the group has entered, the latest first."""
    return (
        select(FeeCap)
        .where(FeeCap.group_id == group_id)
        .order_by(FeeCap.starts_on.desc(), FeeCap.system, FeeCap.exam_form, FeeCap.level_code)
    )


def caps_on(group_id: int, system: CertificateSystem, form: ExamForm, day: date) -> dict[str, Cap]:
    """The limit that holds at each level on a day; levels without one are left out."""
    found = session().scalars(
        select(FeeCap)
        .where(
            FeeCap.group_id == group_id,
            FeeCap.system == system,
            FeeCap.exam_form == form,
            FeeCap.starts_on <= day,
        )
        .order_by(FeeCap.starts_on)
    )
    return {cap.level_code: Cap(cap.fen, cap.document_no) for cap in found}


def prices_of(certificate_id: int) -> list[FeeStandard]:
    """Every price a certificate ever had, level by level, the latest first."""
    found = select(FeeStandard).where(FeeStandard.certificate_id == certificate_id)
    ordered = found.order_by(
        FeeStandard.region, FeeStandard.level_code, FeeStandard.starts_on.desc()
    )
    return list(session().scalars(ordered))


def price_on(certificate_id: int, level_code: str, day: date) -> FeeStandard | None:
    """The price in force at a level on a day, in the region where the group works."""
    found = (
        _in_force_at_home(day)
        .where(FeeStandard.certificate_id == certificate_id)
        .where(FeeStandard.level_code == level_code)
    )
    return session().scalar(found)


def prices_on(certificate_ids: Iterable[int], day: date) -> dict[tuple[int, str], FeeStandard]:
    """The prices in force on a day by certificate and level, for lists."""
    found = _in_force_at_home(day).where(FeeStandard.certificate_id.in_(list(certificate_ids)))
    return {(one.certificate_id, one.level_code): one for one in session().scalars(found)}


def standards_of(certificate_id: int, level_code: str, region: str) -> list[FeeStandard]:
    """The prices of one level in one region, the earliest first."""
    found = select(FeeStandard).where(
        FeeStandard.certificate_id == certificate_id,
        FeeStandard.level_code == level_code,
        FeeStandard.region == region,
    )
    return list(session().scalars(found.order_by(FeeStandard.starts_on)))


def unsettled() -> int:
    """How many negotiations wait for a proposal, an agreement or a day to take effect."""
    counted = select(func.count(Negotiation.id)).where(Negotiation.state.in_(OPEN))
    return session().scalar(counted) or 0


def unpriced(day: date) -> int:
    """How many certificates have a level without a price in force on a day."""
    priced = and_(
        FeeStandard.certificate_id == CertificateLevel.certificate_id,
        FeeStandard.level_code == CertificateLevel.code,
        FeeStandard.starts_on <= day,
        or_(FeeStandard.ends_on.is_(None), FeeStandard.ends_on >= day),
        FeeStandard.region == Group.region,
    )
    counted = (
        select(func.count(CertificateLevel.certificate_id.distinct()))
        .join(Group, Group.id == CertificateLevel.group_id)
        .where(~select(FeeStandard.id).where(priced).correlate(CertificateLevel, Group).exists())
    )
    return session().scalar(counted) or 0


def _in_force_at_home(day: date) -> Select[FeeStandard]:
    return (
        select(FeeStandard)
        .join(Group, Group.id == FeeStandard.group_id)
        .where(
            FeeStandard.region == Group.region,
            FeeStandard.starts_on <= day,
            or_(FeeStandard.ends_on.is_(None), FeeStandard.ends_on >= day),
        )
    )
