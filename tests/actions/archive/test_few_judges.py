"""The mean of fewer judges, allowed as an exception, verifies outside like any other result."""

from eventsys import clock
from eventsys.db import transaction
from eventsys.results.actions import draw_up
from tests import evidence, judging
from tests.actions.results.test_few_judges import allow, recused


def tapped(world, given):
    """The marks with their operations, which a pack holds."""
    for code, judges in given.items():
        for judge, marks in enumerate(judges, start=1):
            judging.mark(world, judge, code, marks)


def test_a_pack_with_results_by_exception_verifies(inside, world, settings, tmp_path):
    for code in recused(world, tapped):
        allow(world, code)
    with transaction():
        track = judging.track_of(world)
        track.ruleset.digest = ""  # these rules came after the freezing; no digest covers them
        draw_up(judging.actor("organizer_a"), track, clock.now())

    folder = evidence.unpack(evidence.pack_of(world.competition_a, settings), tmp_path / "pack")
    status, said = evidence.verify(folder)

    assert (status, said.splitlines()[-1]) == (0, "核验通过")
    assert "6 个成绩重算一致" in said
