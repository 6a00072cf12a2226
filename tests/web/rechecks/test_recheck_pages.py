"""The supervisors' pages: the list, one code, an error, the lock of two people."""

import hashlib

import pytest
from sqlalchemy import select

from eventsys.db import session, transaction
from eventsys.identity.models import SignInAttempt
from eventsys.paper.models import PaperScan
from eventsys.paper.rules import ScanKind
from eventsys.rechecks.queries import items_of, recheck_of
from eventsys.scoring.models import Marking
from tests import judging
from tests.queries import count_queries
from tests.world import PASSWORD


@pytest.fixture
def codes(app, world):
    with app.app_context():
        return judging.re_checked(world)


@pytest.fixture
def supervisor(browse):
    return browse("supervisor_a")


def listed(app, world):
    with app.app_context():
        return [item.code for item in items_of(recheck_of(world.track_a))]


def test_before_the_handing_over_the_page_says_what_is_missing(supervisor, world):
    assert "裁判长尚未提交成绩" in supervisor.get(f"/rechecks/{world.track_a}").text
    assert supervisor.get(f"/rechecks/{world.track_a}/lock").status_code == 404


def test_a_track_without_re_check_says_so(app, supervisor, world):
    with app.app_context():
        judging.signed_off(world)

    assert "本赛项规程不要求复核" in supervisor.get(f"/rechecks/{world.track_a}").text


def test_the_list_is_worked_through_and_locked(app, supervisor, codes, world):
    path, found = f"/rechecks/{world.track_a}", listed(app, world)
    assert "待复核：甲数控多轴加工技术" in supervisor.get("/").text
    assert supervisor.get(path).text.count("名次靠前，必检") == 2
    for code, following in zip(found, [*found[1:], None], strict=True):
        assert supervisor.get(f"{path}/{code}").text.count("全部无误") == 2
        answer = supervisor.post(f"{path}/{code}")
        assert answer.headers["Location"] == (f"{path}/{following}" if following else path)
    assert supervisor.post(f"{path}/{found[0]}").status_code == 409
    assert supervisor.get(f"{path}/lock").status_code == 200

    chief = {"chief": str(world.chief_a), "password": PASSWORD}
    wrong = supervisor.post(f"{path}/lock", data={**chief, "password": "wrong"})
    assert (wrong.status_code, "密码错误" in wrong.text) == (422, True)
    with app.app_context():
        assert len(session().scalars(select(SignInAttempt)).all()) == 1
        assert session().scalars(select(Marking.locked_at)).all() == [None]
    assert supervisor.post(f"{path}/lock", data=chief).status_code == 302
    assert "甲监督员 与 甲裁判长" in supervisor.get(path).text


def test_an_error_becomes_a_correction_and_too_many_re_open_everything(
    app, supervisor, browse, codes, world
):
    with app.app_context():
        key = judging.aspect_ids(world)["A1.2"]
    path = f"/rechecks/{world.track_a}"
    assert supervisor.get(f"{path}/{codes[0]}/error").status_code == 200
    data = {"seat": "1", "aspect": str(key), "value": "1", "reason": "与签名不一致"}
    assert (
        supervisor.post(f"{path}/{codes[0]}/error", data={**data, "value": "9"}).status_code == 422
    )
    assert supervisor.post(f"{path}/{codes[0]}/error", data=data).status_code == 302

    page = supervisor.get(path).text
    assert "抽检 3 项中有 1 项差错，超过规程规定的 5%" in page
    assert listed(app, world) == codes
    assert "有 1 项更正待裁定" in browse("chief_a").get(f"/chief/{world.track_a}").text
    assert (
        supervisor.post(
            f"{path}/lock", data={"chief": str(world.chief_a), "password": PASSWORD}
        ).status_code
        == 422
    )


def test_the_chief_judge_sees_how_far_the_re_check_is(browse, codes, world):
    assert "复核进度：0 / 3" in browse("chief_a").get(f"/chief/{world.track_a}").text


def test_codes_that_are_not_listed_are_not_there(app, supervisor, codes, world):
    for code in {*codes, "?-1"} - {*listed(app, world)}:
        assert supervisor.get(f"/rechecks/{world.track_a}/{code}").status_code == 404


@pytest.mark.parametrize("name", ["chief_a", "clerk_a", "judge1_a", "organizer_a"])
def test_nobody_else_comes_in(browse, codes, world, name):
    assert browse(name).get(f"/rechecks/{world.track_a}").status_code == 403


def test_a_supervisor_of_another_group_sees_nothing(browse, codes, world):
    assert browse("supervisor_b").get(f"/rechecks/{world.track_a}").status_code == 404


def test_the_list_takes_the_same_queries_for_three_codes_and_for_all(app, supervisor, codes, world):
    counts = []
    for _round in (1, 2):
        with count_queries() as sent:
            assert supervisor.get(f"/rechecks/{world.track_a}").status_code == 200
        counts.append(sum(one.startswith("SELECT") for one in sent))
        with app.app_context():
            key = judging.aspect_ids(world)["A1.2"]
        data = {"seat": "1", "aspect": str(key), "value": "1", "reason": "与签名不一致"}
        supervisor.post(f"/rechecks/{world.track_a}/{codes[0]}/error", data=data)

    assert counts[0] == counts[1]


def test_without_a_scan_one_lands_on_the_code(supervisor, codes, world):
    path = f"/rechecks/{world.track_a}"

    assert supervisor.get(f"{path}/{codes[0]}/1/scan").location == f"{path}/{codes[0]}"
    assert supervisor.get(f"{path}/?-1/1/scan").status_code == 404


def test_the_scan_of_a_sheet_opens_from_its_code(app, supervisor, codes, world):
    content = b"%PDF-1.4 signed"
    with app.app_context():
        sheet = judging.sheet(world, 1, codes[0])
        folder = app.extensions["settings"].files_dir
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scan-test.pdf").write_bytes(content)
        with transaction():
            session().add(
                PaperScan(
                    group_id=sheet.group_id,
                    track_id=sheet.track_id,
                    sheet_id=sheet.id,
                    version=1,
                    kind=ScanKind.PDF,
                    size=len(content),
                    file_path="scan-test.pdf",
                    file_hash=hashlib.sha256(content).hexdigest(),
                    received_hash="0" * 64,
                    uploaded_at=judging.NOW,
                    uploaded_by="甲统分员",
                )
            )
    path = f"/rechecks/{world.track_a}/{codes[0]}"
    assert f"{path}/1/scan" in supervisor.get(path).text
    answer = supervisor.get(f"{path}/1/scan")
    assert (answer.status_code, answer.data) == (200, content)
    answer.close()
