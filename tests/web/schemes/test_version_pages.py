"""Versions, sections, files and machine marks, as their people see them."""

import io
import re
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from eventsys.db import transaction
from eventsys.schemes.actions import replace_scheme
from eventsys.schemes.aspects import AspectKind, Band
from eventsys.schemes.queries import aspects_of, criteria_facts, draft_of, scheme_of
from eventsys.schemes.rules import AspectFacts, CriterionFacts
from eventsys.schemes.worldskills import HEADINGS
from eventsys.scoring.panel_actions import open_marking
from tests import judging
from tests.queries import count_queries

D, K = Decimal, AspectKind
KINDS = (
    AspectFacts(
        "A1.1",
        K.BANDS,
        "粗糙度",
        D(40),
        unit="μm",
        bands=(Band(None, D("0.8"), D(40)), Band(D("0.8"), None, D(0))),
    ),
    AspectFacts("A1.2", K.FORMULA, "缺陷", D(20), base=D(20), factor=D(-2), floor=D(0)),
    AspectFacts(
        "A1.3", K.TOLERANCE, "孔径", D(20), nominal=D(10), inner=D("0.1"), outer=D("0.2"), part=D(5)
    ),
    AspectFacts("A1.4", K.VIOLATION, "违规操作", D(10), step=D(5)),
    AspectFacts("A1.5", K.MACHINE, "理论机考", D(20)),
)
SCHEME = (CriterionFacts("A", "A1", "工艺", aspects=KINDS), judging.SCHEME[1])


@pytest.fixture
def organizer(browse):
    return browse("organizer_a")


def frozen(world):
    codes = judging.ready_to_mark(world)
    judging.mark(world, 1, codes[0], ("90", "90", "3"))
    return codes


def with_kinds(world):
    """Sheets dealt for a scheme with every new kind in module A."""
    with transaction():
        replace_scheme(judging.actor("organizer_a"), judging.track_of(world), SCHEME)
    codes = judging.draw(world)
    judging.seat(world)
    with transaction():
        open_marking(judging.actor("organizer_a"), judging.track_of(world))
    return codes


def draft_a_correction(organizer, world):
    made = organizer.post(
        f"/tracks/{world.track_a}/scheme/correct", data={"reason": "外径公差与图纸不符"}
    )
    assert made.status_code == 302
    return made.location


def read_by(chief, address):
    """What the form on the page carries: the digest of the draft as it was read."""
    return {"seen": re.search(r'name="seen" value="([0-9a-f]{64})"', chief.get(address).text)[1]}


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return io.BytesIO(out.getvalue())


def test_a_correction_is_drafted_changed_shown_and_approved(app, organizer, browse, world):
    with app.app_context():
        codes = frozen(world)
    page = organizer.get(f"/tracks/{world.track_a}/scheme")
    assert "起草修订" in page.text
    address = draft_a_correction(organizer, world)
    with app.app_context():
        track = judging.track_of(world)
        version = draft_of(track.id)
        aspect = next(
            one for owner in version.criteria for one in owner.aspects if one.code == "B1.2"
        )
        key = aspect.id
    form = {
        "code": "B1.2",
        "text": "外径",
        "kind": "M",
        "max_points": "6",
        "low": "31.9",
        "high": "32",
        "unit": "mm",
        "again": "y",
    }
    assert "此评分点由裁判重新评分" in organizer.get(f"/scheme/aspects/{key}").text
    assert organizer.post(f"/scheme/aspects/{key}", data=form).location == address
    shown = organizer.get(address).text
    assert "31.984 → 31.9" in shown
    assert "须重新评分" in shown
    assert "撤回修订" in shown
    assert "批准此版本" not in shown

    chief = browse("chief_a")
    assert "待批准的评分标准修订" in chief.get("/").text
    page = chief.get(address)
    assert "批准此版本" in page.text
    assert "31.984 → 31.9" in page.text
    assert chief.post(f"{address}/approve", data=read_by(chief, address)).status_code == 302

    with app.app_context():
        assert scheme_of(world.track_a).version == 2
    assert "第 2 版" in organizer.get(f"/tracks/{world.track_a}/scheme/versions").text
    sheet = browse("judge1_a").get(f"/judging/{world.track_a}/{codes[0]}")
    assert "外径公差与图纸不符" in sheet.text


