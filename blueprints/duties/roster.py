"""Who serves where, session by session: narrowed to what somebody asks for, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import request
from flask_babel import gettext
from wtforms import BooleanField, Form, SelectField, StringField

from blueprints.listing import Page, sliced
from blueprints.web import _
from eventsys import clock
from eventsys.duties.models import Duty
from eventsys.duties.rules import OFFICE_LABELS
from eventsys.timetable.models import Session


class RosterFilter(Form):
    """What the list of duties is narrowed to."""

    q = StringField(_("Person or session"))
    day = SelectField(_("Day"))
    office = SelectField(_("Office"))
    empty = BooleanField(_("Only posts without anybody"))

    def offer(self, duties: Sequence[Duty]) -> None:
        """The days and offices there are."""
        everything = ("", gettext("All"))
        days = dict.fromkeys(_day(one) for one in duties)
        self.day.choices = [everything, *((day, day) for day in days)]
        offices = dict.fromkeys(one.office for one in duties)
        labels = [(one.value, gettext(OFFICE_LABELS[one])) for one in offices]
        self.office.choices = [everything, *labels]

    def keeps(self, one: Duty) -> bool:
        """Whether a duty is among what was asked for."""
        text = (self.q.data or "").strip().casefold()
        names = (one.user.name if one.user else "", one.session.name, one.session.track.name)
        return (
            (not text or any(text in name.casefold() for name in names))
            and self.day.data in {None, "", _day(one)}
            and self.office.data in {None, "", one.office.value}
            and not (self.empty.data and one.user_id is not None)
        )


@dataclass(frozen=True)
class Served:
    """A session with those of its duties that were asked for."""

    session: Session
    duties: list[Duty]


def _day(one: Duty) -> str:
    return f"{clock.in_shanghai(one.session.starts_at):%Y-%m-%d}"


def roster_of(duties: Sequence[Duty]) -> tuple[RosterFilter, Page[Served]]:
    """The filter as it was asked for, and the page of sessions it leaves."""
    form = RosterFilter(request.args)
    form.offer(duties)
    kept = groupby(filter(form.keeps, duties), key=lambda one: one.session)
    return form, sliced([Served(held, list(some)) for held, some in kept])
