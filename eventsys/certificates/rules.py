"""Numbers with a check digit, what a certificate says, and what its public page may call it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from eventsys.errors import N_, Conflict, RuleBroken
from eventsys.events.rules import EventKind
from eventsys.results.states import Outcome
from eventsys.signing import CERTIFICATE_PURPOSE, canonical_json

PREFIXES: dict[EventKind, str] = {
    EventKind.COMPETITION: "J",
    EventKind.TRAINING: "P",
    EventKind.EXAM: "K",
}
SERIAL_DIGITS = 6
NUMBER = re.compile(r"([A-Z]{1,3})-([0-9]{4})-([0-9]{6,9})-([0-9])", re.ASCII)
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)  # 128 bits as base64url
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣"), "-")
PAGES_AT_ONCE = 50  # in one PDF: the typesetter remembers its last ten, 2 MB for each page
MOST_PRINTED = 2000  # in one file, some minutes of work


class CertificateState(StrEnum):
    """What anybody may be told about a paper."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"
    ALTERED = "altered"


STATE_LABELS: dict[CertificateState, str] = {
    CertificateState.VALID: N_("Valid"),
    CertificateState.REVOKED: N_("Revoked"),
    CertificateState.REPLACED: N_("Replaced"),
    CertificateState.ALTERED: N_("Not confirmed"),
}


class NotPublished(RuleBroken):
    message = N_(
        "The results of this track are not public yet. Certificates can be issued once they are."
    )


class NotFinal(RuleBroken):
    message = N_(
        "The results of this track are not final yet: the public notice or the time for appeals"
        " runs until %(moment)s, or an appeal is open. Certificates can be issued once they are"
        " final."
    )


class NoLongerEarned(RuleBroken):
    message = N_(
        "By the results as they stand now, certificate %(number)s is not earned. Revoke it instead"
        " of replacing it."
    )


class NothingDue(RuleBroken):
    message = N_("Everybody who earned a certificate in this track has one. Nothing was issued.")


class NotValid(Conflict):
    message = N_("Certificate %(number)s is no longer valid. Print the one that replaced it.")


class RecordAltered(RuleBroken):
    message = N_(
        "The record of certificate %(number)s does not match its signature and is not printed. Tell"
        " your administrator."
    )


class NothingChosen(RuleBroken):
    message = N_("Choose at least one certificate to print.")


class TooManyAtOnce(RuleBroken):
    message = N_("At most %(most)s certificates go into one file. Choose fewer.")


class NoSuchCertificate(RuleBroken):
    message = N_(
        "No certificate bears this number together with this name. Compare both with the paper."
    )


class ReasonNeeded(RuleBroken):
    field = "reason"
    message = N_("Write the reason in at least five characters; whoever checks the paper reads it.")


REASON_LEAST = 5


@dataclass(frozen=True, kw_only=True)
class Earned:
    """Everything a certificate states about one person's result."""

    kind: EventKind
    holder: str
    unit: str
    team: str
    event: str
    event_en: str
    track: str
    track_en: str
    outcome: Outcome
    starts_on: date
    ends_on: date
    issuer: str
    issuer_en: str
    issued_on: date
    number: str


# The paper is Chinese with English beneath, whoever prints it; so these are data, not messages.
TITLES: dict[EventKind, tuple[str, str]] = {
    EventKind.COMPETITION: ("获奖证书", "Certificate of Award"),
    EventKind.TRAINING: ("结业证书", "Certificate of Completion"),
    EventKind.EXAM: ("考核合格证明", "Certificate of Passing"),
}
AWARDS: dict[Outcome, tuple[str, str]] = {
    Outcome.FIRST: ("一等奖", "First Prize"),
    Outcome.SECOND: ("二等奖", "Second Prize"),
    Outcome.THIRD: ("三等奖", "Third Prize"),
    Outcome.COMPLETED: ("准予结业", "Completed"),
    Outcome.PASSED: ("考核合格", "Passed"),
}
CLOSINGS: dict[EventKind, str] = {
    EventKind.COMPETITION: "特发此证，以资鼓励。",
    EventKind.TRAINING: "特发此证。",
    EventKind.EXAM: "特此证明。",
}