def test_the_organizer_cannot_approve_and_the_chief_judge_cannot_edit(
    app, organizer, browse, world
):
    with app.app_context():
        frozen(world)
    address = draft_a_correction(organizer, world)
    chief = browse("chief_a")

    assert organizer.post(f"{address}/approve").status_code == 403
    assert chief.post(f"{address}/withdraw").status_code == 403
    assert chief.get(f"/tracks/{world.track_a}/scheme").status_code in (403, 404)
    assert organizer.post(f"{address}/withdraw").status_code == 302
    assert organizer.get(address).status_code == 404


def test_a_draft_changed_since_it_was_read_is_shown_anew_and_not_approved(
    app, organizer, browse, world
):
    with app.app_context():
        frozen(world)
    address = draft_a_correction(organizer, world)
    chief = browse("chief_a")
    read = read_by(chief, address)
    with app.app_context(), transaction():
        draft = draft_of(world.track_a)
        aspect = next(one for owner in draft.criteria for one in owner.aspects)
        aspect.text = "改动后的评分点"

    for data in (read, {}):
        answer = chief.post(f"{address}/approve", data=data)
        assert (answer.status_code, "您阅读之后修订稿又有改动" in answer.text) == (409, True)
        assert "改动后的评分点" in answer.text
    assert chief.post(f"{address}/approve", data=read_by(chief, address)).status_code == 302


def test_a_refused_approval_says_why_on_the_page(app, organizer, browse, world):
    with app.app_context():
        frozen(world)
    address = draft_a_correction(organizer, world)

    chief = browse("chief_a")
    answer = chief.post(f"{address}/approve", data=read_by(chief, address))

    assert answer.status_code == 422
    assert "修订稿与现行版本相同" in answer.text


def test_every_kind_is_shown_with_its_rule(app, organizer, browse, world):
    with app.app_context():
        codes = with_kinds(world)
    page = organizer.get(f"/tracks/{world.track_a}/scheme").text
    rules = (
        "N ≤ 0.8 → 40; 0.8 &lt; N → 0 (N 的单位：μm)",
        "20 − 2 × N，0 至 20 分",
        "10 ± 0.1 · ± 0.2 内得 5 分",
        "每次 −5，最多从本模块扣 10",
        "由机考系统导入",
    )
    for words in rules:
        assert words in page, words
    sheet = browse("judge1_a").get(f"/judging/{world.track_a}/{codes[0]}").text
    for words in rules:
        assert words in sheet, words
    assert 'data-kind="I"' in sheet
    assert "readonly" in sheet


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("N", {"bands": "~ 0.8 = 10\r\n0.8 ~ = 0", "edge": "upper"}),
        ("F", {"formula": "10-2*N, min 0"}),
        ("T", {"nominal": "10", "inner": "0.1", "outer": "0.2", "part": "4"}),
        ("V", {"step": "5"}),
        ("I", {}),
    ],
)
def test_an_aspect_of_a_new_kind_is_written_by_form(app, organizer, world, kind, more):
    form = {"module_code": "A", "code": "A1", "name": "工艺"}
    made = organizer.post(f"/tracks/{world.track_a}/scheme/criteria", data=form)
    aspect = {"code": "A1.1", "text": "粗糙度", "kind": kind, "max_points": "10", **more}
    assert organizer.post(made.location, data=aspect).status_code == 302

    with app.app_context():
        found = aspects_of(judging.track_of(world))[0]
        key, kept = found.id, (found.kind.value, found.max_points)
    shown = organizer.get(f"/scheme/aspects/{key}").text
    assert kept == (kind, 10)
    for value in more.values():
        assert value.splitlines()[0] in shown


def test_a_formula_that_cannot_be_read_is_refused_at_its_field(organizer, world):
    form = {"module_code": "A", "code": "A1", "name": "工艺"}
    made = organizer.post(f"/tracks/{world.track_a}/scheme/criteria", data=form)
    aspect = {"code": "A1.1", "text": "x", "kind": "F", "max_points": "10", "formula": "exec(N)"}
    answer = organizer.post(made.location, data=aspect)

    assert answer.status_code == 422
    assert "“exec(N)”不是公式。" in answer.text


