"""Working out the sessions of an event from its tracks, what they need, and the entries."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.duties.models import Duty
from eventsys.duties.queries import duties_in
from eventsys.duties.rules import JUDGING, Office
from eventsys.errors import N_
from eventsys.events.models import Event, Track
from eventsys.events.rules import HalfDay, TrainingRules
from eventsys.identity.policy import Actor, authorize
from eventsys.plans.dealing import Dealt, follows
from eventsys.plans.forecasting import Board, Part, key_of, way_of
from eventsys.plans.models import GroupDraw, PlanItem, PlanMember, PlanNeed, PlanPost
from eventsys.plans.placing import settings_of, step_revision
from eventsys.plans.policy import may_plan_event
from eventsys.plans.queries import settings_seen
from eventsys.plans.rules import NothingToPlan
from eventsys.plans.way_actions import check_way
from eventsys.plans.ways import Way
from eventsys.timetable.models import Session

SESSION = N_("Session %(n)s")
PART_SESSION = N_("%(part)s, session %(n)s")
HALF_DAY = N_("%(day)s %(half)s")
HALVES = {"am": N_("Morning"), "pm": N_("Afternoon")}
NOON = 13 * 60
Words = Callable[[str], str]
PartName = Callable[[Track, str], str]
ROWS_AT_ONCE = 2000


def work_out(actor: Actor, event: Event, words: Words, part_name: PartName) -> int:
    """Make the sessions the tracks need, deal the entries to them; how many are new.

    Done again it adds what came since and takes out who withdrew; nothing that has room and time
    is lost. ``words`` and ``part_name`` name the sessions in the reader's language.
    """
    authorize(actor, may_plan_event, event)

    kept = settings_of(event)
    step_revision(event.id, kept.revision)
    board = Board(event)
    if not board.needs:
        raise NothingToPlan

    _keep_adopted(board)
    made = 0
    naming = _Naming(event.id, words, part_name)
    for track in event.tracks:
        made += _work_out_track(actor, board, track, naming)
    session().flush()

    record(actor, "plan.worked_out", event, number=made)
    return made


def _keep_adopted(board: Board) -> None:
    """Sessions set by hand beside the plan are items of it from now on, with their people."""
    session().add_all(board.adopted)
    session().flush()
    for item in board.adopted:
        need = next((x for x in board.needs[item.track_id] if x.part == item.part), None)
        if need is not None:
            posts = posts_for(item, need)
            session().add_all(posts)
            session().add_all(duties_for(item, posts))
    rows = [
        {
            "id": new_id(),
            "group_id": item.group_id,
            "item_id": item.id,
            "entry_id": entry,
            "part": item.part,
        }
        for item in board.adopted
        for entry in sorted(board.members[item.id])
    ]
    _insert_members(rows)


def _insert_members(rows: list[dict[str, Any]]) -> None:
    session().flush()
    for at in range(0, len(rows), ROWS_AT_ONCE):
        session().execute(insert(PlanMember), rows[at : at + ROWS_AT_ONCE])


def _work_out_track(actor: Actor, board: Board, track: Track, naming: "_Naming") -> int:
    if isinstance(track.rules, TrainingRules):
        return _add_half_days(board, track, naming)
    way = way_of(board.needs[track.id])
    check_way(track, way)
    seed = secrets.token_hex(16)
    parts = board.dealt(track, seed)
    new = [_keep(one, naming) for one in parts]
    _order(parts)
    joins = len({entry for part in parts for one in part.dealt for entry in one.joins})
    if joins:
        session().add(
            GroupDraw(
                id=new_id(),
                group_id=track.group_id,
                track_id=track.id,
                way=way,
                seed=seed if way is Way.LOT else "",
                placed=joins,
                drawn_at=clock.now(),
                drawn_by_id=actor.user_id,
                drawn_by=actor.name,
            )
        )
        if way is Way.LOT:
            record(actor, "entries.dealt", track, seed=seed, number=joins)
        else:
            record(actor, "entries.assigned", track, way=way.value, number=joins)
    return sum(new)


def _keep(part: Part, naming: "_Naming") -> int:
    """Write one part down: new items, who joins, who left, what is empty now."""
    need, items = part.need, {one.id: one for one in part.items}
    new = 0
    joining: list[dict[str, Any]] = []
    for n, one in enumerate(part.dealt):
        if not one.item:
            item = _new_item(need, naming, one)
            part.dealt[n] = Dealt(item.id, one.number, one.vendor, one.joins, one.members)
            new += 1
        else:
            item = items[one.item]
        item.size = len(one.members)
        joining += [
            {
                "id": new_id(),
                "group_id": need.group_id,
                "item_id": item.id,
                "entry_id": entry,
                "part": need.part,
            }
            for entry in one.joins
        ]
        _leave(item, part.members.get(item.id, frozenset()) - one.members)
        if not one.members and item.session_id is None and one.item:
            session().delete(item)
    _insert_members(joining)
    return new


def _leave(item: PlanItem, gone: Iterable[int]) -> None:
    leaving = list(gone)
    if leaving:
        session().execute(
            delete(PlanMember)
            .where(PlanMember.item_id == item.id, PlanMember.entry_id.in_(leaving))
            .execution_options(synchronize_session=False)
        )


def _new_item(need: PlanNeed, naming: "_Naming", one: Dealt) -> PlanItem:
    item = PlanItem(
        id=new_id(),
        group_id=need.group_id,
        event_id=need.event_id,
        track_id=need.track_id,
        part=need.part,
        key=str(one.number),
        name=naming.session(need, one.number, one.vendor),
        minutes=need.minutes,
        size=len(one.members),
        purpose=need.purpose,
        vendor=one.vendor,
        equipment=need.equipment,
        after=[],
        is_alone=True,
    )
    session().add(item)
    session().add_all(posts_for(item, need))
    return item


def posts_for(item: PlanItem, need: PlanNeed) -> list[PlanPost]:
    """The seats in offices an item needs; the first judging ones ask for somebody senior."""
    seniors = need.seniors
    posts = []
    for office in Office:
        for seat in range(1, int(need.posts.get(office.value, 0)) + 1):
            senior = office in JUDGING and seniors > 0
            seniors -= senior
            posts.append(
                PlanPost(
                    id=new_id(),
                    group_id=item.group_id,
                    item_id=item.id,
                    office=office,
                    seat=seat,
                    needs_senior=senior,
                    panel=need.id if office in {Office.CHIEF, Office.JUDGE} else 0,
                )
            )
    return posts


def duties_for(item: PlanItem, posts: Iterable[PlanPost]) -> list[Duty]:
    """A duty, served by nobody yet, for every post of an item that has a session."""
    known = {(one.office, one.seat) for one in duties_in(item.session_id or 0)}
    return [
        Duty(
            id=new_id(),
            group_id=item.group_id,
            session_id=item.session_id,
            office=one.office,
            seat=one.seat,
        )
        for one in posts
        if (one.office, one.seat) not in known
    ]


def _order(parts: Sequence[Part]) -> None:
    """Parts of a later step come after those of the step before with the same people."""
    after = follows(
        [one.asked for one in parts],
        {one.need.part: [(x.item, x.members) for x in one.dealt if x.members] for one in parts},
    )
    for part in parts:
        for one in part.dealt:
            item = session().get(PlanItem, one.item)
            if item is not None and item not in session().deleted:
                item.after = after.get(one.item, [])


def _add_half_days(board: Board, track: Track, naming: "_Naming") -> int:
    need = next(iter(board.needs[track.id]), None)
    if need is None:
        return 0
    size = len(board.comers.get(track.id, []))
    shifts = settings_seen(board.event).shifts
    missing = board.missing_half_days(track)
    for one in missing:
        item = PlanItem(
            id=new_id(),
            group_id=track.group_id,
            event_id=track.event_id,
            track_id=track.id,
            key=key_of(one),
            name=naming.half_day(one),
            minutes=need.minutes,
            size=size,
            purpose=need.purpose,
            equipment=need.equipment,
            after=[],
            shifts=_shifts_of(one, board.event, shifts),
            is_alone=True,
        )
        session().add(item)
        session().add_all(posts_for(item, need))
    for item in board.items[track.id, ""]:
        item.size = size
    return len(missing)


def _shifts_of(
    half_day: HalfDay, event: Event, shifts: Iterable[Mapping[str, int]]
) -> list[list[int]] | None:
    """The shifts of a half day's morning or afternoon, if the plan has any then."""
    day = (half_day.on - event.starts_on).days
    early = half_day.part == "am"
    found = [
        [day, one["starts"]]
        for one in shifts
        if one["day"] == day and (one["starts"] < NOON) is early
    ]
    return found or None


