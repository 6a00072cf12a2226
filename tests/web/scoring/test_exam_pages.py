"""The assessors' pages: the grid, the file, handing in."""

import io

import pytest
from openpyxl import load_workbook

from eventsys.scoring.exam_queries import candidates

KEYS = ("candidate1", "candidate2", "candidate3", "candidate4")


@pytest.fixture
def assessor(browse):
    return browse("assessor_a")


def grid(world, *points, seen=0):
    """Points by candidate; a word is a status."""
    form = {}
    for name, value in zip(KEYS, points, strict=False):
        key = getattr(world, f"{name}_a")
        word = value in {"absent", "violation"}
        form |= {
            f"points-{key}": "" if word else value,
            f"status-{key}": value if word else "",
            f"seen-{key}": str(seen),
        }
    return form


def kept(app, world, part="T"):
    with app.app_context():
        found = candidates(world.exam_track_a, part)
    return [f"{one.points:f}" if one.points is not None else one.status for one in found]


def test_an_assessor_sees_tickets_and_masked_numbers_but_no_names(assessor, world):
    assert "录入成绩" in assessor.get("/exam-marks").text
    page = assessor.get(f"/exam-marks/{world.exam_track_a}/T").text

    assert "exam_track-001" in page
    assert "甲卫" not in page


def test_marks_are_saved_from_the_grid(app, assessor, world):
    path = f"/exam-marks/{world.exam_track_a}/T"
    answer = assessor.post(path, data=grid(world, "59.5", "absent", "violation", ""))

    assert answer.status_code == 302
    assert kept(app, world) == ["59.5", "absent", "violation", None]


def test_a_bad_number_is_said_at_its_line_and_everything_typed_stays(app, assessor, world):
    path = f"/exam-marks/{world.exam_track_a}/T"
    answer = assessor.post(path, data=grid(world, "59.5", "6o"))

    assert answer.status_code == 422
    assert kept(app, world) == [None] * 4
    assert 'value="59.5"' in answer.text
    assert 'value="6o"' in answer.text
    assert "“6o”不是数字" in answer.text


def test_a_stale_grid_is_refused_and_shows_both(app, assessor, world):
    path = f"/exam-marks/{world.exam_track_a}/T"
    assessor.post(path, data=grid(world, "59.5"))
    answer = assessor.post(path, data=grid(world, "70"))

    assert answer.status_code == 409
    assert "以下准考证号的成绩刚被他人录入：exam_track-001。" in answer.text
    assert kept(app, world)[0] == "59.5"


def test_a_part_is_handed_in_and_then_closed(app, assessor, world):
    path = f"/exam-marks/{world.exam_track_a}/T"
    early = assessor.post(f"{path}/hand-in")
    assert early.status_code == 422
    assert "还有 4 名考生没有成绩" in early.text
    assessor.post(path, data=grid(world, "60", "61", "absent", "100"))

    assert assessor.post(f"{path}/hand-in").status_code == 302
    assert assessor.post(path, data=grid(world, "70", seen=1)).status_code == 409
    assert kept(app, world) == ["60", "61", "absent", "100"]


def filled(assessor, world, values):
    answer = assessor.get(f"/exam-marks/{world.exam_track_a}/T/template.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book.worksheets[0]
    for row, value in zip(sheet.iter_rows(min_row=2), values, strict=False):
        row[1].value = value
    out = io.BytesIO()
    book.save(out)
    return {"file": (io.BytesIO(out.getvalue()), "marks.xlsx")}


def hidden(page):
    start = page.index('name="rows" value="') + len('name="rows" value="')
    return page[start : page.index('"', start)].replace("&#34;", '"')


def test_a_file_is_looked_at_before_it_is_saved(app, assessor, world):
    path = f"/exam-marks/{world.exam_track_a}/T"
    assessor.post(path, data=grid(world, "60"))
    looked = assessor.post(
        f"{path}/import", data=filled(assessor, world, ["60", "77.5", "缺考", "违纪"])
    )

    assert looked.status_code == 200
    assert kept(app, world) == ["60", None, None, None]
    assert "保存 3 条成绩" in looked.text
    saved = assessor.post(f"{path}/save-file", data={"rows": hidden(looked.text)})
    assert saved.status_code == 302
    assert kept(app, world) == ["60", "77.5", "absent", "violation"]


def test_a_file_that_was_overtaken_saves_nothing(app, assessor, world):
    path = f"/exam-marks/{world.exam_track_a}/T"
    looked = assessor.post(f"{path}/import", data=filled(assessor, world, ["77.5", "60", "1", "2"]))
    assessor.post(path, data=grid(world, "50"))

    answer = assessor.post(f"{path}/save-file", data={"rows": hidden(looked.text)})

    assert answer.status_code == 409
    assert kept(app, world) == ["50", None, None, None]


def test_problems_of_a_file_are_named(app, assessor, world):
    path = f"/exam-marks/{world.exam_track_a}/T/import"
    answer = assessor.post(path, data=filled(assessor, world, ["x", "60", "1", "2"]))
    assert answer.status_code == 422
    assert "“x”不是数字" in answer.text
    assert assessor.post(path, data={"file": (io.BytesIO(b"x"), "m.xlsx")}).status_code == 422


@pytest.mark.parametrize(
    "rows",
    [
        *("", "[", "[[1]]", '[["x","valid","1",0]]', '[[1,"??","1",0]]', '[[1e400,"valid","1",0]]'),
        pytest.param("[" * 100_000, id="nested"),
    ],
)
def test_rows_that_were_tampered_with_are_refused(app, assessor, world, rows):
    path = f"/exam-marks/{world.exam_track_a}/T/save-file"

    assert assessor.post(path, data={"rows": rows}).status_code == 422
    assert kept(app, world) == [None] * 4


def test_an_unknown_part_or_the_exam_of_others_is_not_there(browse, assessor, world):
    assert assessor.get(f"/exam-marks/{world.exam_track_a}/X").status_code == 404
    assert assessor.get(f"/exam-marks/{world.track_a}/T").status_code == 404
    assert browse("assessor_b").get(f"/exam-marks/{world.exam_track_a}/T").status_code == 404
    assert browse("organizer_a").get(f"/exam-marks/{world.exam_track_a}/T").status_code == 403
