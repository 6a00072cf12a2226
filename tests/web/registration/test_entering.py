"""A team leader at the forms: what is refused stands at its field, and nothing typed is lost."""

import re

import pytest
from sqlalchemy import func, select, update

from eventsys.db import leave_groups, session, transaction
from eventsys.events.models import Event
from eventsys.events.rules import EventState
from eventsys.registration.models import Entry
from eventsys.registration.rules import EntryState
from tests.applicants import name, number
from tests.web.events.test_events import typed


def team(**changes):
    values = {
        "team_name": "先锋队",
        "people-0-name": name(1),
        "people-0-id_number": number(1),
        "people-0-id_kind": "",
        "people-1-name": name(2),
        "people-1-id_number": number(2),
        "people-1-id_kind": "",
    }
    return {**values, **changes}


def address(world, key="team_track_a"):
    return f"/tracks/{getattr(world, key)}/entries/new"


def send(client, world, *, button="submit", key="team_track_a", unit="unit1_a", **changes):
    data = {**team(**changes), "unit": str(getattr(world, unit)), button: "1"}
    return client.post(address(world, key), data=data)


def in_app(app, deed):
    with app.app_context():
        leave_groups()
        found = deed()
        session().close()
    return found


def entries(app, world, key="team_track_a"):
    query = select(func.count(Entry.id)).where(Entry.track_id == getattr(world, key))
    return in_app(app, lambda: session().scalar(query))


def entry(app, key):
    return in_app(
        app, lambda: session().execute(select(Entry.state, Entry.version).where(Entry.id == key))
    ).one()


def key_of(answer):
    return int(answer.location.rsplit("/", 1)[1])


def test_a_team_is_entered_by_form(browse, app, world):
    client = browse("leader1_a")

    answer = send(client, world)

    assert answer.status_code == 302
    page = client.get(answer.location).text
    for text in ("先锋队", name(1), name(2), "待审核", "已提交，编号 001"):
        assert text in page, text
    assert number(1) not in page


def test_every_person_is_refused_at_their_own_row(browse, app, world):
    changes = {"people-0-id_number": "41030020060601001X", "people-1-name": "李?"}

    answer = send(browse("leader1_a"), world, **changes)

    assert answer.status_code == 422
    assert 'id="people-0-id_number-error"' in answer.text
    assert 'id="people-1-name-error"' in answer.text
    assert typed(answer.text)["people-1-id_number"] == number(2)
    assert typed(answer.text)["team_name"] == "先锋队"
    assert entries(app, world) == 0


def test_what_the_rules_refuse_is_said_for_all_at_once(browse, app, world):
    changes = {"people-1-name": "", "people-1-id_number": "", "team_name": ""}

    answer = send(browse("leader1_a"), world, **changes)

    assert answer.status_code == 422
    assert "每份报名须有 2 至 2 名选手，现为 1 名" in answer.text
    assert 'id="team_name-error"' in answer.text
    assert entries(app, world) == 0


def test_an_unfinished_entry_is_kept_as_a_draft_and_submitted_later(browse, app, world):
    client = browse("leader1_a")
    changes = {"people-1-name": "", "people-1-id_number": "", "team_name": ""}
    answer = send(client, world, button="draft", **changes)

    assert entry(app, key_of(answer)).state is EntryState.DRAFT
    refused = client.post(f"{answer.location}/submit")
    assert (refused.status_code, "每份报名须有 2 至 2 名选手" in refused.text) == (422, True)

    shown = typed(client.get(f"{answer.location}/edit").text)
    assert (shown["people-0-name"], shown["people-0-id_number"]) == (name(1), "")
    done = client.post(
        f"{answer.location}/edit",
        data={
            **shown,
            "team_name": "先锋队",
            "people-1-name": name(2),
            "people-1-id_number": number(2),
            "submit": "1",
        },
    )
    assert done.status_code == 302
    assert entry(app, key_of(answer)).state is EntryState.SUBMITTED


def test_a_stale_form_is_answered_409_with_what_was_typed_and_what_is_stored(browse, app, world):
    one, other = browse("leader1_a"), browse("leader1_a")
    home = f"/entries/{world.draft_entry_a}"
    shown = typed(one.get(f"{home}/edit").text)
    other.post(
        f"{home}/edit",
        data={
            **typed(other.get(f"{home}/edit").text),
            "draft": "1",
            "people-0-name": name(5),
            "people-0-id_number": number(5),
        },
    )

    stale = one.post(
        f"{home}/edit",
        data={**shown, "draft": "1", "people-0-name": name(6), "people-0-id_number": number(6)},
    )

    assert stale.status_code == 409
    assert typed(stale.text)["people-0-name"] == name(6)
    assert name(5) in stale.text
    again = one.post(
        f"{home}/edit", data={**typed(stale.text), "draft": "1", "people-0-id_number": number(6)}
    )
    assert again.status_code == 302
    assert name(6) in one.get(home).text


