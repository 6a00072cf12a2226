"""Versions of results: a correction is a new one with a reason; notice, final, and history."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from eventsys import clock
from eventsys.appeals.models import Appeal
from eventsys.appeals.queries import window_of
from eventsys.appeals.states import AppealState, Ground
from eventsys.appeals.windows import closed_entries, windows_of
from eventsys.certificates import queries as certificates
from eventsys.certificates.actions import issue_due, replace
from eventsys.certificates.keys import ready_signer
from eventsys.certificates.rules import NoLongerEarned, NotFinal
from eventsys.db import new_id, session, transaction
from eventsys.draws.queries import opened_entries
from eventsys.errors import Forbidden
from eventsys.incidents.models import Incident, IncidentDecision
from eventsys.incidents.states import Effect, IncidentKind
from eventsys.results import actions, finality, queries
from eventsys.results.models import Notice, Publication, ResultRow
from eventsys.results.ranking import standings
from eventsys.results.revisions import Side, changes, revision
from eventsys.results.states import Outcome
from eventsys.scoring.chief_actions import ReturnReasonMissing
from eventsys.scoring.correction_actions import ask_correction, refuse_correction
from scheduling.jobs import finalise_due_results, publish_due_results
from tests import judging

REASON = "现场事件裁决后扣分"
HOUR = timedelta(hours=1)


@pytest.fixture
def organizer(act):
    return act("organizer_a")


def draw_up(organizer, world, due=None, reason=""):
    with transaction():
        track = judging.track_of(world)
        return actions.draw_up(organizer, track, due or clock.now(), reason)


def decide(world, code, effect, **facts):
    """An incident of an entry with its decision; laid down as its actions leave it."""
    with transaction():
        entry = opened_entries(world.track_a)[code]
        number = len(session().scalars(select(Incident.id)).all()) + 1
        incident = Incident(
            id=new_id(),
            group_id=entry.group_id,
            track_id=world.track_a,
            number=number,
            op=str(number),
            station="01",
            entry_id=entry.id,
            kind=IncidentKind.VIOLATION,
            starts_at=judging.NOW,
            recorded_at=judging.NOW,
            recorded_by="甲现场裁判",
        )
        session().add(incident)
        session().flush()
        session().add(
            IncidentDecision(
                id=new_id(),
                group_id=entry.group_id,
                incident_id=incident.id,
                version=1,
                effect=effect,
                points=facts.pop("points", Decimal(0)),
                rule_text="违规",
                decided_at=judging.NOW,
                decided_by="甲裁判长",
                **facts,
            )
        )
    session().expire_all()


def shown(world):
    """Rank, total and outcome of every row that is public now."""
    rows = queries.public_results(world.competition_a, clock.now())[world.track_a]
    return [(row.place, row.total, row.outcome) for row in rows]


def latest(world):
    return queries.publication_of(world.track_a)


def finalise(organizer, world):
    with transaction():
        finality.declare_final(organizer, latest(world))


# ---- incidents


def test_points_off_come_from_the_exact_total_and_move_the_rank(organizer, world):
    codes = judging.opened(world)
    decide(world, codes[0], Effect.POINTS_OFF, points=Decimal("1.5"))

    rows = standings(judging.track_of(world)).rows
    draw_up(organizer, world)

    assert [(row.code, row.score.total) for row in rows[:2]] == [
        (codes[1], Decimal("91.00")),
        (codes[0], Decimal("90.50")),
    ]
    parts = session().scalars(select(ResultRow).order_by(ResultRow.position)).all()[1].parts
    assert parts["points_off"] == "1.5"


def test_a_cancelled_module_counts_nothing_and_a_disqualified_entry_has_no_place(organizer, world):
    codes = judging.opened(world)
    decide(world, codes[0], Effect.MODULE_CANCELLED, module="B")
    decide(world, codes[1], Effect.DISQUALIFIED)
    draw_up(organizer, world)

    assert shown(world) == [
        (1, Decimal("90.00"), Outcome.FIRST),
        (2, Decimal("89.00"), Outcome.SECOND),
        (3, Decimal("88.00"), Outcome.THIRD),
        (4, Decimal("87.00"), Outcome.THIRD),
        (5, Decimal("38.00"), Outcome.NONE),
        (None, None, Outcome.DISQUALIFIED),
    ]


# ---- versions


def test_a_correction_makes_a_new_version_and_the_old_one_stays_readable(organizer, world):
    codes = judging.opened(world)
    first = draw_up(organizer, world)
    before = shown(world)
    decide(world, codes[0], Effect.POINTS_OFF, points=Decimal(5))
    assert shown(world) == before

    second = draw_up(organizer, world, reason=REASON)

    assert (second.version, second.supersedes_id, second.reason) == (2, first.id, REASON)
    assert [place for place, _total, _outcome in shown(world)] == [1, 2, 3, 4, 5, 6]
    assert shown(world)[0][1] == Decimal("91.00")
    assert [one.version for one in queries.versions_of(world.track_a)] == [2, 1]
    assert queries.public_rows(first.id)[0].total == Decimal("92.00")
    assert second.digest == actions.digest_of(second, second.rows)
    assert first.digest == actions.digest_of(first, first.rows)


def test_what_a_version_changed_is_told_entry_by_entry(organizer, world):
    codes = judging.opened(world)
    draw_up(organizer, world)
    decide(world, codes[0], Effect.DISQUALIFIED)

    foreseen = changes(judging.track_of(world))
    second = draw_up(organizer, world, reason=REASON)

    assert foreseen == revision(second)
    gone = {one.entry_id: one for one in foreseen}[opened_entries(world.track_a)[codes[0]].id]
    assert gone.before == Side(1, Decimal("92.00"), Outcome.FIRST)
    assert gone.after == Side(None, None, Outcome.DISQUALIFIED)
    assert len(foreseen) == 6
    assert changes(judging.track_of(world)) == []


def test_a_version_needs_a_change_and_a_reason(organizer, world):
    codes = judging.opened(world)
    draw_up(organizer, world)

    with pytest.raises(actions.NothingChanged):
        draw_up(organizer, world, reason=REASON)
    decide(world, codes[0], Effect.POINTS_OFF, points=Decimal(5))
    with pytest.raises(ReturnReasonMissing):
        draw_up(organizer, world, reason="错")

    assert latest(world).version == 1


def test_a_new_version_replaces_the_old_one_at_its_moment_and_not_before(organizer, world, at):
    codes = judging.opened(world)
    draw_up(organizer, world)
    before = shown(world)
    decide(world, codes[0], Effect.POINTS_OFF, points=Decimal(5))
    due = clock.now() + HOUR
    draw_up(organizer, world, due, REASON)

    assert shown(world) == before
    mine = queries.results_for(judging.actor("leader1_a"), clock.now())
    assert {row.publication.version for row in mine} == {1}

    at(due)
    assert publish_due_results() == 1
    assert shown(world) != before
    mine = queries.results_for(judging.actor("leader1_a"), clock.now())
    assert {row.publication.version for row in mine} == {2}


def test_what_was_published_is_never_changed_even_by_the_database(organizer, world):
    judging.change_rules(world, appeal_levels=0)
    judging.opened(world)
    publication = draw_up(organizer, world)

    for change in (
        update(ResultRow).where(ResultRow.publication_id == publication.id).values(place=1),
        update(Publication).where(Publication.id == publication.id).values(reason="x"),
        update(Notice).where(Notice.publication_id == publication.id).values(final_by="x"),
    ):
        with pytest.raises(DBAPIError), transaction():
            session().execute(change)
        session().rollback()


# ---- the notice, and final


def test_without_notice_and_appeals_results_are_final_as_soon_as_public(organizer, world):
    judging.change_rules(world, appeal_levels=0)
    judging.opened(world)
    publication = draw_up(organizer, world)

    assert queries.is_final(world.track_a)
    assert publication.notice.final_at is not None
    with pytest.raises(finality.AlreadyFinal):
        finalise(organizer, world)


def test_the_notice_runs_its_time_and_the_clock_makes_the_results_final(organizer, world, at):
    judging.change_rules(world, notice_minutes=120, appeal_levels=0)
    judging.opened(world)
    publication = draw_up(organizer, world)
    starts = publication.public_at

    assert publication.notice.ends_at == starts + 2 * HOUR
    assert not queries.is_final(world.track_a)
    with pytest.raises(finality.NoticeRunning):
        finalise(organizer, world)
    at(starts + 2 * HOUR - timedelta(seconds=1))
    assert finalise_due_results() == 0

    at(starts + 2 * HOUR)
    assert [finalise_due_results(), finalise_due_results()] == [1, 0]
    assert queries.is_final(world.track_a)


def test_results_wait_for_the_last_second_in_which_somebody_may_appeal(organizer, world, at):
    judging.change_rules(world, appeal_minutes=120)
    judging.opened(world)
    over = draw_up(organizer, world).public_at + 2 * HOUR

    at(over)
    assert finalise_due_results() == 0
    with pytest.raises(finality.AppealsPossible):
        finalise(organizer, world)

    at(over + timedelta(seconds=1))
    assert finalise_due_results() == 1


def test_the_organizer_declares_final_when_the_notice_is_over(act, organizer, world, at):
    judging.change_rules(world, notice_minutes=120)
    judging.opened(world)
    publication = draw_up(organizer, world)
    at(publication.public_at + 3 * HOUR)

    with pytest.raises(Forbidden), transaction():
        finality.declare_final(act("office_a"), latest(world))
    finalise(organizer, world)

    assert latest(world).notice.final_by == organizer.name


def test_only_the_newest_version_becomes_final_after_a_notice_of_its_own(organizer, world, at):
    judging.change_rules(world, notice_minutes=120)
    codes = judging.opened(world)
    first = draw_up(organizer, world)
    at(clock.now() + HOUR)
    decide(world, codes[0], Effect.POINTS_OFF, points=Decimal(5))
    second = draw_up(organizer, world, reason=REASON)

    at(first.notice.ends_at + timedelta(minutes=1))
    assert finalise_due_results() == 0
    with pytest.raises(finality.Superseded), transaction():
        finality.declare_final(organizer, first)
    at(second.notice.ends_at + timedelta(seconds=1))  # whose result changed may appeal until then
    assert finalise_due_results() == 1

    assert (first.notice.final_at, queries.is_final(world.track_a)) == (None, True)


def test_whom_a_correction_changed_may_appeal_anew_and_the_final_waits(organizer, world, at):
    judging.change_rules(world, notice_minutes=60, appeal_minutes=120)
    codes = judging.opened(world)
    first = draw_up(organizer, world)
    at(clock.now() + 3 * HOUR)
    finalise(organizer, world)
    decide(world, codes[4], Effect.POINTS_OFF, points=Decimal("0.5"))
    corrected = clock.now()
    second = draw_up(organizer, world, reason=REASON)

    entries = opened_entries(world.track_a)
    windows = windows_of(list(entries.values()))
    ends = [windows[entries[code].id].ends_at for code in codes]
    before, anew = first.notice.starts_at + 2 * HOUR, corrected + 2 * HOUR
    assert ends == [before, before, before, before, anew, before]
    assert closed_entries(entries.values()) == {
        entries[code].id for code in codes if code != codes[4]
    }
    at(second.notice.ends_at)
    assert finalise_due_results() == 0
    with pytest.raises(finality.AppealsPossible):
        finalise(organizer, world)
    at(anew + timedelta(seconds=1))
    assert (finalise_due_results(), queries.is_final(world.track_a)) == (1, True)


def test_nothing_is_drawn_up_or_final_while_an_appeal_is_open(organizer, world, at):
    judging.change_rules(world, notice_minutes=120)
    codes = judging.opened(world)
    publication = draw_up(organizer, world)
    appeal = lodge(world, codes[2])
    decide(world, codes[0], Effect.POINTS_OFF, points=Decimal(5))
    at(publication.notice.ends_at)

    assert finalise_due_results() == 0
    for deed in (
        lambda: finalise(organizer, world),
        lambda: draw_up(organizer, world, reason=REASON),
    ):
        with pytest.raises(finality.AppealOpen) as refused:
            deed()
        assert refused.value.facts == {"appeals": appeal}


def test_results_are_not_published_by_the_clock_while_an_appeal_is_open(organizer, world, at):
    codes = judging.opened(world)
    due = clock.now() + HOUR
    draw_up(organizer, world, due)
    lodge(world, codes[2])

    at(due)
    assert publish_due_results() == 0
    assert queries.public_results(world.competition_a, due) == {}

    with transaction():
        session().execute(update(Appeal).values(state=AppealState.WITHDRAWN))
    assert publish_due_results() == 1


def test_a_late_publication_takes_no_time_from_the_notice_and_the_appeals(organizer, world, at):
    judging.change_rules(world, notice_minutes=120, appeal_clock="result_published")
    judging.opened(world)
    due = clock.now() + HOUR
    draw_up(organizer, world, due)

    at(due + 3 * HOUR)
    assert [publish_due_results(), finalise_due_results()] == [1, 0]

    assert latest(world).notice.starts_at == due + 3 * HOUR
    assert latest(world).notice.ends_at == due + 5 * HOUR
    assert window_of(judging.track_of(world)).ends_at == due + 5 * HOUR


def lodge(world, code):
    """An appeal, laid down; how it is called."""
    with transaction():
        entry = opened_entries(world.track_a)[code]
        appeal = Appeal(
            id=new_id(),
            group_id=entry.group_id,
            track_id=world.track_a,
            entry_id=entry.id,
            number=1,
            state=AppealState.LODGED,
            ground=next(iter(Ground)),
            text="设备故障",
            lodged_at=clock.now(),
            lodged_by="甲领队1",
            respond_by=clock.now() + 100 * HOUR,
        )
        session().add(appeal)
    return appeal.title


# ---- certificates


def test_certificates_wait_for_final_results_and_follow_the_newest(
    organizer, act, world, settings, at
):
    judging.change_rules(world, notice_minutes=120, appeal_levels=0)
    codes = judging.opened(world)
    draw_up(organizer, world)
    signer = ready_signer(settings.keys_dir)
    with pytest.raises(NotFinal), transaction():
        issue_due(act("office_a"), judging.track_of(world), signer, 100)
    assert certificates.due_count(world.track_a) == 0

    decide(world, codes[0], Effect.DISQUALIFIED)
    second = draw_up(organizer, world, reason=REASON)
    at(second.notice.ends_at)
    finalise_due_results()
    with transaction():
        made = issue_due(act("office_a"), judging.track_of(world), signer, 100)

    best = opened_entries(world.track_a)[codes[0]].id
    assert best not in {one.entry_id for one in made}
    assert certificates.outdated(world.track_a) == []


def test_certificates_that_a_correction_made_wrong_are_named(organizer, act, world, settings):
    judging.change_rules(world, appeal_levels=0)
    codes = judging.opened(world)
    draw_up(organizer, world)
    signer = ready_signer(settings.keys_dir)
    with transaction():
        made = issue_due(act("office_a"), judging.track_of(world), signer, 100)
    decide(world, codes[0], Effect.DISQUALIFIED)
    draw_up(organizer, world, reason=REASON)

    behind = opened_entries(world.track_a)
    stale = {behind[codes[n]].id for n in (0, 1, 2)}
    assert {one.entry_id for one in certificates.outdated(world.track_a)} == stale
    assert len(made) == 4


def test_a_certificate_is_replaced_only_by_what_final_results_still_give(
    organizer, act, world, settings, at
):
    judging.change_rules(world, appeal_levels=0)
    codes = judging.opened(world)
    draw_up(organizer, world)
    office, signer = act("office_a"), ready_signer(settings.keys_dir)
    with transaction():
        made = issue_due(office, judging.track_of(world), signer, 100)
    judging.change_rules_again(world, notice_minutes=120)
    decide(world, codes[0], Effect.DISQUALIFIED)
    second = draw_up(organizer, world, reason=REASON)
    best = opened_entries(world.track_a)[codes[0]].id
    (stale,) = [one for one in made if one.entry_id == best]

    with pytest.raises(NotFinal), transaction():
        replace(office, stale, "姓名写错了", signer)
    at(second.notice.ends_at)
    finalise_due_results()
    with pytest.raises(NoLongerEarned), transaction():
        replace(office, stale, "姓名写错了", signer)

    assert stale.revoked_at is None


def test_nothing_becomes_final_while_a_correction_waits(act, organizer, world, at):
    judging.change_rules(world, notice_minutes=120, appeal_levels=0)
    codes = judging.opened(world)
    draw_up(organizer, world)
    with transaction():
        own, key = judging.sheet(world, 1, codes[0]), judging.aspect_ids(world)["B1.3"]
        asked = ask_correction(act("supervisor_a"), own, key, Decimal(0), "评分单与纸质不符")
    at(clock.now() + timedelta(hours=3))

    with transaction():
        assert not finality.finalise(organizer, latest(world))
    with pytest.raises(finality.CorrectionWaits):
        finalise(organizer, world)
    with transaction():
        refuse_correction(act("chief_a"), asked, "纸质表与系统一致")
    with transaction():
        assert finality.finalise(organizer, latest(world))
