"""The clock with its three starts, panels, rulings and deposits."""

from datetime import UTC, datetime, timedelta

import pytest

from eventsys.appeals import rules
from eventsys.appeals.rules import Paper, RulingFacts, Started, Window
from eventsys.appeals.states import ClockStart, Consequence, DepositDeed, Outcome

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
TWO_HOURS = NOON + timedelta(hours=2)
MODULE, CONTEST, PUBLISHED = ClockStart
REASONS = "经查阅现场录像和设备维修记录，情况与申诉所述不符。"


def started(start: ClockStart, module: str = "", at: datetime = NOON) -> Started:
    return Started(start, module, at)


@pytest.mark.parametrize("start", [CONTEST, PUBLISHED])
def test_the_window_of_the_whole_contest_runs_from_its_start(start):
    found = rules.window(start, 120, [started(start), started(MODULE, "A", TWO_HOURS)])

    assert found == Window(start, TWO_HOURS)


def test_each_module_has_its_own_clock_and_the_contest_ends_with_its_last():
    ended = [started(MODULE, "A"), started(MODULE, "B", NOON + timedelta(hours=3))]

    ends = [rules.window(MODULE, 120, ended, module).ends_at for module in ("A", "B", "")]

    late = NOON + timedelta(hours=5)
    assert ends == [TWO_HOURS, late, late]


def test_what_nobody_recorded_counts_from_the_publication_and_before_that_not_at_all():
    published = [started(PUBLISHED)]

    assert rules.window(CONTEST, 120, []).ends_at is None
    assert rules.window(CONTEST, 120, published).ends_at == TWO_HOURS
    assert rules.window(MODULE, 120, published, "A").ends_at == TWO_HOURS


def test_the_publication_does_not_move_an_end_that_was_recorded():
    later = started(PUBLISHED, at=NOON + timedelta(days=1))

    assert rules.window(CONTEST, 120, [later, started(CONTEST)]).ends_at == TWO_HOURS


@pytest.mark.parametrize(
    ("after", "late"),
    [
        (timedelta(0), False),
        (timedelta(microseconds=999_999), False),
        (timedelta(seconds=1), True),
        (timedelta(seconds=-1), False),
    ],
)
def test_the_last_second_is_still_in_time_and_the_next_is_late(after, late):
    assert Window(CONTEST, TWO_HOURS).is_over(TWO_HOURS + after) is late


def test_a_clock_that_has_not_started_is_never_over():
    assert Window(CONTEST, None).is_over(NOON) is False


def test_the_last_window_waits_for_the_last_module_and_is_unknown_while_one_is_missing():
    half = [started(MODULE, "A")]
    whole = [*half, started(MODULE, "B", NOON + timedelta(minutes=5))]

    assert rules.last_window(MODULE, 120, half, ["A", "B"]).ends_at is None
    assert rules.last_window(MODULE, 120, whole, ["A", "B"]).ends_at == TWO_HOURS + timedelta(
        minutes=5
    )


@pytest.mark.parametrize("members", [0, 1, 2, 4, 6])
def test_a_panel_is_odd_and_not_too_small(members):
    with pytest.raises(rules.PanelUnfit):
        rules.check_size(members, 3)


@pytest.mark.parametrize("members", [3, 5])
def test_three_or_five_are_a_panel(members):
    rules.check_size(members, 3)

    assert rules.is_complete(members, 3)


def ruling(outcome: Outcome, votes: tuple[int, int], **more: object) -> RulingFacts:
    return RulingFacts(outcome, *votes, **{"reasons": REASONS, **more})


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (ruling(Outcome.UPHELD, (1, 2)), rules.VotesUnfit),
        (ruling(Outcome.DISMISSED, (2, 1)), rules.VotesUnfit),
        (ruling(Outcome.UPHELD, (2, 0)), rules.VotesUnfit),
        (ruling(Outcome.UPHELD, (4, -1)), rules.VotesUnfit),
        (ruling(Outcome.UPHELD, (3, 0), reasons="成立"), rules.ReasonsTooShort),
        (
            ruling(Outcome.DISMISSED, (1, 2), consequence=Consequence.CORRECTION),
            rules.ConsequenceUnfit,
        ),
        (
            ruling(Outcome.UPHELD, (2, 1), consequence=Consequence.REMARKING),
            rules.RemedyMissing,
        ),
    ],
)
def test_a_ruling_that_does_not_fit_its_votes_or_outcome_is_refused(facts, refusal):
    with pytest.raises(refusal):
        rules.check_ruling(facts, 3)


def test_a_majority_with_reasons_rules():
    rules.check_ruling(ruling(Outcome.DISMISSED, (1, 2)), 3)
    rules.check_ruling(
        ruling(Outcome.UPHELD, (2, 1), consequence=Consequence.CORRECTION, remedy="模块A加回1分"),
        3,
    )


PAID, UNPAID, REFUNDED, KEPT = DepositDeed


@pytest.mark.parametrize(
    ("before", "deed"),
    [
        ([], REFUNDED),
        ([], KEPT),
        ([PAID], PAID),
        ([PAID, KEPT], REFUNDED),
        ([PAID, REFUNDED], PAID),
        ([PAID], UNPAID),
        ([UNPAID], PAID),
        ([UNPAID], KEPT),
    ],
)
def test_a_deposit_is_paid_once_and_settled_once(before, deed):
    with pytest.raises(rules.DepositUnfit):
        rules.check_deposit(before, deed)


@pytest.mark.parametrize(
    ("before", "deed"), [([], PAID), ([], UNPAID), ([PAID], REFUNDED), ([PAID], KEPT)]
)
def test_a_deposit_goes_from_paid_to_settled(before, deed):
    rules.check_deposit(before, deed)


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90", b"<svg/>", b"%PD", b"%PDF-" + b"0" * 5_000_000]
)
def test_a_paper_is_what_its_first_bytes_say_and_not_too_large(content):
    with pytest.raises(rules.PaperUnfit):
        rules.check_paper(Paper("证据.pdf", content))


def test_a_paper_is_named_by_its_bytes_not_by_its_name():
    assert rules.check_paper(Paper("证据.pdf", b"\x89PNG\r\n\x1a\n")) == "image/png"
