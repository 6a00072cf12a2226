"""Lodging in time, panels with recusal, two levels, deposits, and the end of appeals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from eventsys import clock
from eventsys.appeals import actions, panel_actions, queries, rules, windows
from eventsys.appeals.actions import Proof
from eventsys.appeals.models import Appeal
from eventsys.appeals.reopening import reopen_appeals
from eventsys.appeals.rules import AppealFacts, Paper, RulingFacts
from eventsys.appeals.states import (
    AppealState,
    ClockStart,
    Consequence,
    DepositDeed,
    Ground,
    Outcome,
)
from eventsys.audit.models import AuditEntry
from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.identity.models import User
from eventsys.incidents.queries import effects_of
from eventsys.incidents.rules import DecisionFacts, Effects
from eventsys.incidents.states import Effect
from eventsys.notifications.models import Message
from eventsys.scoring.signing import WrongPassword
from eventsys.signatures.queries import signatures_of
from eventsys.signatures.rules import NameDiffers
from eventsys.states import WrongState
from tests.competition_room import (
    acting,
    decided,
    happened,
    hold_session,
    noted,
    rule_so,
    track_of,
)
from tests.lodged import (
    PANEL,
    REASONS,
    SECOND_PANEL,
    TEXT,
    appeal,
    appoint,
    end_contest,
    entry,
    lodged,
    named,
    ruled,
)
from tests.world import PASSWORD

NOON = datetime.now(UTC).replace(microsecond=0)
TWO_HOURS = timedelta(hours=2)


@pytest.fixture
def ended(inside, world, at):
    """It is noon and the competition has just ended; there are supervisors for two panels."""
    at(NOON)
    appoint(world)
    end_contest(world, NOON)
    return at


def told(name: str) -> list[str]:
    found = select(Message).join(User, User.id == Message.user_id).where(User.username == name)
    return [one.kind.value for one in session().scalars(found.order_by(Message.created_at))]


# ---- the clock


def test_an_appeal_in_the_last_second_is_in_time_and_in_the_next_too_late(world, ended):
    ended(NOON + TWO_HOURS + timedelta(microseconds=999_999))
    key = lodged(world)
    assert appeal(key).window_ends_at == NOON + TWO_HOURS

    ended(NOON + TWO_HOURS + timedelta(seconds=1))
    with pytest.raises(rules.AppealTooLate) as refusal:
        lodged(world, 2)
    moment = clock.in_shanghai(NOON + TWO_HOURS)
    assert refusal.value.facts == {"moment": f"{moment:%Y-%m-%d %H:%M:%S}"}


def test_the_clock_may_start_with_each_module(world, ended):
    rule_so(world, appeal_clock="module_end")
    end_contest(world, NOON - timedelta(hours=3), "A")
    end_contest(world, NOON, "B")

    with pytest.raises(rules.AppealTooLate):
        lodged(world, module="A")
    assert appeal(lodged(world, module="B")).window_ends_at == NOON + TWO_HOURS


def test_the_clock_may_start_with_the_publication(world, ended):
    rule_so(world, appeal_clock="result_published")
    assert queries.window_of(track_of(world)).ends_at is None
    with transaction():
        actions.note_publication(acting("organizer_a"), track_of(world), NOON - TWO_HOURS)

    ended(NOON + timedelta(seconds=1))
    with pytest.raises(rules.AppealTooLate):
        lodged(world)


def test_an_end_is_corrected_with_a_reason_and_both_stay_on_file(world, ended):
    with pytest.raises(rules.EndReasonMissing):
        end_contest(world, NOON - timedelta(minutes=5))
    end_contest(world, NOON - timedelta(minutes=5), reason="铃响时间记录有误")

    assert queries.window_of(track_of(world)).ends_at == NOON + timedelta(minutes=115)
    assert queries.clock_versions(world.track_a, ClockStart.COMPETITION_END, "") == 2


def test_an_end_in_the_future_before_the_event_or_of_an_unknown_module_is_refused(world, ended):
    with pytest.raises(rules.EndUnfit):
        end_contest(world, NOON + timedelta(seconds=1), "A")
    with pytest.raises(rules.EndUnfit):
        end_contest(world, NOON - timedelta(days=40), "A")
    with pytest.raises(rules.UnknownModule):
        end_contest(world, NOON, "Z")


@pytest.mark.parametrize("name", ["floor_a", "chief_a", "organizer_a"])
def test_floor_judge_chief_judge_and_organizer_record_ends(world, ended, name):
    with transaction():
        actions.state_end(acting(name), track_of(world), "A", NOON)


@pytest.mark.parametrize("name", ["leader1_a", "judge1_a", "supervisor_a", "organizer_b"])
def test_nobody_else_records_ends(world, ended, name):
    with pytest.raises(Forbidden), transaction():
        actions.state_end(acting(name), track_of(world), "A", NOON)


# ---- lodging


def test_a_leader_appeals_signed_and_everybody_concerned_is_told(world, ended):
    key = lodged(world, paper=Paper("现场照片.png", b"\x89PNG\r\n\x1a\n"))

    found = appeal(key)
    assert (found.title, found.state, found.respond_by) == (
        "track-S01",
        AppealState.LODGED,
        NOON + TWO_HOURS,
    )
    assert [one.media_type for one in found.papers] == ["image/png"]
    assert [one.name for one in signatures_of(actions.LODGED, key)] == ["甲领队1"]
    assert [told(one) for one in ("organizer_a", "supervisor_a", "leader1_a", "organizer_b")] == [
        ["appeal_lodged"],
        ["appeal_lodged"],
        [],
        [],
    ]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("leader2_a", 1),
        ("leader1_a", 4),
        ("leader1_b", 1),
        ("participant_a", 1),
        ("organizer_a", 1),
        ("chief_a", 1),
        ("supervisor_a", 1),
    ],
)
def test_only_the_leader_of_the_entrys_unit_appeals(world, ended, name, number):
    with pytest.raises(Forbidden):
        lodged(world, number, name)


def test_an_appeal_needs_password_signature_and_text(world, ended):
    actor, facts = acting("leader1_a"), AppealFacts(Ground.STAFF, TEXT)
    for given, proof, refusal in (
        (facts, Proof(actor.name, "guess-guess-guess"), WrongPassword),
        (facts, Proof("乙领队", PASSWORD), NameDiffers),
        (AppealFacts(Ground.STAFF, "不公平"), Proof(actor.name, PASSWORD), rules.TextTooShort),
    ):
        with pytest.raises(refusal), transaction():
            actions.lodge(actor, entry(world), given, proof)
    assert session().scalar(select(func.count(Appeal.id))) == 0


def test_what_cannot_be_appealed_is_refused_or_set_down_as_not_admitted(world, ended):
    with pytest.raises(rules.NotAppealable):
        lodged(world, ground=Ground.TECHNICAL_CLAUSE)

    key = lodged(world, ground=Ground.TECHNICAL_CLAUSE, insists=True)

    assert (appeal(key).state, appeal(key).deposit) == (AppealState.NOT_ADMITTED, 0)
    assert queries.open_appeals(world.track_a) == []


def test_the_same_appeal_is_open_once_and_another_ground_is_another_appeal(world, ended):
    lodged(world)
    with pytest.raises(rules.SameAppealOpen):
        lodged(world)
    lodged(world, ground=Ground.STAFF)

    assert [one.title for one in queries.open_appeals(world.track_a)] == ["track-S01", "track-S02"]


def test_a_track_without_levels_knows_no_appeals(world, ended):
    rule_so(world, appeal_levels=0)

    with pytest.raises(rules.NoAppeals):
        lodged(world)


def test_a_late_attempt_leaves_one_line_on_record(world, ended):
    with transaction():
        actions.note_late(acting("leader1_a"), entry(world), "")

    found = session().scalars(select(AuditEntry).where(AuditEntry.deed == "appeal.too_late")).one()
    assert (found.thing_id, found.actor_name) == (world.entry1_a, "甲领队1")


# ---- panels


def test_whoever_is_tied_to_the_unit_must_stand_aside(world, ended):
    with transaction():
        member = session().get_one(User, world.supervisor3_a)
        member.person_id = world.person_entry2_a  # of the same unit as entry 1
    key = lodged(world)

    assert queries.conflicts(appeal(key), [world.supervisor_a, world.supervisor3_a]) == {
        world.supervisor3_a: "belongs to the unit"
    }
    with pytest.raises(rules.MustStandAside) as refusal:
        named(world, key)
    assert refusal.value.facts == {"names": "甲监督员3"}


def test_an_even_or_small_panel_and_strangers_are_refused(world, ended):
    key = lodged(world)
    for panel, refusal in (
        (PANEL[:2], rules.PanelUnfit),
        (PANEL[:1], rules.PanelUnfit),
        (("supervisor_a", "supervisor2_a", "organizer_a"), rules.NotFree),
    ):
        with pytest.raises(refusal):
            named(world, key, panel)


def test_a_member_who_steps_aside_rules_no_more_and_the_panel_waits_to_be_filled(world, ended):
    key = lodged(world)
    named(world, key)
    with transaction():
        panel_actions.step_aside(acting("supervisor2_a"), appeal(key), "与选手系亲属关系")

    with pytest.raises(Forbidden):
        ruled(key, by="supervisor2_a")
    with pytest.raises(rules.PanelIncomplete):
        ruled(key)
    with pytest.raises(rules.MustStandAside):
        named(world, key)
    named(world, key, ("supervisor_a", "supervisor3_a", "supervisor4_a"))
    ruled(key)


@pytest.mark.parametrize("name", ["supervisor4_a", "organizer_a", "leader1_a"])
def test_only_members_of_the_panel_rule(world, ended, name):
    key = lodged(world)
    named(world, key)

    with pytest.raises(Forbidden):
        ruled(key, by=name)


# ---- rulings and the second level


def test_an_appeal_that_is_upheld_is_closed_and_the_leader_is_told(world, ended):
    key = lodged(world)
    named(world, key)
    ruled(key, Outcome.UPHELD, consequence=Consequence.CORRECTION, remedy="模块A加回1分")

    found = appeal(key)
    assert (found.state, found.ended_at) == (AppealState.CLOSED, NOON)
    assert [one.is_last for one in found.rulings] == [True]
    assert queries.open_appeals(world.track_a) == []
    assert told("leader1_a") == ["appeal_ruled"]
    assert sorted(told("supervisor_a")) == ["appeal_lodged", "appeal_to_rule"]


def test_a_dismissed_appeal_stays_open_while_the_leader_may_go_on(world, ended):
    key = lodged(world)
    named(world, key)
    ruled(key)
    assert appeal(key).second_until == NOON + TWO_HOURS

    ended(NOON + TWO_HOURS + timedelta(microseconds=1))
    assert [one.id for one in queries.open_appeals(world.track_a)] == [key]
    ended(NOON + TWO_HOURS + timedelta(seconds=1))
    assert queries.open_appeals(world.track_a) == []
    with pytest.raises(rules.SecondTooLate), transaction():
        actions.go_on(acting("leader1_a"), appeal(key), TEXT, Proof("甲领队1", PASSWORD))


def test_the_second_level_is_ruled_by_others_and_has_the_last_word(world, ended):
    key = lodged(world)
    named(world, key)
    ruled(key)
    with transaction():
        actions.go_on(acting("leader1_a"), appeal(key), TEXT, Proof("甲领队1", PASSWORD))
    with pytest.raises(rules.SatBefore):
        named(world, key)
    named(world, key, SECOND_PANEL)
    ruled(key, by="supervisor4_a")

    found = appeal(key)
    assert found.state is AppealState.CLOSED
    assert [(one.level, one.is_last) for one in found.rulings] == [(1, False), (2, True)]
    with pytest.raises(WrongState), transaction():
        actions.go_on(acting("leader1_a"), appeal(key), TEXT, Proof("甲领队1", PASSWORD))


def test_only_organizers_name_the_second_panel(world, ended):
    key = lodged(world)
    with transaction():
        members = [world.ids[one] for one in PANEL]
        panel_actions.convene(acting("supervisor_a"), appeal(key), members)
    ruled(key)
    with transaction():
        actions.go_on(acting("leader1_a"), appeal(key), TEXT, Proof("甲领队1", PASSWORD))

    others = [world.ids[one] for one in SECOND_PANEL]
    with pytest.raises(Forbidden), transaction():
        panel_actions.convene(acting("supervisor_a"), appeal(key), others)


def test_with_one_level_the_first_ruling_is_the_last(world, ended):
    rule_so(world, appeal_levels=1)
    key = lodged(world)
    named(world, key)
    ruled(key)

    assert (appeal(key).state, appeal(key).rulings[0].is_last) == (AppealState.CLOSED, True)


def test_a_leader_accepts_the_first_ruling_and_nothing_waits_any_more(world, ended):
    key = lodged(world)
    with pytest.raises(WrongState), transaction():
        actions.accept_ruling(acting("leader1_a"), appeal(key))
    named(world, key)
    ruled(key)
    with transaction():
        actions.accept_ruling(acting("leader1_a"), appeal(key))

    assert queries.open_appeals(world.track_a) == []


@pytest.mark.parametrize("stage", ["lodged", "ruled", "second"])
def test_an_appeal_is_withdrawn_at_any_time(world, ended, stage):
    key = lodged(world)
    if stage != "lodged":
        named(world, key)
        ruled(key)
    if stage == "second":
        with transaction():
            actions.go_on(acting("leader1_a"), appeal(key), TEXT, Proof("甲领队1", PASSWORD))
    with transaction():
        actions.withdraw(acting("leader1_a"), appeal(key))

    assert (appeal(key).state, queries.open_appeals(world.track_a)) == (AppealState.WITHDRAWN, [])


def test_an_upheld_appeal_decides_an_incident_anew(world, ended):
    incident = happened(world, hold_session(world), "01")
    noted(incident)
    decided(incident, DecisionFacts(Effect.POINTS_OFF, "规程第十二条第一款", points=Decimal(5)))
    key = lodged(world)
    named(world, key)
    facts = RulingFacts(Outcome.UPHELD, 3, 0, REASONS, Consequence.INCIDENT)
    new = DecisionFacts(Effect.ADDED_TIME, "仲裁裁决", seconds=60, reason="仲裁裁决改判")
    with pytest.raises(rules.IncidentMissing), transaction():
        panel_actions.rule(acting("supervisor_a"), appeal(key), facts, PASSWORD, None, new)
    revised = DecisionFacts(Effect.ADDED_TIME, "按仲裁裁决补时", seconds=60, reason="仲裁裁决改判")
    with transaction():
        panel_actions.rule(acting("supervisor_a"), appeal(key), facts, PASSWORD, incident, revised)

    assert effects_of(world.track_a) == {world.entry1_a: Effects(added_seconds=60)}
    assert appeal(key).rulings[0].incident_number == 1


def test_an_answer_is_overdue_after_its_time(world, ended):
    found = appeal(lodged(world))

    overdue = [found.is_overdue_at(NOON + TWO_HOURS + timedelta(seconds=s)) for s in (0, 1)]

    assert overdue == [False, True]


# ---- deposits


def test_a_panel_rules_only_when_the_deposit_is_paid(world, ended):
    rule_so(world, appeal_deposit=50_000)
    key = lodged(world)
    named(world, key)
    with pytest.raises(rules.DepositUnpaid) as refusal:
        ruled(key)
    assert refusal.value.facts == {"amount": "¥500.00"}
    with transaction():
        panel_actions.note_deposit(acting("organizer_a"), appeal(key), DepositDeed.PAID)
    ruled(key)
    with transaction():
        kept = panel_actions.note_deposit(acting("organizer_a"), appeal(key), DepositDeed.KEPT)
    assert kept.fen == 50_000


def test_a_deposit_is_kept_only_after_a_lost_appeal(world, ended):
    rule_so(world, appeal_deposit=50_000)
    key = lodged(world)
    with transaction():
        panel_actions.note_deposit(acting("organizer_a"), appeal(key), DepositDeed.PAID)

    with pytest.raises(WrongState), transaction():
        panel_actions.note_deposit(acting("organizer_a"), appeal(key), DepositDeed.KEPT)
    with pytest.raises(Forbidden), transaction():
        panel_actions.note_deposit(acting("supervisor_a"), appeal(key), DepositDeed.REFUNDED)


def test_an_appeal_whose_deposit_nobody_pays_stops_nothing_for_ever(world, ended):
    rule_so(world, appeal_deposit=50_000)
    key = lodged(world)

    def note(deed):
        with transaction():
            panel_actions.note_deposit(acting("organizer_a"), appeal(key), deed)

    ended(appeal(key).respond_by)
    with pytest.raises(rules.DepositStillDue):
        note(DepositDeed.UNPAID)
    ended(appeal(key).respond_by + timedelta(seconds=1))
    note(DepositDeed.UNPAID)

    assert appeal(key).state is AppealState.NOT_ADMITTED
    assert queries.open_appeals(world.track_a) == []
    assert "appeal_ruled" in told("leader1_a")
    with pytest.raises(rules.DepositUnfit):
        note(DepositDeed.PAID)


# ---- the end


def test_appeals_close_only_after_the_window_and_without_an_open_one(world, ended):
    def close():
        with transaction():
            return actions.close_appeals(acting("organizer_a"), track_of(world))

    assert close() is False
    key = lodged(world)
    ended(NOON + TWO_HOURS + timedelta(seconds=1))
    assert close() is False
    with transaction():
        actions.withdraw(acting("leader1_a"), appeal(key))
    assert (close(), close()) == (True, True)
    with pytest.raises(rules.AppealsClosed):
        lodged(world, 2)


def test_where_no_clock_ever_started_appeals_close_without_waiting(inside, world):
    with transaction():
        assert actions.close_appeals(acting("organizer_a"), track_of(world)) is True

    with pytest.raises(rules.AppealsClosed):
        lodged(world)


def reopened(world, *numbers, version=2):
    """A later version of the results, public now, changed these entries."""
    with transaction():
        keys = [world.ids[f"entry{one}_a"] for one in numbers]
        now = clock.now()
        return reopen_appeals(acting("organizer_a"), track_of(world), version, keys, now)


def test_a_later_version_gives_the_entries_it_changed_the_full_time_again(world, ended):
    ended(NOON + 3 * TWO_HOURS)
    with transaction():
        assert actions.close_appeals(acting("organizer_a"), track_of(world), 1)
    until = reopened(world, 1)

    assert until == NOON + 4 * TWO_HOURS
    assert "appeal_reopened" in told("leader1_a")
    assert "appeal_reopened" not in told("leader2_a")
    with pytest.raises(rules.AppealsClosed):
        lodged(world, 2)
    ended(until)
    assert appeal(lodged(world, 1)).window_ends_at == until
    entries = [entry(world, one) for one in (1, 2)]
    found = windows.windows_of(entries)
    assert [found[one.id].ends_at for one in entries] == [until, NOON + TWO_HOURS]
    assert windows.closed_entries(entries) == {world.entry2_a}


def test_the_next_version_becomes_final_only_after_the_time_it_gave(world, ended):
    def close(version):
        with transaction():
            return actions.close_appeals(acting("organizer_a"), track_of(world), version)

    ended(NOON + 3 * TWO_HOURS)
    assert close(1) is True
    until = reopened(world, 1)
    assert close(2) is False
    ended(until + timedelta(seconds=1))
    with pytest.raises(rules.AppealTooLate):
        lodged(world, 1)
    assert close(2) is True
    with pytest.raises(rules.AppealsClosed):
        lodged(world, 1)


def test_a_later_version_shortens_nobodys_time_and_opens_nothing_without_appeals(world, ended):
    rule_so(world, appeal_minutes=30)
    ended(NOON - timedelta(minutes=10))
    reopened(world, 1)
    assert windows.window_for(entry(world)).ends_at == NOON + timedelta(minutes=30)

    rule_so(world, appeal_levels=0)
    assert reopened(world, 2) is None


@pytest.mark.parametrize(
    "table",
    [
        "appeal_clock",
        "ruling",
        "appeal_deposit",
        "appeal_paper",
        "appeal_closing",
        "appeal_reopening",
    ],
)
def test_the_database_keeps_clocks_rulings_deposits_and_papers(world, ended, table):
    rule_so(world, appeal_deposit=50_000)
    key = lodged(world, paper=Paper("a.pdf", b"%PDF-1.7"))
    with transaction():
        panel_actions.note_deposit(acting("organizer_a"), appeal(key), DepositDeed.PAID)
    named(world, key)
    ruled(key, Outcome.UPHELD)
    ended(NOON + TWO_HOURS + timedelta(seconds=1))
    with transaction():
        assert actions.close_appeals(acting("organizer_a"), track_of(world))
    reopened(world, 1)

    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET group_id = 1"):  # noqa: S608  names of this test
        with pytest.raises(DBAPIError):
            session().execute(text(statement))
        session().rollback()
