"""What is wrong with who serves where: one person, one panel, one item's posts."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from eventsys.timetable.board import Board
from eventsys.timetable.rules import DAY, Clash, ClashKind, Person, Post

LATER = 10**9  # an unplaced item comes after all others


def of_person(board: Board, person: int) -> Iterator[Clash]:
    """What is wrong with all the duties of one person."""
    facts = board.people[person]
    for post in sorted(board.served[person]):
        yield from _may(board, facts, board.posts[post])
    yield from _busy(board, facts)
    yield from _loads(board, facts)


def _may(board: Board, person: Person, post: Post) -> Iterator[Clash]:
    item = board.items[post.item]
    about = {"people": (person.id,), "posts": (post.id,)}
    if post.person not in (None, person.id):
        yield board.says(ClashKind.PERSON_FIXED, [item.id], **about)
    if post.office and post.office not in person.offices:
        yield board.says(ClashKind.OFFICE, [item.id], **about)
    if post.needs_senior and not person.is_senior:
        yield board.says(ClashKind.SENIOR, [item.id], **about)
    if post.office in board.rules.recused_offices:
        if item.units & person.units or item.units & person.barred_units:
            yield board.says(ClashKind.RECUSED_UNIT, [item.id], **about)
        if item.id in person.barred_items:
            yield board.says(ClashKind.RECUSED_ITEM, [item.id], **about)


def _busy(board: Board, person: Person) -> Iterator[Clash]:
    """Duties against times away, against each other, and against taking part oneself."""
    duties = [board.posts[post].item for post in board.served[person.id]]
    own = set(board.items_of.get(person.id, ())).difference(duties)
    reach = max(board.rules.duty_rest, board.furthest)
    active: list[tuple[int, int, int]] = []
    for one in board.by_start([*duties, *own]):
        starts, ends, item = one
        if item not in own and any(s.starts < ends and starts < s.ends for s in person.away):
            yield board.says(ClashKind.PERSON_AWAY, [item], people=(person.id,))
        active = [other for other in active if other[1] + reach > starts]
        for _starts, before, other in active:
            if item not in own or other not in own:
                yield from _too_close(board, person.id, other, item, starts - before)
        active.append(one)


def _too_close(board: Board, person: int, before: int, after: int, gap: int) -> Iterator[Clash]:
    items, people = [before, after], (person,)
    if gap < 0:
        yield board.says(ClashKind.PERSON_TWICE, items, people=people)
        return
    rest = board.rules.duty_rest
    if gap < rest:
        yield board.says(ClashKind.PERSON_REST, items, people=people, has=gap, needs=rest)
    way = board.minutes_between(before, after)
    if gap < way:
        yield board.says(ClashKind.PERSON_TRAVEL, items, people=people, has=gap, needs=way)


def _loads(board: Board, person: Person) -> Iterator[Clash]:
    duties = [board.posts[post].item for post in board.served[person.id]]
    if person.most is not None and len(duties) > person.most:
        yield board.says(
            ClashKind.LOAD, duties, people=(person.id,), has=len(duties), needs=person.most
        )
    if person.most_a_day is None or len(duties) <= person.most_a_day:
        return
    days: dict[int, list[int]] = defaultdict(list)
    for item in duties:
        if item in board.span:
            days[board.span[item][0] // DAY].append(item)
    for today in days.values():
        if len(today) > person.most_a_day:
            yield board.says(
                ClashKind.DAY_LOAD,
                today,
                people=(person.id,),
                has=len(today),
                needs=person.most_a_day,
            )


def at_item(board: Board, item: int) -> Iterator[Clash]:
    """Posts nobody serves, panels of an even number, and too many of one unit in a panel."""
    posts = [board.posts[post] for post in board.posts_of.get(item, ())]
    offices: dict[str, list[Post]] = defaultdict(list)
    for post in posts:
        offices[post.office].append(post)
    for office, some in offices.items():
        free = tuple(sorted(post.id for post in some if post.id not in board.server))
        has = len(some) - len(free)
        if free and item in board.span:
            yield board.says(ClashKind.UNFILLED, [item], posts=free, has=has, needs=len(some))
        if office in board.rules.odd_offices and has and has % 2 == 0:
            taken = tuple(sorted(post.id for post in some if post.id in board.server))
            yield board.says(ClashKind.PANEL_EVEN, [item], posts=taken, has=has)
    for panel in dict.fromkeys(post.panel for post in posts if post.panel):
        yield from _units(board, item, [post for post in posts if post.panel == panel])


def _units(board: Board, item: int, panel: list[Post]) -> Iterator[Clash]:
    people = {board.server[post.id] for post in panel if post.id in board.server}
    counted = Counter(unit for person in people for unit in board.people[person].units)
    for unit, has in counted.items():
        if has > board.rules.most_per_unit:
            same = tuple(sorted(one for one in people if unit in board.people[one].units))
            yield board.says(
                ClashKind.PANEL_UNIT,
                [item],
                people=same,
                has=has,
                needs=board.rules.most_per_unit,
            )


def of_panel(board: Board, panel: int) -> Iterator[Clash]:
    """Items of a panel, each complete, where other people serve than at the item before."""
    teams: list[tuple[int, int, frozenset[int]]] = []
    of_item = {
        item: [post for post in board.posts_of[item] if board.posts[post].panel == panel]
        for item in board.panels[panel]
    }
    for item, posts in of_item.items():
        if all(post in board.server for post in posts):
            starts = board.span[item][0] if item in board.span else LATER
            teams.append((starts, item, frozenset(board.server[post] for post in posts)))
    teams.sort(key=lambda team: team[:2])
    for (_, before, were), (_, after, are) in pairwise(teams):
        if were != are:
            yield board.says(
                ClashKind.PANEL_SPLIT,
                [before, after],
                people=tuple(sorted(were ^ are)),
                posts=tuple(sorted(of_item[before] + of_item[after])),
            )