def test_sections_are_entered_and_shown_with_their_deviation(organizer, world):
    address = f"/tracks/{world.track_a}/scheme/sections"
    form = {
        "deviation": "5",
        "sections-0-code": "1",
        "sections-0-name": "组织",
        "sections-0-weight": "40",
        "sections-1-code": "2",
        "sections-1-name": "实施",
        "sections-1-weight": "60",
        "sections-2-code": "",
    }
    assert organizer.get(address).status_code == 200
    assert organizer.post(address, data={**form, "sections-1-weight": "50"}).status_code == 422
    assert organizer.post(address, data=form).status_code == 302
    page = organizer.get(f"/tracks/{world.track_a}/scheme").text
    assert "-40.00" in page
    assert 'value="实施"' in organizer.get(address).text


def test_a_scheme_goes_out_and_comes_back_in_both_layouts(app, organizer, world):
    with app.app_context():
        with transaction():
            scheme = replace_scheme(
                judging.actor("organizer_a"), judging.track_of(world), judging.SCHEME
            )
        key, before = scheme.id, criteria_facts(scheme.criteria)
    for layout, path in (("own", "scheme"), ("worldskills", "worldskills")):
        sent = organizer.get(f"/schemes/{key}/{path}.xlsx")
        data = {
            "layout": layout,
            "replace": "y",
            "file": (io.BytesIO(sent.data), "scheme.xlsx"),
        }
        answer = organizer.post(f"/tracks/{world.track_a}/scheme/import", data=data)
        assert answer.status_code == 302, layout
        with app.app_context():
            assert criteria_facts(scheme_of(world.track_a).criteria) == before, layout