def check_digit(prefix: str, year: int, serial: int) -> int:
    """ISO/IEC 7064 MOD 11,10 over prefix (A = 10 … Z = 35), year and serial.

    Finds every single wrong digit, and 98 of 100 neighbours changed over.
    """
    letters = "".join(str(ord(letter) - ord("A") + 10) for letter in prefix)
    product = 10
    for digit in f"{letters}{year:04d}{serial:0{SERIAL_DIGITS}d}":
        product = 2 * ((product + int(digit)) % 10 or 10) % 11
    return (11 - product) % 10


def certificate_number(prefix: str, year: int, serial: int) -> str:
    """A number as it is printed: ``J-2026-000128-7``."""
    digit = check_digit(prefix, year, serial)
    return f"{prefix}-{year:04d}-{serial:0{SERIAL_DIGITS}d}-{digit}"


def read_number(text: str) -> str | None:
    """The number meant by what somebody typed, or None if it cannot be one of ours."""
    plain = unicodedata.normalize("NFKC", text[:60]).translate(DASHES)
    found = NUMBER.fullmatch("".join(plain.split()).upper())
    if found is None:
        return None
    prefix, year, serial, digit = found.groups()
    return found[0] if check_digit(prefix, int(year), int(serial)) == int(digit) else None


def document_of(earned: Earned) -> dict[str, Any]:
    """The certificate exactly as printed, with the facts its public page shows."""
    title, title_en = TITLES[earned.kind]
    award, award_en = AWARDS[earned.outcome]
    is_prize = earned.kind is EventKind.COMPETITION
    return {
        "title": title,
        "title_en": title_en,
        "group": "",
        "holder": earned.holder,
        "holder_suffix": "",
        "lines": _lines(earned),
        "award": award if is_prize else "",
        "closing": [CLOSINGS[earned.kind]],
        "lines_en": _lines_en(earned, award_en),
        "issuer": earned.issuer,
        "issued_on": chinese_day(earned.issued_on),
        "number": earned.number,
        "facts": {
            "unit": earned.unit,
            "event": earned.event,
            "event_en": earned.event_en or earned.event,
            "track": earned.track,
            "track_en": earned.track_en or earned.track,
            "award": award,
            "award_en": award_en,
            "issuer_en": earned.issuer_en or earned.issuer,
            "issued_on": earned.issued_on.isoformat(),
        },
    }


def _lines(earned: Earned) -> list[str]:
    track = earned.track
    contest = (
        f"“{earned.event}”{track}" if track.endswith("赛项") else f"“{earned.event}”{track}赛项"
    )
    match earned.kind:
        case EventKind.COMPETITION if earned.team:
            text = f"作为“{earned.team}”参赛队成员，在{contest}中荣获"
        case EventKind.COMPETITION:
            text = f"在{contest}中荣获"
        case EventKind.TRAINING:
            days = f"{chinese_day(earned.starts_on)}至{chinese_day(earned.ends_on)}"
            text = f"于{days}参加“{earned.event}”（{track}），完成规定学时，准予结业。"
        case EventKind.EXAM:
            text = f"参加“{earned.event}”（{track}）考核，成绩合格。"
    return [f"（{earned.unit}）", text] if earned.unit else [text]


def _lines_en(earned: Earned, award_en: str) -> list[str]:
    track, event = earned.track_en or earned.track, earned.event_en or earned.event
    return [f"{award_en}: {track}, {event}", f"Issued by {earned.issuer_en or earned.issuer}"]


def chinese_day(day: date) -> str:
    """A date as Chinese papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def signed_bytes(token: str, key_id: str, document: Mapping[str, Any]) -> bytes:
    """What the signature covers: the public address, the key, and every word on the paper."""
    return canonical_json(
        {"purpose": CERTIFICATE_PURPOSE, "key_id": key_id, "token": token, "document": document}
    )


def same_name(typed: str, printed: str) -> bool:
    """Whether somebody typed the holder's name, whatever the spaces, width and dots."""
    return _bare(typed) == _bare(printed)


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name[:100]).casefold()
    return "".join(c for c in plain if not c.isspace() and c not in "·・•‧.")
