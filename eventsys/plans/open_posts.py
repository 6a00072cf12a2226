"""Why nobody serves at a post: how many hold the office, how many cannot, and for what reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from eventsys.db import session
from eventsys.duties.models import Duty
from eventsys.duties.servers import servers_of
from eventsys.errors import N_
from eventsys.events.models import Event
from eventsys.plans.models import PlanItem, PlanPost
from eventsys.timetable import clashes_at_posts
from eventsys.timetable.board import Board
from eventsys.timetable.rules import ClashKind, Severity

STAND_ASIDE = N_("%(n)s stand aside (recusal)")
AWAY = N_("%(n)s cannot come then")
ELSEWHERE = N_("%(n)s are busy elsewhere then")
ENOUGH = N_("%(n)s have as many duties as they may")
OTHERWISE = N_("%(n)s do not fit in with the panel")
REASONS: Mapping[ClashKind, str] = {
    ClashKind.RECUSED_UNIT: STAND_ASIDE,
    ClashKind.RECUSED_ITEM: STAND_ASIDE,
    ClashKind.PERSON_AWAY: AWAY,
    ClashKind.PERSON_TWICE: ELSEWHERE,
    ClashKind.PERSON_REST: ELSEWHERE,
    ClashKind.PERSON_TRAVEL: ELSEWHERE,
    ClashKind.LOAD: ENOUGH,
    ClashKind.DAY_LOAD: ENOUGH,
    ClashKind.SENIOR: OTHERWISE,
    ClashKind.PANEL_UNIT: OTHERWISE,
}
"""Whoever is kept away by several is counted at the first of them."""
ORDER = {kind: place for place, kind in enumerate(REASONS)}


@dataclass(frozen=True)
class Openness:
    """How many hold the office, how many of them could serve, and what keeps the others away."""

    able: int
    free: int
    reasons: Sequence[tuple[str, int]]


def why_open(event: Event, board: Board, duties: Iterable[Duty]) -> dict[int, Openness]:
    """Why nobody serves, for each open duty of an event; a constant number of queries."""
    servers = servers_of(event).values()
    posts = _posts_of(event.id)
    found: dict[int, Openness] = {}
    known: dict[tuple[int, str, bool, int], Openness] = {}
    for duty in duties:
        key = posts.get((duty.session_id, duty.office.value, duty.seat), duty.id)
        if key not in board.posts:
            continue
        post = board.posts[key]
        able = [
            one.id
            for one in servers
            if one.id in board.people and duty.office in one.may_serve(duty.session.track_id)
        ]
        alike = (post.item, post.office, post.needs_senior, post.panel)
        if alike not in known:
            known[alike] = _openness(board, post.id, able)
        found[duty.id] = known[alike]
    return found


def _openness(board: Board, post: int, able: Sequence[int]) -> Openness:
    kept = [_obstacle(board, post, person) for person in able]
    counted = Counter(one for one in kept if one is not None)
    ordered = [(text, counted[text]) for text in dict.fromkeys(REASONS.values()) if counted[text]]
    return Openness(len(able), kept.count(None), ordered)


def _obstacle(board: Board, post: int, person: int) -> str | None:
    """What keeps somebody from a post, if anything does; the board stays as it is."""
    item = board.posts[post].item
    board.serve(post, person)
    found = [
        clash.kind
        for clash in (
            *clashes_at_posts.of_person(board, person),
            *clashes_at_posts.at_item(board, item),
        )
        if clash.severity is Severity.BLOCK
        and board.rules.looks_for(clash.kind)
        and item in clash.items
        and person in clash.people
        and clash.kind in REASONS
    ]
    board.serve(post, None)
    return REASONS[min(found, key=lambda kind: ORDER[kind])] if found else None


def _posts_of(event_id: int) -> dict[tuple[int, str, int], int]:
    """The posts of the items that have a session, by session, office and seat."""
    rows = session().execute(
        select(PlanItem.session_id, PlanPost.office, PlanPost.seat, PlanPost.id)
        .join(PlanItem, PlanItem.id == PlanPost.item_id)
        .where(PlanItem.event_id == event_id, PlanItem.session_id.is_not(None))
    )
    return {(held, office.value, seat): key for held, office, seat, key in rows if held is not None}
