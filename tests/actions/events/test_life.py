"""An event's life: a draft, its tracks, publication that freezes, and the moves after it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from eventsys import clock
from eventsys.audit.models import AuditEntry
from eventsys.db import enter_group, leave_groups, session, transaction
from eventsys.errors import Forbidden
from eventsys.events import actions, queries
from eventsys.events.models import Event, Ruleset, Track
from eventsys.events.rules import (
    CompetitionRules,
    DaysUpsideDown,
    EventKind,
    EventState,
    ExamRules,
    ModuleRule,
    PartRule,
    ResultsDueTooEarly,
    RulesetFrozen,
    RulesetUnfit,
    WindowOver,
    WindowUpsideDown,
    digest_of,
    to_plain,
)
from eventsys.identity.actions import ReasonMissing
from eventsys.states import WrongState

MODULE = ModuleRule("A", "工艺", "", Decimal(100), Decimal(100))
RULES = CompetitionRules(None, None, 2, 1, 1, 2, (MODULE,), 5)
TRACK = actions.TrackFacts("01", "数控技术", "CNC", "高职组", 60)


def facts(world, **changes):
    moment, today = clock.now(), clock.today()
    usual = actions.EventFacts(
        code="JS-2027-1",
        name="甲技能大赛2027",
        name_en="",
        summary="",
        host_id=world.unit1_a,
        registration_opens_at=moment - timedelta(days=1),
        registration_closes_at=moment + timedelta(days=9),
        starts_on=today + timedelta(days=20),
        ends_on=today + timedelta(days=21),
    )
    return replace(usual, **changes)


def make(act, world, *, tracks=1, **changes):
    """A draft with tracks."""
    with transaction():
        event = actions.create_event(
            act("organizer_a"), world.group_a, EventKind.COMPETITION, facts(world, **changes)
        )
        key = event.id
        for number in range(1, tracks + 1):
            one = replace(TRACK, code=f"{number:02d}")
            actions.add_track(act("organizer_a"), event, one, RULES)
    return key


def publish(act, key):
    with transaction():
        actions.publish_event(act("organizer_a"), kept(key))


def kept(key):
    session().expire_all()
    return session().get_one(Event, key)


def rows():
    session().expire_all()
    return {
        kind.__tablename__: session().scalar(select(func.count()).select_from(kind))
        for kind in (Event, Track, Ruleset, AuditEntry)
    }


def deeds():
    return list(session().scalars(select(AuditEntry.deed).order_by(AuditEntry.sequence)))


def test_a_new_event_is_a_draft(act, world):
    key = make(act, world)

    assert (kept(key).state, kept(key).published_at) == (EventState.DRAFT, None)
    assert [track.code for track in kept(key).tracks] == ["01"]
    assert kept(key).tracks[0].rules == RULES
    assert deeds()[-2:] == ["event.created", "track.added"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"registration_closes_at": clock.now() - timedelta(days=2)}, WindowUpsideDown),
        ({"ends_on": date(2026, 1, 1)}, DaysUpsideDown),
        ({"results_due_at": clock.now()}, ResultsDueTooEarly),
        ({"code": "COMPETITION-2026"}, actions.EventCodeTaken),
        ({"host_id": 1}, actions.HostUnknown),
    ],
)
def test_an_event_that_does_not_fit_is_refused_and_leaves_nothing(act, world, changes, refusal):
    before = rows()

    with pytest.raises(refusal):
        make(act, world, **changes)

    assert rows() == before


@pytest.mark.parametrize("who", ["organizer2_a", "leader1_a", "admin_a", "office_a", "judge1_a"])
def test_only_organizers_of_the_group_begin_events(act, world, who):
    before = rows()

    with pytest.raises(Forbidden), transaction():
        actions.create_event(act(who), world.group_a, EventKind.COMPETITION, facts(world))

    assert rows() == before


def test_a_host_of_another_group_is_refused(act, world):
    enter_group(world.group_a)

    with pytest.raises(actions.HostUnknown):
        make(act, world, host_id=world.unit1_b)


def test_a_track_with_rules_that_do_not_fit_is_refused_and_leaves_nothing(act, world):
    key = make(act, world)
    before = rows()

    with pytest.raises(RulesetUnfit), transaction():
        actions.add_track(
            act("organizer_a"), kept(key), replace(TRACK, code="02"), replace(RULES, modules=())
        )

    assert rows() == before


def test_two_tracks_of_an_event_never_share_a_code(act, world):
    key = make(act, world)

    with pytest.raises(actions.TrackCodeTaken), transaction():
        actions.add_track(act("organizer_a"), kept(key), TRACK, RULES)


def test_an_exam_is_held_for_a_level_of_the_catalogue_and_with_the_plans_places(act, world):
    parts = (
        PartRule("T", "理论", "", Decimal(100), Decimal("0.4"), Decimal(0)),
        PartRule("P", "实操", "", Decimal(100), Decimal("0.6"), Decimal(0)),
    )
    exam = ExamRules(
        world.certificate_a, "3", clock.today(), 20, 60, "composite", Decimal(60), parts
    )
    with transaction():
        event = actions.create_event(
            act("organizer_a"), world.group_a, EventKind.EXAM, facts(world, code="KH-1")
        )
        key = event.id
        actions.add_track(act("organizer_a"), event, TRACK, exam)

    for wrong, refusal in (
        (replace(exam, level_code="9"), actions.LevelUnknown),
        (replace(exam, capacity=59), actions.CapacityMissing),
    ):
        with pytest.raises(refusal), transaction():
            actions.add_track(act("organizer_a"), kept(key), replace(TRACK, code="02"), wrong)


def test_a_draft_can_be_corrected_and_the_record_says_what_changed(act, world):
    key = make(act, world)
    with transaction():
        actions.change_event(act("organizer_a"), kept(key), facts(world, name="甲技能大赛（新）"))

    assert kept(key).name == "甲技能大赛（新）"
    entry = session().scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
    assert (entry.deed, entry.facts["name"]) == (
        "event.changed",
        ["甲技能大赛2027", "甲技能大赛（新）"],
    )


def test_a_track_can_be_removed_from_a_draft(act, world):
    key = make(act, world, tracks=2)

    with transaction():
        actions.remove_track(act("organizer_a"), kept(key).tracks[0])

    assert [track.code for track in kept(key).tracks] == ["02"]


def test_publishing_freezes_every_ruleset_with_its_digest(act, world):
    key = make(act, world, tracks=2)

    publish(act, key)

    event = kept(key)
    assert event.state is EventState.PUBLISHED
    for track in event.tracks:
        assert track.ruleset.frozen_at == event.published_at
        assert track.ruleset.digest == digest_of(to_plain(RULES))
    assert deeds()[-1] == "event.published"


def test_an_event_without_tracks_is_not_published(act, world):
    key = make(act, world, tracks=0)
    before = rows()

    with pytest.raises(actions.NothingToEnter):
        publish(act, key)

    assert (rows(), kept(key).state) == (before, EventState.DRAFT)


def test_an_event_with_a_broken_ruleset_is_not_published_and_nothing_freezes(act, world):
    key = make(act, world, tracks=2)
    with transaction():
        ruleset = kept(key).tracks[1].ruleset
        ruleset.data = {**ruleset.data, "judges": 1}

    with pytest.raises(actions.TrackUnfit) as refused:
        publish(act, key)

    assert refused.value.facts["track"] == "数控技术"
    assert [track.ruleset.frozen_at for track in kept(key).tracks] == [None, None]


def test_an_event_nobody_could_register_for_any_more_is_not_published(act, world, at):
    key = make(act, world)
    at(kept(key).registration_closes_at)

    with pytest.raises(WindowOver):
        publish(act, key)


def test_publishing_twice_is_refused(act, world):
    key = make(act, world)
    publish(act, key)

    with pytest.raises(WrongState):
        publish(act, key)


def test_a_frozen_ruleset_is_never_changed_by_any_deed(act, world):
    key = make(act, world)
    publish(act, key)
    before = rows()

    organizer = act("organizer_a")
    for deed in (
        lambda: actions.change_track(organizer, kept(key).tracks[0], TRACK, RULES),
        lambda: actions.remove_track(organizer, kept(key).tracks[0]),
        lambda: actions.add_track(organizer, kept(key), replace(TRACK, code="02"), RULES),
        lambda: actions.change_event(organizer, kept(key), facts(world)),
    ):
        with pytest.raises(RulesetFrozen), transaction():
            deed()

    assert rows() == before


@pytest.mark.parametrize("how", ["data", "digest", "frozen_at", "delete"])
def test_the_database_itself_refuses_to_change_a_frozen_ruleset(act, world, how):
    key = make(act, world)
    publish(act, key)
    ruleset = kept(key).tracks[0].ruleset
    values = {"data": {**ruleset.data, "judges": 3}, "digest": "0" * 64, "frozen_at": None}

    statement = update(Ruleset).where(Ruleset.id == ruleset.id)
    if how == "delete":
        statement = delete(Ruleset).where(Ruleset.id == ruleset.id)
    else:
        statement = statement.values(**{how: values[how]})

    with pytest.raises(DBAPIError), transaction() as current:
        current.execute(statement)

    assert kept(key).tracks[0].ruleset.digest == digest_of(to_plain(RULES))


def test_registration_closes_and_opens_again_until_a_new_moment(act, world):
    key = make(act, world)
    publish(act, key)
    with transaction():
        actions.close_registration(act("organizer_a"), kept(key))
    closed = kept(key).state
    later = clock.now() + timedelta(days=12)

    with transaction():
        actions.reopen_registration(act("organizer_a"), kept(key), later, "应多所学校要求延期")

    event = kept(key)
    assert closed is EventState.REGISTRATION_CLOSED
    assert (event.state, event.registration_closes_at, event.reason) == (
        EventState.PUBLISHED,
        later,
        "应多所学校要求延期",
    )
    assert deeds()[-2:] == ["event.registration_closed", "event.registration_reopened"]


def test_registration_is_extended_while_it_is_open(act, world):
    later = clock.now() + timedelta(days=20)

    with transaction():
        actions.reopen_registration(
            act("organizer_a"), kept(world.competition_a), later, "延长报名时间"
        )

    assert kept(world.competition_a).registration_closes_at == later


@pytest.mark.parametrize(
    ("days", "reason", "refusal"),
    [(-1, "应学校要求延期", WindowOver), (3, "延", ReasonMissing)],
)
def test_reopening_needs_a_moment_ahead_and_a_reason(act, world, days, reason, refusal):
    before = rows()

    with pytest.raises(refusal), transaction():
        actions.reopen_registration(
            act("organizer_a"),
            kept(world.competition_a),
            clock.now() + timedelta(days=days),
            reason,
        )

    assert rows() == before


def test_a_cancelled_event_says_why_and_moves_no_more(act, world):
    with transaction():
        actions.cancel_event(act("organizer_a"), kept(world.competition_a), "报名学校不足四所")

    assert (kept(world.competition_a).state, kept(world.competition_a).reason) == (
        EventState.CANCELLED,
        "报名学校不足四所",
    )
    with pytest.raises(WrongState), transaction():
        actions.close_registration(act("organizer_a"), kept(world.competition_a))


def test_an_event_is_finished_only_after_registration_has_closed(act, world):
    with pytest.raises(WrongState), transaction():
        actions.finish_event(act("organizer_a"), kept(world.competition_a))
    with transaction():
        actions.close_registration(act("organizer_a"), kept(world.competition_a))
    with transaction():
        actions.finish_event(act("organizer_a"), kept(world.competition_a))

    assert kept(world.competition_a).state is EventState.FINISHED


@pytest.mark.parametrize("who", ["organizer2_a", "leader1_a", "admin_a", "organizer_b"])
def test_only_the_events_organizers_move_it(act, world, who):
    before = rows()

    for deed in (actions.publish_event, actions.close_registration, actions.finish_event):
        with pytest.raises(Forbidden), transaction():
            deed(act(who), kept(world.competition_a))

    assert rows() == before


def test_drafts_are_listed_for_who_prepares_or_oversees_them_only(act, world):
    key = make(act, world)
    enter_group(world.group_a)

    def seen(who):
        return key in {event.id for event in session().scalars(queries.events_for(act(who)))}

    shown = {
        who: seen(who)
        for who in ("organizer_a", "admin_a", "organizer2_a", "leader1_a", "office_a")
    }
    assert shown == {
        "organizer_a": True,
        "admin_a": True,
        "organizer2_a": False,
        "leader1_a": False,
        "office_a": False,
    }


def test_visitors_find_published_events_of_every_group_and_no_draft(act, world):
    key = make(act, world)
    enter_group(None)

    listed = queries.public_events(None, "", limit=50, offset=0)

    ids = {event.id for event, _group in listed.items}
    assert ids == {
        getattr(world, f"{kind}_{mark}")
        for kind in ("competition", "training", "exam")
        for mark in "ab"
    }
    assert listed.total == 6
    assert queries.public_event(key) is None
    leave_groups()


def test_a_free_code_is_the_first_nobody_uses(act, world):
    year = clock.today().year
    make(act, world, code=f"JS-{year}-1")

    assert queries.free_code(EventKind.COMPETITION, world.group_a) == f"JS-{year}-2"
    assert queries.free_code(EventKind.EXAM, world.group_a) == f"KH-{year}-1"
