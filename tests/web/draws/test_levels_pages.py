"""Three levels on the pages: each keeper's own list, signatures, paper, and the public check."""

import io
import json

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from eventsys.db import db, enter_group, session, transaction
from eventsys.draws.actions import unseal
from eventsys.draws.models import CodeDraw, LevelDraw, Lot
from eventsys.draws.reports import make_minute_pdf
from eventsys.draws.rules import Level, draws_again
from eventsys.tasks.models import Task
from eventsys.tasks.work import Work
from tests import levels

STROKES = "[[[100,200],[400,220],[700,180]]]"
KEEPERS = {"contest": "encryptor_a", "station": "encryptor2_a", "work": "encryptor3_a"}


@pytest.fixture
def path(world):
    return f"/draws/tracks/{world.track_a}"


@pytest.fixture
def drawn(app, world):
    with app.app_context():
        enter_group(world.group_a)
        levels.draw_all(world)
        db.session.remove()


def lots(app, level: str) -> dict[str, str]:
    with app.app_context():
        found = select(Lot).join(Lot.level_draw).where(LevelDraw.level == Level(level))
        return {one.source: one.number for one in session().scalars(found)}


def test_the_pages_lead_through_the_levels(browse, app, world, path):
    with app.app_context():
        enter_group(world.group_a)
        levels.use_levels(world, 3)
        levels.come(world)
        db.session.remove()
    first = browse("encryptor_a")
    before = first.get(path).text
    first.post(f"{path}/commit")
    for level, name in KEEPERS.items():
        client = browse(name)
        assert "立即抽签" in client.get(path).text
        given = {"level": level, "witness": world.supervisor_a}
        twice = [client.post(path, data=given).status_code for _ in range(2)]
        assert twice == [302, 409]

    assert "本赛项共 3 层加密" in before
    assert "请由另一名加密裁判抽取" not in first.get(path).text
    assert len(lots(app, "work")) == 6


def test_the_keeper_of_one_level_is_sent_to_another_judge(browse, app, world, path):
    with app.app_context():
        enter_group(world.group_a)
        levels.use_levels(world, 3)
        levels.come(world)
        levels.draw_level(world, Level.CONTEST)
        db.session.remove()
    client = browse("encryptor_a")

    shown = client.get(path).text
    sent = client.post(path, data={"level": "station", "witness": world.supervisor_a})

    assert "本层请由另一名加密裁判抽取" in shown
    assert "立即抽签" not in shown
    assert sent.status_code == 422
    assert "甲加密裁判2、甲加密裁判3" in sent.text


@pytest.mark.parametrize("level", KEEPERS)
def test_everybody_but_the_keeper_is_kept_from_a_list(browse, app, path, drawn, level):
    address = f"{path}/minute/{level}"
    own = browse(KEEPERS[level]).get(address)
    others = [browse(name) for name in KEEPERS.values() if name != KEEPERS[level]]

    assert own.status_code == 200
    pairs = lots(app, level).items()
    assert [pair for pair in pairs if any(one not in own.text for one in pair)] == []
    assert ("甲赵" in own.text or "甲钱" in own.text) == (level == "contest")
    assert [one.get(address).status_code for one in others] == [404, 404]
    assert [one.get(f"{address}/sign/witness").status_code for one in others] == [404, 404]
    assert [one.post(f"{address}/file").status_code for one in others] == [404, 404]


def test_the_minute_is_signed_by_keeper_and_witness_once_each(browse, path, drawn):
    client = browse("encryptor2_a")
    address = f"{path}/minute/station/sign"

    shown = client.get(f"{address}/custodian").text
    empty = client.post(f"{address}/custodian", data={})
    signed = client.post(f"{address}/custodian", data={"signature": STROKES})
    witness = client.post(f"{address}/witness", data={"signature": "甲监督员"})
    again = client.post(f"{address}/witness", data={"signature": "甲监督员"})
    minute = client.get(f"{path}/minute/station").text

    assert "请甲加密裁判2在此签字" in shown
    codes = [one.status_code for one in (empty, signed, witness, again)]
    assert codes == [422, 302, 302, 409]
    assert "<path" in minute
    assert client.get(f"{address}/somebody").status_code == 404


def test_a_signed_minute_asks_for_no_second_signature(browse, path, drawn):
    client = browse("encryptor2_a")
    address = f"{path}/minute/station/sign"
    assert [f"{address}/{part}" in client.get(path).text for part in ("custodian", "witness")] == [
        True,
        True,
    ]

    client.post(f"{address}/custodian", data={"signature": STROKES})
    page = client.get(path).text

    assert [f"{address}/{part}" in page for part in ("custodian", "witness")] == [False, True]
    assert "已签字：甲加密裁判2" in page


def test_the_minute_as_a_pdf_holds_the_keepers_level_only(
    browse, app, world, path, drawn, settings
):
    client = browse("encryptor2_a")
    client.post(f"{path}/minute/station/sign/custodian", data={"signature": STROKES})
    asked = client.post(f"{path}/minute/station/file")
    assert asked.status_code == 302
    with app.app_context():
        out = io.BytesIO()
        task = session().scalars(select(Task)).one()
        work = Work(task, out, lambda *_steps: None, str, "", settings.fonts_dir, settings.keys_dir)
        name = make_minute_pdf(work)
        commitment = session().scalars(
            select(LevelDraw.commitment).where(LevelDraw.level == Level.STATION)
        )
        told = commitment.one()
        db.session.remove()

    pages = PdfReader(io.BytesIO(out.getvalue())).pages
    text = "".join("".join(one.extract_text().split()) for one in pages)
    assert name.endswith(".pdf")
    assert told in text
    assert [one for one in ("甲加密裁判2", "甲监督员", "Stationnumbers") if one not in text] == []
    assert "职业技术学院" not in text


def test_everybody_can_check_the_draw_before_and_after(browse, app, world, path, drawn):
    address = f"/e/tracks/{world.track_a}/draw"
    readers = [browse(name) for name in (None, "leader1_a", "judge1_a", "organizer_b")]
    before = [one.get(f"{address}.json").json for one in readers]
    page = readers[0].get(address).text
    with app.app_context():
        with transaction():
            draw = session().scalars(select(CodeDraw)).one()
            unseal(levels.actor_of(levels.user("encryptor_a")), draw, levels.user("supervisor_a"))
        db.session.remove()
    after = [one.get(f"{address}.json") for one in readers]
    checked = readers[0].get(address).text

    assert all(one == before[0] for one in before)
    assert ["seed" in one for one in before[0]["levels"]] == [False, False, False]
    assert "目前只公布承诺值" in page
    assert all(one.json == after[0].json for one in after)
    told = json.loads(after[0].text)["levels"]
    assert [draws_again(one) for one in told] == [True, True, True]
    assert [one["commitment"] for one in told] == [one["commitment"] for one in before[0]["levels"]]
    assert "各层均可由已公布的种子重现" in checked


def test_contestants_see_their_contest_number_and_no_station(browse, app, world, drawn):
    number = lots(app, "contest")["001"]

    ticket = browse("participant_a").get(f"/attendance/entries/{world.entry1_a}/ticket").text
    day = browse("participant_a").get("/timetable/my-day").text

    assert f'参赛号</small><br><b class="big">{number}</b>' in ticket
    assert "工位于比赛当日入场时抽取" in ticket
    assert f"参赛号</small><b>{number}</b>" in day
