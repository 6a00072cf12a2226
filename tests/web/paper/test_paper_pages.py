"""Pages of paper: printing, comparing by code, keying by two who do not see each other's values."""

import io
import zlib

import pytest

from blueprints.paper import keying_routes
from eventsys.db import session, transaction
from eventsys.paper import actions, queries
from eventsys.paper.models import PaperScan
from eventsys.paper.queries import KeyingState
from eventsys.scoring.models import Mark, MarkSheet
from eventsys.scoring.states import SheetState
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind
from scheduling.work import do_waiting_tasks
from tests import judging
from tests.queries import count_queries


def chunk(name: bytes, body: bytes = b"") -> bytes:
    check = zlib.crc32(name + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + name + body + check


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", bytes.fromhex("00000001000000010800000000"))
    + chunk(b"IDAT", zlib.compress(b"\0\x7f"))
    + chunk(b"IEND")
)
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
PAPER = {"A1.1": "3", "A1.2": "2", "B1.1": "10", "B1.2": "31.987", "B1.3": "1"}
MARKS = ("90", "85", "2")


@pytest.fixture
def codes(app, world):
    with app.app_context():
        found = judging.ready_to_mark(world)
        judging.mark(world, 1, found[0], MARKS)
    return found


def keyed(app, world, **changed):
    with app.app_context():
        ids = judging.aspect_ids(world)
    given = PAPER | {code.replace("_", "."): raw for code, raw in changed.items()}
    return {f"raw-{ids[code]}": raw for code, raw in given.items()}


def attach(client, world, code, data=PNG, seat=1):
    return client.post(
        f"/paper/{world.track_a}/{code}/{seat}",
        data={"file": (io.BytesIO(data), "IMG_0001 张骉.png")},
        content_type="multipart/form-data",
    )


def latest(app):
    with app.app_context():
        return session().query(PaperScan).order_by(PaperScan.version.desc()).first()


def test_the_organizer_prints_blank_sheets_and_sees_no_mark(app, browse, world, codes):
    client = browse("organizer_a")

    shown = client.get(f"/paper/{world.track_a}")
    asked = client.post(f"/paper/{world.track_a}/print/blank")

    with app.app_context():
        task = session().query(Task).filter_by(kind=TaskKind.PAPER_SHEETS_PDF).one()
        assert asked.headers["Location"].endswith(f"/tasks/{task.id}")
        assert len(task.payload["print_ids"]) == len(codes) * 5
    assert (shown.status_code, codes[0] in shown.text) == (200, False)
    assert client.post(f"/paper/{world.track_a}/print/filled").status_code == 403


def test_the_worker_makes_the_sheets_to_sign(app, browse, world, codes):
    client = browse("clerk_a")
    where = client.post(f"/paper/{world.track_a}/print/filled").headers["Location"]
    with app.app_context():
        do_waiting_tasks()

    file = client.get(f"{where}/file")

    assert (file.status_code, file.get_data()[:5]) == (200, b"%PDF-")
    file.close()


def test_without_sheets_to_sign_the_page_says_what_to_do(app, browse, world):
    with app.app_context():
        judging.ready_to_mark(world)
    answer = browse("clerk_a").post(f"/paper/{world.track_a}/print/filled")

    assert (answer.status_code, "尚无已提交的评分表可打印" in answer.text) == (422, True)


def test_a_printed_sheet_is_up_to_date_until_a_mark_changes(app, browse, world, codes):
    with app.app_context(), transaction():
        task = actions.ask_filled_sheets(
            judging.actor("clerk_a"), judging.track_of(world), "评分表"
        )
        check = queries.prints(task.payload["print_ids"])[0].digest[:12]
    client = browse("chief_a")
    pages = [
        f"/paper/{world.track_a}/look-up?digest={check[:4]}+{check[4:8].upper()}+{check[8:]}",
        f"/paper/{world.track_a}/{codes[0]}/1?print={check}",
    ]
    before = [client.get(one).text for one in pages]
    with app.app_context(), transaction():
        own = judging.sheet(world, 1, codes[0]).id
        session().query(Mark).filter_by(sheet_id=own)[0].raw += 1
    after = [client.get(one).text for one in pages]

    assert ["最新" in text for text in before] == [True, True]
    assert ["已过期" in text for text in after] == [True, True]


