"""Dealing the sheets to a panel, and excusing a judge who cannot go on."""

from sqlalchemy import func, select, update

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.draws.queries import blind_list
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.panels.actions import check_fit, fix_panel
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import seats_of
from eventsys.schemes.models import Scheme
from eventsys.schemes.policy import may_manage_scheme
from eventsys.schemes.queries import competition_rules
from eventsys.schemes.writing import check_complete
from eventsys.scoring.chief_actions import AlreadySignedOff, PanelTooSmall, check_reason
from eventsys.scoring.models import Marking, MarkSheet
from eventsys.scoring.queries import is_marking_open, marking_of


class CodesMissing(RuleBroken):
    message = N_("The blind codes are not drawn yet. The encryption judge draws them first.")


class MarkingNotOpen(RuleBroken):
    message = N_("The sheets are not dealt yet. Give the judge a seat on the panel.")


class MarkingOpen(Conflict):
    message = N_("The marking is open already; the judges have their sheets.")


def open_marking(actor: Actor, track: Track) -> int:
    """Deal one sheet for every code to every judge; how many. From now on the panel is fixed."""
    authorize(actor, may_manage_scheme, track)
    session().scalar(select(Scheme.id).where(Scheme.track_id == track.id).with_for_update())
    if is_marking_open(track.id):
        raise MarkingOpen
    check_complete(track)
    seats = fix_panel(actor, track)
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


def add_reserve(actor: Actor, track: Track, judge: User) -> JudgeSeat:
    """Seat one more reserve judge while the others mark; every code is dealt, whoever it is for.

    Codes that were set aside stay set aside on the new sheets.
    """
    authorize(actor, may_manage_scheme, track)
    marking = session().scalar(
        select(Marking).where(Marking.track_id == track.id).with_for_update()
    )
    if marking is None:
        raise MarkingNotOpen
    if marking.submitted_at is not None:
        raise AlreadySignedOff
    number = max(seat.seat for seat in seats_of(track.id)) + 1
    check_fit(track, judge)
    dealt = select(MarkSheet.code, func.max(MarkSheet.void_reason)).where(
        MarkSheet.track_id == track.id
    )
    codes = session().execute(dealt.group_by(MarkSheet.code).order_by(MarkSheet.code)).all()

    shared = {"group_id": track.group_id, "track_id": track.id}
    seat = JudgeSeat(id=new_id(), user_id=judge.id, seat=number, is_reserve=True, **shared)
    session().add(seat)
    session().flush()
    session().add_all(
        MarkSheet(id=new_id(), code=code, seat_id=seat.id, void_reason=reason, **shared)
        for code, reason in codes
    )
    session().flush()

    record(actor, "judge.added", seat, seat=number, name=judge.name)
    return seat


def excuse_judge(actor: Actor, seat: JudgeSeat, reason: str) -> None:
    """A judge cannot go on: none of their sheets counts, and the others decide."""
    authorize(actor, may_manage_scheme, seat.track)
    check_reason(reason)
    held = select(MarkSheet.id).where(MarkSheet.track_id == seat.track_id).order_by(MarkSheet.id)
    session().execute(held.with_for_update()).all()
    marking = marking_of(seat.track_id)
    if marking is not None and marking.submitted_at is not None:
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
