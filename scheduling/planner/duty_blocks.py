"""Posts and people in blocks small enough for one call: near venues stay together."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from eventsys.timetable.board import Board
from eventsys.timetable.rules import Person, Post

AT_ONCE = 250_000  # posts times people in one call; more is divided by venues


@dataclass(frozen=True, slots=True)
class Block:
    """Posts and the people they may come from."""

    posts: tuple[Post, ...]
    people: tuple[Person, ...]


def venue_of(board: Board, item: int) -> int:
    """The venue of a placed item."""
    return board.places[board.placed[item].place].venue


def blocks_of(board: Board) -> list[Block]:
    """Posts of placed items with the people for them; what is too much at once by venues."""
    posts = [
        post
        for post in board.problem.posts
        if post.item in board.span
        and board.placed[post.item].place in board.places
        and (post.person is None or post.person in board.people)
    ]
    people = board.problem.people
    if not posts or not people:
        return []
    if len(posts) * len(people) <= AT_ONCE:
        return [Block(tuple(posts), people)]
    cluster = _clusters(board, len(posts) * len(people))
    by_cluster: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        by_cluster[cluster[venue_of(board, post.item)]].append(post)
    home = _dealt(board, by_cluster, cluster)
    return [
        Block(tuple(some), tuple(one for one in people if number in home[one.id]))
        for number, some in sorted(by_cluster.items())
    ]


def _clusters(board: Board, size: int) -> dict[int, int]:
    """Venues near one another in one cluster; as few clusters as keep the blocks small."""
    venues = sorted({place.venue for place in board.problem.places})
    ways = sorted(set(board.rules.travel.values()), reverse=True)
    most = max(1, len(venues) * int(AT_ONCE**0.5) // int(size**0.5))
    for longest in ways:
        cluster = _near(board, venues, longest)
        if max(Counter(cluster.values()).values()) <= most:
            return cluster
    return {venue: venue for venue in venues}


def _near(board: Board, venues: list[int], longest: int) -> dict[int, int]:
    cluster = {venue: venue for venue in venues}
    for (venue, other), minutes in board.rules.travel.items():
        if minutes < longest and venue in cluster and other in cluster:
            old, new = cluster[other], cluster[venue]
            if old != new:
                cluster.update({one: new for one, group in cluster.items() if group == old})
    return cluster


def _dealt(
    board: Board, by_cluster: Mapping[int, list[Post]], cluster: Mapping[int, int]
) -> dict[int, set[int]]:
    """Where each person may serve: where fixed or at home, the others where most are needed."""
    homes: dict[int, set[int]] = defaultdict(set)
    needs: dict[str, Counter[int]] = defaultdict(Counter)
    for number, posts in by_cluster.items():
        needs[""][number] += len(posts)
        for post in posts:
            needs[post.office][number] += 1
            if post.person is not None:
                homes[post.person].add(number)
    held: dict[str, Counter[int]] = defaultdict(Counter)
    for person in board.problem.people:
        if person.home in cluster:
            homes[person.id].add(cluster[person.home])
        office = next((one for one in sorted(person.offices) if needs[one]), "")
        wanted, has = needs[office], held[office]
        if not homes[person.id]:
            homes[person.id].add(_neediest(wanted, has))
        has.update(homes[person.id])
    return homes


def _neediest(wanted: Counter[int], has: Counter[int]) -> int:
    return max(wanted, key=lambda number: (wanted[number] / (1 + has[number]), number))
