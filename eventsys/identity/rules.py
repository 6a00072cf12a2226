"""Roles, what each may do, in which scope; passwords; how long a session lives."""

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from eventsys.errors import N_, RuleBroken


class Role(StrEnum):
    """What a person is, in a scope."""

    PLATFORM_ADMIN = "platform_admin"
    GROUP_ADMIN = "group_admin"
    ORGANIZER = "organizer"
    TEAM_LEADER = "team_leader"
    PARTICIPANT = "participant"
    STEWARD = "steward"
    ENCRYPTION_JUDGE = "encryption_judge"
    CHIEF_JUDGE = "chief_judge"
    JUDGE = "judge"
    FLOOR_JUDGE = "floor_judge"
    SCORE_CLERK = "score_clerk"
    SUPERVISOR = "supervisor"
    ASSESSOR = "assessor"
    CERTIFICATE_OFFICE = "certificate_office"


ROLE_LABELS: dict[Role, str] = {
    Role.PLATFORM_ADMIN: N_("Platform administrator"),
    Role.GROUP_ADMIN: N_("Group administrator"),
    Role.ORGANIZER: N_("Organizer"),
    Role.TEAM_LEADER: N_("Team leader"),
    Role.PARTICIPANT: N_("Participant"),
    Role.STEWARD: N_("Check-in steward"),
    Role.ENCRYPTION_JUDGE: N_("Encryption judge"),
    Role.CHIEF_JUDGE: N_("Chief judge"),
    Role.JUDGE: N_("Scoring judge"),
    Role.FLOOR_JUDGE: N_("Floor judge"),
    Role.SCORE_CLERK: N_("Score clerk"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.ASSESSOR: N_("Assessor"),
    Role.CERTIFICATE_OFFICE: N_("Certificate office"),
}


class ScopeKind(StrEnum):
    """Where a role holds."""

    PLATFORM = "platform"
    GROUP = "group"
    UNIT = "unit"
    EVENT = "event"
    TRACK = "track"


class Scope(NamedTuple):
    """One place where a role may hold; a thing lists all the scopes it lies in."""

    kind: ScopeKind
    id: int


PLATFORM = Scope(ScopeKind.PLATFORM, 0)


class Permission(StrEnum):
    """What may be done; roles collect permissions."""

    GROUPS_MANAGE = "groups.manage"
    ACCOUNTS_MANAGE = "accounts.manage"
    UNITS_MANAGE = "units.manage"
    AUDIT_READ = "audit.read"
    ID_REVEAL = "id.reveal"
    EVENTS_SEE = "events.see"
    EVENTS_MANAGE = "events.manage"
    FEES_SEE = "fees.see"
    FEES_MANAGE = "fees.manage"
    ENTRIES_SEE = "entries.see"
    ENTRIES_SUBMIT = "entries.submit"
    ENTRIES_REVIEW = "entries.review"
    PLACES_MANAGE = "places.manage"
    CHECK_IN = "attendance.check_in"
    DRAW = "draws.draw"
    MAP_OPEN = "draws.open"
    SCHEME_MANAGE = "scoring.scheme"
    MARK = "scoring.mark"
    CONFIRM = "scoring.confirm"
    KEY_PAPER = "scoring.key_paper"
    SIGN_OFF = "scoring.sign_off"
    CORRECT = "scoring.correct"
    RECHECK = "rechecks.check"
    INCIDENTS_RECORD = "incidents.record"
    INCIDENTS_DECIDE = "incidents.decide"
    APPEALS_LODGE = "appeals.lodge"
    APPEALS_DECIDE = "appeals.decide"
    EXAM_MARK = "scoring.exam_mark"
    RESULTS_SEE = "results.see"
    RESULTS_PUBLISH = "results.publish"
    CERTIFICATES_ISSUE = "certificates.issue"


P = Permission
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.PLATFORM_ADMIN: frozenset({P.GROUPS_MANAGE}),
    Role.GROUP_ADMIN: frozenset(
        {P.ACCOUNTS_MANAGE, P.UNITS_MANAGE, P.AUDIT_READ, P.EVENTS_SEE, P.FEES_SEE}
    ),
    Role.ORGANIZER: frozenset(
        {
            P.EVENTS_SEE,
            P.EVENTS_MANAGE,
            P.FEES_SEE,
            P.FEES_MANAGE,
            P.ENTRIES_SEE,
            P.ENTRIES_REVIEW,
            P.ID_REVEAL,
            P.PLACES_MANAGE,
            P.CHECK_IN,
            P.SCHEME_MANAGE,
            P.RESULTS_SEE,
            P.RESULTS_PUBLISH,
        }
    ),
    Role.TEAM_LEADER: frozenset({P.EVENTS_SEE, P.ENTRIES_SEE, P.ENTRIES_SUBMIT, P.APPEALS_LODGE}),
    Role.PARTICIPANT: frozenset({P.EVENTS_SEE}),
    Role.STEWARD: frozenset({P.EVENTS_SEE, P.CHECK_IN}),
    Role.ENCRYPTION_JUDGE: frozenset({P.EVENTS_SEE, P.DRAW, P.MAP_OPEN}),
    Role.CHIEF_JUDGE: frozenset({P.SIGN_OFF, P.CONFIRM, P.CORRECT, P.INCIDENTS_DECIDE}),
    Role.JUDGE: frozenset({P.MARK}),
    Role.FLOOR_JUDGE: frozenset({P.EVENTS_SEE, P.INCIDENTS_RECORD}),
    Role.SCORE_CLERK: frozenset({P.CONFIRM, P.KEY_PAPER}),
    Role.SUPERVISOR: frozenset({P.EVENTS_SEE, P.MAP_OPEN, P.RECHECK, P.CORRECT, P.APPEALS_DECIDE}),
    Role.ASSESSOR: frozenset({P.EXAM_MARK}),
    Role.CERTIFICATE_OFFICE: frozenset(
        {P.EVENTS_SEE, P.ENTRIES_SEE, P.RESULTS_SEE, P.CERTIFICATES_ISSUE, P.ID_REVEAL}
    ),
}

