"""Starting the clocks, lodging, withdrawing, going on, and closing appeals for good."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from eventsys import clock
from eventsys.appeals import queries, windows
from eventsys.appeals.models import Appeal, AppealClock, AppealClosing, AppealPaper
from eventsys.appeals.policy import may_follow, may_lodge, may_state_end
from eventsys.appeals.rules import (
    REASON_LEAST,
    AppealFacts,
    AppealsClosed,
    AppealTooLate,
    EndReasonMissing,
    EndUnfit,
    NoAppeals,
    NotAppealable,
    Paper,
    SameAppealOpen,
    SecondTooLate,
    UnknownModule,
    Window,
    check_paper,
    check_text,
    why_not,
)
from eventsys.appeals.states import (
    MOVES,
    NOT_APPEALABLE,
    STATE_LABELS,
    AppealState,
    ClockStart,
)
from eventsys.audit.actions import record
from eventsys.db import new_id, session
from eventsys.draws.queries import officers
from eventsys.events.models import Track
from eventsys.events.rules import CompetitionRules
from eventsys.identity.models import User
from eventsys.identity.policy import Actor, authorize
from eventsys.identity.rules import Role
from eventsys.notifications.actions import notify
from eventsys.notifications.rules import MessageKind
from eventsys.registration.models import Entry
from eventsys.scoring.signing import confirm_password
from eventsys.signatures.actions import keep_signature
from eventsys.signing import content_digest
from eventsys.states import WrongState, check_move

LODGED = "appeal.lodged"
"""What a leader signs."""


@dataclass(frozen=True)
class Proof:
    """That the leader signs in person: the signature (strokes or name) and the password."""

    strokes: str
    password: str


# ---- clocks


def state_end(
    actor: Actor, track: Track, module: str, at: datetime, reason: str = ""
) -> AppealClock:
    """Record when a module, or (``""``) the competition, ended; again only with a reason."""
    authorize(actor, may_state_end, track)
    rules = _rules_of(track)
    if module and module not in {one.code for one in rules.modules}:
        raise UnknownModule
    begins = clock.from_shanghai(datetime.combine(track.event.starts_on, time()))
    if not begins <= at <= clock.now():
        raise EndUnfit
    _lock(track.id)
    start = ClockStart.MODULE_END if module else ClockStart.COMPETITION_END
    before = queries.clock_versions(track.id, start, module)
    if before and len(reason.strip()) < REASON_LEAST:
        raise EndReasonMissing

    made = _start(actor, track, start, module, at, reason.strip())

    record(actor, "contest.ended", track, module=module, at=at, reason=made.reason)
    return made


def note_publication(actor: Actor, track: Track, at: datetime) -> AppealClock:
    """Results became public: the clock of those rulesets starts that count from there.

    Who may publish is the caller's question; it asks in the transaction of the publication.
    """
    _lock(track.id)
    return _start(actor, track, ClockStart.RESULT_PUBLISHED, "", at, "")


def _start(
    actor: Actor, track: Track, start: ClockStart, module: str, at: datetime, reason: str
) -> AppealClock:
    made = AppealClock(
        id=new_id(),
        group_id=track.group_id,
        track_id=track.id,
        start=start,
        module=module,
        version=queries.clock_versions(track.id, start, module) + 1,
        at=at,
        reason=reason,
        recorded_at=clock.now(),
        recorded_by_id=actor.user_id,
        recorded_by=actor.name,
    )
    session().add(made)
    session().flush()
    return made


# ---- the leader


def lodge(actor: Actor, entry: Entry, facts: AppealFacts, proof: Proof) -> Appeal:
    """Appeal in writing, signed, in time; what cannot be appealed is refused or set down as such.

    The clock is read after the track is held: whoever comes first, a lodging and the closing of
    appeals never both succeed.
    """
    authorize(actor, may_lodge, entry)
    rules = _rules_of(entry.track)
    _lock(entry.track_id)
    moment = clock.now()
    window = _check_open(entry, facts.module, moment)
    refused = why_not(facts.ground, NOT_APPEALABLE)
    if refused and not facts.insists:
        raise NotAppealable(why=refused)
    text = check_text(facts.text)
    media_type = check_paper(facts.paper) if facts.paper else ""
    confirm_password(session().get(User, actor.user_id), proof.password)

    appeal = _write(actor, entry, facts, text, moment, rules)
    appeal.window_ends_at = window.ends_at
    _check_single(appeal)
    session().add(appeal)
    session().flush()
    if facts.paper is not None:
        session().add(_paper(appeal, facts.paper, media_type))
        session().flush()

    digest = content_digest(content_of(appeal))
    keep_signature(actor, LODGED, appeal.id, appeal.group_id, actor.name, proof.strokes, digest)
    record(actor, "appeal.lodged", appeal, number=appeal.number, ground=appeal.ground)
    _tell_lodged(appeal)
    return appeal


def note_late(actor: Actor, entry: Entry, module: str) -> None:
    """One line on record that an appeal came too late; it is not accepted."""
    authorize(actor, may_lodge, entry)
    window = windows.window_for(entry, module)
    if window is None or window.ends_at is None:
        raise NoAppeals

    record(actor, "appeal.too_late", entry, module=module, at=window.ends_at)


def withdraw(actor: Actor, appeal: Appeal) -> None:
    """The applicant takes the appeal back, at any time before the last word."""
    authorize(actor, may_follow, appeal)
    _hold(appeal)
    check_move(MOVES, STATE_LABELS, appeal.state, AppealState.WITHDRAWN)

    appeal.state, appeal.ended_at = AppealState.WITHDRAWN, clock.now()

    record(actor, "appeal.withdrawn", appeal, number=appeal.number)


def accept_ruling(actor: Actor, appeal: Appeal) -> None:
    """The applicant does not go on: the first ruling is the last, and nothing waits any more."""
    authorize(actor, may_follow, appeal)
    _hold(appeal)
    if appeal.state is not AppealState.RULED:
        raise WrongState(here=STATE_LABELS[appeal.state])

    appeal.state, appeal.ended_at = AppealState.CLOSED, clock.now()

    record(actor, "appeal.accepted", appeal, number=appeal.number)


def go_on(actor: Actor, appeal: Appeal, text: str, proof: Proof) -> None:
    """Ask the second level, whose ruling is final."""
    authorize(actor, may_follow, appeal)
    _hold(appeal)
    check_move(MOVES, STATE_LABELS, appeal.state, AppealState.SECOND)
    moment = clock.now()
    if not appeal.is_open_at(moment):
        raise SecondTooLate(moment=shown(appeal.second_until))
    given = check_text(text)
    confirm_password(session().get(User, actor.user_id), proof.password)

    rules = _rules_of(appeal.track)
    appeal.state, appeal.level, appeal.second_text = AppealState.SECOND, 2, given
    appeal.respond_by = moment + timedelta(minutes=rules.appeal_response_minutes)
    session().flush()

    digest = content_digest(content_of(appeal))
    keep_signature(actor, LODGED, appeal.id, appeal.group_id, actor.name, proof.strokes, digest)
    record(actor, "appeal.gone_on", appeal, number=appeal.number)
    _tell_lodged(appeal)


# ---- the end


def close_appeals(actor: Actor, track: Track, version: int = 1) -> bool:
    """A version of the results becomes final: from now on nobody appeals about it.

    ``False`` while somebody still may or has. Called by the action that makes results final, in
    its transaction; who may do that is its question. A track without appeals is closed at once.
    """
    _lock(track.id)
    if queries.closing_of(track.id) is not None:
        return True
    moment = clock.now()
    last = queries.last_window_of(track)
    running = last is not None and last.ends_at is not None and not last.is_over(moment)
    if running or queries.open_appeals(track.id):
        return False

    session().add(
        AppealClosing(
            id=new_id(),
            group_id=track.group_id,
            track_id=track.id,
            version=version,
            at=moment,
            by_name=actor.name,
        )
    )
    session().flush()

    record(actor, "appeals.closed", track, version=version)
    return True


def content_of(appeal: Appeal) -> dict[str, object]:
    """What the leader signs, as it is hashed."""
    return {
        "title": appeal.title,
        "entry": appeal.entry_id,
        "ground": appeal.ground.value,
        "module": appeal.module,
        "text": appeal.text,
        "second_text": appeal.second_text,
        "papers": sorted(one.digest for one in appeal.papers),
        "lodged_at": appeal.lodged_at.isoformat(),
    }


def shown(moment: datetime | None) -> str:
    """A moment on a Shanghai clock, to the second; a dash for none."""
    return f"{clock.in_shanghai(moment):%Y-%m-%d %H:%M:%S}" if moment else "–"


def _check_open(entry: Entry, module: str, moment: datetime) -> Window:
    closed = windows.closing_for(entry)
    if closed is not None:
        raise AppealsClosed(moment=shown(closed.at))
    if module and module not in {one.code for one in _rules_of(entry.track).modules}:
        raise UnknownModule
    window = windows.window_for(entry, module)
    if window is None:
        raise NoAppeals
    if window.is_over(moment):
        raise AppealTooLate(moment=shown(window.ends_at))
    return window


def _write(
    actor: Actor,
    entry: Entry,
    facts: AppealFacts,
    text: str,
    moment: datetime,
    rules: CompetitionRules,
) -> Appeal:
    admitted = facts.ground not in NOT_APPEALABLE
    return Appeal(
        id=new_id(),
        group_id=entry.group_id,
        track_id=entry.track_id,
        track=entry.track,
        entry_id=entry.id,
        entry=entry,
        number=queries.last_number(entry.track_id) + 1,
        state=AppealState.LODGED if admitted else AppealState.NOT_ADMITTED,
        level=1,
        ground=facts.ground,
        module=facts.module,
        text=text,
        second_text="",
        lodged_at=moment,
        lodged_by_id=actor.user_id,
        lodged_by=actor.name,
        respond_by=moment + timedelta(minutes=rules.appeal_response_minutes),
        deposit=rules.appeal_deposit if admitted else 0,
        ended_at=None if admitted else moment,
        papers=[],
    )


def _check_single(appeal: Appeal) -> None:
    with session().no_autoflush:
        same = queries.same_open(appeal.entry_id, appeal)
    if same is not None and appeal.state is AppealState.LODGED:
        raise SameAppealOpen(title=same.title)


def _paper(appeal: Appeal, paper: Paper, media_type: str) -> AppealPaper:
    return AppealPaper(
        id=new_id(),
        group_id=appeal.group_id,
        appeal_id=appeal.id,
        name=paper.name[:100],
        media_type=media_type,
        size=len(paper.content),
        digest=content_digest(paper.content.hex()),
        content=paper.content,
        at=clock.now(),
    )


def _tell_lodged(appeal: Appeal) -> None:
    if appeal.state is AppealState.NOT_ADMITTED:
        return
    told = [*officers(appeal.track, Role.ORGANIZER), *officers(appeal.track, Role.SUPERVISOR)]
    notify(
        appeal.group_id,
        {one.id for one in told},
        MessageKind.APPEAL_LODGED,
        link=f"/appeals/{appeal.id}",
        once=f"appeal:{appeal.id}:{appeal.level}",
        title=appeal.title,
        track=appeal.track.name,
    )


def _rules_of(track: Track) -> CompetitionRules:
    rules = queries.rules_of(track)
    if rules is None:
        raise NoAppeals
    return rules


def _lock(track_id: int) -> None:
    """Appeals, rulings and the end of a track's results come one after another."""
    session().scalar(select(Track.id).where(Track.id == track_id).with_for_update(key_share=True))


def _hold(appeal: Appeal) -> None:
    _lock(appeal.track_id)
    session().refresh(appeal)
