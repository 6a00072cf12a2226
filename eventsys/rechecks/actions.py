"""Handing the marks over, re-checking them, locking them: each by the people it takes."""

import secrets
from dataclasses import dataclass
from decimal import Decimal

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.errors import N_, Conflict, NotThere, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.identity.rules import Role
from eventsys.panels.queries import holders
from eventsys.rechecks.models import Recheck, RecheckError, RecheckItem
from eventsys.rechecks.queries import item_of, progress_of, recheck_of, recheck_rule
from eventsys.rechecks.rules import Finding, Why, pick
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.chief_actions import held_marking, lock_marks, marks_digest, sign_off
from eventsys.scoring.confirm_actions import is_same_person
from eventsys.scoring.correction_actions import ask_correction
from eventsys.scoring.models import CorrectionRequest, MarkSheet
from eventsys.scoring.policy import may_recheck
from eventsys.scoring.queries import PanelMarks, panel_marks
from eventsys.scoring.scores import entry_scores
from eventsys.scoring.signing import (
    LOCK,
    UNSIGNED,
    Hand,
    WrongOwnPassword,
    WrongPassword,
    confirm_password,
    told_at,
    written_by,
)
from eventsys.signatures.actions import keep_signature


class NoRecheck(RuleBroken):
    message = N_("There is nothing to re-check yet. The chief judge hands the marks over first.")


class CheckedAlready(Conflict):
    message = N_("%(name)s checked the code %(code)s already. Go on to the next one.")


class MarksLocked(Conflict):
    message = N_("The marks are locked. A mark changes only by a correction now.")


class CodesUnchecked(RuleBroken):
    message = N_("%(count)s codes are still to be re-checked. Check them, then lock the marks.")


class CorrectionsUndecided(RuleBroken):
    message = N_(
        "%(count)s corrections wait for a decision. The chief judge decides them, then the marks"
        " are locked."
    )


class ChiefUnfit(RuleBroken):
    field = "chief"
    message = N_("Choose the chief judge of this track, who must be another person than you.")


@dataclass(frozen=True)
class Hands:
    """How the supervisor and the chief judge beside them sign."""

    own: Hand = UNSIGNED
    chief: Hand = UNSIGNED


UNSIGNED_BY_BOTH = Hands()


@dataclass(frozen=True)
class FoundError:
    """An error on a sheet: which aspect, what it should be, and why."""

    sheet: MarkSheet
    aspect_id: int
    new: Decimal
    reason: str


def hand_over(actor: Actor, track: Track, password: str) -> Recheck | None:
    """The chief judge hands the marks over; what is to be re-checked is drawn in the same act.

    Nothing comes back where the ruleset wants no re-check: then the marks are locked at once.
    """
    panel = sign_off(actor, track, password)
    rule = recheck_rule(track)
    if not rule.is_needed:
        return None
    scores = entry_scores(panel, competition_rules(track))
    totals = {code: one.total for code, one in scores.items() if one.total is not None}
    seed = secrets.token_hex(32)
    picked = pick(seed, totals, rule)

    recheck = Recheck(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        made_at=clock.now(),
        seed=seed,
        codes=len(totals),
    )
    session().add(recheck)
    session().flush()
    listed = {**dict.fromkeys(picked.top, Why.TOP), **dict.fromkeys(picked.sample, Why.SAMPLE)}
    _list(recheck, listed)

    top, sample = len(picked.top), len(picked.sample)
    record(actor, "recheck.drawn", recheck, seed=seed, codes=len(totals), top=top, sample=sample)
    return recheck


def find_agreement(actor: Actor, track: Track, code: str) -> None:
    """A listed code was checked and every mark stands."""
    authorize(actor, may_recheck, track)
    item = _held_item(track, code)
    if item.finding is not None:
        raise CheckedAlready(name=item.checked_by, code=code)

    _check_off(actor, item, Finding.AGREES)

    record(actor, "recheck.agreed", item.recheck, code=code, round=item.round)


def find_error(actor: Actor, track: Track, found: FoundError) -> CorrectionRequest:
    """A listed code has an error: a correction is asked for; too many errors widen the list."""
    authorize(actor, may_recheck, track)
    item = _held_item(track, found.sheet.code)
    correction = ask_correction(actor, found.sheet, found.aspect_id, found.new, found.reason)

    if item.finding is not Finding.ERROR:
        _check_off(actor, item, Finding.ERROR)
    session().add(
        RecheckError(
            id=new_id(),
            group_id=track.group_id,
            item_id=item.id,
            correction_id=correction.id,
        )
    )
    session().flush()

    number, code = correction.number, item.code
    record(actor, "recheck.error_found", item.recheck, code=code, number=number, round=item.round)
    _widen(actor, item.recheck)
    return correction


