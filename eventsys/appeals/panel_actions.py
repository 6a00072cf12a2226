"""What panels do: being named, stepping aside, ruling; and what happens to deposits."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from eventsys import clock
from eventsys.appeals import queries
from eventsys.appeals.actions import shown
from eventsys.appeals.models import Appeal, AppealDeposit, AppealMember, Ruling
from eventsys.appeals.policy import (
    may_convene,
    may_keep_deposit,
    may_rule,
    may_see_appeal,
    may_step_aside,
)
from eventsys.appeals.rules import (
    DepositStillDue,
    DepositUnpaid,
    IncidentMissing,
    MustStandAside,
    NoAppeals,
    NoDeposit,
    NotFree,
    PanelIncomplete,
    RulingFacts,
    SatBefore,
    check_deposit,
    check_reason,
    check_ruling,
    check_size,
    is_complete,
)
from eventsys.appeals.states import (
    MOVES,
    STATE_LABELS,
    TO_RULE,
    AppealState,
    Consequence,
    DepositDeed,
    Outcome,
)
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import NotThere
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.incidents.actions import decide_by_ruling
from eventsys.incidents.models import Incident
from eventsys.incidents.rules import DecisionFacts
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.registration.queries import leaders_of
from eventsys.scoring.signing import confirm_password
from eventsys.signing import content_digest
from eventsys.states import WrongState, check_move
from eventsys.tasks.actions import ask
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind

SECOND_LEVEL = 2


def convene(actor: Actor, appeal: Appeal, user_ids: Sequence[int]) -> None:
    """Name the panel of the present level, the first one presides; whoever must, stands aside."""
    authorize(actor, may_convene, appeal)
    _hold(appeal)
    _check_to_rule(appeal)
    chosen = list(dict.fromkeys(user_ids))
    check_size(len(chosen), _rules_of(appeal).appeal_panel)
    users = _checked_members(appeal, chosen)

    session().execute(
        delete(AppealMember).where(
            AppealMember.appeal_id == appeal.id,
            AppealMember.level == appeal.level,
            AppealMember.stepped_aside_at.is_(None),
        )
    )
    session().add_all(
        AppealMember(
            id=new_id(),
            group_id=appeal.group_id,
            appeal_id=appeal.id,
            level=appeal.level,
            position=position,
            user_id=one.id,
            name=one.name,
            named_at=clock.now(),
            named_by=actor.name,
        )
        for position, one in enumerate(users, start=1)
    )
    session().flush()
    session().expire(appeal, ["members"])

    names = [one.name for one in users]
    record(actor, "appeal.panel_named", appeal, number=appeal.number, people=names)
    _tell_panel(appeal, chosen)


def step_aside(actor: Actor, appeal: Appeal, reason: str) -> None:
    """A member declares a tie that nobody could look up, and rules no more in this appeal."""
    authorize(actor, may_step_aside, appeal)
    _hold(appeal)
    _check_to_rule(appeal)
    given = check_reason(reason)

    for one in appeal.panel:
        if one.user_id == actor.user_id:
            one.stepped_aside_at, one.reason = clock.now(), given[:200]
    session().flush()

    record(actor, "appeal.stepped_aside", appeal, number=appeal.number, reason=given)


def rule(
    actor: Actor,
    appeal: Appeal,
    facts: RulingFacts,
    password: str,
    incident_id: int | None = None,
    decision: DecisionFacts | None = None,
) -> Ruling:
    """Set down what the panel ruled; the second level, or the only one, has the last word."""
    authorize(actor, may_rule, appeal)
    _hold(appeal)
    authorize(actor, may_rule, appeal)  # the panel may have changed while this one waited
    _check_to_rule(appeal)
    rules = _rules_of(appeal)
    if not is_complete(len(appeal.panel), rules.appeal_panel):
        raise PanelIncomplete(least=rules.appeal_panel)
    _check_paid(appeal)
    check_ruling(facts, len(appeal.panel))
    confirm_password(session().get(User, actor.user_id), password)
    incident = _incident_of(appeal, facts, incident_id)

    ruling = _write(actor, appeal, facts, incident, rules)
    if incident is not None and decision is not None:
        decide_by_ruling(actor, incident, decision, ruling.title)
    _move_on(appeal, ruling, rules)
    session().flush()

    record(
        actor,
        "appeal.ruled",
        appeal,
        number=appeal.number,
        round=ruling.level,
        outcome=ruling.outcome,
        sha256=ruling.digest,
    )
    _tell_ruled(appeal)
    return ruling


def note_deposit(actor: Actor, appeal: Appeal, deed: DepositDeed) -> AppealDeposit:
    """The deposit came in, went back, or stays; refunded when upheld, kept only after a ruling.

    Not paid until the appeal was to be answered, the appeal is not admitted: nothing waits for it.
    """
    authorize(actor, may_keep_deposit, appeal)
    _hold(appeal)
    if not appeal.deposit:
        raise NoDeposit
    check_deposit([one.deed for one in appeal.deposits], deed)
    if deed is DepositDeed.KEPT and not _is_lost(appeal):
        raise WrongState(here=STATE_LABELS[appeal.state])
    if deed is DepositDeed.UNPAID:
        _drop_unpaid(appeal)

    made = AppealDeposit(
        id=new_id(),
        group_id=appeal.group_id,
        appeal_id=appeal.id,
        deed=deed,
        fen=appeal.deposit,
        at=clock.now(),
        by_name=actor.name,
    )
    session().add(made)
    session().flush()
    session().expire(appeal, ["deposits"])

    record(actor, "appeal.deposit_noted", appeal, number=appeal.number, kind=deed, fen=made.fen)
    return made


def _drop_unpaid(appeal: Appeal) -> None:
    moment = clock.now()
    if moment <= appeal.respond_by:
        raise DepositStillDue(moment=shown(appeal.respond_by))
    check_move(MOVES, STATE_LABELS, appeal.state, AppealState.NOT_ADMITTED)

    appeal.state, appeal.ended_at = AppealState.NOT_ADMITTED, moment
    _tell_ruled(appeal)


def ask_letter(actor: Actor, ruling: Ruling) -> Task:
    """Have the decision letter made."""
    authorize(actor, may_see_appeal, ruling.appeal)

    title = ruling.title
    return ask(actor, ruling.group_id, TaskKind.APPEAL_RULING_PDF, title, ruling_id=ruling.id)


def content_of(ruling: Ruling) -> dict[str, object]:
    """What a decision letter says, as it is hashed."""
    appeal = ruling.appeal
    return {
        "title": ruling.title,
        "entry": appeal.entry_id,
        "text": appeal.text,
        "second_text": appeal.second_text,
        "outcome": ruling.outcome.value,
        "votes": [ruling.votes_for, ruling.votes_against],
        "members": ruling.members,
        "reasons": ruling.reasons,
        "consequence": ruling.consequence.value,
        "remedy": ruling.remedy,
        "incident": ruling.incident_number,
        "is_last": ruling.is_last,
        "ruled_at": ruling.ruled_at.isoformat(),
    }


def _checked_members(appeal: Appeal, chosen: Sequence[int]) -> list[User]:
    free = {one.user.id: one for one in queries.candidates(appeal)}
    if not set(chosen) <= set(free):
        raise NotFree
    aside = queries.stepped_aside(appeal)
    bound = [free[key].user.name for key in chosen if free[key].conflict or key in aside]
    if bound:
        raise MustStandAside(names="、".join(bound))
    before = queries.sat_at(appeal, 1) if appeal.level == SECOND_LEVEL else frozenset()
    again = [free[key].user.name for key in chosen if key in before]
    if again:
        raise SatBefore(names="、".join(again))
    return [free[key].user for key in chosen]


def _incident_of(appeal: Appeal, facts: RulingFacts, incident_id: int | None) -> Incident | None:
    if facts.consequence is not Consequence.INCIDENT:
        return None
    found = session().get(Incident, incident_id) if incident_id else None
    if found is None or found.entry_id != appeal.entry_id:
        raise IncidentMissing
    return found


def _write(
    actor: Actor,
    appeal: Appeal,
    facts: RulingFacts,
    incident: Incident | None,
    rules: CompetitionRules,
) -> Ruling:
    last = appeal.level >= rules.appeal_levels or facts.outcome is Outcome.UPHELD
    ruling = Ruling(
        id=new_id(),
        group_id=appeal.group_id,
        appeal_id=appeal.id,
        appeal=appeal,
        level=appeal.level,
        outcome=facts.outcome,
        votes_for=facts.votes_for,
        votes_against=facts.votes_against,
        members="、".join(one.name for one in appeal.panel),
        reasons=facts.reasons.strip(),
        consequence=facts.consequence,
        remedy=facts.remedy.strip(),
        incident_number=incident.number if incident else None,
        is_last=last,
        ruled_at=clock.now(),
        ruled_by_id=actor.user_id,
        ruled_by=actor.name,
    )
    ruling.digest = content_digest(content_of(ruling))
    session().add(ruling)
    session().flush()
    return ruling


def _move_on(appeal: Appeal, ruling: Ruling, rules: CompetitionRules) -> None:
    there = AppealState.CLOSED if ruling.is_last else AppealState.RULED
    check_move(MOVES, STATE_LABELS, appeal.state, there)
    appeal.state = there
    if ruling.is_last:
        appeal.ended_at = ruling.ruled_at
    else:
        appeal.second_until = ruling.ruled_at + timedelta(minutes=rules.appeal_minutes)


def _is_lost(appeal: Appeal) -> bool:
    last = appeal.rulings[-1] if appeal.rulings else None
    return last is not None and last.outcome is Outcome.DISMISSED


def _check_paid(appeal: Appeal) -> None:
    if appeal.deposit and DepositDeed.PAID not in {one.deed for one in appeal.deposits}:
        raise DepositUnpaid(amount=f"¥{appeal.deposit // 100}.{appeal.deposit % 100:02d}")


def _check_to_rule(appeal: Appeal) -> None:
    if appeal.state not in TO_RULE:
        raise WrongState(here=STATE_LABELS[appeal.state])


def _tell_panel(appeal: Appeal, user_ids: Sequence[int]) -> None:
    notify(
        appeal.group_id,
        user_ids,
        MessageKind.APPEAL_TO_RULE,
        link=f"/appeals/{appeal.id}",
        title=appeal.title,
        track=appeal.track.name,
        moment=shown(appeal.respond_by),
    )


def _tell_ruled(appeal: Appeal) -> None:
    leaders = leaders_of([appeal.entry.unit_id], clock.today())
    notify(
        appeal.group_id,
        leaders.get(appeal.entry.unit_id, set()),
        MessageKind.APPEAL_RULED,
        link=f"/appeals/{appeal.id}",
        title=appeal.title,
        track=appeal.track.name,
    )


def _rules_of(appeal: Appeal) -> CompetitionRules:
    rules = queries.rules_of(appeal.track)
    if rules is None:
        raise NoAppeals
    return rules


def _hold(appeal: Appeal) -> None:
    """Appeals, rulings and the end of a track's results come one after another."""
    held = select(Track.id).where(Track.id == appeal.track_id).with_for_update(key_share=True)
    if session().scalar(held) is None:
        raise NotThere
    session().refresh(appeal)