def test_an_unknown_content_check_is_explained(browse, world, codes):
    client = browse("clerk_a")
    answers = [
        client.get(f"/paper/{world.track_a}/look-up?digest={typed}") for typed in ("0" * 12, "张骉")
    ]

    assert [(one.status_code, "没有打印过该校验码" in one.text) for one in answers] == [
        (422, True),
        (422, True),
    ]


def test_a_picture_stands_beside_the_marks_and_carries_nothing_else(app, browse, world, codes):
    client = browse("clerk_a")
    assert attach(client, world, codes[0]).status_code == 302
    scan = latest(app)

    shown = client.get(f"/paper/{world.track_a}/{codes[0]}/1").text
    file = client.get(f"/paper/scans/{scan.id}")

    assert f'<img src="/paper/scans/{scan.id}"' in shown
    assert "31.99" in shown
    assert (file.mimetype, file.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert file.headers["Content-Disposition"] == f"inline; filename={codes[0]}-1-v1.png"
    file.close()


def test_a_pdf_is_only_handed_out_as_a_file(app, browse, world, codes):
    client = browse("chief_a")
    attach(client, world, codes[0], PDF)

    file = client.get(f"/paper/scans/{latest(app).id}")

    assert file.headers["Content-Disposition"].startswith("attachment")
    file.close()


@pytest.mark.parametrize("data", [b"<script>alert(1)</script>", b"", PNG[:-4]])
def test_a_file_that_is_no_scan_is_refused_in_place(browse, world, codes, data):
    answer = attach(browse("clerk_a"), world, codes[0], data)

    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_a_scan_altered_on_the_disk_is_not_shown(app, browse, world, codes, settings):
    client = browse("clerk_a")
    attach(client, world, codes[0])
    (settings.files_dir / latest(app).file_path).write_bytes(b"altered")

    status = client.get(f"/paper/scans/{latest(app).id}").status_code
    (settings.files_dir / latest(app).file_path).unlink()

    assert status == 409


def test_what_differs_reaches_the_chief_judge(app, browse, world, codes):
    clerk = browse("clerk_a")
    attach(clerk, world, codes[0])
    with app.app_context():
        seen = queries.digest_of_sheet(judging.sheet(world, 1, codes[0]))
    scan = latest(app).id

    short = clerk.post(f"/paper/scans/{scan}/differs", data={"seen": seen, "reason": "错"})
    told = clerk.post(
        f"/paper/scans/{scan}/differs", data={"seen": seen, "reason": "A1.1 纸上写的是 3 处"}
    )

    listed = browse("chief_a").get(f"/paper/{world.track_a}/differences").text
    assert (short.status_code, told.status_code) == (422, 302)
    assert "A1.1 纸上写的是 3 处" in listed


def test_agreement_with_marks_that_changed_meanwhile_is_refused_in_place(app, browse, world, codes):
    clerk = browse("clerk_a")
    attach(clerk, world, codes[0])
    answer = clerk.post(f"/paper/scans/{latest(app).id}/agrees", data={"seen": "0" * 64})

    assert (answer.status_code, 'role="alert"' in answer.text) == (409, True)


def test_marks_still_being_entered_are_not_shown(app, browse, world, codes):
    with app.app_context():
        judging.mark(world, 2, codes[0], MARKS, submit=False)

    shown = browse("clerk_a").get(f"/paper/{world.track_a}/{codes[0]}/2").text

    assert "31.99" not in shown


# ---- keying by two


def key(client, app, world, code, **changed):
    return client.post(f"/paper/{world.track_a}/{code}/3/key", data=keyed(app, world, **changed))


def seen_by_second(app, browse, world, codes):
    """Every page a second score clerk can open after the first has keyed, in one text."""
    key(browse("clerk_a"), app, world, codes[0])
    second = browse("clerk2_a")
    paths = ["/", "/paper", f"/paper/{world.track_a}", f"/paper/{world.track_a}/{codes[0]}/3"]
    paths += [f"/paper/{world.track_a}/{codes[0]}/3/{page}" for page in ("key", "settle")]
    return "".join(second.get(path).text for path in paths)


def test_the_second_score_clerk_never_sees_what_the_first_keyed(app, browse, world, codes):
    assert "31.987" not in seen_by_second(app, browse, world, codes)


def test_a_page_that_showed_it_would_be_noticed(app, browse, world, codes, monkeypatch):
    """The wrong build: everybody may read every keying."""
    monkeypatch.setattr(KeyingState, "shown_to", lambda state, *_who, **_office: 2 * state.keyings)
    monkeypatch.setattr(
        KeyingState, "apart", property(lambda state: frozenset(state.keyings[0].values))
    )

    assert keying_routes.queries is queries
    assert "31.987" in seen_by_second(app, browse, world, codes)


def test_equal_keyings_hand_the_sheet_in(app, browse, world, codes):
    first = key(browse("clerk_a"), app, world, codes[0])
    second = key(browse("clerk2_a"), app, world, codes[0])

    with app.app_context():
        sheet = judging.sheet(world, 3, codes[0])
        assert (first.status_code, second.status_code) == (302, 302)
        assert sheet.state is SheetState.SUBMITTED


def test_what_differs_is_settled_on_one_screen_by_both(app, browse, world, codes):
    one, two = browse("clerk_a"), browse("clerk2_a")
    key(one, app, world, codes[0])
    there = key(two, app, world, codes[0], A1_1="8").headers["Location"]
    shown = two.get(there).text
    field = next(name for name in keyed(app, world) if f'name="{name}"' in shown)

    proposed = two.post(there, data={field: "8"})
    with app.app_context():
        sheet_id = judging.sheet(world, 3, codes[0]).id
        reading = queries.keying_state(sheet_id).reading.id
    base = f"/paper/{world.track_a}/{codes[0]}/3"
    own = two.post(f"{base}/confirm", data={"reading": reading})
    confirmed = one.post(f"{base}/confirm", data={"reading": reading})
    again = one.post(f"{base}/confirm", data={"reading": reading})

    with app.app_context():
        assert session().get_one(MarkSheet, sheet_id).state is SheetState.SUBMITTED
    assert ("A1.1" in shown, "A1.2" in shown) == (True, False)
    assert [proposed.status_code, own.status_code, confirmed.status_code, again.status_code] == [
        302,
        422,
        302,
        409,
    ]


@pytest.mark.parametrize("typed", ["三", "1e5x", "NaN", "8_5"])
def test_what_is_no_number_is_refused_and_kept_in_its_field(app, browse, world, codes, typed):
    answer = key(browse("clerk_a"), app, world, codes[0], A1_1=typed)

    assert (answer.status_code, f'value="{typed}"' in answer.text) == (422, True)


def test_full_width_digits_are_read(app, browse, world, codes):
    key(browse("clerk_a"), app, world, codes[0], A1_1="３")

    assert key(browse("clerk2_a"), app, world, codes[0]).status_code == 302
    with app.app_context():
        assert judging.sheet(world, 3, codes[0]).state is SheetState.SUBMITTED


def test_the_chief_judge_has_a_sheet_keyed_anew(app, browse, world, codes):
    key(browse("clerk_a"), app, world, codes[0])
    chief, base = browse("chief_a"), f"/paper/{world.track_a}/{codes[0]}/3/discard"

    short = chief.post(base, data={"reason": "错"})
    done = chief.post(base, data={"reason": "录错了另一张评分表"})
    again = chief.post(base, data={"reason": "录错了另一张评分表"})

    assert [short.status_code, done.status_code, again.status_code] == [422, 302, 409]


def test_the_start_page_tells_the_second_score_clerk(app, browse, world, codes):
    key(browse("clerk_a"), app, world, codes[0])

    assert "待录入的纸质评分表" in browse("clerk2_a").get("/").text
    assert "待录入的纸质评分表" not in browse("clerk_a").get("/").text


@pytest.mark.parametrize("page", ["/1", "/1/key", "/1/settle", "/9"])
def test_a_track_of_another_group_and_a_sheet_that_is_not_there_answer_alike(
    browse, world, codes, page
):
    foreign, missing = browse("clerk_b"), browse("clerk_a")

    assert foreign.get(f"/paper/{world.track_a}/{codes[0]}{page}").status_code == 404
    assert missing.get(f"/paper/{world.track_a}/Z-0000{page}").status_code == 404


def test_the_list_asks_the_same_questions_for_one_code_and_for_many(app, browse, world):
    with app.app_context():
        judging.ready_to_mark(world)
        clerk = browse("clerk_a")
    with count_queries() as few:
        clerk.get(f"/paper/{world.track_a}")
    with app.app_context(), transaction():
        track = judging.track_of(world)
        seats = {one.seat_id for one in session().query(MarkSheet)}
        for n in range(30):
            for seat in seats:
                session().add(
                    MarkSheet(
                        group_id=track.group_id, track_id=track.id, code=f"Y-{n}", seat_id=seat
                    )
                )
    with count_queries() as many:
        clerk.get(f"/paper/{world.track_a}")

    assert len(many) == len(few)
