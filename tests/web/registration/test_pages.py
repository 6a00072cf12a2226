"""Every page of events and registration, for everybody who may open it and who may not."""

import pytest

from eventsys.db import db, leave_groups
from tests.actions.results.test_stages import final_of

EVENT_SEERS = {
    "admin_a",
    "organizer_a",
    "leader1_a",
    "leader2_a",
    "participant_a",
    "steward_a",
    "encryptor_a",
    "supervisor_a",
    "office_a",
    "organizer2_a",
}
EVERYBODY = {*EVENT_SEERS, "judge1_a", "chief_a", "assessor_a", "root", "organizer_b", "leader1_b"}

PAGES = {
    "/events": {**dict.fromkeys(EVENT_SEERS, 200), "organizer_b": 200, "leader1_b": 200},
    "/events/{competition_a}": dict.fromkeys(EVENT_SEERS, 200),
    "/tracks/{track_a}": dict.fromkeys(EVENT_SEERS, 200),
    "/events/new/competition": {"organizer_a": 200, "organizer_b": 200},
    "/events/{competition_a}/close": {"organizer_a": 200},
    "/events/{competition_a}/reopen": {"organizer_a": 200},
    "/events/{competition_a}/cancel": {"organizer_a": 200},
    "/events/{competition_a}/finish": {"organizer_a": 200},
    "/events/{training_a}/close": {"organizer_a": 200, "organizer2_a": 200},
    "/events/{competition_a}/entries": {"organizer_a": 200, "office_a": 200},
    "/events/{training_a}/entries": {"organizer_a": 200, "organizer2_a": 200, "office_a": 200},
    "/events/{competition_a}/entries/export": {"organizer_a": 200, "office_a": 200},
    "/tracks/{track_a}/entries": {"organizer_a": 302, "office_a": 302},
    "/registration": {"leader1_a": 200, "leader2_a": 200, "leader1_b": 200},
    "/entries": {"leader1_a": 200, "leader2_a": 200, "leader1_b": 200},
    "/my-participation": {"participant_a": 200},
    "/tracks/{team_track_a}/entries/new": {"leader1_a": 200, "leader2_a": 200},
    "/tracks/{class_a}/entries/new": {"leader1_a": 200, "leader2_a": 200},
    "/tracks/{exam_track_a}/import": {"leader1_a": 200, "leader2_a": 200},
    "/tracks/{team_track_a}/import/template": {"leader1_a": 200, "leader2_a": 200},
    "/entries/{entry1_a}": {
        "leader1_a": 200,
        "organizer_a": 200,
        "office_a": 200,
        "participant_a": 200,
    },
    "/entries/{entry2_a}": {"leader1_a": 200, "organizer_a": 200, "office_a": 200},
    "/entries/{draft_entry_a}": {"leader1_a": 200},
    "/entries/{draft_entry_a}/edit": {"leader1_a": 200},
    "/entries/{entry1_a}/withdraw": {"leader1_a": 200, "organizer_a": 200},
    "/entries/{entry1_a}/return": {"organizer_a": 200},
    "/entries/{trainee1_a}": {
        "leader1_a": 200,
        "organizer_a": 200,
        "organizer2_a": 200,
        "office_a": 200,
    },
    "/entries/{entry1_a}/members/{member_entry1_a}/reveal": {"organizer_a": 200, "office_a": 200},
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_exactly_those_who_may_see_it(browse, world, path):
    address = path.format(**world.ids)
    opened = {}
    for who in sorted(EVERYBODY):
        status = browse(who).get(address).status_code
        if status < 400:
            opened[who] = status

    assert opened == PAGES[path]


def test_visitors_are_sent_to_sign_in(browse, world):
    client = browse(None)

    for path in PAGES:
        assert client.get(path.format(**world.ids)).status_code == 302, path


def test_forbidden_and_missing_answer_alike(browse, world):
    client = browse("leader1_b")

    forbidden = client.get(f"/entries/{world.entry1_a}")
    missing = client.get("/entries/12345")

    assert (forbidden.status_code, missing.status_code) == (404, 404)
    assert forbidden.text == missing.text


@pytest.mark.parametrize("who", sorted(EVENT_SEERS))
def test_pages_of_one_group_hold_nothing_of_the_other(browse, world, who):
    client = browse(who)

    for path, openers in PAGES.items():
        if who in openers:
            assert "乙".encode() not in client.get(path.format(**world.ids)).data, path


def test_pages_are_complete_in_english_too(browse, world):
    client = browse("organizer_a")
    client.post("/account/language", data={"lang": "en"})

    assert "Entries" in client.get(f"/events/{world.competition_a}/entries").text
    assert "competition a" in client.get(f"/events/{world.competition_a}").text


def test_a_final_is_entered_by_its_selection_or_by_the_organizers_exception(app, browse, world):
    with app.app_context():
        key = final_of(world, 3, weight="0").id
        leave_groups()
        db.session.remove()
    leader, organizer = browse("leader1_a"), browse("organizer_a")
    shown = leader.get("/registration").text
    assert "须经选拔赛" in shown
    form = leader.get(f"/tracks/{key}/entries/new").text
    assert "请报名选拔赛" in form

    where = f"/tracks/{key}/direct-entries"
    assert organizer.post(where, data={"unit": world.unit1_a, "reason": "准"}).status_code == 422
    assert leader.get(where).status_code == 403
    told = {"unit": world.unit1_a, "reason": "主办方代表队，经执委会批准"}
    assert organizer.post(where, data=told).status_code == 302
    assert told["reason"] in organizer.get(where).text
    assert "须经选拔赛" not in leader.get("/registration").text
    assert "请报名选拔赛" not in leader.get(f"/tracks/{key}/entries/new").text
    assert "没有选拔赛" in organizer.get(f"/tracks/{world.track_a}/direct-entries").text
