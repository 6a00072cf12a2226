"""Pages of long lists: the cost grows with what is shown, not with what exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select, func, select

from blueprints.web import UNSAFE
from eventsys.db import session

T = TypeVar("T")
PER_PAGE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; ``_ui/tables.html:pagination`` draws the way to the others."""

    items: list[T]
    page: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))


def paged(found: Select[Any], per_page: int = PER_PAGE) -> Page[Any]:
    """The page named in the query string; a number out of range shows the nearest page."""
    counted = select(func.count()).select_from(found.order_by(None).subquery())
    total = session().scalar(counted) or 0
    number = _number(total, per_page)
    rows = session().scalars(found.limit(per_page).offset((number - 1) * per_page)).unique()
    return Page(list(rows), number, total, per_page)


def sliced(rows: Sequence[T], per_page: int = PER_PAGE) -> Page[T]:
    """The same for rows that are read already."""
    number = _number(len(rows), per_page)
    here = rows[(number - 1) * per_page : number * per_page]
    return Page(list(here), number, len(rows), per_page)


def _number(total: int, per_page: int) -> int:
    last = max(1, -(-total // per_page))
    return min(max(1, request.args.get("page", 1, type=int) or 1), last)


def asked(name: str) -> str:
    """A filter from the query string, trimmed and bounded."""
    return UNSAFE.sub("", request.args.get(name, "")).strip()[:100]
