"""Words, numbers and moments as people read them: Chinese first, English complete."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_babel import Babel, get_locale, gettext
from flask_login import current_user

from eventsys import clock
from eventsys.id_numbers import mask_id_number
from eventsys.identity.rules import ROLE_LABELS

LANGUAGES = ("zh", "en")
COOKIE = "lang"
CATALOGUES = Path(__file__).with_name("translations")
babel = Babel()


def init_app(app: Flask) -> None:
    """Find the catalogues (one per feature) and give templates their filters."""
    domains = sorted(file.stem for file in CATALOGUES.glob("zh/LC_MESSAGES/*.po"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join([str(CATALOGUES)] * len(domains))
    app.config["BABEL_DOMAIN"] = ";".join(domains)
    babel.init_app(app, default_locale="zh", locale_selector=language)
    app.jinja_env.filters.update(
        moment=show_moment,
        day=show_day,
        points=show_points,
        yuan=show_yuan,
        named=named,
        masked=mask_id_number,
    )
    app.add_template_global(ROLE_LABELS, "ROLE_LABELS")  # ty: ignore[invalid-argument-type]  a constant


def language() -> str:
    """The language of this request: the account's, else the cookie's, else Chinese."""
    if not request:
        return "zh"
    if current_user and current_user.is_authenticated:
        chosen = current_user.user.language
    else:
        chosen = request.cookies.get(COOKIE, "zh")
    return chosen if chosen in LANGUAGES else "zh"


def show_moment(value: datetime | None, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """A moment on a Shanghai clock."""
    return clock.in_shanghai(value).strftime(pattern) if value else "—"


def show_day(value: date | None) -> str:
    """A date."""
    return value.isoformat() if value else "—"


def show_points(value: Decimal | None, places: int = 2) -> str:
    """Marks with a fixed number of places; an absent mark is a dash, not a zero."""
    return "—" if value is None else f"{value:.{places}f}"


def show_yuan(fen: int | None) -> str:
    """Money: whole fen shown as yuan."""
    return "—" if fen is None else f"¥{fen // 100:,}.{fen % 100:02d}"


def named(thing: Any) -> str:
    """A thing's name in the reader's language; Chinese where no English name was given."""
    english = getattr(thing, "name_en", "")
    return english if english and str(get_locale()) == "en" else thing.name


def translated(message: str) -> str:
    """A domain message in the reader's language."""
    return gettext(message) if message else ""
