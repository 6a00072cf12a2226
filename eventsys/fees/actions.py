"""Opening a negotiation, its rounds, agreeing, putting a price in force, breaking off."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.catalogue.models import SkillCertificate
from eventsys.catalogue.rules import CertificateSystem
from eventsys.db import new_id, session
from eventsys.errors import N_, NotThere, RuleBroken
from eventsys.fees.models import (
    CostItem,
    FeeCap,
    FeeStandard,
    Negotiation,
    NegotiationRound,
    RoundPrice,
)
from eventsys.fees.policy import may_manage_fees, may_negotiate
from eventsys.fees.queries import (
    caps_on,
    code_taken,
    level_names,
    proposal_of,
    rounds_of,
    standards_of,
)
from eventsys.fees.rules import (
    LaterPrice,
    NotYetHeld,
    Proposal,
    RoundOutOfOrder,
    StartsTooEarly,
    check_caps,
    check_proposal,
)
from eventsys.fees.states import (
    MOVES,
    STATE_LABELS,
    CostItemKind,
    ExamForm,
    NegotiationState,
)
from eventsys.identity.policy import Actor, authorize
from eventsys.states import check_move

S = NegotiationState
ITEM_ORDER = list(CostItemKind)


class CodeTaken(RuleBroken):
    field = "code"
    message = N_("A negotiation with this file number exists. Choose another number.")


class CapKnown(RuleBroken):
    field = "starts_on"
    message = N_(
        "A limit for this level and exam form from this day is already entered. Enter the change"
        " with its own day."
    )


@dataclass(frozen=True)
class NegotiationFacts:
    """What a negotiation is about; ``basis`` cites documents as they were entered."""

    code: str
    certificate_id: int
    exam_form: ExamForm
    region: str
    basis: str


@dataclass(frozen=True)
class CapFacts:
    """A limit as its document states it."""

    system: CertificateSystem
    level_code: str
    exam_form: ExamForm
    fen: int
    starts_on: date
    document_no: str


def open_negotiation(actor: Actor, group_id: int, facts: NegotiationFacts) -> Negotiation:
    """A new file, still without a proposal."""
    authorize(actor, may_manage_fees, group_id)
    certificate = session().get(SkillCertificate, facts.certificate_id)
    if certificate is None or certificate.group_id != group_id:
        raise NotThere
    if code_taken(group_id, facts.code):
        raise CodeTaken

    negotiation = Negotiation(
        id=new_id(),
        group_id=group_id,
        code=facts.code,
        certificate_id=certificate.id,
        exam_form=facts.exam_form,
        region=facts.region,
        basis=facts.basis,
        state=S.DRAFT,
        created_at=clock.now(),
    )
    session().add(negotiation)
    session().flush()

    record(actor, "negotiation.opened", negotiation, code=facts.code, certificate=certificate.name)
    return negotiation


def add_round(actor: Actor, negotiation: Negotiation, proposal: Proposal) -> NegotiationRound:
    """Put a proposal on file; it is never changed afterwards, only followed by another."""
    authorize(actor, may_negotiate, negotiation)
    _lock(negotiation)
    check_move(MOVES, STATE_LABELS, negotiation.state, S.PROPOSED)
    before = rounds_of(negotiation.id)
    _check_day(proposal.held_on, before)
    certificate = negotiation.certificate
    limits = caps_on(
        negotiation.group_id, certificate.system, negotiation.exam_form, proposal.held_on
    )
    check_proposal(proposal, negotiation.exam_form, limits, level_names(certificate))

    made = _write_round(negotiation, len(before) + 1, proposal)
    negotiation.state = S.PROPOSED

    record(
        actor,
        "negotiation.proposed",
        negotiation,
        round=made.number,
        by=proposal.proposed_by,
        prices=proposal.prices,
    )
    return made


def _check_day(held_on: date, before: list[NegotiationRound]) -> None:
    if held_on > clock.today():
        raise NotYetHeld
    if before and held_on < before[-1].held_on:
        raise RoundOutOfOrder(before=before[-1].held_on)


def _write_round(negotiation: Negotiation, number: int, proposal: Proposal) -> NegotiationRound:
    group_id = negotiation.group_id
    made = NegotiationRound(
        id=new_id(),
        group_id=group_id,
        negotiation_id=negotiation.id,
        number=number,
        proposed_by=proposal.proposed_by,
        held_on=proposal.held_on,
        mode=proposal.mode,
        attendees=proposal.attendees,
        note=proposal.note,
        bank_person_times=proposal.bank_person_times,
        recorded_at=clock.now(),
    )
    session().add(made)
    session().flush()
    session().add_all(
        RoundPrice(group_id=group_id, round_id=made.id, level_code=level, fen=fen)
        for level, fen in proposal.prices.items()
    )
    session().add_all(
        CostItem(
            group_id=group_id,
            round_id=made.id,
            position=ITEM_ORDER.index(item.kind),
            level_code=item.level_code,
            kind=item.kind,
            bearer=item.bearer,
            fen=item.fen,
            basis=item.basis,
        )
        for item in proposal.items
    )
    session().flush()
    return made


def agree_on(
    actor: Actor, negotiation: Negotiation, agreed: NegotiationRound, agreement_no: str
) -> None:
    """Both sides accept a round; the signed paper bears ``agreement_no``."""
    authorize(actor, may_negotiate, negotiation)
    _lock(negotiation)
    check_move(MOVES, STATE_LABELS, negotiation.state, S.AGREED)
    if agreed.negotiation_id != negotiation.id:
        raise NotThere
    _check_limits(negotiation, agreed, clock.today())

    negotiation.state = S.AGREED
    negotiation.agreed_round_id = agreed.id
    negotiation.agreement_no = agreement_no

    record(actor, "negotiation.agreed", negotiation, round=agreed.number, agreement=agreement_no)


def put_in_force(actor: Actor, negotiation: Negotiation, starts_on: date) -> list[FeeStandard]:
    """The agreed prices hold from a day; the price before ends the day before."""
    authorize(actor, may_negotiate, negotiation)
    _lock(negotiation)
    check_move(MOVES, STATE_LABELS, negotiation.state, S.IN_FORCE)
    agreed = session().get_one(NegotiationRound, negotiation.agreed_round_id)
    if starts_on < agreed.held_on:
        raise StartsTooEarly(agreed=agreed.held_on)
    _check_limits(negotiation, agreed, starts_on)

    made = [_succeed(negotiation, price, starts_on) for price in agreed.prices]
    negotiation.state = S.IN_FORCE
    negotiation.in_force_from = starts_on
    session().flush()

    record(
        actor,
        "price.put_in_force",
        negotiation,
        starts_on=starts_on,
        prices={one.level_code: one.fen for one in made},
    )
    return made


def _succeed(negotiation: Negotiation, price: RoundPrice, starts_on: date) -> FeeStandard:
    known = standards_of(negotiation.certificate_id, price.level_code, negotiation.region)
    if known and known[-1].starts_on >= starts_on:
        name = level_names(negotiation.certificate)[price.level_code]
        raise LaterPrice(level=name, day=known[-1].starts_on)
    for one in known:
        if one.ends_on is None or one.ends_on >= starts_on:
            one.ends_on = starts_on - timedelta(days=1)
    made = FeeStandard(
        id=new_id(),
        group_id=negotiation.group_id,
        certificate_id=negotiation.certificate_id,
        negotiation_id=negotiation.id,
        level_code=price.level_code,
        region=negotiation.region,
        fen=price.fen,
        starts_on=starts_on,
    )
    session().add(made)
    return made


def break_off(actor: Actor, negotiation: Negotiation, reason: str) -> None:
    """Close a file without a price; whatever was in force stays in force."""
    authorize(actor, may_negotiate, negotiation)
    _lock(negotiation)
    check_move(MOVES, STATE_LABELS, negotiation.state, S.BROKEN_OFF)

    negotiation.state = S.BROKEN_OFF
    negotiation.broken_off_reason = reason

    record(actor, "negotiation.broken_off", negotiation, reason=reason)


def enter_cap(actor: Actor, group_id: int, facts: CapFacts) -> FeeCap:
    """A limit of the total cost, with the document that sets it, as entered."""
    authorize(actor, may_manage_fees, group_id)
    known = select(FeeCap.id).where(
        FeeCap.group_id == group_id,
        FeeCap.system == facts.system,
        FeeCap.exam_form == facts.exam_form,
        FeeCap.level_code == facts.level_code,
        FeeCap.starts_on == facts.starts_on,
    )
    if session().scalar(known) is not None:
        raise CapKnown

    cap = FeeCap(
        id=new_id(),
        group_id=group_id,
        system=facts.system,
        level_code=facts.level_code,
        exam_form=facts.exam_form,
        fen=facts.fen,
        starts_on=facts.starts_on,
        document_no=facts.document_no,
    )
    session().add(cap)

    record(actor, "fee_limit.entered", cap, fen=facts.fen, document=facts.document_no)
    return cap


def _check_limits(negotiation: Negotiation, agreed: NegotiationRound, day: date) -> None:
    certificate = negotiation.certificate
    limits = caps_on(negotiation.group_id, certificate.system, negotiation.exam_form, day)
    check_caps(proposal_of(agreed), limits, level_names(certificate))


def _lock(negotiation: Negotiation) -> None:
    """Prices of one certificate move one after another, whichever file they come from."""
    session().execute(
        select(SkillCertificate.id)
        .where(SkillCertificate.id == negotiation.certificate_id)
        .with_for_update()
    )
    session().refresh(negotiation)
