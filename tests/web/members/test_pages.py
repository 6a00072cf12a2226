"""Member units and the record of deeds, as the administrator sees them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from blueprints.members.deeds import DEED_LABELS, deed_label, told
from eventsys import clock
from eventsys.db import db, session
from eventsys.groups.models import Membership, Unit
from tests.queries import count_queries

UNIT = {
    "name": "甲新学院",
    "code": "A900",
    "kind": "higher_vocational",
    "city": "洛阳市",
    "role": "member",
    "starts_on": "2027-03-01",
}


def stored(app, statement):
    with app.app_context():
        found = session().execute(statement).all()
        db.session.remove()
        return found


def times(app, unit_id):
    columns = select(Membership.starts_on, Membership.ends_on)
    found = stored(app, columns.where(Membership.unit_id == unit_id).order_by("starts_on"))
    return [tuple(str(day) for day in row) for row in found]


def test_an_admitted_unit_is_listed(app, browse):
    client = browse("admin_a")

    answer = client.post("/members/units/new", data=UNIT)

    assert answer.location == "/members/units"
    listed = client.get("/members/units?q=A900").text
    assert ("甲新学院" in listed, "洛阳市" in listed, "高等职业学校" in listed) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "甲工业学院"}, "name"),
        ({"code": "A002"}, "name"),
        ({"name": "  "}, "name"),
        ({"code": ""}, "code"),
        ({"kind": "ministry"}, "kind"),
        ({"role": "owner"}, "role"),
        ({"starts_on": "2027-02-30"}, "starts_on"),
        ({"city": "x" * 41}, "city"),
        ({"city": "洛\x00阳"}, "city"),
    ],
)
def test_what_will_not_do_is_said_at_its_field_and_nothing_is_kept(app, browse, change, field):
    before = stored(app, select(Unit.id).order_by(Unit.id))

    answer = browse("admin_a").post("/members/units/new", data=UNIT | change)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert stored(app, select(Unit.id).order_by(Unit.id)) == before


def test_names_are_kept_without_the_blanks_around_them(app, browse):
    browse("admin_a").post(
        "/members/units/new", data=UNIT | {"name": "  甲新学院 ", "city": " 洛阳市"}
    )

    assert stored(app, select(Unit.name, Unit.city).where(Unit.code == "A900")) == [
        ("甲新学院", "洛阳市")
    ]


def test_a_unit_leaves_and_comes_back(app, browse, world):
    client, path = browse("admin_a"), f"/members/units/{world.unit1_a}"

    client.post(path, data={"ends_on": "2025-06-30", "note": "合并"})
    left = client.get(path).text
    early = client.post(f"{path}/return", data={"role": "council", "starts_on": "2025-06-30"})
    back = client.post(f"{path}/return", data={"role": "council", "starts_on": "2026-01-01"})

    assert ("合并" in left, "重新吸纳" in left) == (True, True)
    assert (early.status_code, 'id="starts_on-error"' in early.text) == (422, True)
    assert back.status_code == 302
    assert times(app, world.unit1_a) == [("2024-01-01", "2025-06-30"), ("2026-01-01", "None")]
    assert "重新吸纳" not in client.get(path).text


def test_a_last_day_before_the_first_is_refused_at_its_field(app, browse, world):
    answer = browse("admin_a").post(
        f"/members/units/{world.unit1_a}", data={"ends_on": "2023-12-31"}
    )

    assert answer.status_code == 422
    assert 'id="ends_on-error"' in answer.text
    assert times(app, world.unit1_a) == [("2024-01-01", "None")]


def test_leaving_twice_is_refused_above_the_form(browse, world):
    client, path = browse("admin_a"), f"/members/units/{world.unit1_a}"
    client.post(path, data={"ends_on": "2025-06-30"})

    answer = client.post(path, data={"ends_on": "2025-07-31"})

    assert (answer.status_code, "该单位已退出集团" in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["", "/return"])
def test_a_unit_of_another_group_is_not_there(app, browse, world, path):
    client, address = browse("admin_a"), f"/members/units/{world.unit1_b}{path}"

    answer = client.post(address, data={"ends_on": "2025-06-30", "role": "member"})

    assert answer.status_code == 404
    assert times(app, world.unit1_b) == [("2024-01-01", "None")]


def test_units_of_another_group_are_not_listed_and_not_found(browse):
    client = browse("admin_a")

    assert "乙" not in client.get("/members/units").text
    assert "没有符合条件的单位" in client.get("/members/units?q=乙工业学院").text


def test_the_number_of_queries_does_not_grow_with_the_units(app, browse, world):
    client = browse("admin_a")
    with count_queries() as few:
        client.get("/members/units?q=A001")
    for number in range(30):
        client.post("/members/units/new", data=UNIT | {"name": f"甲{number}", "code": f"N{number}"})
    with count_queries() as many:
        page = client.get("/members/units").text

    assert page.count("<tr>") > 30
    assert len(many) == len(few)


# ---- the record


def test_the_record_tells_what_was_done_in_words(browse, world):
    client = browse("admin_a")
    client.post("/members/units/new", data=UNIT)

    page = client.get("/members/record?deed=unit.admitted").text

    assert "吸纳单位" in page
    assert "名称：甲新学院" in page
    assert "甲管理员" in page
    assert "建立集团</td>" not in page


def test_the_record_is_searched_by_person(browse):
    client = browse("admin_a")
    client.post("/members/units/new", data=UNIT)

    mine, nobody = (
        client.get("/members/record?q=甲管理员").text,
        client.get("/members/record?q=%25"),
    )

    assert "吸纳单位</td>" in mine
    assert "没有符合条件的记录" in nobody.text


def test_the_record_of_another_group_is_not_shown(browse):
    page = browse("admin_a").get("/members/record").text

    assert "甲职业教育集团" in page
    assert "乙" not in page


@pytest.mark.parametrize("account", ["organizer_a", "leader1_a", "judge1_a", "office_a", "root"])
def test_only_the_administrator_reads_the_record(browse, account):
    assert browse(account).get("/members/record").status_code == 403


def test_an_unbroken_chain_is_said_to_be_unbroken(browse):
    assert "记录链完整" in browse("admin_a").get("/members/record?verify=1").text


def test_the_chain_can_be_verified_after_a_pause(browse, at):
    client = browse("admin_a")
    at(clock.now() + timedelta(minutes=2))

    answer = client.get("/members/record?verify=1")

    assert (answer.status_code, "记录链完整" in answer.text) == (200, True)


def test_a_broken_chain_names_the_entry(app, browse, world):
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE audit_entry SET deed = 'x.y' WHERE chain = :c AND sequence = 3"),
            {"c": world.group_a},
        )

    page = browse("admin_a").get("/members/record?verify=1").text

    assert "第 3 条记录已被篡改" in page
    assert "记录链完整" not in page


def test_the_number_of_queries_does_not_grow_with_the_entries(app, browse):
    client = browse("admin_a")
    with count_queries() as few:
        client.get("/members/record?deed=group.founded")
    with count_queries() as many:
        client.get("/members/record")

    assert len(many) == len(few)


def test_facts_are_told_in_words(app):
    facts = {"role": "judge", "scope": ["track", 5], "name": "王林", "before": {"name": "王琳"}}
    with app.test_request_context():
        assert told("x", facts | {"odd": [1, 2], "note": ""}) == [
            ("角色", "评分裁判"),
            ("范围", "赛项或班级"),
            ("名称", "王林"),
            ("原", "名称: 王琳"),
            ("odd", "1, 2"),
        ]
        assert (deed_label("unit.admitted"), deed_label("x.y")) == ("吸纳单位", "x.y")
        assert {deed_label(deed) for deed in DEED_LABELS} & set(DEED_LABELS) == set()


def test_hostile_facts_are_shown_as_text(app, browse):
    client = browse("admin_a")
    client.post("/members/units/new", data=UNIT | {"name": "<script>alert(1)</script>"})

    for path in ("/members/record", "/members/units", "/account/invite"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