def test_the_world_skills_sheet_has_its_fourteen_columns(app, organizer, world):
    with app.app_context():
        with transaction():
            scheme = replace_scheme(
                judging.actor("organizer_a"), judging.track_of(world), judging.SCHEME
            )
        key = scheme.id
    book = load_workbook(io.BytesIO(organizer.get(f"/schemes/{key}/worldskills.xlsx").data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]

    heads = [texts[0] for texts in HEADINGS.values()]
    assert rows[0] == [*heads, "Criterion A", "Total Mark", "100"]
    assert rows[1][:2] == ["A1", "工艺准备"]
    assert [row[5] for row in rows[4:8]] == ["0", "1", "2", "3"]
    assert [row[6] for row in rows[4:8]] == list(judging.LEVELS)
    assert rows[8] == [*heads, "Criterion B", "Total Mark", "100"]


def test_problems_of_a_world_skills_sheet_are_named_by_row_and_column(organizer, world):
    heads = [texts[0] for texts in HEADINGS.values()]
    rows = [
        ["Skill: 数控铣"],
        [*heads, "Criterion A", "Total Mark", "=SUM(K3:K9)"],
        ["", "", "", "M", "无子项", "", "", "", "", "", 1],
        ["A1", "精度"],
        ["", "", "", "S", "主观", "", "", "", "", "", 1],
        ["", "", "", "M", "无分", "", "", "", "", "", ""],
        ["", "", "", "M", "板块", "", "", "", "WSSS 3", "", 1],
        ["", "", "", "J", "评价", "", "", "", "", "", 1],
        ["", "", "", "", "", 0, "差"],
        ["", "", "", "", "", 2, "良"],
        ["", "", "", "M", "公式分", "", "", "", "", "", "=1+1"],
        ["Q1", "别处"],
    ]
    data = {"layout": "worldskills", "file": (workbook(rows), "cis.xlsx")}
    answer = organizer.post(f"/tracks/{world.track_a}/scheme/import", data=data)

    assert answer.status_code == 422
    for words in (
        "此评分点之上没有子项。",
        "“S”不是 M 或 J。",
        "评分点缺少满分，请填写。",
        "评分标准尚未设置标准板块。",
        "评价点之下应依次有 0、1、2、3 四行",
        "请写明 A1.1 的四个档次",
        "评分项 Q 不是本赛项的模块（A, B）",
    ):
        assert words in answer.text, words
    assert "公式" in answer.text


def test_a_hidden_row_of_a_world_skills_sheet_is_read_and_told(app, organizer, world):
    book = Workbook()
    book.active.append([texts[0] for texts in HEADINGS.values()])
    book.active.append(["A1", "精度"])
    book.active.append(["", "", "", "M", "外径", "", "", "9.9 ~ 10.1 mm", "", "", 1])
    book.active.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    data = {"layout": "worldskills", "file": (io.BytesIO(out.getvalue()), "cis.xlsx")}

    answer = organizer.post(
        f"/tracks/{world.track_a}/scheme/import", data=data, follow_redirects=True
    )
    assert "隐藏" in answer.text
    with app.app_context():
        assert [one.code for one in aspects_of(judging.track_of(world))] == ["A1.1"]


def test_the_clerk_imports_the_machines_file(app, browse, world):
    with app.app_context():
        codes = with_kinds(world)
    clerk = browse("clerk_a")
    address = f"/tracks/{world.track_a}/machine-marks"
    assert "机考成绩" in clerk.get("/").text
    assert clerk.get(address).text.count("未导入") == len(codes)
    template = load_workbook(io.BytesIO(clerk.get(f"{address}/template.xlsx").data))
    heads = [cell.value for cell in template.worksheets[0][1]]
    assert heads == ["作品号", "A1.5"]

    bad = workbook([heads, [codes[0], 21], [codes[0], 1], [codes[1], "x"]])
    answer = clerk.post(address, data={"file": (bad, "machine.xlsx")})
    assert answer.status_code == 422
    for words in ("应在 0 至 20 之间", "在第 2 行已出现", "“x”不是数字"):
        assert words in answer.text, words
    short = workbook([heads, [codes[0], 12.5]])
    answer = clerk.post(address, data={"file": (short, "machine.xlsx")})
    assert answer.status_code == 422
    assert "文件缺少" in answer.text
    good = workbook([heads, *([code, 12.5] for code in codes)])
    assert clerk.post(address, data={"file": (good, "machine.xlsx")}).status_code == 302
    assert clerk.get(address).text.count("12.500") == len(codes)


def test_machine_marks_without_machine_aspects_say_so(app, organizer, world):
    address = f"/tracks/{world.track_a}/machine-marks"
    assert "本评分标准没有机考评分点。" in organizer.get(address).text


def test_the_pages_ask_the_database_alike_for_few_and_many_aspects(app, organizer, world):
    many = [
        CriterionFacts(
            "A",
            f"A{n}",
            "工艺",
            aspects=tuple(AspectFacts(f"A{n}.{m}", K.CHECK, "检查", D(1)) for m in range(5)),
        )
        for n in range(12)
    ]
    counts = []
    for criteria in (many[:1], many):
        with app.app_context(), transaction():
            replace_scheme(judging.actor("organizer_a"), judging.track_of(world), criteria)
        with count_queries() as sent:
            assert organizer.get(f"/tracks/{world.track_a}/scheme").status_code == 200
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_a_sub_criterion_is_written_by_form(app, organizer, world):
    form = {"module_code": "A", "code": "A", "name": "加工"}
    organizer.post(f"/tracks/{world.track_a}/scheme/criteria", data=form)
    page = organizer.get(f"/tracks/{world.track_a}/scheme/criteria?module=A&parent=A")
    assert '<option selected value="A">A 加工</option>' in page.text
    form = {"module_code": "A", "code": "A1", "name": "精度", "parent": "A", "source": "process"}
    made = organizer.post(f"/tracks/{world.track_a}/scheme/criteria", data=form)
    assert made.status_code == 302
    shown = organizer.get(f"/tracks/{world.track_a}/scheme").text

    assert "<h3>A1 精度</h3>" in shown


@pytest.mark.parametrize("name", ["organizer_b", "organizer2_a", "leader1_a", "judge1_a"])
def test_versions_of_others_are_not_there(app, browse, organizer, world, name):
    with app.app_context():
        frozen(world)
    address = draft_a_correction(organizer, world)
    client = browse(name)
    for path in (address, f"{address}/scheme.xlsx", f"/tracks/{world.track_a}/scheme/versions"):
        assert client.get(path).status_code in (403, 404), path
