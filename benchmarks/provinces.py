"""Three seeded problems of the size of a province: an exam, a competition, a training."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from random import Random

from eventsys.timetable.rules import (
    DAY,
    Item,
    Person,
    Place,
    Post,
    Problem,
    Rules,
    Sitter,
    Slot,
    Span,
    Spot,
    StationState,
    Wish,
    WishKind,
)

ORIGIN = datetime(2026, 11, 1, 16, tzinfo=UTC)  # midnight of Monday 2 November in Shanghai
WEEK = 7
SOMETIMES, OFTEN = 0.1, 0.3
PEOPLE, ENTRIES, STATIONS = 1_000_000, 2_000_000, 3_000_000  # ids of one kind begin here


def shifts(days: Sequence[int], times: Sequence[tuple[int, int]]) -> tuple[Slot, ...]:
    """The same shifts, in minutes of the day, on each of some days."""
    pairs = [(day, starts, ends) for day in days for starts, ends in times]
    return tuple(
        Slot(n, day, day * DAY + starts, day * DAY + ends)
        for n, (day, starts, ends) in enumerate(pairs, start=1)
    )


def portions(things: Sequence[int], most: int) -> list[Sequence[int]]:
    """Things in as few nearly equal portions as keep within ``most`` each."""
    number = -(-len(things) // most)
    return [things[n::number] for n in range(number)]


# ---- exam: 20,000 candidates, 120 sites, 3 levels, theory and practice


SITES, LEVELS, CANDIDATES = 120, 3, 20_000
THEORY_SEATS, BROKEN, SPARE = 30, 0.03, 0.1
REGION = 10  # sites near one another
NEAR, FAR = 60, 300  # minutes between two sites
INVIGILATORS, ASSESSORS = 2, 3


class Exam:
    """Grows the exam site by site."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.items: list[Item] = []
        self.posts: list[Post] = []
        self.places: list[Place] = []
        self.spots: list[Spot] = []
        self.sitters: list[Sitter] = []
        self.people: list[Person] = []
        self.station = count(STATIONS)
        self.entry = count(ENTRIES)
        self.person = count(PEOPLE)

    def problem(self) -> Problem:
        """The whole exam: Friday to Sunday, four shifts a day."""
        sizes = [CANDIDATES // SITES + (n < CANDIDATES % SITES) for n in range(SITES)]
        for site, size in enumerate(sizes, start=1):
            self._site(site, size)
        return Problem(
            ORIGIN,
            slots=shifts((4, 5, 6), ((480, 600), (630, 750), (810, 930), (960, 1080))),
            places=tuple(self.places),
            people=tuple(self.people),
            items=tuple(self.items),
            posts=tuple(self.posts),
            sitters=tuple(self.sitters),
            spots=tuple(self.spots),
            days=7,
            rules=Rules(rest=30, travel=_ways(), odd_offices=frozenset({"assessor"})),
            wishes=(Wish(WishKind.SPREAD_LOAD, 1), Wish(WishKind.EARLY, 1)),
        )

    def _site(self, site: int, size: int) -> None:
        theory = [self._room(site, "theory", THEORY_SEATS, 6) for _ in range(2)]
        practice = [self._room(site, "practice", self.random.randint(28, 50), 8) for _ in range(2)]
        rooms = frozenset(place.id for place in (*theory, *practice))
        most = min(place.holds() for place in (*theory, *practice))
        per_level = portions(range(size), -(-size // LEVELS))
        for level, some in enumerate(per_level, start=1):
            entries = [self._candidate(site) for _ in some]
            self._level(site * 10 + level, entries, rooms, most)
        for _ in range(8):
            self._servant(site, "invigilator")
        for _ in range(8):
            self._servant(site, "assessor")

    def _level(self, track: int, entries: list[Sitter], rooms: frozenset[int], most: int) -> None:
        units = {sitter.entry: sitter.unit for sitter in entries}
        for crowd in portions(sorted(units), most):
            theory = self._sitting(track, "T", crowd, units, rooms, after=())
            self._sitting(track, "P", crowd, units, rooms, after=(theory,))

    def _sitting(
        self,
        track: int,
        part: str,
        crowd: Sequence[int],
        units: dict[int, int],
        rooms: frozenset[int],
        *,
        after: tuple[int, ...],
    ) -> int:
        number = len(self.items) + 1
        self.items.append(
            Item(
                number,
                f"{track}-{part}-{number}",
                track,
                part,
                minutes=90 if part == "T" else 120,
                size=len(crowd),
                crowd=frozenset(crowd),
                units=frozenset(units[one] for one in crowd),
                purpose="theory" if part == "T" else "practice",
                after=after,
                places=rooms,
            )
        )
        office, needed = ("invigilator", INVIGILATORS) if part == "T" else ("assessor", ASSESSORS)
        first = len(self.posts) + 1
        self.posts.extend(Post(first + n, number, office) for n in range(needed))
        return number

    def _room(self, site: int, purpose: str, stations: int, wide: int) -> Place:
        number, spare, works = len(self.places) + 1, int(stations * SPARE) + 1, 0
        spare = 0 if purpose == "theory" else spare
        for n in range(stations):
            state = StationState.SPARE if n >= stations - spare else StationState.OK
            if purpose == "practice" and self.random.random() < BROKEN:
                state = StationState.FAULTY
            works += state is StationState.OK
            spot = Spot(next(self.station), number, n // wide, n % wide, state=state)
            self.spots.append(spot)
        place = Place(number, site, f"{site}-{number}", 0, purpose, {"": works}, reset=15)
        self.places.append(place)
        return place

    def _candidate(self, site: int) -> Sitter:
        unit = site * 10 + self.random.randint(1, 3)
        school_class, paper = unit * 10 + self.random.randint(1, 3), self.random.choice("AB")
        sitter = Sitter(next(self.entry), 0, school_class, paper)
        self.sitters.append(sitter)
        return Sitter(sitter.entry, unit)

    def _servant(self, site: int, office: str) -> None:
        number = next(self.person)
        unit = site * 10 + self.random.randint(1, 9)  # schools 1 to 3 send the candidates
        day = self.random.randint(4, 6)
        away = (Span(day * DAY, day * DAY + DAY),) if self.random.random() < SOMETIMES else ()
        self.people.append(
            Person(
                number,
                f"{office} {number}",
                frozenset({unit}),
                is_senior=self.random.random() < OFTEN,
                away=away,
                offices=frozenset({office}),
                most_a_day=3,
                home=site,
            )
        )


def _ways() -> dict[tuple[int, int], int]:
    return {
        (one, other): NEAR if (one - 1) // REGION == (other - 1) // REGION else FAR
        for one in range(1, SITES + 1)
        for other in range(one + 1, SITES + 1)
    }


# ---- competition: 70 tracks, 2,100 contestants, 300 judges, 40 rooms, 3 days


TRACKS, CONTESTANTS, JUDGES, ROOMS = 70, 30, 300, 40
UNITS, GROUP, PANEL = 80, 15, 3
VENDORS = ("fanuc", "kuka")


def competition(seed: int) -> Problem:
    """Modules A, B, C of 70 tracks in groups of 15, each group through all three in this order."""
    random = Random(seed)
    items, posts, sitters = [], [], []
    numbers, entries, post = count(1), count(ENTRIES), count(1)
    for track in range(1, TRACKS + 1):
        vendors = VENDORS if track % 3 == 0 else ("", "")
        team = [
            Sitter(next(entries), random.randint(1, UNITS), vendor=vendors[n // GROUP])
            for n in range(CONTESTANTS)
        ]
        sitters += team
        for group, vendor in enumerate(vendors):
            crowd = team[group * GROUP : (group + 1) * GROUP]
            before: tuple[int, ...] = ()
            for module, minutes in (("A", 120), ("B", 90), ("C", 90)):
                number = next(numbers)
                items.append(
                    Item(
                        number,
                        f"K-{track:02d} {module}{group + 1}",
                        track,
                        module,
                        minutes,
                        GROUP,
                        frozenset(one.entry for one in crowd),
                        frozenset(one.unit for one in crowd),
                        "practice",
                        vendor,
                        after=before,
                    )
                )
                before = (number,)
                posts += [
                    Post(next(post), number, "judge", n == 0, panel=track * 10 + group + 1)
                    for n in range(PANEL)
                ]
    places, spots = _halls(random)
    return Problem(
        ORIGIN,
        slots=shifts((0, 1, 2), ((480, 600), (630, 750), (810, 930), (960, 1080))),
        places=places,
        people=tuple(_judges(random)),
        items=tuple(items),
        posts=tuple(posts),
        sitters=tuple(sitters),
        spots=spots,
        days=3,
        rules=Rules(rest=20, duty_rest=10, odd_offices=frozenset({"judge"})),
        wishes=(Wish(WishKind.SPREAD_LOAD, 1), Wish(WishKind.SAME_PLACE, 1)),
    )


def _halls(random: Random) -> tuple[tuple[Place, ...], tuple[Spot, ...]]:
    places, spots, station = [], [], count(STATIONS)
    for number in range(1, ROOMS + 1):
        vendor = (*VENDORS, "", "")[number % 4]
        stations = random.randint(17, 24)
        working = stations - 2
        held = {"": working} | ({vendor: working} if vendor else {})
        places.append(Place(number, 1, f"Hall {number}", 0, "practice", held, reset=20))
        spots += [
            Spot(
                next(station),
                number,
                n // 5,
                n % 5,
                vendor,
                StationState.OK if n < working else StationState.SPARE,
            )
            for n in range(stations)
        ]
    return tuple(places), tuple(spots)


def _judges(random: Random) -> Iterator[Person]:
    for n in range(JUDGES):
        unit = n % UNITS + 1
        away = (Span((n % 3) * DAY, (n % 3 + 1) * DAY),) if random.random() < SOMETIMES else ()
        yield Person(
            PEOPLE + n,
            f"Judge {n}",
            frozenset({unit}),
            is_senior=n % 3 == 0,
            away=away,
            offices=frozenset({"judge"}),
            most=14,
            most_a_day=4,
            barred_units=frozenset({random.randint(1, UNITS)}),
        )


# ---- training: 65 classes of 50, half days over four weeks


CLASSES, TRAINEES, LECTURERS, WEEKS = 65, 50, 150, 4
COURSES, LESSONS, CLASSROOMS = 8, 3, 50


def training(seed: int) -> Problem:
    """Each class has 24 half days; most lessons belong to a lecturer, who comes on some days."""
    random = Random(seed)
    weekdays = [week * WEEK + day for week in range(WEEKS) for day in range(5)]
    lecturers = [_lecturer(random, n, weekdays) for n in range(LECTURERS)]
    hours = [0] * LECTURERS
    items, posts = [], []
    for group in range(1, CLASSES + 1):
        crowd = frozenset(range(ENTRIES + group * TRAINEES, ENTRIES + (group + 1) * TRAINEES))
        for course in range(1, COURSES + 1):
            teacher = min(random.sample(range(LECTURERS), 4), key=lambda n: hours[n])
            hours[teacher] += LESSONS
            fixed = lecturers[teacher].id if course % 4 else None
            before: tuple[int, ...] = ()
            for lesson in range(1, LESSONS + 1):
                number = len(items) + 1
                items.append(
                    Item(
                        number,
                        f"{group}-{course}-{lesson}",
                        group,
                        minutes=200,
                        size=TRAINEES,
                        crowd=crowd,
                        purpose="class",
                        equipment=frozenset({"computers"}) if course == 1 else frozenset(),
                        after=before,
                    )
                )
                posts.append(Post(number, number, "lecturer", person=fixed))
                before = (number,)
    return Problem(
        ORIGIN,
        slots=shifts(weekdays, ((500, 710), (840, 1050))),
        places=tuple(_classroom(random, n) for n in range(1, CLASSROOMS + 1)),
        people=tuple(lecturers),
        items=tuple(items),
        posts=tuple(posts),
        days=WEEKS * WEEK,
        rules=Rules(travel={(1, 2): 40, (1, 3): 60, (2, 3): 50}),
        wishes=(Wish(WishKind.SPREAD_LOAD, 1), Wish(WishKind.FEW_VENUES, 1)),
    )


def _lecturer(random: Random, number: int, weekdays: list[int]) -> Person:
    comes = set(random.sample(range(5), random.randint(2, 4)))
    away = tuple(Span(day * DAY, (day + 1) * DAY) for day in weekdays if day % WEEK not in comes)
    name = f"Lecturer {number}"
    return Person(PEOPLE + number, name, away=away, offices=frozenset({"lecturer"}), most=24)


def _classroom(random: Random, number: int) -> Place:
    equipment = frozenset({"computers"}) if number % 4 == 0 else frozenset()
    seats = random.choice([50, 55, 60])
    return Place(number, number % 3 + 1, f"Room {number}", seats, "class", equipment=equipment)


def exam(seed: int) -> Problem:
    """20,000 candidates at 120 sites: theory first, then practice, at three levels."""
    return Exam(seed).problem()


PROVINCES = {"exam": exam, "competition": competition, "training": training}