SCOPES_OF_ROLE: dict[Role, frozenset[ScopeKind]] = {
    Role.PLATFORM_ADMIN: frozenset({ScopeKind.PLATFORM}),
    Role.GROUP_ADMIN: frozenset({ScopeKind.GROUP}),
    Role.ORGANIZER: frozenset({ScopeKind.GROUP, ScopeKind.EVENT}),
    Role.TEAM_LEADER: frozenset({ScopeKind.UNIT}),
    Role.PARTICIPANT: frozenset({ScopeKind.GROUP}),
    Role.STEWARD: frozenset({ScopeKind.EVENT, ScopeKind.TRACK}),
    Role.ENCRYPTION_JUDGE: frozenset({ScopeKind.EVENT, ScopeKind.TRACK}),
    Role.CHIEF_JUDGE: frozenset({ScopeKind.TRACK}),
    Role.JUDGE: frozenset({ScopeKind.TRACK}),
    Role.FLOOR_JUDGE: frozenset({ScopeKind.EVENT, ScopeKind.TRACK}),
    Role.SCORE_CLERK: frozenset({ScopeKind.TRACK}),
    Role.SUPERVISOR: frozenset({ScopeKind.EVENT, ScopeKind.TRACK}),
    Role.ASSESSOR: frozenset({ScopeKind.EVENT, ScopeKind.TRACK}),
    Role.CERTIFICATE_OFFICE: frozenset({ScopeKind.GROUP}),
}

