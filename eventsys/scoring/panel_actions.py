"""Seating the judges of a track and dealing the sheets."""

from collections.abc import Mapping

from sqlalchemy import delete, select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.draws.queries import blind_list
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.identity.rules import Role
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import conflicts, holders, seats_of
from eventsys.schemes.models import Scheme
from eventsys.schemes.policy import may_manage_scheme
from eventsys.schemes.queries import competition_rules, sums_of
from eventsys.schemes.rules import check_sums
from eventsys.scoring.chief_actions import AlreadySignedOff, PanelTooSmall, check_reason
from eventsys.scoring.models import Marking, MarkSheet
from eventsys.scoring.queries import is_marking_open
from eventsys.scoring.states import SheetState


class NotAJudge(RuleBroken):
    message = N_(
        "%(name)s is not a scoring judge of this track. The administrator gives the role first."
    )


class SeatedTwice(RuleBroken):
    message = N_("%(name)s has two seats. Give every judge one seat.")


class MustStandAside(RuleBroken):
    message = N_(
        "%(name)s must stand aside: %(unit)s takes part in this track. Choose another judge."
    )


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


class CodesMissing(RuleBroken):
    message = N_("The blind codes are not drawn yet. The encryption judge draws them first.")


class MarkingOpen(Conflict):
    message = N_("The marking is open already; the judges have their sheets.")


def seat_judges(actor: Actor, track: Track, seats: Mapping[int, int]) -> None:
    """Put accounts (by key) on numbered seats; the panel may stay incomplete for now."""
    authorize(actor, may_manage_scheme, track)
    if is_marking_open(track.id):
        raise PanelFixed
    judges = {user.id: user for user in holders(track, Role.JUDGE)}
    _check_seats(track, seats, judges)

    session().execute(delete(JudgeSeat).where(JudgeSeat.track_id == track.id))
    for number, user_id in sorted(seats.items()):
        session().add(
            JudgeSeat(
                id=new_id(),
                group_id=track.group_id,
                track_id=track.id,
                user_id=user_id,
                seat=number,
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
    _check_conflicts(track, judges, given)


def _check_conflicts(track: Track, judges: Mapping[int, User], seated: list[int]) -> None:
    aside = conflicts(track.id, seated)
    for user_id in seated:
        if user_id in aside:
            raise MustStandAside(name=judges[user_id].name, unit=aside[user_id])


def open_marking(actor: Actor, track: Track) -> int:
    """Deal one sheet for every code to every judge; how many. From now on the panel is fixed."""
    authorize(actor, may_manage_scheme, track)
    session().scalar(select(Scheme.id).where(Scheme.track_id == track.id).with_for_update())
    if is_marking_open(track.id):
        raise MarkingOpen
    check_sums(sums_of(track))
    seats = _complete_panel(track)
    codes = [entry.code for entry in blind_list(track.id)]
    if not codes:
        raise CodesMissing

    session().add(
        Marking(id=new_id(), group_id=track.group_id, track_id=track.id, opened_at=clock.now())
    )
    session().add_all(
        MarkSheet(
            id=new_id(), group_id=track.group_id, track_id=track.id, code=code, seat_id=seat.id
        )
        for seat in seats
        for code in codes
    )
    session().flush()

    record(actor, "marking.opened", track, codes=len(codes), judges=len(seats))
    return len(codes) * len(seats)


def _complete_panel(track: Track) -> list[JudgeSeat]:
    needed = competition_rules(track).judges
    seats = seats_of(track.id)
    if len(seats) < needed:
        raise PanelIncomplete(given=len(seats), needed=needed)
    seated = [seat.user_id for seat in seats]
    if not any(chief.id not in seated for chief in holders(track, Role.CHIEF_JUDGE)):
        raise ChiefMissing
    _check_conflicts(track, {seat.user_id: seat.user for seat in seats}, seated)
    return seats


def excuse_judge(actor: Actor, seat: JudgeSeat, reason: str) -> None:
    """A judge cannot go on: none of their sheets counts, and the others decide."""
    authorize(actor, may_manage_scheme, seat.track)
    check_reason(reason)
    held = select(MarkSheet).where(MarkSheet.track_id == seat.track_id).order_by(MarkSheet.id)
    sheets = list(session().scalars(held.with_for_update()))
    if any(sheet.state is SheetState.LOCKED for sheet in sheets):
        raise AlreadySignedOff
    left = [one for one in seats_of(seat.track_id) if one.excused_at is None and one.id != seat.id]
    needed = competition_rules(seat.track).min_judges
    if len(left) < needed:
        raise PanelTooSmall(needed=needed, given=len(left))

    moment = clock.now()
    excused = (
        update(JudgeSeat)
        .where(JudgeSeat.id == seat.id, JudgeSeat.excused_at.is_(None))
        .values(excused_at=moment, excused_reason=reason.strip())
    )
    if not changed(excused):
        raise Conflict

    record(actor, "judge.excused", seat, seat=seat.seat, name=seat.user.name, reason=reason.strip())
