"""Re-checks as they are read."""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from eventsys.db import session
from eventsys.events.models import Event, Track
from eventsys.identity.actor import Actor
from eventsys.identity.rules import Permission, ScopeKind
from eventsys.rechecks.models import Recheck, RecheckError, RecheckItem
from eventsys.rechecks.rules import RecheckRule, error_rate, is_over
from eventsys.schemes.queries import competition_rules
from eventsys.scoring.models import CorrectionDecision, CorrectionRequest, Marking
from eventsys.scoring.queries import PanelMarks


@dataclass(frozen=True)
class Progress:
    """How far a re-check is: the list of the present round, errors found, corrections waiting.

    ``errors`` counts codes or single marks, as the ruleset says, and ``base`` what was listed.
    """

    recheck: Recheck
    items: list[RecheckItem]
    errors: int
    base: int
    waiting: int

    @property
    def done(self) -> int:
        """Codes of this round that somebody checked."""
        return sum(item.finding is not None for item in self.items)

    @property
    def rate(self) -> Fraction:
        """Errors in percent."""
        return error_rate(self.errors, self.base)

    @property
    def is_ready(self) -> bool:
        """Whether the marks may be locked: everything checked, every correction decided."""
        return self.done == len(self.items) and not self.waiting

    def is_too_much(self, rule: RecheckRule) -> bool:
        """Whether everything has to be checked and is not yet."""
        return self.recheck.full_at is None and is_over(rule, self.errors, self.base)


def recheck_rule(track: Track) -> RecheckRule:
    """What the track's ruleset says about the re-check."""
    rules = competition_rules(track)
    return RecheckRule(
        rules.recheck_top_mode,
        rules.recheck_top,
        rules.recheck_sample,
        rules.recheck_error_limit,
        rules.recheck_denominator,
    )


def recheck_of(track_id: int) -> Recheck | None:
    """The re-check of a track; none before the handing over, or where none is wanted."""
    return session().scalar(select(Recheck).where(Recheck.track_id == track_id))


def item_of(recheck: Recheck, code: str) -> RecheckItem | None:
    """A code on the list of the present round."""
    return session().scalar(
        select(RecheckItem).where(
            RecheckItem.recheck_id == recheck.id,
            RecheckItem.round == recheck.round,
            RecheckItem.code == code,
        )
    )


def items_of(recheck: Recheck) -> list[RecheckItem]:
    """The list of the present round, by code."""
    return list(
        session().scalars(
            select(RecheckItem)
            .where(RecheckItem.recheck_id == recheck.id, RecheckItem.round == recheck.round)
            .order_by(RecheckItem.code)
        )
    )


def progress_of(recheck: Recheck, panel: PanelMarks) -> Progress:
    """How far a re-check is, in three queries for any number of codes."""
    items = items_of(recheck)
    errors = (
        select(func.count(RecheckError.id), func.count(RecheckError.item_id.distinct()))
        .join(RecheckError.item)
        .join(RecheckError.correction)
        .outerjoin(CorrectionRequest.decision)
        .where(
            RecheckItem.recheck_id == recheck.id,
            RecheckItem.round == recheck.round,
            or_(CorrectionDecision.id.is_(None), CorrectionDecision.approved),
        )
    )
    marks, codes = session().execute(errors).one()
    if recheck_rule(recheck.track).denominator == "entries":
        return Progress(recheck, items, codes, len(items), waiting_corrections(recheck.track_id))
    listed = [sheet for item in items for sheet in panel.counting(item.code)]
    base = sum(len(panel.raws_of(sheet)) for sheet in listed)
    return Progress(recheck, items, marks, base, waiting_corrections(recheck.track_id))


def waiting_corrections(track_id: int) -> int:
    """How many corrections of a track nobody decided yet."""
    found = (
        select(func.count(CorrectionRequest.id))
        .outerjoin(CorrectionRequest.decision)
        .where(CorrectionRequest.track_id == track_id, CorrectionDecision.id.is_(None))
    )
    return session().scalar(found) or 0


def tracks_to_recheck(actor: Actor) -> list[tuple[Track, int, int]]:
    """The tracks a supervisor still has to re-check or lock: how many codes, how many are left."""
    found = (
        select(
            Track,
            func.count(RecheckItem.id),
            func.count(RecheckItem.id) - func.count(RecheckItem.checked_at),
        )
        .join(Recheck, Recheck.track_id == Track.id)
        .join(Marking, Marking.track_id == Track.id)
        .join(Track.event)
        .outerjoin(
            RecheckItem,
            (RecheckItem.recheck_id == Recheck.id) & (RecheckItem.round == Recheck.round),
        )
        .where(
            Marking.locked_at.is_(None),
            or_(
                Event.id.in_(actor.scope_ids(Permission.RECHECK, ScopeKind.EVENT)),
                Track.id.in_(actor.scope_ids(Permission.RECHECK, ScopeKind.TRACK)),
            ),
        )
        .options(contains_eager(Track.event))
        .group_by(Track.id, Event.id)
        .order_by(Event.name, Track.code)
    )
    return [(track, codes, left) for track, codes, left in session().execute(found)]