class _Naming:
    """Names for new items that no session of the track has yet."""

    def __init__(self, event_id: int, words: Words, part_name: PartName) -> None:
        self.words, self.part_name = words, part_name
        self.taken: set[tuple[int, str]] = set()
        for table in (
            select(PlanItem.track_id, PlanItem.name).where(PlanItem.event_id == event_id),
            select(Session.track_id, Session.name)
            .join(Session.track)
            .where(Track.event_id == event_id),
        ):
            self.taken |= {(row[0], row[1]) for row in session().execute(table)}

    def session(self, need: PlanNeed, number: int, vendor: str) -> str:
        """The name of a session of one part."""
        part = self.part_name(need.track, need.part) if need.part else ""
        text = self.words(PART_SESSION if part else SESSION) % {"part": part, "n": number}
        return self._free(need.track_id, f"{text} {vendor}".strip()[:40])

    def half_day(self, one: HalfDay) -> str:
        """The name of a half day: with its date it is the only one."""
        half = self.words(HALVES[one.part])
        return (self.words(HALF_DAY) % {"day": one.on.strftime("%m-%d"), "half": half})[:40]

    def _free(self, track_id: int, name: str) -> str:
        made, n = name, 1
        while (track_id, made) in self.taken:
            n += 1
            made = f"{name[:35]} ({n})"
        self.taken.add((track_id, made))
        return made