def lock_together(
    actor: Actor, track: Track, chief: User, password: str, hands: Hands = UNSIGNED_BY_BOTH
) -> None:
    """A supervisor and the chief judge, who types their password, lock all marks for good.

    Both sign by hand where the ruleset asks for it, and may anywhere.
    """
    authorize(actor, may_recheck, track)
    marking = held_marking(track.id)
    if marking.locked_at is not None:
        raise MarksLocked
    recheck = _held_recheck(track)
    chiefs = {one.id for one in holders(track, Role.CHIEF_JUDGE)}
    if chief.id not in chiefs or is_same_person(actor, chief.id):
        raise ChiefUnfit
    panel = panel_marks(track)
    _check_finished(recheck, panel)
    confirm_password(chief, password)
    written = _written(actor, chief, hands, needed=competition_rules(track).drawn_signatures)

    lock_marks(actor, marking, panel, beside=chief.name)
    digest = marks_digest(panel)
    for field, (name, strokes) in written.items():
        with told_at(field):
            keep_signature(actor, LOCK, marking.id, track.group_id, name, strokes, digest)

    record(actor, "recheck.finished", recheck, round=recheck.round, chief=chief.name)


# ---- steps of the above


def _written(
    actor: Actor, chief: User, hands: Hands, *, needed: bool
) -> dict[str, tuple[str, str]]:
    """Who signs the lock, and how, by the field of the form that it was given in."""
    with told_at("own_signature"):
        try:
            own = written_by(session().get(User, actor.user_id), hands.own, needed=needed)
        except WrongPassword as wrong:
            raise WrongOwnPassword from wrong
    with told_at("chief_signature"):
        beside = written_by(chief, hands.chief, needed=needed)
    given = {"own_signature": (actor.name, own), "chief_signature": (chief.name, beside)}
    return {field: one for field, one in given.items() if one[1]}


def _list(recheck: Recheck, listed: dict[str, Why]) -> None:
    session().add_all(
        RecheckItem(
            id=new_id(),
            group_id=recheck.group_id,
            recheck_id=recheck.id,
            round=recheck.round,
            code=code,
            why=why,
        )
        for code, why in sorted(listed.items())
    )
    session().flush()


def _held_recheck(track: Track) -> Recheck:
    """One supervisor at a time writes on a list; it is read afresh."""
    recheck = recheck_of(track.id)
    if recheck is None:
        raise NoRecheck
    session().refresh(recheck, with_for_update={"of": Recheck})
    return recheck


def _held_item(track: Track, code: str) -> RecheckItem:
    if held_marking(track.id).locked_at is not None:
        raise MarksLocked
    item = item_of(_held_recheck(track), code)
    if item is None:
        raise NotThere
    session().refresh(item)
    return item


def _check_off(actor: Actor, item: RecheckItem, finding: Finding) -> None:
    item.finding, item.checked_at = finding, clock.now()
    item.checked_by, item.checked_by_id = actor.name, actor.user_id
    session().flush()


def _widen(actor: Actor, recheck: Recheck) -> None:
    """Too many errors are no accident: every code is checked, and earlier checks do not count."""
    panel = panel_marks(recheck.track)
    progress = progress_of(recheck, panel)
    if not progress.is_too_much(recheck_rule(recheck.track)):
        return

    recheck.round, recheck.full_at = recheck.round + 1, clock.now()
    recheck.full_errors, recheck.full_base = progress.errors, progress.base
    counting = [code for code in panel.sheets if panel.counting(code)]
    _list(recheck, dict.fromkeys(counting, Why.ALL))

    errors, base = progress.errors, progress.base
    record(actor, "recheck.widened", recheck, errors=errors, base=base, codes=len(counting))


def _check_finished(recheck: Recheck, panel: PanelMarks) -> None:
    progress = progress_of(recheck, panel)
    left = len(progress.items) - progress.done
    if left:
        raise CodesUnchecked(count=left)
    if progress.waiting:
        raise CorrectionsUndecided(count=progress.waiting)
