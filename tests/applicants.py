"""People to enter: synthetic, with valid numbers, and workbooks that name them."""

import io
from collections.abc import Iterable
from datetime import date

from openpyxl import Workbook

from eventsys.id_numbers import normalise_id_number
from eventsys.registration.rules import EntryFacts, Given, MemberRole
from tests.world import TODAY, id_number

NAMES = "春夏秋冬梅兰竹菊松柏桃李杏梨枫桐"


def number(order: int, born: date = date(2006, 6, 1)) -> str:
    """The valid identity number of applicant ``order``; nobody of the world has it."""
    return id_number(410300, born, order)


def name(order: int) -> str:
    """The name of applicant ``order``."""
    return f"洛{NAMES[order % 16]}{NAMES[order // 16 % 16]}"


def person(
    order: int,
    role: MemberRole = MemberRole.CONTESTANT,
    *,
    born: date = date(2006, 6, 1),
    phone: str = "",
) -> Given:
    """Applicant ``order`` as a form gives them."""
    return Given(role, name(order), normalise_id_number(number(order, born), TODAY), phone)


def single(order: int, *more: Given, born: date = date(2006, 6, 1)) -> EntryFacts:
    """An entry of one contestant, with whoever else is named."""
    return EntryFacts((person(order, born=born), *more))


def team(title: str, *orders: int, instructors: Iterable[int] = ()) -> EntryFacts:
    """A team of contestants with its instructors."""
    coaches = [person(one, MemberRole.INSTRUCTOR, born=date(1980, 1, 1)) for one in instructors]
    return EntryFacts((*(person(one) for one in orders), *coaches), title)


def workbook(*rows: Iterable[str]) -> bytes:
    """An xlsx file whose cells are all text; the first row holds the headings."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
