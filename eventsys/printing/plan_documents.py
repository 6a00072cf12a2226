"""The papers made from a version of a timetable: what each holds, and the function for its PDF."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eventsys.printing import plan_labels
from eventsys.printing.documents import Stamp, print_items, stamped
from eventsys.printing.labels import Translate

Served = tuple[tuple[str, tuple[str, ...]], ...]
"""Offices, each with the names of those who hold it."""


@dataclass(frozen=True, kw_only=True)
class DeskLabel:
    """What lies on one desk; without a name where stations are drawn at the door."""

    title: str
    seat: str
    room: str
    session: str = ""
    holder: str = ""
    number: str = ""
    below: str = ""


@dataclass(frozen=True, kw_only=True)
class PhotoLine:
    """One person to compare with a photo, and to sign."""

    number: str
    name: str
    unit: str = ""
    seat: str = ""
    masked: str = ""


@dataclass(frozen=True, kw_only=True)
class PhotoSheet:
    """The sign-in sheet of one session."""

    title: str
    room: str
    venue: str
    session: str
    note: str = ""
    rows: tuple[PhotoLine, ...]


@dataclass(frozen=True, kw_only=True)
class MapSeat:
    """One square of a room; ``state`` is ok, spare or faulty."""

    label: str
    state: str = "ok"
    number: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class MapSheet:
    """A room from the front, row by row, in one session; ``elsewhere`` found no square."""

    title: str
    room: str
    venue: str
    session: str
    note: str = ""
    per_row: int
    rows: tuple[tuple[MapSeat, ...], ...]
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DutyLine:
    """One duty; ``people`` are all of a session, or empty where the list is one person's."""

    time: str
    what: str
    where: str
    office: str = ""
    people: Served = ()


@dataclass(frozen=True, kw_only=True)
class DutyBlock:
    """Duties that stand together: those of a day, or of a person."""

    title: str
    rows: tuple[DutyLine, ...]


@dataclass(frozen=True, kw_only=True)
class DutySheet:
    """Blocks one after another, to be cut apart where they are each a person's."""

    title: str
    subtitle: str = ""
    of_people: bool
    blocks: tuple[DutyBlock, ...]


@dataclass(frozen=True, kw_only=True)
class RollLine:
    """Somebody expected in a room."""

    number: str
    name: str
    unit: str = ""
    seat: str = ""


@dataclass(frozen=True, kw_only=True)
class Handbook:
    """What the people on duty in one room need for one session, and the record they fill in."""

    title: str
    record: str
    event: str
    what: str
    room: str
    venue: str
    session: str
    team: Served
    steps: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    note: str = ""
    rows: tuple[RollLine, ...]


@dataclass(frozen=True, kw_only=True)
class BookLine:
    """A session in an order book."""

    time: str
    track: str
    what: str
    where: str
    count: str


@dataclass(frozen=True, kw_only=True)
class BookUnit:
    """The entries of one unit in a track: number and name."""

    unit: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class BookTrack:
    """A track, and who takes part by unit."""

    title: str
    count: str
    units: tuple[BookUnit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BookRoom:
    """A room, its working stations, and what it is used for."""

    venue: str
    room: str
    stations: str
    used: str


@dataclass(frozen=True, kw_only=True)
class OrderBook:
    """The whole event for everybody in it; ``has_cover`` is false for what follows on."""

    title: str
    event: str
    event_en: str = ""
    host: str
    dates: str
    has_cover: bool = True
    days: tuple[tuple[str, tuple[BookLine, ...]], ...] = ()
    offices: tuple[tuple[str, Served], ...] = ()
    rooms: tuple[BookRoom, ...] = ()
    tracks: tuple[BookTrack, ...] = ()


def desk_labels_pdf(
    items: Sequence[DeskLabel], *, stamp: Stamp, translate: Translate, fonts_dir: Path
) -> bytes:
    """Ten labels to an A4 page, to be cut apart."""
    return _plan_pdf("desk_labels", items, plan_labels.DESK_LABEL, stamp, translate, fonts_dir)


def photo_sheets_pdf(
    items: Sequence[PhotoSheet], *, stamp: Stamp, translate: Translate, fonts_dir: Path
) -> bytes:
    """Sign-in sheets with a box for the photo, each session on its own page."""
    words = plan_labels.PHOTO_SIGN_IN
    return _plan_pdf("photo_sign_in", items, words, stamp, translate, fonts_dir)


def seat_maps_pdf(
    items: Sequence[MapSheet], *, stamp: Stamp, translate: Translate, fonts_dir: Path
) -> bytes:
    """Rooms as they stand, each session on its own page."""
    return _plan_pdf("seat_map", items, plan_labels.SEAT_MAP, stamp, translate, fonts_dir)


def duty_lists_pdf(
    items: Sequence[DutySheet], *, stamp: Stamp, translate: Translate, fonts_dir: Path
) -> bytes:
    """Who serves at each session, and slips for each person."""
    return _plan_pdf("duty_list", items, plan_labels.DUTY_LIST, stamp, translate, fonts_dir)


def handbooks_pdf(
    items: Sequence[Handbook], *, stamp: Stamp, translate: Translate, fonts_dir: Path
) -> bytes:
    """One handbook for each session and room, with the record of the room at its end."""
    return _plan_pdf("handbook", items, plan_labels.HANDBOOK, stamp, translate, fonts_dir)


def order_book_pdf(
    items: Sequence[OrderBook], *, stamp: Stamp, translate: Translate, fonts_dir: Path
) -> bytes:
    """The order book, or a part of one."""
    return _plan_pdf("order_book", items, plan_labels.ORDER_BOOK, stamp, translate, fonts_dir)


Item = DeskLabel | PhotoSheet | MapSheet | DutySheet | Handbook | OrderBook


def _plan_pdf(
    template: str,
    items: Sequence[Item],
    words: dict[str, str],
    stamp: Stamp,
    translate: Translate,
    fonts_dir: Path,
) -> bytes:
    plain = [asdict(one) for one in items]
    return print_items(template, plain, words, translate, fonts_dir, **stamped(stamp))
