"""An exception for codes that too few judges may mark: the mean of those who remain counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.draws.policy import may_witness
from eventsys.draws.rules import WitnessUnfit
from eventsys.errors import N_, Conflict
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.registration.models import Entry
from eventsys.results.outcomes import few_judged
from eventsys.results.policy import may_publish
from eventsys.results.ranking import Standings, ranked, standings
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.chief_actions import check_reason
from eventsys.scoring.models import FewJudgesException
from eventsys.scoring.queries import marking_of
from eventsys.scoring.signing import confirm_password

AT_ONCE = 20  # decisions shown on one page


class NotFew(Conflict):
    message = N_(
        "Code %(code)s waits for no such decision: enough judges marked it, or it is decided."
    )


@dataclass(frozen=True)
class FewCase:
    """A code that too few judges may mark: how many do, and what their mean would come to."""

    code: str
    entry: Entry | None
    judges: int
    total: Decimal | None
    place: int | None


def few_cases(track: Track, most: int = AT_ONCE) -> list[FewCase]:
    """What is to be decided first, with the effect of each; none before the map is open.

    Every effect takes a ranking of its own: those beyond ``most`` come up as these are decided.
    """
    if not _is_locked(track):
        return []
    ranking = standings(track)
    waiting = few_judged(ranking, competition_rules(track))
    return [_case(track, ranking, row.code) for row in waiting[:most]]


def _is_locked(track: Track) -> bool:
    marking = marking_of(track.id)
    return marking is not None and marking.locked_at is not None


def _judges_of(track: Track, code: str) -> int:
    """How many judges may mark a code that waits for a decision; no effects are worked out."""
    waiting = few_judged(standings(track), competition_rules(track)) if _is_locked(track) else []
    judges = next((row.judges for row in waiting if row.code == code), 0)
    if not judges:
        raise NotFew(code=code)
    return judges


def _case(track: Track, ranking: Standings, code: str) -> FewCase:
    """The code alone excepted: each is decided for itself."""
    panel = replace(ranking.panel, excepted=ranking.panel.excepted | {code})
    rows = ranked(panel, competition_rules(track), ranking.circumstances)
    after = next(row for row in rows if row.code == code)
    behind: Mapping[str, Entry | None] = {row.code: row.entry for row in ranking.rows}
    return FewCase(code, behind[code], after.judges, after.score.total, after.place)


def allow_fewer(
    actor: Actor, track: Track, code: str, reason: str, witness: User, password: str
) -> FewJudgesException:
    """Let the mean of those who remain count for one code, before a supervisor, with a reason."""
    authorize(actor, may_publish, track)
    session().scalar(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))
    judges = _judges_of(track, code)
    check_reason(reason)
    if not may_witness(witness, actor, track):
        raise WitnessUnfit
    confirm_password(witness, password)

    made = FewJudgesException(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        code=code,
        judges=judges,
        reason=reason.strip(),
        at=clock.now(),
        by_id=actor.user_id,
        by_name=actor.name,
        witness_id=witness.id,
        witness=witness.name,
    )
    session().add(made)
    session().flush()

    facts = {"code": code, "judges": judges, "reason": made.reason, "witness": witness.name}
    record(actor, "few_judges.allowed", track, **facts)
    return made


def exceptions_of(track_id: int) -> list[FewJudgesException]:
    """The exceptions made for a track, by code."""
    found = select(FewJudgesException).where(FewJudgesException.track_id == track_id)
    return list(session().scalars(found.order_by(FewJudgesException.code)))
