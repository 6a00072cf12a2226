"""What a tablet sends and is told: operations on several sheets in, one answer to each out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import request
from flask_login import current_user

from blueprints.accounts.devices import device_name
from blueprints.scoring.sheets import status_of
from blueprints.web import UNSAFE, words
from eventsys.errors import DomainError
from eventsys.events.models import Track
from eventsys.schemes.importing import number_in
from eventsys.schemes.queries import aspects_of
from eventsys.schemes.tally import Tally
from eventsys.scoring.actions import OperationUnfit, Receipt, Tap, Told
from eventsys.scoring.deliveries import Delivery
from eventsys.scoring.models import Mark, MarkSheet
from eventsys.scoring.queries import by_sheet, marks_of_sheets

OPERATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
WHOLE = re.compile(r"[0-9]{1,16}")
MOST_OPERATIONS, MOST_SHEETS, MOST_SEEN = 200, 1000, 50
LONGEST_RAW, LONGEST_KEY, LONGEST_CODE = 20, 40, 10
LONGEST_DELIVERY = 500_000
NOTHING_APPLIED = frozenset({Told.DUPLICATE, Told.LATE, Told.REFUSED})


@dataclass
class Parcel:
    """A delivery as it was read: operations by code, refused ones, versions the tablet knows."""

    taps: dict[str, list[Tap]] = field(default_factory=dict)
    refused: list[Receipt] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)


def read_parcel() -> Parcel:
    """The delivery in the body, or a refusal of the whole; one unfit operation spoils no other."""
    fits = (request.content_length or 0) <= LONGEST_DELIVERY
    body = _body() if fits else None
    given = body if isinstance(body, dict) else {}
    operations, known = given.get("ops"), given.get("known")
    if not isinstance(operations, list) or not isinstance(known, dict):
        raise OperationUnfit
    if len(operations) > MOST_OPERATIONS or len(known) > MOST_SHEETS:
        raise OperationUnfit
    parcel = Parcel()
    for one in operations:
        _read(parcel, one if isinstance(one, dict) else {})
    for code, version in known.items():
        if isinstance(version, int) and _is_code(code):
            parcel.known[code] = version
    return parcel


def _body() -> object:
    """What the JSON holds; nothing where it cannot be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:  # brackets in brackets without end
        return None


def _is_code(text: str) -> bool:
    """Whether a text can be looked for among the codes."""
    return len(text) <= LONGEST_CODE and UNSAFE.search(text) is None


def _read(parcel: Parcel, one: Mapping[str, Any]) -> None:
    op = str(one.get("op", ""))
    if not OPERATION.fullmatch(op):
        raise OperationUnfit
    try:
        code, tap = _tap(op, one)
    except DomainError as refusal:
        parcel.refused.append(Receipt(op, Told.REFUSED, refusal))
    else:
        parcel.taps.setdefault(code, []).append(tap)


def _tap(op: str, one: Mapping[str, Any]) -> tuple[str, Tap]:
    code, aspect, raw = (str(one.get(key, "")) for key in ("code", "aspect", "raw"))
    seen = one.get("seen")
    if not WHOLE.fullmatch(aspect) or len(raw) > LONGEST_RAW or not _is_code(code):
        raise OperationUnfit
    if not isinstance(seen, list) or len(seen) > MOST_SEEN:
        raise OperationUnfit
    if not all(isinstance(key, str) and 0 < len(key) <= LONGEST_KEY for key in seen):
        raise OperationUnfit
    return code, Tap(op, int(aspect), number_in(raw), frozenset(seen))


def this_device() -> str:
    """Browser and system, with four signs that tell two tablets of one make apart."""
    login = current_user.login
    return f"{device_name(login.device)[:50]} {login.id % 0x10000:04X}"


def told(receipt: Receipt) -> dict[str, str]:
    """One answer: the operation, what became of it, and why not."""
    answer = {"op": receipt.op, "result": receipt.told.value}
    if receipt.refusal is not None:
        answer["message"] = words(receipt.refusal)
    return answer


def state_of(
    parcel: Parcel,
    receipts: Sequence[Receipt],
    sheets: Mapping[str, MarkSheet],
    track: Track,
    delivered: Delivery | None = None,
) -> dict[str, Any]:
    """The sheets of which the tablet has an older version, with the marks it cannot know yet.

    Where it knew the version before its own operations, those aspects are enough: they are in
    what was ``delivered``.
    """
    behind = {
        code: sheet
        for code, sheet in sheets.items()
        if code in parcel.taps or parcel.known.get(code) != sheet.version
    }
    whole = {code for code, sheet in behind.items() if _is_unknown(parcel, receipts, code, sheet)}
    known = delivered.tally if delivered else Tally([])
    marks = by_sheet(delivered.marks if delivered else [])
    if whole:
        known = Tally(aspects_of(track))
        marks = marks_of_sheets([sheet.id for sheet in behind.values()])
    touched = {code: {tap.aspect_id for tap in parcel.taps.get(code, [])} for code in behind}
    return {
        code: {
            "status": status_of(sheet),
            "version": sheet.version,
            "whole": code in whole,
            "marks": {
                str(mark.aspect_id): shown(mark, known)
                for mark in marks.get(sheet.id, [])
                if code in whole or mark.aspect_id in touched[code]
            },
        }
        for code, sheet in behind.items()
    }


def _is_unknown(parcel: Parcel, receipts: Sequence[Receipt], code: str, sheet: MarkSheet) -> bool:
    """Whether a sheet has changes beside those this very delivery made."""
    outcome = {one.op: one.told for one in receipts}
    taps = parcel.taps.get(code, [])
    applied = sum(outcome.get(tap.op) not in NOTHING_APPLIED for tap in taps)
    return parcel.known.get(code) != sheet.version - applied


def shown(mark: Mark, tally: Tally) -> dict[str, Any]:
    """A mark as the tablet keeps it: value, exact points, and the heads of its register."""
    aspect = tally.by_id.get(mark.aspect_id)
    points = None
    if mark.raw is not None and aspect is not None:
        points = str(tally.points(aspect, mark.raw))
    raw: Decimal | None = mark.raw
    heads = [{**head, "raw": head["raw"] or ""} for head in mark.heads]
    return {
        "raw": "" if raw is None else f"{raw:f}",
        "points": points or "",
        "heads": heads,
        "contested": mark.is_contested,
    }
