"""After advancing: who moves up for those who withdrew, or falls out by a correction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import session
from eventsys.draws.queries import draw_of
from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.models import Track
from eventsys.identity.policy import Actor, authorize
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.registration.actions import withdraw_entry
from eventsys.registration.models import Entry
from eventsys.registration.queries import leaders_of
from eventsys.registration.rules import REVIEWABLE, EntryState
from eventsys.results.advancing import chosen, enter_through, placed_rows, selected_by
from eventsys.results.models import Advancement, ResultRow
from eventsys.results.policy import may_publish
from eventsys.scoring.chief_actions import check_reason
from eventsys.timetable.queries import PEOPLE


class NothingToMove(RuleBroken):
    message = N_(
        "The entries of the final are those that come through now. There is nothing to do."
    )


class EffectChanged(Conflict):
    message = N_(
        "Who moves up has changed since you read it. It is shown here as it is now: look at it once"
        " more."
    )


class FinalBegun(Conflict):
    message = N_(
        "The draw of the final has begun, or its event is over. Nobody moves up any more; a place"
        " that is free stays free."
    )


@dataclass(frozen=True)
class Effect:
    """What advancing once more would do: who comes in, who falls out, who withdrew before."""

    comes_in: tuple[ResultRow, ...]
    falls_out: tuple[Entry, ...]
    withdrew: tuple[Entry, ...]

    @property
    def is_empty(self) -> bool:
        """Whether everything stands as it should."""
        return not self.comes_in and not self.falls_out

    @property
    def digest(self) -> str:
        """What an approval of this effect is bound to."""
        keys = [sorted(one.entry_id for one in self.comes_in)]
        keys.append(sorted(one.id for one in self.falls_out))
        return hashlib.sha256(repr(keys).encode()).hexdigest()


def effect_of(final: Track) -> Effect:
    """The best of the selection without those who withdrew, beside who is in the final now.

    Raises the refusals of advancing while the results of the selection are not final.
    """
    selection, publication = selected_by(final)
    advanced = _advanced(final.id)
    gone = {there for there, here in advanced.items() if here.state is EntryState.WITHDRAWN}
    rows = [row for row in placed_rows(publication) if row.entry_id not in gone]
    through = [one.row for one in chosen(final, selection, rows) if one.advances]
    wanted = {row.entry_id for row in through}
    here = {there: entry for there, entry in advanced.items() if there not in gone}
    return Effect(
        comes_in=tuple(row for row in through if row.entry_id not in here),
        falls_out=tuple(entry for there, entry in here.items() if there not in wanted),
        withdrew=tuple(entry for there, entry in advanced.items() if there in gone),
    )


def _advanced(final_id: int) -> dict[int, Entry]:
    """The entries that came out of the selection, withdrawn ones too, by their entry there."""
    found = (
        select(Advancement.from_entry_id, Entry)
        .join(Entry, Entry.id == Advancement.entry_id)
        .where(Advancement.track_id == final_id)
        .options(*PEOPLE)
        .order_by(Entry.number)
    )
    return {there: entry for there, entry in session().execute(found)}  # noqa: C416  rows, not pairs


def is_begun(final: Track) -> bool:
    """Whether it is too late to move anybody: numbers were drawn, or the event is over."""
    draw = draw_of(final.id)
    drawn = draw is not None and any(one.drawn_at for one in draw.levels)
    return drawn or final.event.state not in REVIEWABLE


def advance_again(actor: Actor, final: Track, seen: str, reason: str) -> Effect:
    """Let the next ones move up, and withdraw whom a correction put out; as shown before.

    Whoever withdrew or was put out does not come back by this way: that they advanced, and that
    they left, both stay on record.
    """
    authorize(actor, may_publish, final)
    session().scalar(select(Track.id).where(Track.id == final.id).with_for_update(key_share=True))
    if is_begun(final):
        raise FinalBegun
    effect = effect_of(final)
    if effect.is_empty:
        raise NothingToMove
    if effect.digest != seen:
        raise EffectChanged
    check_reason(reason)

    _selection, publication = selected_by(final)
    for entry in effect.falls_out:
        withdraw_entry(actor, entry, reason)
    entries = enter_through(actor, final, publication, effect.comes_in)

    names = {"came_in": [one.label for one in entries], "fell_out": _labels(effect.falls_out)}
    record(actor, "entries.advanced_again", final, **names, reason=reason.strip())
    _tell(final, entries)
    return effect


def _labels(entries: Sequence[Entry]) -> list[str]:
    return [one.label for one in entries]


def _tell(final: Track, entries: Sequence[Entry]) -> None:
    leaders = leaders_of({one.unit_id for one in entries}, clock.today())
    for entry in entries:
        notify(
            final.group_id,
            leaders.get(entry.unit_id, set()),
            MessageKind.ENTRY_APPROVED,
            link=f"/entries/{entry.id}",
            once=f"advanced:{entry.id}",
            entry=entry.label,
            track=final.name,
        )
