"""Corrections, history, the notice and the final as people meet them on their pages."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from eventsys import clock
from eventsys.appeals.windows import reopened_until
from eventsys.db import db, leave_groups, transaction
from eventsys.draws.queries import opened_entries
from eventsys.events.rules import ScaleRule
from eventsys.incidents.states import Effect
from eventsys.registration.actions import withdraw_entry
from eventsys.results import actions, advancing, queries
from tests import judging
from tests.actions.results.test_stages import TIED, final_of, opened_with
from tests.actions.results.test_versions import REASON, decide

HOUR = timedelta(hours=1)


@pytest.fixture
def published(app, world):
    """Results that are public, in a notice of two hours; the codes."""
    with app.app_context():
        judging.change_rules(world, notice_minutes=120, appeal_levels=0)
        codes = judging.opened(world)
        _draw_up(world)
        leave_groups()
        db.session.remove()
    return codes


def _draw_up(world, reason=""):
    with transaction():
        track = judging.track_of(world)
        return actions.draw_up(judging.actor("organizer_a"), track, clock.now(), reason).id


def corrected(app, world, codes, *, drawn_up=True):
    """The best entry loses five points; the key of the new version, or of none."""
    with app.app_context():
        decide(world, codes[0], Effect.POINTS_OFF, points=Decimal(5))
        key = _draw_up(world, REASON) if drawn_up else 0
        leave_groups()
        db.session.remove()
    return key


def results_of(world):
    return f"/tracks/{world.track_a}/results"


def public(world):
    return f"/e/{world.competition_a}/results"


def test_the_organizer_sees_what_changed_before_drawing_up_again(app, world, browse, published):
    client = browse("organizer_a")
    assert "公布后成绩发生了变化" not in client.get(results_of(world)).text
    corrected(app, world, published, drawn_up=False)

    page = client.get(results_of(world)).text
    assert "第 1 版公布后成绩发生了变化" in page
    assert "92.00 → <b>87.00</b>" in page
    bare = client.post(results_of(world), data={"when": "now", "reason": ""})
    assert bare.status_code == 422
    assert 'id="reason-error"' in bare.text
    done = client.post(results_of(world), data={"when": "now", "reason": REASON})

    assert done.status_code == 302
    assert REASON in browse(None).get(public(world)).text


def test_visitors_see_the_newest_version_and_may_read_the_one_before(app, world, browse, published):
    with app.app_context():
        first = queries.publication_of(world.track_a).id
    visitor = browse(None)
    assert "92.00" in visitor.get(public(world)).text

    second = corrected(app, world, published)

    page = visitor.get(public(world)).text
    assert ("92.00" in page, "87.00" in page, f"/e/results/{first}" in page) == (False, True, True)
    old, new = (visitor.get(f"/e/results/{key}") for key in (first, second))
    assert "现行为第 2 版" in old.text
    assert "92.00" in old.text
    assert "92.00 → <b>87.00</b>" in new.text


@pytest.mark.parametrize("drawn_up", [True, False])
def test_the_certificate_office_sees_no_correction_before_it_is_public(
    app, world, browse, published, drawn_up
):
    with app.app_context():
        decide(world, published[0], Effect.POINTS_OFF, points=Decimal("5.5"))
        if drawn_up:
            with transaction():
                organizer, later = judging.actor("organizer_a"), clock.now() + HOUR
                actions.draw_up(organizer, judging.track_of(world), later, REASON)
        leave_groups()
        db.session.remove()
    office = browse("office_a")

    page = office.get(results_of(world), follow_redirects=True).text
    asked = office.post(f"{results_of(world)}/file/results_xlsx", follow_redirects=True)

    assert ("92.00" in page, "86.50" in page, REASON in page) == (True, False, False)
    assert ("成绩正在更正" in asked.text, "86.50" in asked.text) == (True, False)


def test_a_version_that_is_not_public_is_not_there(app, world, browse, inside):
    judging.opened(world)
    with transaction():
        later = clock.now() + HOUR
        organizer = judging.actor("organizer_a")
        key = actions.draw_up(organizer, judging.track_of(world), later).id
    leave_groups()

    for name in (None, "leader1_a", "organizer_a"):
        assert browse(name).get(f"/e/results/{key}").status_code == 404


def test_the_notice_is_shown_and_declaring_final_waits_for_it(app, world, browse, published, at):
    with app.app_context():
        found = queries.publication_of(world.track_a)
        key, ends_at = found.id, found.notice.ends_at
    client = browse("organizer_a")
    assert "公示至" in browse(None).get(public(world)).text
    early = client.post(f"/results/{key}/final")
    assert early.status_code == 422
    assert "公示至" in early.text

    at(ends_at)
    client = browse("organizer_a")
    assert "确认为最终成绩" in client.get(results_of(world)).text
    assert client.post(f"/results/{key}/final").status_code == 302

    assert "最终成绩" in browse(None).get(public(world)).text
    assert client.post(f"/results/{key}/final").status_code == 409


def test_the_certificate_office_is_told_to_wait_for_the_end_of_the_notice(world, browse, published):
    office = browse("office_a")

    page = office.get(f"/certificates/tracks/{world.track_a}").text
    refused = office.post(f"/certificates/tracks/{world.track_a}/issue")

    assert "公示至" in page
    assert refused.status_code == 422


def test_the_estimated_scale_is_always_called_estimated(app, world, browse):
    with app.app_context():
        opened_with(world, ("95", "94", "93", "92", "91", "90"), scale=ScaleRule())
        _draw_up(world)
        leave_groups()
        db.session.remove()

    for page in (
        browse("organizer_a").get(results_of(world)).text,
        browse(None).get(public(world)).text,
    ):
        assert "估算量尺" in page
        assert "金牌" in page
    assert "估算量尺" in browse("leader1_a").get("/results/mine").text


def test_who_advances_is_shown_before_it_is_done(app, world, browse):
    with app.app_context():
        opened_with(world, TIED)
        _draw_up(world)
        key = final_of(world, 2).id
        leave_groups()
        db.session.remove()
    client = browse("organizer_a")

    page = client.get(f"/tracks/{key}/advance").text
    assert "确认 4 个晋级" in page
    assert "分界处名次并列" in page
    assert client.post(f"/tracks/{key}/advance").status_code == 302
    assert "4 个参赛队（选手）已进入决赛" in client.get(f"/tracks/{key}/advance").text
    assert client.post(f"/tracks/{key}/advance").status_code == 409


def test_a_correction_says_until_when_those_it_changed_may_appeal(app, world, browse):
    with app.app_context():
        codes = judging.opened(world)
        _draw_up(world)
        entry = opened_entries(world.track_a)[codes[0]].id
        unit = 1 if entry in {world.entry1_a, world.entry2_a, world.entry3_a} else 2
        leave_groups()
        db.session.remove()
    second = corrected(app, world, codes)
    with app.app_context():
        until = f"{clock.in_shanghai(reopened_until(world.track_a, 2)):%Y-%m-%d %H:%M}"
        db.session.remove()

    visitor = browse(None).get(f"/e/results/{second}").text
    organizer = browse("organizer_a").get(results_of(world)).text
    leader = browse(f"leader{unit}_a").get(f"/appeals/entries/{entry}").text

    assert f"其领队可在 {until} 前提出申诉" in visitor
    assert (until in organizer, "变动成绩申诉截止" in organizer) == (True, True)
    assert ("第 2 版成绩更正了本参赛队的成绩" in leader, "提出申诉" in leader) == (True, True)


def test_who_moves_up_is_shown_before_it_is_done(app, world, browse):
    with app.app_context():
        opened_with(world, ("95", "94", "93", "92", "90", "85"))
        _draw_up(world)
        final = final_of(world, 2)
        key = final.id
        with transaction():
            organizer = judging.actor("organizer_a")
            withdraw_entry(organizer, advancing.advance(organizer, final)[0], "选手因伤退赛")
        third = advancing.candidacies(final)[2].row.label
        leave_groups()
        db.session.remove()
    client, where = browse("organizer_a"), f"/tracks/{key}/advance"

    assert "1 个递补，0 个失去资格" in client.get(where).text
    shown = client.get(f"{where}/again").text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', shown)[1]
    assert (third in shown, "递补晋级" in shown, "已退赛" in shown) == (True, True, True)
    told = {"seen": seen, "reason": "依次递补"}
    assert client.post(f"{where}/again", data=told | {"reason": ""}).status_code == 422
    assert client.post(f"{where}/again", data=told | {"seen": "0" * 64}).status_code == 409
    assert client.post(f"{where}/again", data=told | {"reason": "依次递补决赛"}).status_code == 302
    assert client.get(f"{where}/again").status_code == 302
    assert third in client.get(f"/tracks/{key}/entries", follow_redirects=True).text