def test_the_edit_form_never_shows_a_stored_number(browse, world):
    page = browse("leader1_a").get(f"/entries/{world.draft_entry_a}/edit").text

    assert re.findall(r"\d{17}[\dX]", page) == []
    assert "已存：4101**********" in page


def test_a_full_quota_is_refused_above_the_form(browse, app, world):
    client = browse("leader1_a")
    for order in (1, 3):
        send(
            client,
            world,
            **{
                "team_name": f"{order}队",
                "people-0-name": name(order),
                "people-0-id_number": number(order),
                "people-1-name": name(order + 1),
                "people-1-id_number": number(order + 1),
            },
        )

    answer = send(
        client,
        world,
        **{
            "people-0-name": name(5),
            "people-0-id_number": number(5),
            "people-1-name": name(6),
            "people-1-id_number": number(6),
        },
    )

    assert answer.status_code == 422
    assert "每单位限报 2 个" in answer.text
    assert "贵单位在此已无名额" in client.get(address(world)).text
    assert entries(app, world) == 2


def test_a_unit_one_does_not_lead_cannot_be_chosen(browse, app, world):
    answer = send(browse("leader1_a"), world, unit="unit2_a")

    assert answer.status_code == 422
    assert entries(app, world) == 0


def test_a_closed_registration_is_said_before_and_after_the_button(browse, app, world):
    with app.app_context(), transaction():
        leave_groups()
        session().execute(
            update(Event)
            .where(Event.id == world.competition_a)
            .values(state=EventState.REGISTRATION_CLOSED)
        )
    client = browse("leader1_a")

    assert "未在报名期内" in client.get(address(world)).text
    answer = send(client, world)
    assert (answer.status_code, "未在报名期内" in answer.text) == (422, True)
    assert entries(app, world) == 0


@pytest.mark.parametrize(
    "data",
    [
        {"people-0-member_id": "99999999999999999999999"},
        {"people-0-member_id": "²"},
        {"people-0-name": "张\x00三"},
        {"people-0-id_kind": "driving_licence"},
        {f"people-{n}-name": f"第{n}人" for n in range(60)},
        {"people-0-phone": "1" * 41},
    ],
)
def test_forged_fields_are_refused_not_broken(browse, app, world, data):
    answer = send(browse("leader1_a"), world, **data)

    assert answer.status_code in {302, 422}
    assert entries(app, world) == (answer.status_code == 302)


def test_somebody_elses_member_cannot_be_pulled_into_ones_own_entry(browse, app, world):
    client = browse("leader1_a")
    home = f"/entries/{world.draft_entry_a}"
    shown = typed(client.get(f"{home}/edit").text)

    answer = client.post(
        f"{home}/edit",
        data={
            **shown,
            "people-0-member_id": str(world.member_entry4_a),
            "people-0-name": "甲某人",
            "people-0-id_number": "",
            "submit": "1",
        },
    )

    assert (answer.status_code, "请填写证件号码" in answer.text) == (422, True)


def test_withdrawing_asks_first_and_frees_the_place(browse, app, world):
    client = browse("leader1_a")
    home = f"/entries/{world.entry1_a}"

    assert "所占名额随即释放" in client.get(f"{home}/withdraw").text
    assert client.post(f"{home}/withdraw").status_code == 302
    assert entry(app, world.entry1_a).state is EntryState.WITHDRAWN
    assert client.post(f"{home}/withdraw").status_code == 409


def test_a_trainee_is_nominated_with_a_phone_number(browse, app, world):
    client = browse("leader2_a")
    data = {
        "unit": str(world.unit2_a),
        "people-0-name": name(1),
        "people-0-id_number": number(1),
        "people-0-id_kind": "",
        "submit": "1",
    }

    missing = client.post(address(world, "class_a"), data=data)
    wrong = client.post(address(world, "class_a"), data={**data, "people-0-phone": "12"})
    right = client.post(address(world, "class_a"), data={**data, "people-0-phone": "138 1234 5678"})

    assert [one.status_code for one in (missing, wrong, right)] == [422, 422, 302]
    assert 'id="people-0-phone-error"' in missing.text
    assert "13812345678" not in client.get(right.location).text


def test_lists_are_narrowed_and_drafts_are_ones_own(browse, world):
    client = browse("leader1_a")

    mine = client.get("/entries").text
    drafts = client.get(f"/entries?state=draft&track={world.track_a}").text
    nothing = client.get("/entries?q=没有这个人").text

    assert mine.count("</tr>") == 1 + 8
    assert drafts.count("</tr>") == 1 + 1
    assert "没有符合条件的报名" in nothing
    assert browse("leader2_a").get("/entries").text.count("</tr>") == 1 + 6


def test_the_start_page_tells_what_waits_for_a_leader_and_a_participant(browse, world):
    leader = browse("leader1_a").get("/").text
    participant = browse("participant_a").get("/").text

    assert "正在报名" in leader
    assert "我参加的项目" in participant
