"""Pages of the archive: asking for a pack, the bags of originals, the public key."""

import io
import zipfile
from datetime import timedelta

import pytest

from eventsys import clock
from eventsys.archive.models import PaperOriginal
from eventsys.archive.packing import fingerprint
from eventsys.certificates.keys import ready_signer
from eventsys.db import session
from scheduling.work import do_waiting_tasks
from tests import evidence


@pytest.fixture
def bag():
    return {
        "seal": "F-0007",
        "content": "签字评分表 30 份，抽签记录 1 份",
        "place": "行政楼 305 档案室 2 号柜",
        "custodian": "王敏",
        "keep_until": (clock.today() + timedelta(days=1000)).isoformat(),
    }


def test_the_organizer_asks_for_a_pack_and_the_worker_makes_it(app, browse, world, tmp_path):
    client = browse("organizer_a")
    shown = client.get(f"/events/{world.competition_a}/archive")
    asked = client.post(f"/events/{world.competition_a}/archive/pack")
    with app.app_context():
        do_waiting_tasks()
    file = client.get(f"{asked.headers['Location']}/file")

    path = tmp_path / "pack.zip"
    path.write_bytes(file.get_data())
    file.close()
    folder = evidence.unpack(path.read_bytes(), tmp_path / "pack")
    status, said = evidence.verify(folder)
    assert ("成绩未最终确定" in shown.text, asked.status_code) == (True, 302)
    assert (status, said.splitlines()[-1]) == (0, "核验通过")


def test_a_bag_is_written_down_and_a_moved_one_shows_its_new_place(app, browse, world, bag):
    client, where = browse("organizer_a"), f"/events/{world.competition_a}/archive"
    first = client.post(where, data=bag)
    client.post(where, data=bag | {"place": "市档案馆"})

    shown = client.get(where).text
    with app.app_context():
        kept = session().query(PaperOriginal).order_by(PaperOriginal.version).all()
    assert first.status_code == 302
    assert ("市档案馆" in shown, "行政楼" in shown) == (True, False)
    assert [(one.version, one.seal) for one in kept] == [(1, "F-0007"), (2, "F-0007")]


@pytest.mark.parametrize(
    "wrong", [{"seal": " "}, {"place": ""}, {"keep_until": "2020-01-01"}, {"keep_until": "明年"}]
)
def test_a_bag_without_seal_place_or_term_is_refused_in_place(browse, world, bag, wrong):
    answer = browse("organizer_a").post(f"/events/{world.competition_a}/archive", data=bag | wrong)

    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_the_bags_are_in_the_pack(app, browse, world, bag, settings):
    browse("organizer_a").post(f"/events/{world.competition_a}/archive", data=bag)
    with app.app_context():
        pack = evidence.pack_of(world.competition_a, settings)

    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        text = archive.read("originals.json").decode()
    assert [word for word in ("F-0007", "305", "王敏", "30 份") if word not in text] == []


def test_everybody_may_read_the_fingerprint_of_the_key(browse, settings):
    expected = fingerprint(ready_signer(settings.keys_dir))

    answer = browse(None).get("/evidence-key")

    assert (answer.status_code, expected in answer.text) == (200, True)
    assert "PRIVATE" not in answer.text


def test_from_a_track_one_comes_to_the_archive_of_its_event(browse, world):
    answer = browse("organizer_a").get(f"/tracks/{world.track_a}/archive")

    assert answer.headers["Location"] == f"/events/{world.competition_a}/archive"


@pytest.mark.parametrize("name", ["organizer2_a", "organizer_b"])
def test_an_organizer_not_in_charge_finds_nothing(browse, world, name):
    client, where = browse(name), f"/events/{world.competition_a}/archive"

    assert [client.get(where).status_code, client.post(f"{where}/pack").status_code] == [404, 404]
