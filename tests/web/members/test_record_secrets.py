from eventsys.audit.actions import record
from eventsys.db import db, transaction
from eventsys.identity.actor import Actor


def test_the_record_page_keeps_marks_and_seeds_back(app, browse, world):
    with app.app_context():
        with transaction():
            judge = Actor(1, "甲裁判", world.group_a)
            record(judge, "sheet.submitted", "mark_sheet", code="K-0001", total="87.25")
            record(judge, "map.opened", "code_draw", seed="d34db33f")
        db.session.remove()

    page = browse("admin_a").get("/members/record").text

    assert ("甲裁判" in page, "87.25" in page, "d34db33f" in page) == (True, False, False)