BLIND_ROLES = frozenset({Role.CHIEF_JUDGE, Role.JUDGE, Role.SCORE_CLERK})
# offices that see who the contestants are; never in one hand with a judge's
SEEING_ROLES = frozenset(
    {
        Role.GROUP_ADMIN,
        Role.ORGANIZER,
        Role.STEWARD,
        Role.FLOOR_JUDGE,
        Role.ENCRYPTION_JUDGE,
        Role.SUPERVISOR,
        Role.CERTIFICATE_OFFICE,
    }
)
IDLE_LIMIT = timedelta(minutes=30)
JUDGE_IDLE_LIMIT = timedelta(hours=12)
ABSOLUTE_LIMIT = timedelta(hours=12)
INVITATION_LIFE = timedelta(days=7)
ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_ALLOWED = 8
PASSWORD_MIN, PASSWORD_MIN_STAFF, PASSWORD_MAX = 8, 12, 200
COMMON_WORDS = frozenset(
    """
    password passw0rd qwerty qwertyui qwertyuiop asdfghjkl zxcvbnm abc abcd aa admin administrator
    root user test guest demo welcome letmein iloveyou sunshine princess football monkey dragon
    master superman woaini woaiwojia woaizhongguo zhongguo beijing henan wangyi taobao xiaoming
    mima wodemima yonghu guanliyuan xuexiao laoshi xuesheng caipan saixunzheng eventsys 1q2w3e4r
    1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc qazwsx qazwsxedc q1w2e3r4 a1b2c3d4
    """.split()
)
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
)
TRIMMINGS = "0123456789 !@#$%^&*()_+-=.,?~！。，"
USERNAME_FORM = re.compile(r"[a-z0-9._-]{3,40}")


class WeakPassword(RuleBroken):
    field = "password"
    message = N_("Choose at least %(least)s characters; a sentence is easier than a riddle.")


class LongPassword(RuleBroken):
    field = "password"
    message = N_("Choose at most %(most)s characters.")


class CommonPassword(RuleBroken):
    field = "password"
    message = N_("This password is on every guesser's list. Choose another one.")


class UsernameUnfit(RuleBroken):
    field = "username"
    message = N_("Use 3 to 40 letters, digits, dots or hyphens.")


class EndsBeforeStart(RuleBroken):
    field = "ends_on"
    message = N_("The last day lies before the first day. Correct one of the two dates.")


def least_length(roles: frozenset[Role]) -> int:
    """How many characters a password needs; more for whoever decides about others."""
    staff = roles - {Role.PARTICIPANT, Role.TEAM_LEADER}
    return PASSWORD_MIN_STAFF if staff else PASSWORD_MIN


def check_password(password: str, roles: frozenset[Role], names: tuple[str, ...]) -> None:
    """Refuse passwords that are too short for the role, well known, or made of the own name."""
    least = least_length(roles)
    if len(password) < least:
        raise WeakPassword(least=least)
    if len(password) > PASSWORD_MAX:
        raise LongPassword(most=PASSWORD_MAX)
    plain = password.casefold()
    if is_guessable(plain) or any(_is_mostly(plain, name.casefold()) for name in names):
        raise CommonPassword


def is_guessable(plain: str) -> bool:
    """Digits only (birthdays, telephones), two characters repeated, keyboard runs, common words."""
    if plain.strip(TRIMMINGS) == "" or len(set(plain)) <= 2:  # noqa: PLR2004  "aaaa…", "abab…"
        return True
    bare = plain.strip(TRIMMINGS)
    return plain in COMMON_WORDS or bare in COMMON_WORDS or any(bare in 2 * run for run in RUNS)


def _is_mostly(plain: str, name: str) -> bool:
    """Whether the name stands in the password and less than eight characters stand around it."""
    return len(name) > 1 and name in plain and len(plain.replace(name, "")) < PASSWORD_MIN


def normalise_username(username: str) -> str:
    """The one spelling under which a sign-in name is kept and found."""
    return username.strip().casefold()


def check_username(username: str) -> str:
    """The sign-in name as it is kept; refuses what cannot be typed on every keyboard."""
    plain = normalise_username(username)
    if not USERNAME_FORM.fullmatch(plain):
        raise UsernameUnfit
    return plain


def check_term(starts_on: date | None, ends_on: date | None) -> None:
    """Refuse a term of office that ends before it begins."""
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise EndsBeforeStart


class DutiesApart(RuleBroken):
    field = "role"
    message = N_(
        "Who judges must not be able to learn whose work it is: “%(role)s” cannot be held together"
        " with “%(held)s”. Use another account, or end the other role first."
    )


def check_duties_apart(held: frozenset[Role], role: Role) -> None:
    """Refuse a judge's office beside one that sees the contestants, whichever came first."""
    others = SEEING_ROLES if role in BLIND_ROLES else BLIND_ROLES if role in SEEING_ROLES else ()
    clash = sorted(one for one in held if one in others)
    if clash:
        raise DutiesApart(role=ROLE_LABELS[role], held=ROLE_LABELS[clash[0]])
