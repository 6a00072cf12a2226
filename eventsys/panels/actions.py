"""Seating the judges, conditions of admission, cards, exceptions, and the fixing of a panel."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.identity.rules import Role
from eventsys.panels.models import (
    AdmissionException,
    JudgeCard,
    JudgeSeat,
    Panel,
)
from eventsys.panels.policy import may_manage_panel
from eventsys.panels.queries import (
    Standing,
    card_of,
    holders,
    panel_of,
    seats_of,
    standings_of,
)
from eventsys.panels.rules import (
    LEAST_REASON,
    RELATION_LABELS,
    REQUIREMENT_LABELS,
    SETTLED,
    Card,
    ExceptionReasonMissing,
    Mode,
    NotAdmitted,
    NothingToExcept,
    Relation,
    Terms,
    check_terms,
)
from eventsys.schemes.queries import competition_rules

JUDGING = (Role.JUDGE, Role.CHIEF_JUDGE)
MOST_RESERVES = 5


class NotAJudge(RuleBroken):
    message = N_(
        "%(name)s is not a scoring judge of this track. The administrator gives the role first."
    )


class SeatedTwice(RuleBroken):
    message = N_("%(name)s has two seats. Give every judge one seat.")


class MustStandAside(RuleBroken):
    message = N_("%(name)s must stand aside: %(reason)s (%(unit)s). Choose another judge.")


class PanelFixed(Conflict):
    message = N_(
        "The sheets were dealt already, so the seats are fixed. Excuse a judge who cannot go on."
    )


class PanelIncomplete(RuleBroken):
    message = N_("The panel has %(given)s of %(needed)s judges. Fill every seat.")


class ChiefMissing(RuleBroken):
    message = N_(
        "The track has no chief judge who is not also a scoring judge. The administrator gives the"
        " role first."
    )


@dataclass(frozen=True)
class TermsFacts:
    """What a form says about the judges a track wants."""

    terms: Terms
    age_on: date | None
    reserves: int
    modes: Mapping[Relation, Mode]
    sponsors: str


# ---- seats


def seat_judges(actor: Actor, track: Track, seats: Mapping[int, int]) -> None:
    """Put accounts (by key) on numbered seats; the panel may stay incomplete for now.

    Seats above the number of judges that the ruleset wants are those of reserve judges.
    """
    authorize(actor, may_manage_panel, track)
    if locked_panel(track).fixed_at is not None:
        raise PanelFixed
    judges = {user.id: user for user in holders(track, Role.JUDGE)}
    _check_seats(track, seats, judges)

    needed = competition_rules(track).judges
    session().execute(delete(JudgeSeat).where(JudgeSeat.track_id == track.id))
    for number, user_id in sorted(seats.items()):
        session().add(
            JudgeSeat(
                id=new_id(),
                group_id=track.group_id,
                track_id=track.id,
                user_id=user_id,
                seat=number,
                is_reserve=number > needed,
            )
        )
    session().flush()

    names = {number: judges[user_id].name for number, user_id in sorted(seats.items())}
    record(actor, "panel.seated", track, seats=names)


def _check_seats(track: Track, seats: Mapping[int, int], judges: Mapping[int, User]) -> None:
    given = list(seats.values())
    for user_id in given:
        judge = judges.get(user_id)
        if judge is None:
            found = session().get(User, user_id)
            raise NotAJudge(name=found.name if found else "")
        if given.count(user_id) > 1:
            raise SeatedTwice(name=judge.name)
    for one in standings_of(track, [judges[user_id] for user_id in given], given).values():
        _check_bar(one)
        if one.violated:
            raise NotAdmitted(name=one.user.name, lacking=REQUIREMENT_LABELS[one.violated[0]])


def _check_bar(one: Standing) -> None:
    if one.bar is not None:
        raise MustStandAside(
            name=one.user.name, reason=RELATION_LABELS[one.bar.relation], unit=one.bar.whom
        )


def fix_panel(actor: Actor, track: Track) -> list[JudgeSeat]:
    """Fix a complete panel when the sheets are dealt; the seats, reserve judges included.

    Everything is looked at once more: entries and relations may have come since the seating.
    """
    authorize(actor, may_manage_panel, track)
    panel = locked_panel(track)
    if panel.fixed_at is not None:
        raise PanelFixed
    seats = seats_of(track.id)
    _check_complete(track, seats)

    panel.fixed_at = clock.now()
    session().flush()

    record(actor, "panel.fixed", track, judges=len(seats))
    return seats


def _check_complete(track: Track, seats: list[JudgeSeat]) -> None:
    needed = competition_rules(track).judges
    regular = [seat for seat in seats if not seat.is_reserve]
    if len(regular) < needed:
        raise PanelIncomplete(given=len(regular), needed=needed)
    seated = [seat.user_id for seat in seats]
    chiefs = [one for one in holders(track, Role.CHIEF_JUDGE) if one.id not in seated]
    if not chiefs:
        raise ChiefMissing
    standings = standings_of(track, [*(seat.user for seat in seats), *chiefs], seated)
    for seat in seats:
        one = standings[seat.user_id]
        _check_bar(one)
        if one.lacking:
            raise NotAdmitted(name=one.user.name, lacking=REQUIREMENT_LABELS[one.lacking[0]])
    if all(standings[chief.id].bar for chief in chiefs):
        _check_bar(standings[chiefs[0].id])


# ---- what the track asks, and what is known of a judge


def set_terms(actor: Actor, track: Track, facts: TermsFacts) -> Panel:
    """Write down what a track asks of its judges and what relations lead to."""
    authorize(actor, may_manage_panel, track)
    panel = locked_panel(track)
    if panel.fixed_at is not None:
        raise PanelFixed
    check_terms(facts.terms)

    panel.min_years, panel.min_title = facts.terms.min_years, facts.terms.min_title
    panel.max_age, panel.age_on = facts.terms.max_age, facts.age_on
    panel.min_judgings = facts.terms.min_judgings
    panel.needs_consent = facts.terms.needs_consent
    panel.most_per_unit = facts.terms.most_per_unit
    panel.reserves = max(0, min(facts.reserves, MOST_RESERVES))
    panel.modes = {one.value: mode.value for one, mode in facts.modes.items() if one not in SETTLED}
    panel.sponsors = facts.sponsors.strip()
    session().flush()

    asked = {key: one for key, one in asdict(facts.terms).items() if one is not None}
    record(actor, "panel.terms_set", track, asked=asked, modes=panel.modes)
    return panel


def keep_card(actor: Actor, track: Track, judge: User, card: Card) -> JudgeCard:
    """Keep what is known of a judge; whoever looks after a panel they may sit on may do so."""
    authorize(actor, may_manage_panel, track)
    check_is_judge(track, judge)
    unit = session().get(Unit, card.employer_id) if card.employer_id else None

    found = card_of(judge.id)
    if found is None:
        found = JudgeCard(id=new_id(), group_id=track.group_id, user_id=judge.id)
        session().add(found)
    found.employer_id = unit.id if unit else None
    found.employer = unit.name if unit else card.employer.strip()
    found.title, found.since_year, found.birth_year = card.title, card.since_year, card.birth_year
    found.judgings, found.consent = card.judgings, card.consent
    session().flush()

    record(actor, "judge.card_kept", found, name=judge.name, employer=found.employer)
    return found


def admit_exception(actor: Actor, track: Track, judge: User, reason: str) -> AdmissionException:
    """Admit a judge although conditions are not shown to be met; the reason stays on file."""
    authorize(actor, may_manage_panel, track)
    check_is_judge(track, judge)
    if len(reason.strip()) < LEAST_REASON:
        raise ExceptionReasonMissing
    seated = [seat.user_id for seat in seats_of(track.id)]
    lacking = standings_of(track, [judge], seated)[judge.id].lacking
    if not lacking:
        raise NothingToExcept(name=judge.name)

    made = AdmissionException(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        user_id=judge.id,
        lacking=[one.value for one in lacking],
        reason=reason.strip(),
        by_name=actor.name,
        at=clock.now(),
    )
    session().add(made)
    session().flush()

    facts = {"name": judge.name, "reason": made.reason, "lacking": made.lacking}
    record(actor, "judge.excepted", made, **facts)
    return made


# ---- shared steps


def locked_panel(track: Track) -> Panel:
    """The track's panel, held until the end of the transaction; made at the first need."""
    session().scalar(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))
    found = panel_of(track.id)
    if found is None:
        found = Panel(id=new_id(), group_id=track.group_id, track_id=track.id, modes={})
        session().add(found)
        session().flush()
    return found


def check_fit(track: Track, judge: User) -> None:
    """Refuse somebody who may not join the panel: no judge, seated, related, not admitted."""
    if judge not in holders(track, Role.JUDGE):
        raise NotAJudge(name=judge.name)
    seated = [seat.user_id for seat in seats_of(track.id)]
    if judge.id in seated:
        raise SeatedTwice(name=judge.name)
    one = standings_of(track, [judge], [*seated, judge.id])[judge.id]
    _check_bar(one)
    if one.lacking:
        raise NotAdmitted(name=judge.name, lacking=REQUIREMENT_LABELS[one.lacking[0]])


def check_is_judge(track: Track, judge: User) -> None:
    """Refuse to write about somebody who is no judge of the track."""
    if not any(judge in holders(track, role) for role in JUDGING):
        raise NotAJudge(name=judge.name)
