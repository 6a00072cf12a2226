"""The organizer's pages of a marking scheme: by form and from a file."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from eventsys.schemes.importing import SCHEME_HEADINGS
from eventsys.schemes.queries import aspects_of
from tests import judging

ASPECT = {"code": "A1.1", "text": "倒角完整", "kind": "B", "max_points": "100"}
LEVELS = {"level0": "差", "level1": "可", "level2": "良", "level3": "优"}


@pytest.fixture
def organizer(browse):
    return browse("organizer_a")


def codes(app, world):
    with app.app_context():
        return [one.code for one in aspects_of(judging.track_of(world))]


def template_headings(organizer, world):
    answer = organizer.get(f"/tracks/{world.track_a}/scheme/template.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    return [cell.value for cell in book.worksheets[0][1]]


def upload(organizer, world, rows, **fields):
    book = Workbook()
    book.active.append(template_headings(organizer, world))
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    data = {"file": (io.BytesIO(out.getvalue()), "scheme.xlsx"), **fields}
    return organizer.post(f"/tracks/{world.track_a}/scheme/import", data=data)


def row(place, kind, full, **more):
    """A row of the template: module, criterion code and name, aspect code, and what it needs."""
    module, criterion, name, aspect, text = place.split("/")
    cells = {
        "module": module,
        "criterion": criterion,
        "criterion_name": name,
        "aspect": aspect,
        "text": text,
        "kind": kind,
        "max": full,
        **more,
    }
    return [cells.get(key, "") for key in SCHEME_HEADINGS]


ROWS = [
    row("A/A1/工艺/A1.1/程序结构", "J", "60", **LEVELS),
    row("A/A1/工艺/A1.2/错误", "扣分", "40", step="0.5"),
    row("B/B1/加工/B1.1/外径", "M", "100", low="31.98", high="32", unit="mm"),
]


def test_a_scheme_is_written_by_form(app, organizer, world):
    page = organizer.get(f"/tracks/{world.track_a}/scheme")
    assert page.status_code == 200
    assert page.text.count("该模块还没有评分项。") == 2

    form = {"module_code": "A", "code": "A1", "name": "工艺"}
    made = organizer.post(f"/tracks/{world.track_a}/scheme/criteria", data=form)
    assert made.status_code == 302
    added = organizer.post(made.location, data=ASPECT)

    assert (added.status_code, codes(app, world)) == (302, ["A1.1"])
    assert "已完整" in organizer.get(f"/tracks/{world.track_a}/scheme").text


def test_the_next_aspect_can_follow_at_once(organizer, world):
    form = {"module_code": "A", "code": "A1", "name": "工艺"}
    made = organizer.post(f"/tracks/{world.track_a}/scheme/criteria", data=form)
    added = organizer.post(made.location, data={**ASPECT, "another": "1"})

    assert added.location == made.location


def test_a_refusal_stands_at_its_field(organizer, world):
    form = {"module_code": "A", "code": "A 1", "name": "工艺"}
    answer = organizer.post(f"/tracks/{world.track_a}/scheme/criteria", data=form)

    assert answer.status_code == 422
    assert "编号为 1 至 10 位字母、数字、点或连字符，请更正 A 1。" in answer.text


def test_an_aspect_is_edited_moved_and_removed(app, organizer, world):
    with app.app_context():
        judging.write_scheme(world)
        first = aspects_of(judging.track_of(world))[0].id
    page = organizer.get(f"/scheme/aspects/{first}")
    assert 'value="70"' in page.text

    form = {"code": "A1.9", "text": "错误", "kind": "D", "max_points": "70", "step": "0.5"}
    assert organizer.post(f"/scheme/aspects/{first}", data=form).status_code == 302
    assert organizer.post(f"/scheme/aspects/{first}/move/down").status_code == 302
    assert codes(app, world)[:2] == ["A1.2", "A1.9"]
    assert organizer.post(f"/scheme/aspects/{first}/remove").status_code == 302
    assert codes(app, world) == ["A1.2", "B1.1", "B1.2", "B1.3"]


def test_a_criterion_is_edited_and_removed(app, organizer, world):
    with app.app_context():
        judging.write_scheme(world)
        first = aspects_of(judging.track_of(world))[0].criterion_id
    form = {"module_code": "B", "code": "A1", "name": "改名"}
    assert organizer.get(f"/scheme/criteria/{first}").status_code == 200
    assert organizer.post(f"/scheme/criteria/{first}", data=form).status_code == 302
    assert organizer.post(f"/scheme/criteria/{first}/move/down").status_code == 302
    assert organizer.post(f"/scheme/criteria/{first}/remove").status_code == 302
    assert codes(app, world) == ["B1.1", "B1.2", "B1.3"]


def test_a_button_that_is_refused_says_so_on_the_page(app, organizer, world):
    with app.app_context():
        found = judging.ready_to_mark(world)
        judging.mark(world, 1, found[0], ("90", "90", "3"))
        aspect = aspects_of(judging.track_of(world))[0].id

    answer = organizer.post(f"/scheme/aspects/{aspect}/remove")

    assert answer.status_code == 409
    assert "评分标准自此不能直接修改" in answer.text


def test_a_filled_in_template_becomes_the_scheme(app, organizer, world):
    answer = upload(organizer, world, ROWS)

    assert answer.status_code == 302
    assert codes(app, world) == ["A1.1", "A1.2", "B1.1"]


def test_importing_again_needs_consent(app, organizer, world):
    upload(organizer, world, ROWS)

    assert upload(organizer, world, ROWS[:1]).status_code == 422
    assert len(codes(app, world)) == 3
    assert upload(organizer, world, ROWS[:1], replace="y").status_code == 302
    assert codes(app, world) == ["A1.1"]


def test_every_problem_of_a_file_is_named_and_nothing_kept(app, organizer, world):
    broken = [
        row("C/C1/?/C1.1/x", "B", "1"),
        row("A/A1/工艺/A1.1/x", "Q", "1"),
        row("A/A1/工艺/A1.3/x", "B", "abc"),
        row("A/A1/工艺/A1.4/x", "J", "1"),
        row("A/A1/工艺/A1.5/x", "B", "1"),
        row("A/A1/工艺/A1.5/x", "B", "1"),
        row("A/A1/别名/A1.6/x", "B", "1"),
        row("A/A1/工艺/A1.7/x", "N", "5", bands="~ 1 = 5; 2 ~ = 0"),
        row("A/A1/工艺/A1.8/x", "N", "5", bands="1 - 2"),
        row("A/A1/工艺/A1.9/x", "F", "5", formula="N*N", edge="y", source="z"),
        row("A/A1/工艺/A1.10/x", "B", "5", sub="A1", sub_name="同号"),
    ]
    answer = upload(organizer, world, broken)

    assert (answer.status_code, codes(app, world)) == (422, [])
    for words in (
        "本赛项没有模块 C，可选：A, B。",
        "类型只能是：J, B, M, D, N, F, T, V, I。请更正“Q”。",
        "“abc”不是数字，请只输入数字和小数点。",
        "请写明 A1.4 的四个档次，使各裁判尺度一致。",
        "编号 A1.5 在第 6 行已使用，每个评分点须有自己的编号。",
        "评分项 A1 的名称或模块前后不一致，请在各行填写一致。",
        "A1.7 的第 1 段止于 1，下一段却从 2 开始。请使每段从上一段的终点开始。",
        "“1 - 2”不是分段。",
        "“N*N”不是公式。请按 10-2*N, min 0 的形式填写。",
        "分界归属只能填 lower 或 upper，请更正“y”。",
        "成绩来源只能是：过程, 结果, 展示, 机考。请更正“z”。",
    ):
        assert words in answer.text, words


def test_a_file_that_is_no_workbook_is_refused(organizer, world):
    data = {"file": (io.BytesIO(b"hello"), "scheme.xlsx")}

    assert organizer.post(f"/tracks/{world.track_a}/scheme/import", data=data).status_code == 422
    assert organizer.post(f"/tracks/{world.track_a}/scheme/import", data={}).status_code == 422


@pytest.mark.parametrize("name", ["organizer_b", "organizer2_a"])
def test_the_scheme_of_others_is_not_there(browse, world, name):
    client = browse(name)
    for path in ("scheme", "panel", "scheme/import", "scheme/template.xlsx"):
        assert client.get(f"/tracks/{world.track_a}/{path}").status_code == 404, path


def test_only_competitions_have_a_scheme(organizer, world):
    for track in (world.class_a, world.exam_track_a):
        assert organizer.get(f"/tracks/{track}/scheme").status_code == 404
